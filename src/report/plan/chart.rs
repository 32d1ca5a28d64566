//! The frontier of a plan as a chart.

use std::collections::BTreeSet;

use crate::report::chart::{FrontierChart, FrontierPoint};

use super::document::{DesignSummary, PlanDocument};

/// A bound that is a smaller part of the cheapest design would take the room of the designs.
const WORTH_SHOWING: f64 = 0.6;

/// Every design that was simulated, the frontier named.
pub(super) fn frontier_chart(document: &PlanDocument) -> FrontierChart {
    let latency = |design: &DesignSummary| {
        let quantity = &design.latency_s;
        match document.asked.latency {
            "p50" => quantity.p50,
            "p90" => quantity.p90,
            "p95" => quantity.p95,
            "p99" => quantity.p99,
            _ => quantity.p999,
        }
        .mean
    };
    let least = document.lower_bound.served_usd_per_month.mean;
    let costs = document.frontier.iter().filter_map(|design| design.cost_per_month_usd.mean);
    let cheapest = costs.fold(f64::INFINITY, f64::min);
    let families: Vec<String> = document.families.iter().map(|family| family.name.clone()).collect();
    let index = |family: &str| families.iter().position(|name| name == family).unwrap_or(0);
    let recommended = document.recommendation.as_ref().map(|recommendation| &recommendation.design);
    let point = |design: &DesignSummary, is_frontier: bool| {
        Some(FrontierPoint {
            family: index(&design.family),
            cost: design.cost_per_month_usd.mean?,
            latency: latency(design)?,
            label: design.name.clone(),
            is_frontier,
            is_recommended: recommended.is_some_and(|recommended| recommended.name == design.name),
            misses: design.meets_slo == Some(false),
        })
    };
    let on_frontier: BTreeSet<&str> = document.frontier.iter().map(|design| design.name.as_str()).collect();
    let named = document.frontier.iter().filter_map(|design| point(design, true));
    let beside = recommended
        .filter(|design| !on_frontier.contains(design.name.as_str()))
        .and_then(|design| point(design, false));
    let shown: Vec<FrontierPoint> = named.chain(beside).collect();
    let others = document.designs.iter().filter(|design| !shown.iter().any(|point| point.label == design.name));
    let others = others.filter_map(|design| {
        Some(FrontierPoint {
            family: index(&design.family),
            cost: design.cost_per_month_usd?,
            latency: design.latency_s.filter(|&latency| latency > 0.0)?,
            label: String::new(),
            is_frontier: false,
            is_recommended: false,
            misses: design.end == "misses",
        })
    });
    FrontierChart {
        title: format!("Cost a month against {}", document.asked.latency),
        subtitle: format!(
            "{}: the designs that were simulated; none costs less and is faster than one on the line",
            document.scenario.name
        ),
        latency: document.asked.latency,
        families: families.clone(),
        points: others.collect::<Vec<_>>().into_iter().chain(shown).collect(),
        least_cost: least
            .filter(|least| *least >= WORTH_SHOWING * cheapest)
            .map(|least| (least, "no fleet costs less".to_owned())),
    }
}
