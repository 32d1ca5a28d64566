//! Experiments against closed forms: costs over volume, break-even points and their intervals, fitted pools, precision.

mod coverage;
mod crossings;
mod curve;
mod explanation;
mod fit;
mod float16;
mod foresight;
mod headroom;
mod hybrid;
mod precision;
mod staircase;

use std::path::Path;

use breakeven::experiment::{Curve, CurvePlan, Trial, Unwatched, Volumes, curve, simulate};
use breakeven::report::curve::CurveDocument;
use breakeven::scenario::{Loaded, Origin, Overrides, Scenario, load, load_text};
use breakeven::summary::{FleetSummary, Provenance};
use statrs::distribution::{Binomial, DiscreteCDF as _, StudentsT};

/// Hours of a month.
const MONTH_H: f64 = 720.0;
/// Seconds of a month.
const MONTH_S: f64 = MONTH_H * 3_600.0;

/// The most replications of a break-even point.
const MOST_REPLICATIONS: u32 = 160;

/// A scenario from its text; the traces that it names are in the folder of the embedded ones.
#[track_caller]
fn scenario(text: &str, set: &[&str]) -> Loaded {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    match load_text(text, "test.toml", &folder, &overrides(set)) {
        Ok(loaded) => loaded,
        Err(problems) => panic!("{problems}"),
    }
}

#[track_caller]
fn embedded(name: &'static str, set: &[&str]) -> Loaded {
    match load(&Origin::Embedded(name), &overrides(set)) {
        Ok(loaded) => loaded,
        Err(problems) => panic!("{problems}"),
    }
}

fn overrides(set: &[&str]) -> Overrides {
    Overrides { set: set.iter().map(|&change| change.to_owned()).collect(), ..Overrides::default() }
}

/// A scenario's own volume, simulated.
fn run(scenario: &Scenario) -> Trial {
    simulate(scenario, &Provenance::default(), None, &Unwatched).expect("a trace that can be read")
}

fn draw(scenario: &Scenario, volumes: &[f64]) -> (Curve, CurveDocument) {
    draw_with(scenario, volumes, MOST_REPLICATIONS)
}

fn draw_with(scenario: &Scenario, volumes: &[f64], most_replications: u32) -> (Curve, CurveDocument) {
    let plan = CurvePlan { volumes: volumes.to_vec(), precision: None, most_replications };
    let volumes = Volumes::new(scenario, None).expect("traffic");
    let curve = curve(&volumes, &Provenance::default(), &plan, &Unwatched).expect("a trace that can be read");
    let document = CurveDocument::new(&volumes, &Provenance::default(), &curve);
    (curve, document)
}

/// A line of a fleet's bill, in dollars of its window.
#[track_caller]
fn line(fleet: &FleetSummary, name: &str) -> breakeven::measure::Estimate {
    fleet.cost.lines.iter().find(|line| line.line == name).map(|line| line.usd).expect("a line of the bill")
}

/// The number that was found for a fleet's fitted pool.
fn size(fleet: &FleetSummary) -> u32 {
    breakeven::experiment::fitted(fleet).expect("a fitted pool")
}

/// How many times as wide a 99.9 % interval is as a 95 % one, of so many replications.
fn widening(replications: u32) -> f64 {
    use statrs::distribution::ContinuousCDF as _;
    let student = StudentsT::new(0.0, 1.0, f64::from(replications - 1)).expect("several replications");
    student.inverse_cdf(0.9995) / student.inverse_cdf(0.975)
}

/// The numbers of 95 % intervals out of `count` that hold the truth, but for one case in a thousand at either end, if each does with
/// a probability of 95 %.
fn plausible(count: u64) -> std::ops::RangeInclusive<u64> {
    let holding = Binomial::new(0.95, count).expect("a probability");
    holding.inverse_cdf(0.001)..=holding.inverse_cdf(0.999)
}
