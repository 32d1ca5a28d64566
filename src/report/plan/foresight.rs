//! What the traffic costs at least: its part of the document, and its words for the terminal.

use anstyle::Style;
use serde::Serialize;

use crate::experiment::plan::{Foresight, ServedRate};
use crate::measure::Estimate;
use crate::report::number;
use crate::report::table::{Look, with_interval};
use crate::report::text::paragraph;
use crate::scenario::{Fleet, FleetKind};

/// The bill of somebody who knows every request beforehand.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ForesightSummary {
    pub replications: u32,
    /// Every request served at the cheapest rate of the designs, without idle time and cold starts: no design that serves all
    /// of them costs less.
    pub served_usd_per_month: Estimate,
    /// The rates at which requests are served, the one with the most service first.
    pub rates: Vec<RateSummary>,
    /// Fees by the month less what is free: a part of `served_usd_per_month`.
    pub other_usd_per_month: f64,
    pub least_instances: LeastInstancesSummary,
    pub in_flight: InFlightSummary,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RateSummary {
    /// The name of the design.
    pub design: String,
    /// Its index.
    pub design_index: usize,
    /// Of a hybrid.
    pub pool: Option<String>,
    pub usd_per_service_hour: f64,
    pub usd_per_request: f64,
    /// Of all service.
    pub share: f64,
}

/// The instances that there must be if no request waits.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LeastInstancesSummary {
    pub design: String,
    pub design_index: usize,
    pub slots: u32,
    pub usd_per_instance_hour: f64,
    pub mean: Estimate,
    pub peak: u64,
    pub usd_per_month: Estimate,
}

/// Requests in flight if each began when it arrived.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InFlightSummary {
    pub mean: Estimate,
    /// Not exceeded for half of the time, and so on.
    pub p50: u64,
    pub p95: u64,
    pub p99: u64,
    pub peak: u64,
    /// By the number in flight: the share of the time.
    pub shares: Vec<f64>,
    /// By hour of the day: the mean; `None` for hours that are not in the window.
    pub by_hour: Vec<Option<f64>>,
}

/// `designs` are those that it was measured for.
#[must_use]
pub fn foresight_summary(foresight: &Foresight, designs: &[Fleet]) -> ForesightSummary {
    let name = |index: usize| designs[index].name.clone();
    let least = &foresight.least_instances;
    let rate = |rate: &ServedRate| RateSummary {
        design: name(rate.fleet),
        design_index: rate.fleet,
        pool: match &designs[rate.fleet].kind {
            FleetKind::Single(_) => None,
            FleetKind::Hybrid(hybrid) => Some(hybrid.pools[rate.pool].name.clone()),
        },
        usd_per_service_hour: rate.usd_per_service_hour,
        usd_per_request: rate.usd_per_request,
        share: rate.share,
    };
    ForesightSummary {
        replications: foresight.replications,
        served_usd_per_month: foresight.served_usd_per_month,
        rates: foresight.rates.iter().map(rate).collect(),
        other_usd_per_month: foresight.other_usd_per_month,
        least_instances: LeastInstancesSummary {
            design: name(least.fleet),
            design_index: least.fleet,
            slots: least.slots,
            usd_per_instance_hour: least.usd_per_instance_hour,
            mean: least.mean,
            peak: least.peak,
            usd_per_month: least.usd_per_month,
        },
        in_flight: InFlightSummary {
            mean: foresight.in_flight,
            p50: foresight.fractile_in_flight(0.5),
            p95: foresight.fractile_in_flight(0.95),
            p99: foresight.fractile_in_flight(0.99),
            peak: foresight.peak_in_flight,
            shares: foresight.shares_in_flight.clone(),
            by_hour: foresight.in_flight_by_hour.to_vec(),
        },
    }
}

/// In words. `chosen`: what the chosen design costs a month, to compare it with the bound.
#[must_use]
pub fn foresight_report(summary: &ForesightSummary, chosen: Option<&Estimate>, look: Look) -> String {
    let [served, instances, in_flight] = sentences(summary, chosen);
    let mut text = String::new();
    paragraph(&mut text, &served, Style::new(), look);
    paragraph(&mut text, &instances, Style::new(), look);
    paragraph(&mut text, &in_flight, Style::new().dimmed(), look);
    text
}

