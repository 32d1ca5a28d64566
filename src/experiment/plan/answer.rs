//! From a search to figures that can be handed on: the designs that matter, simulated anew on the scenario's own replications.

use crate::decide::loses_too_many;
use crate::engine;
use crate::measure::RequestCounts;
use crate::scenario::{Fleet, Plan, PlanObjective, Scenario};
use crate::summary::{Provenance, summarize};
use crate::trace::TraceError;

use super::race::End;
use super::search::{Examined, Search};
use super::tally::Tally;
use crate::experiment::pooled::Pooled;
use crate::experiment::watch::simulated;
use crate::experiment::{Trial, Watch};

/// The most designs of a frontier, and of those that were not told apart, whose figures are simulated.
const MOST_FINALISTS: usize = 12;

/// The answer to a plan.
#[derive(Clone, Debug)]
pub struct PlanAnswer {
    pub search: Search,
    /// The designs that were simulated to the end, by their index in the search, in the order of the trial's fleets.
    pub finalists: Vec<usize>,
    /// Their figures, from the scenario's own replications: those that the race was decided by are others, so that no figure
    /// flatters the design that it chose. The fleets are called as the designs are.
    pub trial: Trial,
    /// By finalist, what its fleet is called in the scenario: what its random numbers go by.
    pub names: Vec<String>,
    /// Finalists, by their place: the one to buy; `None` where no design meets the objective, or where the whole frontier was
    /// asked for.
    pub recommended: Option<usize>,
    /// Those that were not told apart from it, the best first.
    pub indistinguishable: Vec<usize>,
    /// From the cheapest to the fastest: none costs less and is as fast.
    pub frontier: Vec<usize>,
    /// The best of each family, where one meets the objective; else the one that comes the closest.
    pub best_of_family: Vec<Option<usize>>,
}

impl PlanAnswer {
    /// The scenario with the recommended fleet alone, under its own name: what a run of it simulates is what was simulated here.
    #[must_use]
    pub fn recommended_alone(&self, scenario: &Scenario) -> Option<Scenario> {
        let place = self.recommended?;
        let fleet = Fleet { name: self.names[place].clone(), ..self.trial.scenario.fleets[place].clone() };
        Some(Scenario { fleets: vec![fleet], ..scenario.clone() })
    }
}

/// Simulates what a search has found to the end.
///
/// # Errors
/// When a trace cannot be read.
pub fn answer(
    scenario: &Scenario,
    plan: &Plan,
    search: Search,
    provenance: &Provenance,
    watch: &dyn Watch,
) -> Result<PlanAnswer, TraceError> {
    let chosen = search.race.chosen.filter(|_| plan.objective != PlanObjective::Frontier);
    let left: Vec<usize> =
        search.race.left.iter().copied().filter(|&design| Some(design) != chosen).take(MOST_FINALISTS).collect();
    let frontier = thinned(frontier(&search.designs, |design| point(design, plan.latency)));
    let best: Vec<Option<usize>> =
        (0..plan.families.len()).map(|family| best_of_family(&search.designs, scenario, plan, family)).collect();
    let mut finalists: Vec<usize> = chosen.into_iter().chain(left.iter().copied()).collect();
    for &design in frontier.iter().chain(best.iter().flatten()) {
        if !finalists.contains(&design) {
            finalists.push(design);
        }
    }
    let names = finalists.iter().map(|&index| fleet_of(plan, &search.designs[index]).name.clone()).collect();
    let place = |design: usize| finalists.iter().position(|&finalist| finalist == design);
    let trial = simulate(scenario, plan, &search.designs, &finalists, provenance, watch)?;
    let figures: Vec<Option<(f64, f64)>> = trial
        .document
        .fleets
        .iter()
        .enumerate()
        .map(|(place, fleet)| {
            let latency = &fleet.latency_s;
            let quantiles = [latency.p50, latency.p90, latency.p95, latency.p99, latency.p999];
            // What loses requests is cheap and fast for serving less.
            let loses = loses_too_many(&Pooled::of(&trial.replications, place).requests);
            (!loses).then_some((fleet.cost.per_month_usd.mean?, quantiles[plan.latency].mean?))
        })
        .collect();
    Ok(PlanAnswer {
        recommended: chosen.and_then(place),
        indistinguishable: left.iter().filter_map(|&design| place(design)).collect(),
        frontier: self::frontier(&figures, |figures| *figures),
        best_of_family: best.iter().map(|best| best.and_then(place)).collect(),
        finalists,
        names,
        trial,
        search,
    })
}

