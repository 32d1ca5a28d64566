//! The designs of a plan simulated as its race asks for it, every replication's requests made once for many of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use rayon::prelude::*;

use crate::engine;
use crate::scenario::{Fleet, Plan, PoolKind, Scenario};
use crate::trace::TraceError;
use crate::unit::Span;

use super::bound::Demand;
use super::race::{Sample, Track};
use super::tally::Tally;
use crate::experiment::Watch;
use crate::experiment::watch::simulated;

/// The first replication of a race; those of figures and of [fits](crate::experiment::fit) are others.
pub const FIRST: u32 = 1 << 28;

/// Designs that are simulated together: enough that making the requests costs little beside serving them, few enough that all
/// threads have work.
const TOGETHER: usize = 12;

/// What is kept of a race, so that it can be taken up again.
pub trait Archive: Sync {
    type Error: From<TraceError> + Send;

    /// Keeps what one replication told of some designs, by their index. Called from any thread.
    ///
    /// # Errors
    /// When it cannot be kept; the race ends then.
    fn keep(&self, replication: u32, tallies: &[(usize, Tally)]) -> Result<(), Self::Error>;
}

/// Nothing is kept.
#[derive(Clone, Copy, Debug)]
pub struct Forgetful;

impl Archive for Forgetful {
    type Error = TraceError;

    fn keep(&self, _replication: u32, _tallies: &[(usize, Tally)]) -> Result<(), TraceError> {
        Ok(())
    }
}

/// The track of a plan.
pub(super) struct Simulated<'a, A: Archive> {
    pub scenario: &'a Scenario,
    pub plan: &'a Plan,
    pub fleets: Vec<&'a Fleet>,
    /// By design.
    families: Vec<usize>,
    pub archive: &'a A,
    pub watch: &'a dyn Watch,
    /// By design and replication, from 0.
    tallies: Vec<Vec<Option<Tally>>>,
    samples: Vec<Vec<Option<Sample>>>,
    demands: Vec<Demand>,
    /// By design, in dollars a month, in the replications of the scouts.
    bounds: Vec<Vec<f64>>,
    /// By design, the first replications that were asked for.
    asked: Vec<u32>,
}

/// How much was simulated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Simulation {
    /// Designs times replications.
    pub replications: u64,
    /// Requests served, by all designs together.
    pub requests: u64,
}

impl<'a, A: Archive> Simulated<'a, A> {
    /// `kept` is what an archive has of an earlier race of the same plan.
    pub fn new(
        scenario: &'a Scenario,
        plan: &'a Plan,
        (archive, kept): (&'a A, BTreeMap<(usize, u32), Tally>),
        watch: &'a dyn Watch,
        of_scouts: u32,
    ) -> Result<Simulated<'a, A>, A::Error> {
        let fleets: Vec<&Fleet> =
            plan.families.iter().flat_map(|family| &family.designs).map(|design| &design.fleet).collect();
        let families = plan.families.iter().enumerate();
        let families = families.flat_map(|(index, family)| vec![index; family.designs.len()]).collect();
        let keep_alives = keep_alives(&fleets);
        let demands: Result<Vec<Demand>, TraceError> = (FIRST..FIRST + of_scouts)
            .into_par_iter()
            .map(|replication| Demand::of(scenario, replication, keep_alives.clone()))
            .collect();
        let demands = demands?;
        let count = fleets.len();
        let mut track = Simulated {
            scenario,
            plan,
            archive,
            watch,
            tallies: vec![Vec::new(); count],
            samples: vec![Vec::new(); count],
            bounds: Vec::new(),
            demands,
            fleets,
            families,
            asked: vec![0; count],
        };
        track.bounds = track.fleets.par_iter().map(|fleet| track.bounds_of(fleet)).collect();
        for ((design, replication), tally) in kept {
            track.enter(design, replication, tally);
        }
        Ok(track)
    }

    fn bounds_of(&self, fleet: &Fleet) -> Vec<f64> {
        let window = self.scenario.window();
        let months = Span::MONTH.nanos() as f64 / window.nanos() as f64;
        self.demands.iter().map(|demand| demand.least_cost(fleet, window) * months).collect()
    }

    /// What a design costs at least, in dollars a month, in the mean of the scouts' replications.
    pub fn mean_bound(&self, design: usize) -> f64 {
        let bounds = &self.bounds[design];
        bounds.iter().sum::<f64>() / bounds.len() as f64
    }

