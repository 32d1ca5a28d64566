//! What is refused, and how.

use std::fs;
use std::io::{BufReader, Read, Write};
use std::net::TcpStream;

use serde_json::json;

use super::client::{Answer, ask, get, post, read, served};

const JSON: (&str, &str) = ("Content-Type", "application/json");
const BODY: &str = r#"{"embedded": "variable-api"}"#;

#[track_caller]
fn assert_refused(answer: &Answer, status: u16, error: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.json()["error"], error);
    assert!(answer.json()["text"].as_str().is_some_and(|text| !text.is_empty()));
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    assert_eq!(answer.headers["cache-control"], "no-store");
}

#[test]
fn a_body_that_is_too_long_is_refused_before_it_is_read() {
    let server = served(|settings| settings.max_body = 1_000);
    let long = json!({ "scenario": " ".repeat(1_000) }).to_string();
    assert_refused(&post(server.address, "/api/check", &long), 413, "body-too-long");
    // One that does not say how long it is.
    let mut stream = TcpStream::connect(server.address).expect("a server");
    let head = format!(
        "POST /api/check HTTP/1.1\r\nHost: {}\r\nContent-Type: application/toml\r\nTransfer-Encoding: chunked\r\n\r\n",
        server.address
    );
    stream.write_all(head.as_bytes()).expect("it is sent");
    let chunk = "#".repeat(600);
    for _ in 0..2 {
        stream.write_all(format!("{:x}\r\n{chunk}\r\n", chunk.len()).as_bytes()).expect("it is sent");
    }
    assert_refused(&read(&mut BufReader::new(stream)), 413, "body-too-long");
}

#[test]
fn only_json_and_toml_can_be_posted() {
    let server = served(|_| ());
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let answer = ask(server.address, "POST", "/api/check", &[("Content-Type", kind)], BODY);
        assert_refused(&answer, 415, "media-type");
    }
    assert_refused(&ask(server.address, "POST", "/api/check", &[], BODY), 415, "media-type");
}

#[test]
fn other_hosts_and_other_origins_are_refused() {
    let server = served(|settings| settings.allow_hosts = vec!["models.example".to_owned()]);
    for path in ["/", "/api/scenarios", "/page/app.js"] {
        assert_refused(&ask(server.address, "GET", path, &[("Host", "evil.example")], ""), 403, "forbidden");
        assert_eq!(ask(server.address, "GET", path, &[("Host", "localhost:1")], "").status, 200);
        assert_eq!(ask(server.address, "GET", path, &[("Host", "models.example")], "").status, 200);
    }
    let host = server.address.to_string();
    let of = |origin: &str| ask(server.address, "POST", "/api/check", &[JSON, ("Origin", origin)], BODY);
    assert_eq!(of(&format!("http://{host}")).status, 200);
    for origin in ["http://evil.example", "null", "http://127.0.0.1:1"] {
        assert_refused(&of(origin), 403, "forbidden");
    }
    // No answer may be read by a page of another site.
    assert!(!of(&format!("http://{host}")).headers.contains_key("access-control-allow-origin"));
}

#[test]
fn what_is_not_an_embedded_file_is_not_found() {
    let server = served(|_| ());
    for path in [
        "/page/../../Cargo.toml",
        "/page/..%2f..%2fCargo.toml",
        "/page/%2e%2e/%2e%2e/Cargo.toml",
        "/page/%2e%2e%2f%2e%2e%2fCargo.toml",
        "/page//etc/passwd",
        "/page/..\\..\\Cargo.toml",
        "/page/app.js/",
        "/page/app.js%00",
        "/page/%ff",
        "/api/scenarios/%ff",
        "/page/",
        "/api/scenarios/../../Cargo.toml",
        "/api/scenarios/%2e%2e/Cargo.toml",
        "/api/scenarios//etc/passwd",
        "/Cargo.toml",
        "/api",
    ] {
        assert_refused(&get(server.address, path), 404, "not-found");
    }
}

/// A scenario that is right but for what it names.
fn naming(traffic: &str, top: &str) -> String {
    format!(
        "{top}\nhorizon = \"1d\"\n[[traffic]]\nname = \"api\"\n{traffic}\n[[fleet]]\nname = \"own\"\nkind = \"dedicated\"\n\
         instances = 1\nprice = \"$1/h\"\n"
    )
}

