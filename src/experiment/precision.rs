//! Replications until a figure is known as sharply as was asked for.

use crate::measure::Estimate;
use crate::summary::{FleetSummary, RunDocument};

/// The figure whose interval decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    Cost,
    CostPer1000Requests,
    MeanLatency,
    P50,
    P90,
    P95,
    P99,
    P999,
    MeanWait,
    Attainment,
    Utilization,
    ColdRatio,
}

impl Metric {
    /// Every metric with the word that names it.
    pub const ALL: [(&'static str, Metric); 12] = [
        ("cost", Metric::Cost),
        ("cost-per-1000", Metric::CostPer1000Requests),
        ("latency", Metric::MeanLatency),
        ("p50", Metric::P50),
        ("p90", Metric::P90),
        ("p95", Metric::P95),
        ("p99", Metric::P99),
        ("p999", Metric::P999),
        ("wait", Metric::MeanWait),
        ("attainment", Metric::Attainment),
        ("utilization", Metric::Utilization),
        ("cold-ratio", Metric::ColdRatio),
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        Metric::ALL.iter().find(|(_, metric)| *metric == self).map_or("", |&(name, _)| name)
    }

    /// The figure of a fleet.
    #[must_use]
    pub fn of(self, fleet: &FleetSummary) -> Estimate {
        match self {
            Metric::Cost => fleet.cost.per_month_usd,
            Metric::CostPer1000Requests => fleet.cost.per_1000_requests_usd,
            Metric::MeanLatency => fleet.latency_s.mean,
            Metric::P50 => fleet.latency_s.p50,
            Metric::P90 => fleet.latency_s.p90,
            Metric::P95 => fleet.latency_s.p95,
            Metric::P99 => fleet.latency_s.p99,
            Metric::P999 => fleet.latency_s.p999,
            Metric::MeanWait => fleet.wait_s.mean,
            Metric::Attainment => fleet.slo_attainment,
            Metric::Utilization => fleet.utilization,
            Metric::ColdRatio => fleet.cold_ratio,
        }
    }
}

/// How sharply a figure is to be known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Precision {
    pub metric: Metric,
    /// Half the width of the 95 % interval / the figure; above 0.
    pub relative: f64,
    /// No more replications than this are made.
    pub most_replications: u32,
}

impl Precision {
    /// The replications after which a figure is first looked at.
    pub const FIRST_LOOK: u32 = 10;
    /// The most replications unless told otherwise.
    pub const MOST: u32 = 640;

    /// The largest relative half-width of any fleet's figure; a figure without an interval does not vary.
    #[must_use]
    pub fn reached(&self, document: &RunDocument) -> f64 {
        let relative = |fleet| {
            let figure: Estimate = self.metric.of(fleet);
            let mean = figure.mean.filter(|&mean| mean != 0.0)?;
            Some(figure.half_width()? / mean.abs())
        };
        document.fleets.iter().filter_map(relative).fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::fixture::{dedicated, scenario, serverless};
    use crate::engine;
    use crate::scenario::Scenario;
    use crate::summary::{Provenance, summarize};
    use crate::unit::Span;

    fn document(replications: u32) -> RunDocument {
        let fleets = vec![dedicated("dedicated", 2), serverless("serverless")];
        let scenario = Scenario { horizon: Span::HOUR, warm_up: Span::ZERO, replications, ..scenario(fleets) };
        let made = engine::run(&scenario, &engine::unwatched).expect("drawn traffic");
        summarize(&scenario, &Provenance::default(), &made)
    }

    fn reached(metric: Metric, document: &RunDocument) -> f64 {
        Precision { metric, relative: 0.01, most_replications: Precision::MOST }.reached(document)
    }

    #[test]
    fn every_metric_has_a_name_of_its_own_and_a_figure() {
        let document = document(3);
        for (index, &(name, metric)) in Metric::ALL.iter().enumerate() {
            assert_eq!(metric.name(), name);
            assert!(Metric::ALL[..index].iter().all(|other| other.0 != name && other.1 != metric));
            assert!(document.fleets.iter().all(|fleet| metric.of(fleet).mean.is_some()), "{name}");
        }
    }

    #[test]
    fn the_worst_known_fleet_decides() {
        let document = document(3);
        let [dedicated, serverless] = [0, 1].map(|fleet| document.fleets[fleet].cost.per_month_usd);
        assert_eq!(dedicated.half_width(), None, "its bill does not vary");
        let expected = serverless.half_width().unwrap() / serverless.mean.unwrap();
        assert!((reached(Metric::Cost, &document) - expected).abs() < 1e-15);
    }

    #[test]
    fn a_figure_without_an_interval_is_known_exactly() {
        let document = document(1);
        for (_, metric) in Metric::ALL {
            assert_eq!(reached(metric, &document), 0.0);
        }
    }
}