/// The finalists under the names of their fleets, so that each has the random numbers of a run of its own; the document calls
/// them as the designs are called.
fn simulate(
    scenario: &Scenario,
    plan: &Plan,
    designs: &[Examined],
    finalists: &[usize],
    provenance: &Provenance,
    watch: &dyn Watch,
) -> Result<Trial, TraceError> {
    let fleets = finalists.iter().map(|&index| fleet_of(plan, &designs[index]).clone()).collect();
    let scenario = Scenario { fleets, ..scenario.clone() };
    watch.planned(simulated(&scenario, scenario.replications));
    let replications = engine::run(&scenario, &|advance| watch.advanced(advance))?;
    let mut named: Vec<Fleet> = Vec::new();
    for (fleet, &index) in scenario.fleets.iter().zip(finalists) {
        let again = named.iter().filter(|other| other.name == designs[index].label).count();
        let name =
            if again == 0 { designs[index].label.clone() } else { format!("{} ({index})", designs[index].label) };
        named.push(Fleet { name, ..fleet.clone() });
    }
    let scenario = Scenario { fleets: named, ..scenario };
    let document = summarize(&scenario, provenance, &replications);
    Ok(Trial { scenario, replications, jobs: Vec::new(), document })
}

fn fleet_of<'a>(plan: &'a Plan, design: &Examined) -> &'a Fleet {
    &plan.families[design.family].designs[design.design].fleet
}

/// Mean cost in nano-dollars and mean latency in nanoseconds of a design that was simulated and serves its requests.
fn point(design: &Examined, latency: usize) -> Option<(f64, f64)> {
    let count = design.tallies.len() as f64;
    let sum = |part: &dyn Fn(&Tally) -> f64| design.tallies.iter().map(part).sum::<f64>();
    let mut requests = RequestCounts::default();
    for tally in &design.tallies {
        requests.arrived += tally.first_tries;
        requests.completed += tally.completed;
    }
    let serves = count > 0.0 && !loses_too_many(&requests);
    serves.then(|| (sum(&|tally| tally.cost as f64) / count, sum(&|tally| tally.latency[latency] as f64) / count))
}

/// The places of those that no other one beats in cost and latency, from the cheapest to the fastest.
fn frontier<T>(items: &[T], point: impl Fn(&T) -> Option<(f64, f64)>) -> Vec<usize> {
    let mut points: Vec<(usize, (f64, f64))> =
        items.iter().enumerate().filter_map(|(index, item)| Some((index, point(item)?))).collect();
    points.sort_by(|(_, a), (_, b)| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut fastest = f64::INFINITY;
    points.retain(|(_, (_, latency))| {
        let is_faster = *latency < fastest;
        fastest = fastest.min(*latency);
        is_faster
    });
    points.into_iter().map(|(index, _)| index).collect()
}

/// At most so many of them, both ends among them.
fn thinned(designs: Vec<usize>) -> Vec<usize> {
    let last = designs.len().saturating_sub(1);
    if designs.len() <= MOST_FINALISTS {
        return designs;
    }
    (0..MOST_FINALISTS).map(|index| designs[index * last / (MOST_FINALISTS - 1)]).collect()
}

fn best_of_family(designs: &[Examined], scenario: &Scenario, plan: &Plan, family: usize) -> Option<usize> {
    let of_family =
        || designs.iter().enumerate().filter(|(_, design)| design.family == family && !design.tallies.is_empty());
    // By how far the worst condition is missed, then by cost.
    let figures = |design: &Examined| {
        let samples: Vec<_> = design.tallies.iter().map(|tally| tally.sample(scenario, plan)).collect();
        let count = samples.len() as f64;
        let mean = |values: &dyn Fn(&super::race::Sample) -> f64| samples.iter().map(values).sum::<f64>() / count;
        let conditions = samples.first().map_or(0, |sample| sample.excess.len());
        let worst = (0..conditions).map(|condition| mean(&|sample| sample.excess[condition])).fold(0.0, f64::max);
        let is_out = matches!(design.end, End::Misses(_));
        (if is_out { worst.max(f64::MIN_POSITIVE) } else { worst }, mean(&|sample| sample.metrics[0]))
    };
    of_family()
        .map(|(index, design)| (index, figures(design)))
        .min_by(|(_, a), (_, b)| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)))
        .map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frontier_has_what_no_other_beats_in_both() {
        let points = [(3.0, 1.0), (1.0, 4.0), (2.0, 4.0), (2.0, 2.0), (4.0, 1.0), (1.0, 5.0)];
        assert_eq!(frontier(&points, |&point| Some(point)), [1, 3, 0]);
        assert!(frontier(&points, |_| None).is_empty());
    }

    #[test]
    fn a_long_frontier_keeps_its_ends() {
        let thinned = thinned((0..100).collect());
        assert_eq!((thinned.len(), thinned[0], thinned[MOST_FINALISTS - 1]), (MOST_FINALISTS, 0, 99));
    }
}