    pub fn tally(&self, design: usize, replication: u32) -> Option<&Tally> {
        self.tallies[design].get(replication as usize)?.as_ref()
    }

    /// The tallies of a design that were asked for.
    pub fn tallies(&self, design: usize) -> impl Iterator<Item = &Tally> {
        self.tallies[design].iter().take(self.asked[design] as usize).flatten()
    }

    /// All that was asked for, whoever has simulated it.
    pub fn simulated(&self) -> Simulation {
        let asked = (0..self.fleets.len()).flat_map(|design| self.tallies(design));
        asked.fold(Simulation::default(), |sum, tally| Simulation {
            replications: sum.replications + 1,
            requests: sum.requests + tally.first_tries,
        })
    }

    fn enter(&mut self, design: usize, replication: u32, tally: Tally) {
        let Some(tallies) = self.tallies.get_mut(design) else { return };
        let index = replication as usize;
        if tallies.len() <= index {
            tallies.resize(index + 1, None);
            self.samples[design].resize(index + 1, None);
        }
        self.samples[design][index] = Some(tally.sample(self.scenario, self.plan));
        self.tallies[design][index] = Some(tally);
    }

    /// One replication of some designs, kept at once.
    fn simulate(&self, designs: &[usize], replication: u32) -> Result<Vec<(usize, Tally)>, A::Error> {
        let fleets = designs.iter().map(|&design| self.fleets[design].clone()).collect();
        let scenario = Scenario { fleets, ..self.scenario.clone() };
        let index = FIRST + replication;
        let made = engine::replicate(&scenario, index..index + 1, &|advance| self.watch.advanced(advance))?;
        let outcomes = made.iter().flat_map(|made| &made.fleets);
        let tallies: Vec<(usize, Tally)> = designs
            .iter()
            .zip(&scenario.fleets)
            .zip(outcomes)
            .map(|((&design, fleet), outcome)| (design, Tally::of(&scenario, fleet, outcome)))
            .collect();
        self.archive.keep(replication, &tallies)?;
        Ok(tallies)
    }
}

/// Those of the serverless pools, each once.
fn keep_alives(fleets: &[&Fleet]) -> Vec<Span> {
    let pools = fleets.iter().flat_map(|fleet| fleet.pools());
    let keep_alives = pools.filter_map(|pool| match pool {
        PoolKind::Serverless(pool) => pool.keep_alive,
        PoolKind::Dedicated(_) => None,
    });
    keep_alives.collect::<BTreeSet<Span>>().into_iter().collect()
}

impl<A: Archive> Track for Simulated<'_, A> {
    type Error = A::Error;

    fn run(&mut self, designs: &[usize], replications: u32) -> Result<(), A::Error> {
        designs.iter().for_each(|&design| self.asked[design] = self.asked[design].max(replications));
        let mut tasks: Vec<(u32, Vec<usize>)> = Vec::new();
        for replication in 0..replications {
            let missing: Vec<usize> =
                designs.iter().copied().filter(|&design| self.tally(design, replication).is_none()).collect();
            tasks.extend(missing.chunks(TOGETHER).map(|chunk| (replication, chunk.to_vec())));
        }
        self.watch.planned(simulated(self.scenario, tasks.len() as u32));
        let made = Mutex::new(Vec::new());
        let result = tasks.par_iter().with_max_len(1).try_for_each(|(replication, designs)| {
            let tallies = self.simulate(designs, *replication)?;
            made.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((*replication, tallies));
            Ok(())
        });
        for (replication, tallies) in made.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
            tallies.into_iter().for_each(|(design, tally)| self.enter(design, replication, tally));
        }
        result
    }

    fn sample(&self, design: usize, replication: u32) -> &Sample {
        self.samples[design][replication as usize].as_ref().expect("simulated before it is asked for")
    }

    fn family(&self, design: usize) -> usize {
        self.families[design]
    }

    fn bound(&self, design: usize, replication: u32) -> Option<f64> {
        match self.plan.objective {
            crate::scenario::PlanObjective::LeastCost => self.bounds[design].get(replication as usize).copied(),
            // Latency has no bound; but what cannot meet the objective is no candidate.
            _ => self.bounds[design].get(replication as usize).copied().filter(|bound| bound.is_infinite()),
        }
    }
}
