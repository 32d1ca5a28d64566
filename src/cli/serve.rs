//! `breakeven serve`: the page and the JSON API, until Ctrl-C.

use std::net::IpAddr;

use clap::Args as ClapArgs;

use crate::scenario::Origin;
use crate::serve::{
    Opened, Server, Settings, StartError, USUAL_MOST_BODY, USUAL_MOST_REQUESTS, USUAL_PORT, USUAL_QUEUE,
};

use super::exit::Failure;
use super::{flags, interrupt, terminal};

#[derive(ClapArgs, Clone, Debug)]
pub struct Args {
    /// The scenario that the page opens with: a file, or the name of an embedded one [default: variable-api]
    scenario: Option<String>,

    /// The address to listen on; others than this machine can ask only where it is not the default
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    host: String,

    /// The port to listen on; 0 takes any that is free
    #[arg(long, value_name = "N", default_value_t = USUAL_PORT)]
    port: u16,

    /// Threads of a simulation [default: one a processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,

    /// The most bytes of a request's body
    #[arg(long, value_name = "BYTES", default_value_t = USUAL_MOST_BODY)]
    max_body: usize,

    /// The most requests, times fleets and replications, that one question may have simulated; curves and matrices 64 times as many
    #[arg(long, value_name = "N", default_value_t = USUAL_MOST_REQUESTS, value_parser = clap::value_parser!(u64).range(1..))]
    max_requests: u64,

    /// The most simulations that wait for their turn; more are refused
    #[arg(long, value_name = "N", default_value_t = USUAL_QUEUE, value_parser = queue)]
    queue: usize,

    /// Another name that the server may be asked by; may be repeated
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
}

pub const EXAMPLES: &str = "\
Examples:
  breakeven serve                       the page, with the embedded scenario variable-api
  breakeven serve mine.toml --port 0    a scenario of your own, at any port that is free
  curl -s localhost:8420/api/run -H 'Content-Type: application/json' -d '{\"embedded\": \"bursty\"}' | jq .cheapest

Nothing of a request is stored, and none can name a file. See docs/API.md for what can be asked.";

fn queue(text: &str) -> Result<usize, String> {
    const MOST: usize = 10_000;
    let count = text.parse().ok().filter(|count| *count <= MOST);
    count.ok_or_else(|| format!("write a whole number of at most {MOST}"))
}

/// Read, listen, answer.
pub fn execute(args: &Args) -> Result<(), Failure> {
    let origin = match &args.scenario {
        None => Origin::default_scenario(),
        Some(text) => Origin::of(text).map_err(|error| Failure::Wrong(format!("error: {error}")))?,
    };
    let opened = Opened::read(&origin).map_err(|problems| flags::wrong(&problems))?;
    let server = Server::bind(settings(args, opened)).map_err(failure)?;
    let address = server.address();
    let stop = server.stop();
    interrupt::instead(move || stop.stop());
    if !address.ip().is_loopback() {
        terminal::note(
            "warning: other machines can ask this server, which has no password; each that asks it by a name needs \
             --allow-host NAME\n",
        );
    }
    terminal::note(&format!("listening on http://{}\nstop with Ctrl-C\n", shown(&args.host, address.port())));
    server.run();
    Ok(())
}

fn settings(args: &Args, opened: Opened) -> Settings {
    Settings {
        host: args.host.clone(),
        port: args.port,
        threads: usize::from(args.threads.unwrap_or(0)),
        max_body: args.max_body,
        max_requests: args.max_requests,
        queue: args.queue,
        allow_hosts: args.allow_host.clone(),
        opened,
    }
}

/// As a browser takes it.
fn shown(host: &str, port: u16) -> String {
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V6(address)) => format!("[{address}]:{port}"),
        _ => format!("{host}:{port}"),
    }
}

fn failure(error: StartError) -> Failure {
    match error {
        StartError::Scenario(problems) => flags::wrong(&problems),
        StartError::InUse { .. } | StartError::CannotListen { .. } => Failure::Wrong(format!("error: {error}")),
        StartError::CannotStart(_) => Failure::Failed(format!("error: {error}")),
    }
}
