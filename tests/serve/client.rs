//! A small client of HTTP/1.1, and a server to ask.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;

use breakeven::scenario::Origin;
use breakeven::serve::{Opened, Server, Settings, Stop, USUAL_MOST_BODY, USUAL_MOST_REQUESTS, USUAL_QUEUE};
use serde_json::Value;

/// A server in this process, which ends with the test.
pub struct Served {
    pub address: SocketAddr,
    pub stop: Stop,
    thread: Option<JoinHandle<()>>,
}

/// A server with the usual settings, but for some.
pub fn served(change: impl FnOnce(&mut Settings)) -> Served {
    let mut settings = Settings {
        host: "127.0.0.1".to_owned(),
        port: 0,
        threads: 2,
        max_body: USUAL_MOST_BODY,
        max_requests: USUAL_MOST_REQUESTS,
        queue: USUAL_QUEUE,
        allow_hosts: Vec::new(),
        opened: Opened::read(&Origin::default_scenario()).expect("it is embedded"),
    };
    change(&mut settings);
    let server = Server::bind(settings).expect("a free port");
    let (address, stop) = (server.address(), server.stop());
    Served { address, stop, thread: Some(std::thread::spawn(move || server.run())) }
}

impl Served {
    /// Waits until it has ended.
    pub fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            thread.join().expect("it ends without a panic");
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.stop();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// By name in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

pub fn get(address: SocketAddr, path: &str) -> Answer {
    ask(address, "GET", path, &[], "")
}

pub fn post(address: SocketAddr, path: &str, body: &str) -> Answer {
    ask(address, "POST", path, &[("Content-Type", "application/json")], body)
}

/// Asks with a Host of the server's own, unless another is among the headers.
pub fn ask(address: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    read(&mut BufReader::new(begin(address, method, path, headers, body)))
}

/// Asks, and leaves the answer to be read.
pub fn begin(address: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("a server");
    stream.set_read_timeout(Some(Duration::from_secs(120))).expect("a timeout");
    let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    if headers.iter().all(|(name, _)| !name.eq_ignore_ascii_case("host")) {
        head.push_str(&format!("Host: {address}\r\n"));
    }
    headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
    // A server that refuses by the head alone may close before it has read the body.
    let _ = stream.write_all(format!("{head}\r\n{body}").as_bytes());
    stream
}

pub fn read(stream: &mut BufReader<TcpStream>) -> Answer {
    let mut line = String::new();
    stream.read_line(&mut line).expect("an answer");
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.unwrap_or_else(|| panic!("no status in {line:?}"));
    let mut headers = BTreeMap::new();
    loop {
        line.clear();
        stream.read_line(&mut line).expect("a header");
        let Some((name, value)) = line.split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let mut body = Vec::new();
    match headers.get("content-length").and_then(|length| length.parse::<u64>().ok()) {
        Some(length) => drop(stream.take(length).read_to_end(&mut body).expect("a body")),
        None if headers.get("transfer-encoding").is_some_and(|encoding| encoding == "chunked") => {
            while let Some(chunk) = chunk(stream) {
                body.extend(chunk);
            }
        }
        None => drop(stream.read_to_end(&mut body).expect("a body")),
    }
    Answer { status, headers, body }
}

/// The next chunk; `None` after the last one.
fn chunk(stream: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
    let mut line = String::new();
    stream.read_line(&mut line).expect("a chunk's length");
    let length = usize::from_str_radix(line.trim(), 16).unwrap_or_else(|_| panic!("no length in {line:?}"));
    let mut chunk = vec![0; length + 2];
    stream.read_exact(&mut chunk).expect("a chunk");
    chunk.truncate(length);
    (length > 0).then_some(chunk)
}

/// The events of a stream, each with its data.
pub fn events(text: &str) -> Vec<(String, Value)> {
    let event = |block: &str| {
        let (event, data) = block.split_once('\n').expect("an event and its data");
        let data = serde_json::from_str(data.strip_prefix("data: ").expect("data")).expect("JSON");
        (event.strip_prefix("event: ").expect("an event").to_owned(), data)
    };
    text.split_terminator("\n\n").map(event).collect()
}
