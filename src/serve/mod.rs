//! A page and a JSON API over HTTP: what the command line answers, for a browser on the same machine.
//!
//! A request says all that it needs, and nothing is kept between two of them. It is looked at by `guard`, read by `body`,
//! measured by `limits`, and simulated by `work` on threads of its own, where a client that has gone ends its simulation.

mod answers;
mod body;
mod connections;
mod explore;
mod files;
mod guard;
mod knobs;
mod limits;
mod refusal;
mod routes;
mod scenarios;
mod work;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;

use crate::scenario::{Overrides, Problems};

pub use scenarios::Opened;

use guard::Hosts;
use limits::Limits;
use scenarios::Scenarios;
use work::Work;

/// The port unless another is asked for.
pub const USUAL_PORT: u16 = 8420;
/// Bytes of a request's body unless more are allowed.
pub const USUAL_MOST_BODY: usize = 1 << 20;
/// Requests, for each fleet and replication, that a run may take unless more are allowed.
pub const USUAL_MOST_REQUESTS: u64 = 50_000_000;
/// Simulations that may wait unless more are allowed.
pub const USUAL_QUEUE: usize = 8;

/// How to serve.
#[derive(Clone, Debug)]
pub struct Settings {
    /// A name or an address of this machine.
    pub host: String,
    /// 0: any that is free.
    pub port: u16,
    /// Of one simulation; 0: one a processor.
    pub threads: usize,
    /// The most bytes of a request's body.
    pub max_body: usize,
    /// The most requests, times fleets and replications, that a request may ask to be simulated.
    pub max_requests: u64,
    /// The most simulations that wait for their turn.
    pub queue: usize,
    /// Names that the server may be asked by, besides those of this machine and `host`.
    pub allow_hosts: Vec<String>,
    /// What the page opens with.
    pub opened: Opened,
}

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("port {port} of {host} is in use\n  help: stop what uses it, or take another with --port {}, or any that is free with --port 0", next(*.port))]
    InUse { host: String, port: u16 },
    #[error("cannot listen on {host}:{port}: {error}\n  help: check --host and --port")]
    CannotListen { host: String, port: u16, error: io::Error },
    #[error("cannot start the server: {0}")]
    CannotStart(String),
    /// The scenario that the page opens with.
    #[error(transparent)]
    Scenario(Box<Problems>),
}

fn next(port: u16) -> u16 {
    port.checked_add(1).unwrap_or(USUAL_PORT)
}

/// A server that has its port and does not answer yet.
#[derive(Debug)]
pub struct Server {
    runtime: Runtime,
    listener: TcpListener,
    address: SocketAddr,
    state: Arc<State>,
    stop: Arc<Notify>,
}

/// Ends a server from anywhere.
#[derive(Clone, Debug)]
pub struct Stop(Arc<Notify>);

impl Stop {
    /// No more connections are taken, and answers that are under way have `connections::LONGEST_FAREWELL` to end.
    pub fn stop(&self) {
        self.0.notify_one();
    }
}

/// What every answer may need.
#[derive(Debug)]
struct State {
    hosts: Hosts,
    limits: Limits,
    scenarios: Scenarios,
    work: Work,
}

impl Server {
    /// Takes the port, and checks the scenario that the page opens with.
    ///
    /// # Errors
    /// See [`StartError`].
    pub fn bind(settings: Settings) -> Result<Server, StartError> {
        let opened = &settings.opened;
        opened.file.load(&Overrides::default()).map_err(|problems| StartError::Scenario(Box::new(problems)))?;
        let failed = |error: io::Error| StartError::CannotStart(error.to_string());
        let runtime = Builder::new_multi_thread()
            .worker_threads(ASYNC_THREADS)
            .max_blocking_threads(BLOCKING_THREADS)
            .enable_all()
            .build()
            .map_err(failed)?;
        let listening = runtime.block_on(TcpListener::bind((bare(&settings.host), settings.port)));
        let listener = listening.map_err(|error| {
            let (host, port) = (settings.host.clone(), settings.port);
            match error.kind() {
                io::ErrorKind::AddrInUse => StartError::InUse { host, port },
                _ => StartError::CannotListen { host, port, error },
            }
        })?;
        let address = listener.local_addr().map_err(failed)?;
        let state = State {
            hosts: Hosts::new(&settings.host, &settings.allow_hosts),
            limits: Limits { body: settings.max_body, requests: settings.max_requests },
            work: Work::start(settings.threads, settings.queue).map_err(StartError::CannotStart)?,
            scenarios: Scenarios::new(settings.opened),
        };
        Ok(Server { runtime, listener, address, state: Arc::new(state), stop: Arc::default() })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What ends it.
    #[must_use]
    pub fn stop(&self) -> Stop {
        Stop(Arc::clone(&self.stop))
    }

    /// Answers until it is stopped.
    pub fn run(self) {
        let Server { runtime, listener, state, stop, .. } = self;
        let router = routes::router(&state);
        runtime.block_on(connections::serve(listener, router, &state, &stop));
        // What is still simulated ends at its next block; nobody waits for it.
        runtime.shutdown_background();
    }
}

/// They only pass on what others work out.
const ASYNC_THREADS: usize = 2;
/// Enough for every simulation and for what is read and checked meanwhile.
const BLOCKING_THREADS: usize = 32;

/// An address of the sixth version without its brackets.
fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host)
}
