//! The arithmetic of the guide, and the least number of instances.

use std::path::Path;

use super::check::{Check, Known, Trial};
use super::theory::fewest_servers;
use crate::bill;
use crate::experiment::{CurvePlan, Unwatched, Volumes, curve, fit, logarithmic_volumes};
use crate::scenario::{Overrides, SCENARIOS, load_text};
use crate::summary::Provenance;
use crate::unit::Span;

/// Both bills of the guide's example, where they cross, and a fitted pool.
pub(super) fn checks(seed: u64) -> Vec<Check> {
    let mut checks = bills(seed);
    checks.push(break_even());
    checks.push(fewest(seed));
    checks
}

fn text() -> &'static str {
    SCENARIOS.iter().find(|scenario| scenario.name == "guide-arithmetic").map_or("", |scenario| scenario.text)
}

fn bills(seed: u64) -> Vec<Check> {
    let trial = Trial::of_text(seed, text());
    let formulas = [("$4.00/h x 720 h", 4.0 * 720.0), ("$0.002 x 1,440,000 requests", 0.002 * 1_440_000.0)];
    let fleets = trial.scenario.fleets.iter().zip(&trial.replications[0].fleets);
    fleets
        .zip(formulas)
        .map(|((fleet, outcome), (formula, expected))| {
            let bill = bill::of_fleet(fleet, outcome, trial.scenario.window());
            let known = Known {
                what: format!("the guide's example: a month of the {} fleet", fleet.name),
                formula,
                source: "the guide \"When to use serverless vs dedicated GPU\"",
                unit: "$",
                expected,
            };
            known.equals(bill.total().dollars())
        })
        .collect()
}

fn break_even() -> Check {
    let loaded = load_text(text(), "guide-arithmetic.toml", Path::new(""), &Overrides::default());
    let scenario = loaded.unwrap_or_else(|problems| panic!("{problems}")).scenario;
    let volumes = Volumes::new(&scenario, None).expect("the guide's example has traffic");
    let plan = CurvePlan { volumes: logarithmic_volumes(5e5, 3e6, 4), precision: None, most_replications: 1 };
    let found = curve(&volumes, &Provenance::default(), &plan, &Unwatched).expect("the traffic is drawn, not read");
    let point = found.break_even.first().and_then(|found| found.requests_per_month.mean).unwrap_or(0.0);
    let known = Known {
        what: "the guide's example: break-even, error of the simulated one".to_owned(),
        formula: "requests = hourly rate x hours / price per request = 1,440,000",
        source: "the guide \"When to use serverless vs dedicated GPU\"",
        unit: "",
        expected: 0.005,
    };
    known.at_most((point / 1_440_000.0 - 1.0).abs())
}

/// 95 of 100 requests of an exponential second within 4 s: the fewest instances at a load of 12.
fn fewest(seed: u64) -> Check {
    let (load, within_s, share) = (12.0, 4.0, 0.95);
    let text = format!(
        "horizon = \"{}s\"\nslo = {{ latency = \"{within_s}s\", attainment = {share} }}\n[[traffic]]\nname = \"requests\"\nrate = \
         \"{load}/s\"\nservice_time = {{ kind = \"exponential\", mean = \"1s\" }}\n[[fleet]]\nname = \"fitted\"\nkind = \
         \"dedicated\"\ninstances = \"fit\"\nprice = \"$4/h\"",
        10 * Span::HOUR.nanos() / Span::SECOND.nanos()
    );
    let overrides = Overrides { seed: Some(seed), ..Overrides::default() };
    let loaded = load_text(&text, "fit.toml", Path::new(""), &overrides);
    let scenario = loaded.unwrap_or_else(|problems| panic!("{problems}")).scenario;
    let (_, fits) = fit(&scenario, &Unwatched).expect("the traffic is drawn, not read");
    let known = Known {
        what: "\"fit\" at load 12, 95% within 4 s: the fewest instances".to_owned(),
        formula: "the least c whose sojourn time in M/M/c keeps to it",
        source: "Erlang C",
        unit: "",
        expected: f64::from(fewest_servers(load, within_s, 1.0 - share)),
    };
    known.equals(fits.first().map_or(0.0, |fit| f64::from(fit.instances)))
}
