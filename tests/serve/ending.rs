//! How an answer, and the server, end before their time.

use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::json;

use super::client::{begin, get, post, read, served};
use super::program;

const JSON: [(&str, &str); 1] = [("Content-Type", "application/json")];
/// As many simulations as are made at once.
const AT_ONCE: usize = 2;

/// A run that takes hours.
fn endless() -> String {
    json!({ "embedded": "variable-api", "replications": 100_000 }).to_string()
}

/// A run that takes a moment.
fn brief() -> String {
    json!({ "embedded": "variable-api", "replications": 1, "set": ["horizon=2h", "warm_up=1h"] }).to_string()
}

/// Asks until a place is free.
#[track_caller]
fn ask_until_free(address: SocketAddr) -> Duration {
    const LONGEST: Duration = Duration::from_secs(30);
    let began = Instant::now();
    loop {
        let answer = post(address, "/api/run", &brief());
        match answer.status {
            200 => return began.elapsed(),
            429 if began.elapsed() < LONGEST => sleep(Duration::from_millis(10)),
            status => panic!("{status} after {:?}: {}", began.elapsed(), answer.text()),
        }
    }
}

/// Asks so often that nobody else can: every place is taken when one is refused.
fn fill(address: SocketAddr, path: &str) -> Vec<TcpStream> {
    const REFUSED: &[u8] = b"HTTP/1.1 429";
    let mut asked = Vec::new();
    let began = Instant::now();
    loop {
        assert!(began.elapsed() < Duration::from_secs(60), "the line is never full");
        let stream = begin(address, "POST", path, &JSON, &endless());
        stream.set_read_timeout(Some(Duration::from_millis(300))).expect("a timeout");
        let mut status = [0; REFUSED.len()];
        match stream.peek(&mut status) {
            Ok(_) if status == REFUSED => return asked,
            _ => asked.push(stream),
        }
    }
}

#[test]
fn when_the_line_is_full_more_is_refused_until_a_client_has_gone() {
    const QUEUE: usize = 1;
    let server = served(|settings| (settings.queue, settings.max_requests) = (QUEUE, u64::MAX));
    for path in ["/api/run", "/api/explore", "/api/curve", "/api/matrix", "/api/advise"] {
        let asked = fill(server.address, path);
        assert!(asked.len() >= AT_ONCE + QUEUE, "{path}: {} places", asked.len());
        let refused = post(server.address, "/api/run", &brief());
        assert_eq!(refused.json()["error"], "busy");
        assert!(refused.headers["retry-after"].parse::<u32>().is_ok_and(|seconds| seconds > 0));
        // What needs no simulation is answered all the same.
        assert_eq!(post(server.address, "/api/check", &brief()).status, 200);
        drop(asked);
        ask_until_free(server.address);
    }
}

#[test]
fn an_explorer_that_goes_away_after_the_first_event_frees_its_place() {
    let server = served(|settings| (settings.queue, settings.max_requests) = (0, u64::MAX));
    for _ in 0..AT_ONCE {
        let mut stream = BufReader::new(begin(server.address, "POST", "/api/explore", &JSON, &endless()));
        let mut line = String::new();
        while !line.starts_with("event: estimate") {
            line.clear();
            assert!(stream.read_line(&mut line).expect("an event") > 0, "no estimate");
        }
    }
    ask_until_free(server.address);
}

#[test]
fn a_server_that_is_stopped_lets_an_answer_end_and_takes_no_more() {
    let mut server = served(|_| ());
    let body = json!({ "embedded": "variable-api", "replications": 4 }).to_string();
    let stream = begin(server.address, "POST", "/api/run", &JSON, &body);
    sleep(Duration::from_millis(300));
    server.stop.stop();
    let answer = read(&mut BufReader::new(stream));
    assert_eq!(answer.status, 200, "{}", answer.text());
    server.join();
    assert!(TcpStream::connect(server.address).is_err(), "it still listens");
}

#[test]
fn a_server_that_is_stopped_does_not_wait_for_ever() {
    let mut server = served(|settings| settings.max_requests = u64::MAX);
    let _asked = fill_one(server.address);
    let began = Instant::now();
    server.stop.stop();
    server.join();
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
}

fn fill_one(address: SocketAddr) -> TcpStream {
    let stream = begin(address, "POST", "/api/run", &JSON, &endless());
    sleep(Duration::from_millis(200));
    stream
}

/// The program as it serves, ended with the test.
pub struct Program {
    pub child: Child,
    pub address: SocketAddr,
}

impl Program {
    pub fn start(flags: &[&str]) -> Program {
        let mut line = Command::new(program());
        line.args(["serve", "--port", "0"])
            .args(flags)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = line.spawn().expect("the program runs");
        let mut said = BufReader::new(child.stderr.take().expect("its errors"));
        let mut first = String::new();
        said.read_line(&mut first).expect("a line");
        let address = first.trim().strip_prefix("listening on http://").and_then(|address| address.parse().ok());
        let address = address.unwrap_or_else(|| panic!("{first}"));
        let mut second = String::new();
        said.read_line(&mut second).expect("a line");
        assert!(second.contains("Ctrl-C"), "{second}");
        Program { child, address }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(unix)]
#[test]
fn the_program_says_where_it_listens_and_ends_with_success_when_it_is_asked_to() {
    for signal in ["-TERM", "-INT"] {
        let mut program = Program::start(&[]);
        assert!(program.address.ip().is_loopback());
        assert_eq!(get(program.address, "/").status, 200);
        let sent = Command::new("kill").arg(signal).arg(program.child.id().to_string()).status().expect("kill");
        assert!(sent.success());
        let status = program.child.wait().expect("it ends");
        assert_eq!(status.code(), Some(0), "{signal}");
        let mut out = String::new();
        program.child.stdout.take().expect("its output").read_to_string(&mut out).expect("text");
        assert_eq!(out, "", "standard output is for results");
    }
}

#[test]
fn a_port_in_use_and_a_scenario_that_names_files_are_told_with_what_to_write() {
    let program_at_port = Program::start(&[]);
    let port = program_at_port.address.port().to_string();
    let refused = |arguments: &[&str]| {
        let output = Command::new(program()).arg("serve").args(arguments).output().expect("the program runs");
        (output.status.code(), String::from_utf8(output.stderr).expect("text"))
    };
    let (code, said) = refused(&["--port", &port]);
    assert_eq!(code, Some(2));
    assert!(said.contains(&format!("port {port}")) && said.contains("--port"), "{said}");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("mine.toml");
    let text = "catalog = \"prices.toml\"\nhorizon = \"1d\"\n[[traffic]]\nname = \"api\"\nrate = \"1/s\"\nservice_time = \"1s\"\n[[fleet]]\n\
                name = \"own\"\nkind = \"dedicated\"\ninstances = 1\nprice = \"$1/h\"\n";
    std::fs::write(&path, text).expect("it is written");
    let (code, said) = refused(&[path.to_str().expect("a path"), "--port", "0"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("prices.toml") && said.contains("1 mistake"), "{said}");
    // Without them it is what the page opens with.
    std::fs::write(&path, text.replace("catalog = \"prices.toml\"\n", "description = \"Mine\"\n"))
        .expect("it is written");
    let program = Program::start(&[path.to_str().expect("a path")]);
    let list = get(program.address, "/api/scenarios").json();
    assert_eq!(list[0], json!({ "name": "mine", "description": "Mine" }));
    assert_eq!(post(program.address, "/api/check", r#"{"embedded": "mine"}"#).status, 200);
}
