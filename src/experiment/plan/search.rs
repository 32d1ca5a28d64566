//! The search of a plan: bounds, scouts and the race.

use std::collections::BTreeMap;

use crate::scenario::{DesignFamily, Plan, PlanObjective, Scenario};

use super::label::label;
use super::race::{End, Race, Rules, Track, meets_by_means, race};
use super::tally::Tally;
use super::track::{Archive, Simulated, Simulation};
use crate::experiment::{Shard, Watch};

/// What a search found.
#[derive(Clone, Debug)]
pub struct Search {
    /// In the order of the plan.
    pub designs: Vec<Examined>,
    pub race: Race,
    pub cost: CostOfPlanning,
}

/// One design, as far as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Examined {
    /// Index of the family, and of the design in it.
    pub family: usize,
    pub design: usize,
    /// For people: `hybrid, 2 instances, keep-alive 20s`.
    pub label: String,
    pub end: End,
    /// What it costs at least by the bounds, in dollars a month; infinite where it surely misses the objective.
    pub bound_usd: f64,
    /// Of the replications that it took part in.
    pub tallies: Vec<Tally>,
}

/// What the search took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CostOfPlanning {
    pub designs: u64,
    /// Of which nothing was simulated.
    pub bounded: u64,
    pub simulated: Simulation,
    /// What simulating every design in as many replications as those took that were simulated to the end would have taken.
    pub factorial: Simulation,
}

/// Searches a plan, or the part of it that a shard has: every so many designs. `kept` is what an archive has of an earlier search
/// of the same plan, or of its parts, by design and replication.
///
/// # Errors
/// When a trace cannot be read, or the archive cannot keep what was simulated.
pub fn search<A: Archive>(
    scenario: &Scenario,
    plan: &Plan,
    shard: Option<Shard>,
    (archive, kept): (&A, BTreeMap<(usize, u32), Tally>),
    watch: &dyn Watch,
) -> Result<Search, A::Error> {
    let entrants: Vec<usize> =
        (0..plan.designs()).filter(|&design| shard.is_none_or(|shard| shard.has(design as u64))).collect();
    let rules = rules(scenario, plan);
    let of_scouts = rules.of_scouts();
    let mut track = Simulated::new(scenario, plan, (archive, kept), watch, of_scouts)?;
    let scouts = match plan.objective {
        PlanObjective::LeastCost => scouts(&plan.families, &entrants, of_scouts, &mut track)?,
        PlanObjective::LeastLatency | PlanObjective::Frontier => Vec::new(),
    };
    let race = race(plan.designs(), (&entrants, &scouts), &rules, &mut track)?;
    Ok(found(plan, race, &track))
}

/// The rules of a plan's race. Where nothing varies one replication tells all; two show that.
pub fn rules(scenario: &Scenario, plan: &Plan) -> Rules {
    let varies = scenario.varies()
        || plan
            .families
            .iter()
            .flat_map(|family| &family.designs)
            .any(|design| design.fleet.pools().into_iter().any(crate::scenario::PoolKind::varies));
    let most_replications = if varies { plan.most_replications } else { 2 };
    Rules { confidence: plan.confidence, indifference: plan.indifference, most_replications }
}

/// In every family a design that meets the objective and is as cheap as a bisection by the bounds finds one. It need not be
/// the best: what is cheap enough lets the bounds discard much. All families take a step together, on the same requests.
fn scouts<A: Archive>(
    families: &[DesignFamily],
    entrants: &[usize],
    replications: u32,
    track: &mut Simulated<A>,
) -> Result<Vec<usize>, A::Error> {
    let mut first = 0;
    let mut lines: Vec<Vec<usize>> = Vec::new();
    for family in families {
        let of_family =
            entrants.iter().copied().filter(|design| (first..first + family.designs.len()).contains(design));
        let mut designs: Vec<usize> = of_family.filter(|&design| track.mean_bound(design).is_finite()).collect();
        designs.sort_by(|&a, &b| track.mean_bound(a).total_cmp(&track.mean_bound(b)));
        first += family.designs.len();
        lines.push(designs);
    }
    let mut ranges: Vec<(usize, usize)> = lines.iter().map(|line| (0, line.len())).collect();
    let mut scouts = Vec::new();
    loop {
        let next: Vec<(usize, usize)> = ranges
            .iter()
            .enumerate()
            .filter(|(_, (low, high))| low < high)
            .map(|(line, (low, high))| (line, low + (high - low) / 2))
            .collect();
        if next.is_empty() {
            return Ok(scouts);
        }
        let designs: Vec<usize> = next.iter().map(|&(line, place)| lines[line][place]).collect();
        track.run(&designs, replications)?;
        for ((line, place), design) in next.into_iter().zip(designs) {
            scouts.push(design);
            match meets_by_means(design, replications, track) {
                true => ranges[line].1 = place,
                false => ranges[line].0 = place + 1,
            }
        }
    }
}

fn found<A: Archive>(plan: &Plan, race: Race, track: &Simulated<A>) -> Search {
    let families = plan.families.iter().enumerate();
    let places = families.flat_map(|(family, of)| (0..of.designs.len()).map(move |design| (family, design)));
    let designs: Vec<Examined> = places
        .enumerate()
        .map(|(index, (family, design))| Examined {
            family,
            design,
            label: label(&plan.families[family], design),
            end: race.ends[index],
            bound_usd: track.mean_bound(index),
            tallies: track.tallies(index).cloned().collect(),
        })
        .collect();
    let most = designs.iter().map(|design| design.end.replications()).max().unwrap_or(0);
    let all = designs.len() as u64;
    let simulated = track.simulated();
    let per_run = simulated.requests as f64 / (simulated.replications as f64).max(1.0);
    let runs = all * u64::from(most);
    let cost = CostOfPlanning {
        designs: all,
        bounded: designs.iter().filter(|design| design.end == End::Bounded).count() as u64,
        simulated,
        factorial: Simulation { replications: runs, requests: (per_run * runs as f64).round() as u64 },
    };
    Search { designs, race, cost }
}