#[test]
fn no_scenario_that_is_posted_reads_a_file() {
    let server = served(|_| ());
    let folder = tempfile::tempdir().expect("a folder");
    let (trace, prices) = (folder.path().join("trace.csv"), folder.path().join("prices.toml"));
    fs::write(&trace, "arrival_s,service_s\n1,1\n2,1\n").expect("it is written");
    let entry = "[[entry]]\nprovider = \"cellar\"\ngpu = \"H100\"\nkind = \"dedicated\"\nprice = \"$1.10/h\"\nas_of = \
                 \"2026-11-01\"\nsource = \"ours\"\n";
    fs::write(&prices, entry).expect("it is written");
    let (trace, prices) = (trace.display(), prices.display());
    let drawn = "rate = \"1/s\"\nservice_time = \"1s\"";
    let replayed =
        |file: &str| format!("service_time = \"1s\"\ntrace = {{ file = \"{file}\", arrival = \"arrival_s\" }}");
    let empirical = format!(
        "rate = \"1/s\"\nservice_time = {{ kind = \"empirical\", file = \"{trace}\", column = \"service_s\" }}"
    );
    let texts = [
        naming(&replayed(&trace.to_string()), ""),
        naming(&replayed("/etc/passwd"), ""),
        naming(&replayed("../../../../../../etc/passwd"), ""),
        naming(&replayed("embedded:../../etc/passwd"), ""),
        naming(&empirical, ""),
        naming(drawn, &format!("catalog = \"{prices}\"")),
        naming(drawn, "catalog = \"/etc/passwd\""),
    ];
    for path in ["/api/check", "/api/run", "/api/explore", "/api/knobs", "/api/resolved", "/api/advise"] {
        for text in &texts {
            let answer = post(server.address, path, &json!({ "scenario": text }).to_string());
            assert_refused(&answer, 422, "wrong");
            assert_eq!(answer.json()["problems"].as_array().map(Vec::len), Some(1), "{text}: {}", answer.text());
            assert!(!answer.text().contains("root:") && !answer.text().contains("cannot be read"), "{}", answer.text());
        }
        // Nor one that is named and changed.
        for set in [format!("catalog={prices}"), format!("traffic.conversation.trace.file={trace}")] {
            let body = json!({ "embedded": "azure-conversation", "set": [set] }).to_string();
            assert_refused(&post(server.address, path, &body), 422, "wrong");
        }
    }
    // What the program carries may be named.
    let carried = naming(&replayed("embedded:traces/azure_llm_2023_conversation.csv.gz"), "");
    let answer = post(server.address, "/api/check", &json!({ "scenario": carried }).to_string());
    assert!(answer.status == 422 && answer.text().contains("column"), "{}", answer.text());
    assert_eq!(post(server.address, "/api/check", r#"{"embedded": "azure-conversation"}"#).status, 200);
}

#[test]
fn too_much_work_is_refused_with_its_size_and_the_flag() {
    let server = served(|settings| settings.max_requests = 1_000_000);
    let body = json!({ "embedded": "variable-api", "replications": 1_000 }).to_string();
    for path in ["/api/run", "/api/curve", "/api/matrix", "/api/advise", "/api/explore"] {
        let answer = post(server.address, path, &body);
        assert_refused(&answer, 422, "too-large");
        let answer = answer.json();
        assert!(answer["requests"].as_u64() > answer["limit"].as_u64(), "{answer}");
        assert!(answer["text"].as_str().is_some_and(|text| text.contains("--max-requests ")), "{answer}");
    }
    // What is not simulated is not measured.
    assert_eq!(post(server.address, "/api/check", &body).status, 200);
}

#[test]
fn a_body_that_makes_no_sense_is_refused_with_what_it_lacks() {
    let server = served(|_| ());
    for body in [
        "",
        "{",
        "[]",
        "{}",
        r#"{"embedded": "variable-api", "scenario": ""}"#,
        r#"{"embedded": "variable-api", "path": "/etc/passwd"}"#,
        r#"{"embedded": "variable-api", "seed": -1}"#,
        r#"{"embedded": "variable-api", "set": "x"}"#,
        r#"{"embedded": 1}"#,
    ] {
        assert_refused(&post(server.address, "/api/run", body), 400, "unreadable");
    }
    assert_refused(&post(server.address, "/api/run?seed=1", BODY), 400, "unreadable");
    let unknown = post(server.address, "/api/run", r#"{"embedded": "variable-apo"}"#);
    assert_refused(&unknown, 422, "wrong");
    assert!(unknown.text().contains("did you mean `variable-api`"), "{}", unknown.text());
    // Bytes that are no text.
    let mut stream = TcpStream::connect(server.address).expect("a server");
    let head = format!(
        "POST /api/check HTTP/1.1\r\nHost: {}\r\nContent-Type: application/toml\r\nContent-Length: 2\r\n\r\n",
        server.address
    );
    stream.write_all(&[head.as_bytes(), &[0xff, 0xfe]].concat()).expect("it is sent");
    assert_refused(&read(&mut BufReader::new(stream)), 400, "unreadable");
}

#[test]
fn what_is_no_http_ends_its_own_connection_alone() {
    let server = served(|_| ());
    for junk in [&b"\x16\x03\x01\x02\x00\x01\x00"[..], b"GET\r\n\r\n", &[b'A'; 200_000]] {
        let mut stream = TcpStream::connect(server.address).expect("a server");
        let _ = stream.write_all(junk);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(!answer.starts_with(b"HTTP/1.1 2"), "{}", String::from_utf8_lossy(&answer));
    }
    assert_eq!(get(server.address, "/api/scenarios").status, 200);
}

#[test]
fn thousands_of_mistakes_are_told_in_moments() {
    let server = served(|_| ());
    let text: String = (0..50_000).map(|index| format!("key_{index} = 1\n")).collect();
    let answer = ask(server.address, "POST", "/api/check", &[("Content-Type", "application/toml")], &text);
    assert_refused(&answer, 422, "wrong");
    let most = breakeven::scenario::Problems::MOST;
    assert_eq!(answer.json()["problems"].as_array().map(Vec::len), Some(most));
}
