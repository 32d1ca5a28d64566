//! Many clients at once.

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::client::post;
use super::ending::Program;

const CLIENTS: usize = 50;
/// What a server may grow by while it is asked. Its threads keep their histograms and blocks.
const MOST_GROWTH_KIB: u64 = 256 << 10;

/// How many were answered, and how many were refused.
fn ask_for(address: SocketAddr, time: Duration, client: usize) -> (usize, usize, Vec<(usize, Vec<u8>)>) {
    let (mut answered, mut refused, mut answers) = (0, 0, Vec::new());
    let until = Instant::now() + time;
    while Instant::now() < until {
        // Two questions, so that answers could be mistaken for another.
        let question = (client + answered) % 2;
        let body = json!({ "embedded": "variable-api", "seed": question, "replications": 1, "set": ["horizon=3h", "warm_up=1h"] });
        let answer = post(address, "/api/run", &body.to_string());
        match answer.status {
            200 => {
                answered += 1;
                answers.push((question, answer.body));
                answers.dedup();
            }
            429 => {
                refused += 1;
                assert!(answer.headers.contains_key("retry-after"));
                thread::sleep(Duration::from_millis(20));
            }
            status => panic!("{status}: {}", answer.text()),
        }
    }
    (answered, refused, answers)
}

/// Resident memory of a process, where the system tells.
fn memory_kib(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn load(time: Duration) {
    let program = Program::start(&["--queue", "30"]);
    let (address, process) = (program.address, program.child.id());
    let expected = [0, 1].map(|question| ask_for_one(address, question));
    let before = memory_kib(process);
    let clients: Vec<_> = (0..CLIENTS).map(|client| thread::spawn(move || ask_for(address, time, client))).collect();
    let (mut answered, mut refused) = (0, 0);
    for client in clients {
        let (more, less, answers) = client.join().expect("no error but 429");
        answered += more;
        refused += less;
        for (question, answer) in answers {
            assert!(answer == expected[question], "an answer differs under load");
        }
    }
    println!("{answered} answered, {refused} refused, {before:?} KiB before, {:?} after", memory_kib(process));
    assert!(answered > CLIENTS / 2, "{answered} answered");
    if let (Some(before), Some(after)) = (before, memory_kib(process)) {
        assert!(after < before + MOST_GROWTH_KIB, "{before} KiB before, {after} after");
    }
}

fn ask_for_one(address: SocketAddr, question: usize) -> Vec<u8> {
    let body =
        json!({ "embedded": "variable-api", "seed": question, "replications": 1, "set": ["horizon=3h", "warm_up=1h"] });
    let answer = post(address, "/api/run", &body.to_string());
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.body
}

#[test]
fn fifty_clients_at_once_are_answered_alike_or_told_to_come_back() {
    load(Duration::from_secs(3));
}

#[test]
#[ignore = "it takes a minute"]
fn fifty_clients_for_a_minute_are_answered_alike_or_told_to_come_back() {
    load(Duration::from_secs(60));
}
