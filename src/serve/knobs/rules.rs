//! Which keys of a scenario can be moved, and how far.

use serde::Serialize;

use crate::scenario::{IDLE_SELECTION, OVERFLOW, ScaleOut, WHEN_ZERO, parse_span};
use crate::toml::tree::{Content, Node};

use super::table;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Rate,
    Duration,
    Price,
    Number,
    Share,
    Choice,
}

/// How far a number can be moved.
#[derive(Clone, Copy, Debug)]
pub(super) enum Bounds {
    /// So many times less and more on a logarithmic scale; from 0 to `otherwise` where it is 0.
    Times {
        factor: f64,
        otherwise: Option<f64>,
    },
    Within(f64, f64),
    /// Whole numbers, up to four times what there are where that is more.
    Count(f64, f64),
}

/// What is known of a key of a part of a scenario.
pub(super) struct Rule {
    /// Below the part.
    pub key: &'static str,
    pub label: &'static str,
    pub kind: Kind,
    bounds: Bounds,
}

const fn rule(key: &'static str, label: &'static str, kind: Kind, bounds: Bounds) -> Rule {
    Rule { key, label, kind, bounds }
}

/// In the value's unit, where it is zero.
const MINUTE_OF_SECONDS: Option<f64> = Some(60.0);
const VOLUME: Bounds = Bounds::Times { factor: 20.0, otherwise: Some(10.0) };
const TIME: Bounds = Bounds::Times { factor: 20.0, otherwise: MINUTE_OF_SECONDS };
const PRICE: Bounds = Bounds::Times { factor: 10.0, otherwise: None };
const VARIATION: Bounds = Bounds::Within(0.0, 3.0);
const SHARE: Bounds = Bounds::Within(0.0, 1.0);
/// Of a choice there is none.
const NO_BOUNDS: Bounds = Bounds::Within(0.0, 0.0);

pub(super) const TRAFFIC: [Rule; 21] = [
    rule("rate", "rate", Kind::Rate, VOLUME),
    rule("trace.volume", "volume", Kind::Number, VOLUME),
    rule("trace.speed", "speed of the recording", Kind::Number, VOLUME),
    rule("shape.peak_over_mean", "peak over mean", Kind::Number, Bounds::Within(1.0, 2.0)),
    rule("shape.peak_at", "peak at", Kind::Choice, NO_BOUNDS),
    rule("shape.weekend", "weekend", Kind::Number, Bounds::Within(0.0, 2.0)),
    rule("arrivals", "arrivals", Kind::Choice, NO_BOUNDS),
    rule("arrivals.cv", "variation of gaps", Kind::Number, Bounds::Times { factor: 10.0, otherwise: None }),
    rule("arrivals.on", "length of bursts", Kind::Duration, TIME),
    rule("arrivals.off", "time between bursts", Kind::Duration, TIME),
    rule("arrivals.peak_over_mean", "height of bursts", Kind::Number, NO_BOUNDS),
    rule("service_time", "service time", Kind::Duration, TIME),
    rule("service_time.mean", "service time, mean", Kind::Duration, TIME),
    rule("service_time.cv", "service time, variation", Kind::Number, VARIATION),
    rule("service_time.low", "service time, least", Kind::Duration, TIME),
    rule("service_time.high", "service time, most", Kind::Duration, TIME),
    rule("service_time.scale", "service time, times", Kind::Number, VOLUME),
    rule("service_time.prompt_per_s", "prompt tokens a second", Kind::Number, VOLUME),
    rule("service_time.output_per_s", "output tokens a second", Kind::Number, VOLUME),
    rule("service_time.overhead", "overhead of a request", Kind::Duration, TIME),
    rule("timeout", "patience", Kind::Duration, TIME),
];

