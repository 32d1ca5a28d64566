//! The files of the page, which the program carries.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::refusal::Refusal;

/// A file of the page.
struct File {
    name: &'static str,
    media_type: &'static str,
    bytes: &'static [u8],
}

macro_rules! file {
    ($name:literal, $media_type:expr) => {
        File { name: $name, media_type: $media_type, bytes: include_bytes!(concat!("page/", $name)) }
    };
}

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// Every file of the page: what is not listed here is not served.
const FILES: [File; 20] = [
    file!("index.html", "text/html; charset=utf-8"),
    file!("style.css", "text/css; charset=utf-8"),
    file!("answer.js", JAVASCRIPT),
    file!("api.js", JAVASCRIPT),
    file!("app.js", JAVASCRIPT),
    file!("axes.js", JAVASCRIPT),
    file!("board.js", JAVASCRIPT),
    file!("cost.js", JAVASCRIPT),
    file!("history.js", JAVASCRIPT),
    file!("knobs.js", JAVASCRIPT),
    file!("latency.js", JAVASCRIPT),
    file!("latest.js", JAVASCRIPT),
    file!("number.js", JAVASCRIPT),
    file!("platforms.js", JAVASCRIPT),
    file!("theme.js", JAVASCRIPT),
    file!("timeline.js", JAVASCRIPT),
    file!("tip.js", JAVASCRIPT),
    file!("variant.js", JAVASCRIPT),
    file!("volume.js", JAVASCRIPT),
    file!("week.js", JAVASCRIPT),
];

/// The description of the API for programs.
const OPENAPI: File = File {
    name: "openapi.json",
    media_type: "application/json",
    bytes: include_bytes!("../../docs/schema/openapi.json"),
};

/// The file of a name, unless the client has it already.
pub(super) fn page(name: &str, asked: &HeaderMap) -> Result<Response, Refusal> {
    let file = FILES.iter().find(|file| file.name == name);
    let file = file.ok_or_else(|| Refusal::NotFound("the page has no such file".to_owned()))?;
    Ok(answer(file, asked))
}

pub(super) fn openapi(asked: &HeaderMap) -> Response {
    answer(&OPENAPI, asked)
}

fn answer(file: &File, asked: &HeaderMap) -> Response {
    let tag = tag(file.bytes);
    // The browser keeps it, and asks whether it is still the same: another version of the program has other files.
    let headers = [(header::ETAG, tag.clone()), (header::CACHE_CONTROL, "no-cache".to_owned())];
    let known = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
    let has = |tags: &str| tags.split(',').any(|known| known.trim() == tag || known.trim() == "*");
    if known.into_iter().any(has) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, [(header::CONTENT_TYPE, file.media_type)], file.bytes).into_response()
}

fn tag(bytes: &[u8]) -> String {
    const DIGITS: usize = 16;
    let digest: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{}\"", &digest[..DIGITS])
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_of_the_folder_is_served() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/serve/page");
        let mut files: Vec<String> = fs::read_dir(folder)
            .expect("the page")
            .map(|entry| entry.expect("a file").file_name().into_string().expect("a name"))
            .collect();
        files.sort();
        let mut served: Vec<&str> = FILES.iter().map(|file| file.name).collect();
        served.sort_unstable();
        assert_eq!(files, served);
    }
}
