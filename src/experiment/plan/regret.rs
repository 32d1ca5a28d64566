//! What it costs to have bought for the wrong volume: the recommended fleet at other volumes, beside what would be the best there.

use std::ops::Range;

use crate::bill;
use crate::decide::{self, paired};
use crate::engine;
use crate::experiment::Watch;
use crate::experiment::pooled::Pooled;
use crate::experiment::watch::simulated;
use crate::measure::{Estimate, Replication};
use crate::scenario::{Fleet, Scenario};
use crate::trace::TraceError;
use crate::traffic::class_means;
use crate::unit::{Span, Usd};

use super::answer::PlanAnswer;
use super::resize::{is_held, resized, size};

/// The multiples of the volume that are looked at.
pub const VOLUMES: [f64; 4] = [0.5, 1.0, 2.0, 5.0];

/// The recommended fleet at another volume.
#[derive(Clone, Debug, PartialEq)]
pub struct Regret {
    /// Times the scenario's volume.
    pub volume: f64,
    pub requests_per_month: f64,
    pub cost_per_month_usd: Estimate,
    /// Whether it meets the objective there; `None` without one.
    pub meets: Option<bool>,
    /// The best that was found there, of the best of every family in other sizes; `None` where none meets the objective.
    pub best: Option<BestThere>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct BestThere {
    /// The finalist that it is made from, by its place.
    pub finalist: usize,
    /// Its dedicated instances, or those that it keeps warm.
    pub size: u32,
    pub fleet: Fleet,
    pub cost_per_month_usd: Estimate,
    /// What the recommended one costs more, paired.
    pub regret_usd_per_month: Estimate,
}

/// Simulates the recommended fleet of a plan and its rivals at other volumes; nothing where none is recommended.
///
/// # Errors
/// When a trace cannot be read.
pub fn regret(
    scenario: &Scenario,
    answer: &PlanAnswer,
    replications: Range<u32>,
    watch: &dyn Watch,
) -> Result<Vec<Regret>, TraceError> {
    let Some(recommended) = answer.recommended else { return Ok(Vec::new()) };
    let load: f64 = class_means(scenario)?.iter().map(|class| class.offered_load()).sum();
    let fleet_of = |finalist: usize| Fleet {
        name: answer.names[finalist].clone(),
        ..answer.trial.scenario.fleets[finalist].clone()
    };
    VOLUMES
        .iter()
        .map(|&volume| {
            let mut rivals: Vec<(usize, Fleet)> = vec![(recommended, fleet_of(recommended))];
            for finalist in answer.best_of_family.iter().flatten().copied() {
                let fleet = fleet_of(finalist);
                let sizes = sizes(&fleet, load, volume);
                rivals.extend(sizes.into_iter().filter_map(|size| Some((finalist, resized(&fleet, size)?))));
                rivals.push((finalist, fleet));
            }
            let traffic = scenario.traffic.iter().map(|class| class.with_volume(volume)).collect();
            let fleets = rivals.iter().map(|(_, fleet)| fleet.clone()).collect();
            let there = Scenario { traffic, fleets, ..scenario.clone() };
            watch.planned(simulated(&there, replications.len() as u32));
            let made = engine::replicate(&there, replications.clone(), &|advance| watch.advanced(advance))?;
            Ok(compared(&there, volume, &rivals, &made))
        })
        .collect()
}

/// Sizes around what another volume takes: instances beyond the load grow as its square root (Halfin and Whitt, "Heavy-traffic
/// limits for queues with many exponential servers", Operations Research 29, 1981), a base as the load.
fn sizes(fleet: &Fleet, load: f64, volume: f64) -> Vec<u32> {
    const AROUND: [f64; 7] = [0.8, 0.87, 0.94, 1.0, 1.08, 1.18, 1.35];
    let size = f64::from(size(fleet));
    let is_alone = is_held(fleet) && fleet.pools().len() == 1;
    let there = match is_alone {
        true => load * volume + (size - load).max(0.0) * volume.sqrt(),
        false => size * volume,
    };
    let mut sizes: Vec<u32> = AROUND.iter().map(|factor| (there * factor).round() as u32).collect();
    sizes.dedup();
    sizes
}

fn compared(scenario: &Scenario, volume: f64, rivals: &[(usize, Fleet)], made: &[Replication]) -> Regret {
    let window = scenario.window();
    let months = Span::MONTH.nanos() as f64 / window.nanos() as f64;
    let bills = |index: usize| -> Vec<Usd> {
        made.iter().map(|made| bill::of_fleet(&scenario.fleets[index], &made.fleets[index], window).total()).collect()
    };
    let slo = scenario.slo.as_ref().filter(|slo| slo.sets_conditions());
    let meets = |index: usize| {
        let pooled = Pooled::of(made, index);
        slo.and_then(|slo| decide::meets(slo, &pooled.requests, &pooled.latency))
            .or_else(|| Some(!decide::loses_too_many(&pooled.requests)).filter(|_| slo.is_none()))
    };
    let month = |bills: &[Usd]| Estimate::of_mean(bills.iter().map(|bill| bill.dollars() * months));
    let own = bills(0);
    let good = (0..rivals.len()).filter(|&index| meets(index) == Some(true)).map(|index| (index, bills(index)));
    let best = good.min_by_key(|(_, bills)| bills.iter().copied().sum::<Usd>());
    let requests = made.iter().map(|made| made.requests as f64).sum::<f64>() / made.len().max(1) as f64;
    Regret {
        volume,
        requests_per_month: requests * months,
        cost_per_month_usd: month(&own),
        meets: slo.and_then(|_| meets(0)),
        best: best.map(|(index, bills)| BestThere {
            finalist: rivals[index].0,
            size: size(&rivals[index].1),
            fleet: rivals[index].1.clone(),
            cost_per_month_usd: month(&bills),
            regret_usd_per_month: paired(&bills, &own, months, !scenario.varies()).0,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::fixture::dedicated;

    #[test]
    fn a_fleet_grows_as_its_load_and_its_reserve_as_the_root_of_it() {
        let sizes = sizes(&dedicated("a", 9), 5.0, 4.0);
        assert!(sizes.contains(&28), "20 for the load and twice the four beyond it: {sizes:?}");
        assert!(sizes.windows(2).all(|pair| pair[0] < pair[1]), "{sizes:?}");
    }
}