/// What the work costs at least, how many instances it takes, and how much of it there is at once.
pub(in crate::report) fn sentences(summary: &ForesightSummary, chosen: Option<&Estimate>) -> [String; 3] {
    [served(summary, chosen), instances(summary), in_flight(&summary.in_flight)]
}

fn served(summary: &ForesightSummary, chosen: Option<&Estimate>) -> String {
    let cost = with_interval(&summary.served_usd_per_month, number::dollars);
    let mut words = format!("Without idle time, cold starts and waste this traffic costs {cost} a month");
    if let Some(rate) = summary.rates.first() {
        let pool = rate.pool.as_ref().map_or_else(|| rate.design.clone(), |pool| format!("{} › {pool}", rate.design));
        let price = number::dollars(rate.usd_per_service_hour);
        words += &format!(", {} of the work at {price} an hour of service ({pool})", number::share(rate.share));
    }
    words += ".";
    let bound = summary.served_usd_per_month.mean.filter(|&usd| usd > 0.0);
    if let (Some(bound), Some(chosen)) = (bound, chosen.and_then(|chosen| chosen.mean)) {
        words += &format!(" The chosen design costs {} times as much.", number::significant(chosen / bound, 3));
    }
    words
}

fn instances(summary: &ForesightSummary) -> String {
    let least = &summary.least_instances;
    let slots = if least.slots == 1 { String::new() } else { format!(" of {} slots", least.slots) };
    format!(
        "If no request waited and instances came and went in no time, {} of them{slots} on average and {} at the peak would do: {} a \
         month at {} an hour ({}).",
        with_interval(&least.mean, |mean| number::significant(mean, 3)),
        number::count(least.peak as f64),
        with_interval(&least.usd_per_month, number::dollars),
        number::dollars(least.usd_per_instance_hour),
        least.design,
    )
}

fn in_flight(in_flight: &InFlightSummary) -> String {
    let count = |requests: u64| number::count(requests as f64);
    format!(
        "In flight at once: {} requests on average; at most {} for half of the time, {} for 95% and {} for 99% of it; {} at the peak.",
        with_interval(&in_flight.mean, |mean| number::significant(mean, 3)),
        count(in_flight.p50),
        count(in_flight.p95),
        count(in_flight.p99),
        count(in_flight.peak),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::fixture::{dedicated, serverless};
    use crate::experiment::plan::foresight;
    use crate::scenario::{Overrides, load_text};

    fn summary() -> ForesightSummary {
        let text = "horizon = \"2h\"\nreplications = 4\nseed = 3\n[[traffic]]\nname = \"a\"\nrate = \"3/s\"\nservice_time = \
                    { kind = \"exponential\", mean = \"2s\" }\n[[fleet]]\nname = \"d\"\nkind = \
                    \"dedicated\"\ninstances = 1\nprice = \"$1/h\"";
        let loaded = load_text(text, "test", std::path::Path::new(""), &Overrides::default());
        let scenario = loaded.unwrap_or_else(|problems| panic!("{problems}")).scenario;
        let designs = [serverless("on demand"), dedicated("held", 12)];
        foresight_summary(&foresight(&scenario, &designs, 0..4).unwrap(), &designs)
    }

    #[test]
    fn the_words_fit_a_terminal_and_name_the_design_of_the_cheapest_rate() {
        let summary = summary();
        assert_eq!((summary.rates[0].design.as_str(), summary.rates[0].share), ("held", 1.0));
        let text = foresight_report(&summary, Some(&Estimate::exact(34_560.0)), Look { width: 80, color: false });
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn the_document_has_the_whole_distribution() {
        let document = serde_json::to_value(summary()).unwrap();
        let shares = document["in_flight"]["shares"].as_array().unwrap();
        let sum: f64 = shares.iter().map(|share| share.as_f64().unwrap()).sum();
        assert!((sum - 1.0).abs() < 1e-12);
        assert_eq!(document["in_flight"]["by_hour"].as_array().unwrap().len(), 24);
        assert_eq!(document["least_instances"]["design"], "held");
    }
}
