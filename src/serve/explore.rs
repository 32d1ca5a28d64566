//! What a page shows while something is moved: a first look at once, then sharper ones, then where the answer changes.
//!
//! Server-sent events: `estimate`, `refined` (several), `curve`, `done`; `error` where something goes wrong on the way.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State as Shared};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use hyper::body::{Body as Frames, Frame};
use serde::Serialize;
use serde_json::json;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::experiment::{CurvePlan, Growing, VolumeError, Volumes, logarithmic_volumes, simulate};
use crate::measure::Replication;
use crate::report::answer::answer;
use crate::report::curve::{CurveDocument, curve_answer};
use crate::report::job_answer;
use crate::report::latency_curve::{ALL_CLASSES, latency_curves};
use crate::report::movement::{Movement, MovementBin, movements};
use crate::scenario::{Loaded, Scenario};
use crate::summary::{Provenance, RunDocument};

use super::State;
use super::limits::Limits;
use super::refusal::Refusal;
use super::routes;
use super::work::Asker;

/// Volumes of the coarse curve, from a part of the scenario's own to a multiple of it.
const VOLUMES: usize = 9;
const LOWEST: f64 = 1.0 / 20.0;
const HIGHEST: f64 = 4.0;
/// Replications of each.
const REPLICATIONS_OF_CURVE: u32 = 1;

/// Answers with events. A wrong scenario, too much work and a full queue are told by the status, before the first event.
pub(super) async fn explore(Shared(state): Shared<Arc<State>>, request: Request) -> Result<Response, Refusal> {
    let (asked, limits) = (routes::asked(&state, request).await?, state.limits);
    let load = move || {
        let loaded = asked.load()?;
        limits.check_run(&loaded.scenario)?;
        Ok(loaded)
    };
    let loaded = state.work.read(load).await?;
    let place = state.work.place()?;
    let (sender, receiver) = unbounded_channel();
    let teller = Teller(sender);
    let simulating = async move {
        let last = teller.clone();
        let told = state.work.simulate(place, move |asker| tell(&loaded, limits, asker, &teller)).await;
        // Where the client has gone, nobody reads it.
        let _ = match told {
            Ok(()) => last.tell("done", &json!({})),
            Err(refusal) => last.tell("error", &refusal.document()),
        };
    };
    let events = Events { simulating: Some(Box::pin(simulating)), receiver };
    Ok(([(header::CONTENT_TYPE, "text/event-stream")], Body::new(events)).into_response())
}

/// Passes events on to the client.
#[derive(Clone)]
struct Teller(UnboundedSender<Bytes>);

impl Teller {
    fn tell(&self, event: &str, data: &impl Serialize) -> Result<(), Refusal> {
        let data = serde_json::to_string(data).map_err(|error| Refusal::Failed(error.to_string()))?;
        self.0.send(format!("event: {event}\ndata: {data}\n\n").into()).map_err(|_| Refusal::Ended)
    }
}

/// The body: what is told, and the simulation that tells it. When the client goes away, both are dropped.
struct Events {
    simulating: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    receiver: UnboundedReceiver<Bytes>,
}

impl Frames for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(simulating) = &mut self.simulating
            && simulating.as_mut().poll(context).is_ready()
        {
            self.simulating = None;
        }
        self.receiver.poll_recv(context).map(|event| event.map(|event| Ok(Frame::data(event))))
    }
}

/// What is known after some replications.
#[derive(Serialize)]
struct Look<'a> {
    document: &'a RunDocument,
    /// The sentence of the terminal.
    answer: String,
    replications: u32,
    timeline: Vec<Line>,
    latency: Vec<Latency>,
}

/// How a fleet moves over the window of the first replication; a list has a value for each bin.
#[derive(Serialize)]
struct Line {
    fleet: String,
    start_s: Vec<f64>,
    arrivals: Vec<u64>,
    busy: Vec<f64>,
    idle: Vec<f64>,
    starting: Vec<f64>,
    waiting: Vec<f64>,
}

#[derive(Serialize)]
struct Latency {
    fleet: String,
    quantile: Vec<f64>,
    /// `None` where nothing completed.
    seconds: Vec<Option<f64>>,
}

impl From<Movement> for Line {
    fn from(movement: Movement) -> Line {
        let bins = &movement.bins;
        let means = |mean: fn(&MovementBin) -> f64| bins.iter().map(mean).collect();
        Line {
            start_s: means(|bin| bin.start.since_start().seconds()),
            arrivals: bins.iter().map(|bin| bin.arrivals).collect(),
            busy: means(|bin| bin.busy),
            idle: means(|bin| bin.idle),
            starting: means(|bin| bin.starting),
            waiting: means(|bin| bin.waiting),
            fleet: movement.fleet,
        }
    }
}