pub(super) const FLEET: [Rule; 27] = [
    rule("instances", "instances", Kind::Number, Bounds::Count(1.0, 20.0)),
    rule("price", "price", Kind::Price, PRICE),
    rule("min_instance_price", "price of minimum instances", Kind::Price, PRICE),
    rule("request_fee", "fee of a request", Kind::Price, PRICE),
    rule("cold_start", "cold start", Kind::Duration, TIME),
    rule("cold_start.mean", "cold start, mean", Kind::Duration, TIME),
    rule("cold_start.cv", "cold start, variation", Kind::Number, VARIATION),
    rule("start.allocate", "start: allocation", Kind::Duration, TIME),
    rule("start.allocate.mean", "start: allocation, mean", Kind::Duration, TIME),
    rule("start.pull", "start: pull", Kind::Duration, TIME),
    rule("start.pull.mean", "start: pull, mean", Kind::Duration, TIME),
    rule("start.pull.cached", "start: share of cached pulls", Kind::Share, SHARE),
    rule("start.load", "start: load", Kind::Duration, TIME),
    rule("start.load.mean", "start: load, mean", Kind::Duration, TIME),
    rule("start.initialize", "start: initialization", Kind::Duration, TIME),
    rule("start.initialize.mean", "start: initialization, mean", Kind::Duration, TIME),
    rule("keep_alive", "keep-alive", Kind::Duration, TIME),
    rule("min_instances", "minimum instances", Kind::Number, Bounds::Count(0.0, 10.0)),
    rule("max_instances", "maximum instances", Kind::Number, Bounds::Count(1.0, 20.0)),
    rule("scale_out", "scaler", Kind::Choice, NO_BOUNDS),
    rule("idle_selection", "next idle instance", Kind::Choice, NO_BOUNDS),
    rule("overflow", "when all are busy", Kind::Choice, NO_BOUNDS),
    rule("when_zero", "when none is ready", Kind::Choice, NO_BOUNDS),
    rule("queue_limit", "requests that may wait", Kind::Number, Bounds::Count(0.0, 100.0)),
    rule("slots", "requests at once", Kind::Number, Bounds::Count(1.0, 16.0)),
    rule("speed", "speed", Kind::Number, Bounds::Times { factor: 10.0, otherwise: None }),
    rule("boot", "boot", Kind::Duration, TIME),
];

pub(super) const OBJECTIVE: [Rule; 9] = [
    rule("latency", "latency of a good request", Kind::Duration, TIME),
    rule("attainment", "share of good requests", Kind::Share, Bounds::Within(0.5, 1.0)),
    rule("p50", "median latency", Kind::Duration, TIME),
    rule("p90", "p90 latency", Kind::Duration, TIME),
    rule("p95", "p95 latency", Kind::Duration, TIME),
    rule("p99", "p99 latency", Kind::Duration, TIME),
    rule("p999", "p99.9 latency", Kind::Duration, TIME),
    rule("max_rejected", "share of rejected requests", Kind::Share, SHARE),
    rule("max_timed_out", "share of timed-out requests", Kind::Share, SHARE),
];

impl Rule {
    /// The words that a choice has; one that another table does not know is left out later.
    pub fn choices(&self) -> Vec<String> {
        let words: Vec<&str> = match self.key {
            "arrivals" => vec!["poisson", "regular"],
            "scale_out" => ScaleOut::KINDS.to_vec(),
            "idle_selection" => IDLE_SELECTION.iter().map(|&(word, _)| word).collect(),
            "overflow" => OVERFLOW.iter().map(|&(word, _)| word).collect(),
            "when_zero" => WHEN_ZERO.iter().map(|&(word, _)| word).collect(),
            "shape.peak_at" => return (0..24).map(|hour| format!("{hour:02}:00")).collect(),
            _ => Vec::new(),
        };
        words.into_iter().map(str::to_owned).collect()
    }

    /// How far the key of a part can be moved.
    pub fn bounds_of(&self, part: &Node) -> Option<Bounds> {
        match self.key {
            // A burst holds all requests at most.
            "arrivals.peak_over_mean" => {
                let [on, off] = ["on", "off"].map(|key| duration(part, key));
                Some(Bounds::Within(1.0, (on? + off?) / on?))
            }
            _ => Some(self.bounds),
        }
    }
}

/// Of the arrivals of a class, in seconds.
fn duration(class: &Node, key: &str) -> Option<f64> {
    let arrivals = &table(class)?.get("arrivals")?.value;
    match &table(arrivals)?.get(key)?.value.content {
        Content::Text(text) => Some(parse_span(text).ok()?.seconds()),
        _ => None,
    }
}
