//! The body of a request: which scenario, and what to change of it.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Deserialize;
use tokio::time::timeout;

use crate::scenario::{Loaded, Overrides, ScenarioFile};

use super::guard::{MediaType, media_type};
use super::refusal::Refusal;
use super::scenarios::Scenarios;

/// For a body to arrive.
const LONGEST: Duration = Duration::from_secs(20);
/// Each is a text of its own to the reader.
const MOST_CHANGES: usize = 1_000;

/// What is asked about.
#[derive(Debug)]
pub(super) struct Asked {
    file: ScenarioFile,
    overrides: Overrides,
    /// Answers to the guide's questions that go over what the scenario says, as TOML.
    pub answers: Option<String>,
}

/// The body as JSON.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    scenario: Option<String>,
    embedded: Option<String>,
    set: Vec<String>,
    seed: Option<u64>,
    replications: Option<u32>,
    horizon: Option<String>,
    fleet: Vec<String>,
    answers: Option<String>,
}

impl Asked {
    /// Reads a body of at most so many bytes.
    pub async fn read(request: Request, limit: usize, scenarios: &Scenarios) -> Result<Asked, Refusal> {
        let kind = media_type(request.headers()).ok_or(Refusal::MediaType)?;
        let query = request.uri().query().unwrap_or_default().to_owned();
        let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
        if announced.and_then(|length| length.parse::<u64>().ok()).is_some_and(|length| length > limit as u64) {
            return Err(Refusal::BodyTooLong { limit });
        }
        let text = read_text(request.into_body(), limit).await?;
        let written = match kind {
            MediaType::Json if query.is_empty() => {
                serde_json::from_str(&text).map_err(|error| Refusal::Unreadable(format!("the body: {error}")))?
            }
            MediaType::Json => {
                let text = "a body of JSON says all itself: move what is in the address into it";
                return Err(Refusal::Unreadable(text.to_owned()));
            }
            MediaType::Toml => Written { scenario: Some(text), ..of_query(&query)? },
        };
        Asked::of(written, scenarios)
    }

    fn of(written: Written, scenarios: &Scenarios) -> Result<Asked, Refusal> {
        let Written { scenario, embedded, set, seed, replications, horizon, fleet, answers } = written;
        if set.len() + fleet.len() > MOST_CHANGES {
            return Err(Refusal::Unreadable(format!("at most {MOST_CHANGES} changes and fleets")));
        }
        let file = match (scenario, embedded) {
            (Some(text), None) => ScenarioFile::of_stranger(&text),
            (None, Some(name)) => scenarios.named(&name).ok_or_else(|| Refusal::Wrong(scenarios.unknown(&name)))?,
            _ => {
                let text =
                    "the body must have either `scenario`, a text of TOML, or `embedded`, the name of a scenario";
                return Err(Refusal::Unreadable(text.to_owned()));
            }
        };
        let overrides = Overrides { set, seed, replications, horizon, fleets: fleet, ..Overrides::default() };
        Ok(Asked { file, overrides, answers })
    }

    /// Reads the scenario; no file but an embedded one is opened for it.
    pub fn load(&self) -> Result<Loaded, Refusal> {
        Ok(self.file.load(&self.overrides)?)
    }

    /// The scenario with further changes `PATH=VALUE`.
    pub fn loads_with(&self, changes: &[String]) -> bool {
        self.file.load_cell(&self.overrides, changes).is_ok()
    }
}

async fn read_text(body: Body, limit: usize) -> Result<String, Refusal> {
    let collected = timeout(LONGEST, Limited::new(body, limit).collect()).await.map_err(|_| Refusal::BodyTooSlow)?;
    let bytes = collected.map_err(|error| match error.downcast_ref::<LengthLimitError>() {
        Some(_) => Refusal::BodyTooLong { limit },
        None => Refusal::Unreadable(format!("the body: {error}")),
    })?;
    String::from_utf8(bytes.to_bytes().to_vec()).map_err(|_| Refusal::Unreadable("the body is not UTF-8".to_owned()))
}

/// `set=traffic.api.rate%3D4/s&seed=2`.
fn of_query(query: &str) -> Result<Written, Refusal> {
    let mut written = Written::default();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (key, value) = (decoded(key)?, decoded(value)?);
        let wrong = || Refusal::Unreadable(format!("`{value}` in the address is not a number for `{key}`"));
        match key.as_str() {
            "set" => written.set.push(value),
            "fleet" => written.fleet.push(value),
            "horizon" => written.horizon = Some(value),
            "seed" => written.seed = Some(value.parse().map_err(|_| wrong())?),
            "replications" => written.replications = Some(value.parse().map_err(|_| wrong())?),
            _ => {
                let known = "set, fleet, horizon, seed and replications";
                return Err(Refusal::Unreadable(format!("`{key}` in the address is unknown; there are {known}")));
            }
        }
    }
    Ok(written)
}

/// A part of a query: `%3D` stands for `=`, `+` for a space.
fn decoded(text: &str) -> Result<String, Refusal> {
    let wrong = || Refusal::Unreadable(format!("`{text}` in the address is not encoded as one is"));
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || rest.next().and_then(|byte| char::from(byte).to_digit(16));
                let (high, low) = (digit().ok_or_else(wrong)?, digit().ok_or_else(wrong)?);
                (high * 16 + low) as u8
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_decoded_key_by_key() {
        let written =
            of_query("set=traffic.api.rate%3D4%2Fs&set=a=b+c&seed=7&replications=2&fleet=x%26y&horizon=1d").unwrap();
        assert_eq!(written.set, ["traffic.api.rate=4/s", "a=b c"]);
        assert_eq!((written.seed, written.replications), (Some(7), Some(2)));
        assert_eq!((written.fleet, written.horizon.as_deref()), (vec!["x&y".to_owned()], Some("1d")));
    }

    #[test]
    fn what_is_not_encoded_or_not_known_is_refused() {
        for query in ["set=%", "set=%3", "set=%zz", "set=%ff", "seed=x", "seed=-1", "scenario=x", "path=/etc/passwd"] {
            assert!(matches!(of_query(query), Err(Refusal::Unreadable(_))), "{query}");
        }
    }
}