impl<'a> Look<'a> {
    fn new(document: &'a RunDocument, scenario: &Scenario, replications: &[Replication]) -> Look<'a> {
        let requests = (!scenario.traffic.is_empty()).then(|| answer(document, scenario.slo.as_ref()));
        let answers: Vec<String> = requests.into_iter().chain(job_answer::answers(document)).collect();
        let curves = latency_curves(scenario, replications).into_iter().filter(|curve| curve.class == ALL_CLASSES);
        let latency = |curve: crate::report::latency_curve::LatencyCurve| Latency {
            quantile: curve.points.iter().map(|point| point.quantile).collect(),
            seconds: curve.points.iter().map(|point| point.latency_s).collect(),
            fleet: curve.fleet,
        };
        Look {
            document,
            answer: answers.join(" "),
            replications: scenario.replications,
            timeline: movements(scenario, replications).into_iter().map(Line::from).collect(),
            latency: if replications.is_empty() { Vec::new() } else { curves.map(latency).collect() },
        }
    }
}

/// 1, 2, 4 and so on, up to the scenario's own.
fn looks(replications: u32) -> impl Iterator<Item = u32> {
    let next = move |&made: &u32| (made < replications).then(|| made.saturating_mul(2).min(replications));
    std::iter::successors(Some(1), next)
}

/// Simulates, and tells what is known so far.
fn tell(loaded: &Loaded, limits: Limits, asker: &Asker, teller: &Teller) -> Result<(), Refusal> {
    let provenance = Provenance::from(loaded);
    let event = |replications| if replications == 1 { "estimate" } else { "refined" };
    if loaded.scenario.jobs.is_empty() {
        let mut growing = Growing::new(&loaded.scenario, &provenance, asker).map_err(|error| asker.refusal(&error))?;
        for replications in looks(loaded.scenario.replications) {
            let grown = if replications == 1 { growing.grow_by_one() } else { growing.grow(replications) };
            grown.map_err(|error| asker.refusal(&error))?;
            let document = growing.document();
            let look = Look::new(&document, growing.scenario(), growing.replications());
            teller.tell(event(replications), &look)?;
        }
    } else {
        for replications in looks(loaded.scenario.replications) {
            let scenario = Scenario { replications, ..loaded.scenario.clone() };
            let trial = simulate(&scenario, &provenance, None, asker).map_err(|error| asker.refusal(&error))?;
            teller.tell(event(replications), &Look::new(&trial.document, &trial.scenario, &trial.replications))?;
        }
    }
    tell_curve(&loaded.scenario, &provenance, limits, asker, teller)
}

/// Where the answer changes with the volume; nothing where no request arrives or it would be too much work.
fn tell_curve(
    scenario: &Scenario,
    provenance: &Provenance,
    limits: Limits,
    asker: &Asker,
    teller: &Teller,
) -> Result<(), Refusal> {
    let replications = scenario.replications.min(REPLICATIONS_OF_CURVE);
    let scenario = Scenario { replications, jobs: Vec::new(), ..scenario.clone() };
    let own = match Volumes::new(&scenario, None) {
        Ok(volumes) => volumes.own(),
        Err(VolumeError::Trace(error)) => return Err(asker.refusal(&error)),
        Err(_) => return Ok(()),
    };
    let volumes = logarithmic_volumes(own * LOWEST, own * HIGHEST, VOLUMES);
    let plan = CurvePlan { volumes, precision: None, most_replications: REPLICATIONS_OF_CURVE };
    if limits.check_curve(&Volumes::new(&scenario, None)?, &plan).is_err() {
        return Ok(());
    }
    let document = CurveDocument::simulate(&scenario, None, provenance, &plan, asker);
    let document = document.map_err(|error| match error {
        VolumeError::Trace(error) => asker.refusal(&error),
        wrong => wrong.into(),
    })?;
    teller.tell("curve", &json!({ "sentence": curve_answer(&document), "document": document }))
}

#[cfg(test)]
mod tests {
    use super::looks;

    #[test]
    fn looks_double_up_to_what_the_scenario_asks_for() {
        assert_eq!(looks(10).collect::<Vec<_>>(), [1, 2, 4, 8, 10]);
        assert_eq!(looks(8).collect::<Vec<_>>(), [1, 2, 4, 8]);
        assert_eq!(looks(1).collect::<Vec<_>>(), [1]);
    }
}
