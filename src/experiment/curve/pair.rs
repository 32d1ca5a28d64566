//! Two fleets at any volume: what they cost, and by how much they differ.

use crate::bill::{self, Line};
use crate::decide;
use crate::engine;
use crate::measure::Estimate;
use crate::scenario::{Fleet, Scenario};
use crate::trace::TraceError;
use crate::unit::Span;

use crate::experiment::Watch;
use crate::experiment::fit::Search;
use crate::experiment::pooled::Pooled;
use crate::experiment::watch::simulated;

use super::volumes::Volumes;

/// Two fleets of a scenario whose volume can be set. They serve the same requests, and a figure's replications have the same
/// random numbers at every volume, so that differences are smooth.
pub(super) struct Pair<'a> {
    pub volumes: &'a Volumes<'a>,
    /// By their index in the scenario.
    pub fleets: [usize; 2],
    pub watch: &'a dyn Watch,
}

/// The instances of the fitted pool of each fleet of a pair, where it has one.
pub(super) type Sizes = [Option<u32>; 2];

/// A pair at one volume.
#[derive(Clone, Debug)]
pub(super) struct Comparison {
    pub volume: f64,
    pub sizes: Sizes,
    pub replications: u32,
    /// What the first costs a month more than the second, paired by replication.
    pub difference: Estimate,
    /// The mean of each line of each fleet's bill, in dollars a month.
    pub lines: [Vec<(Line, f64)>; 2],
    /// Whether each meets the objective.
    pub meets: [Option<bool>; 2],
}

impl Comparison {
    /// The mean difference; zero where nothing is known.
    pub fn gap(&self) -> f64 {
        self.difference.mean.unwrap_or(0.0)
    }

    /// Half the width of the interval of the difference; zero where it does not vary.
    pub fn half_width(&self) -> f64 {
        self.difference.half_width().unwrap_or(0.0)
    }

    /// The mean cost of each, in dollars a month.
    pub fn costs(&self) -> [f64; 2] {
        [0, 1].map(|fleet| self.lines[fleet].iter().map(|&(_, usd)| usd).sum())
    }
}

impl Pair<'_> {
    /// Whether replications differ.
    pub fn varies(&self) -> bool {
        self.volumes.vary()
    }

    /// The pair at a volume, with these sizes, from the first `replications`.
    pub fn compare(&self, volume: f64, sizes: Sizes, replications: u32) -> Result<Comparison, TraceError> {
        let mut scenario = self.volumes.at(volume);
        let fleet = |index: usize| sized(&scenario.fleets[self.fleets[index]], sizes[index]);
        scenario.fleets = vec![fleet(0), fleet(1)];
        self.watch.planned(simulated(&scenario, replications));
        let made = engine::replicate(&scenario, 0..replications, &|advance| self.watch.advanced(advance))?;
        let window = scenario.window();
        let months = Span::MONTH.nanos() as f64 / window.nanos() as f64;
        let bills = [0, 1].map(|fleet| {
            let bills = made.iter().map(|made| bill::of_fleet(&scenario.fleets[fleet], &made.fleets[fleet], window));
            bills.collect::<Vec<_>>()
        });
        let paired = bills[0].iter().zip(&bills[1]);
        let difference = Estimate::of_mean(paired.map(|(a, b)| (a.total() - b.total()).dollars() * months));
        let meets = [0, 1].map(|fleet| {
            let pooled = Pooled::of(&made, fleet);
            decide::meets(scenario.slo.as_ref()?, &pooled.requests, &pooled.latency)
        });
        let lines = bills.map(|bills| {
            let mean = |line: Line| bills.iter().map(|bill| bill.amount(line).dollars()).sum::<f64>();
            let lines = bills.first().map(|bill| bill.lines.iter().map(|&(line, _)| line).collect::<Vec<_>>());
            let scale = months / bills.len() as f64;
            lines.unwrap_or_default().into_iter().map(|line| (line, mean(line) * scale)).collect()
        });
        Ok(Comparison { volume, sizes, replications, difference, lines, meets })
    }

    /// The sizes that a volume needs, each known to lie between the two of `between`.
    pub fn fit(&self, volume: f64, between: [Sizes; 2]) -> Result<Sizes, TraceError> {
        let scenario = self.volumes.at(volume);
        let mut sizes = [None, None];
        for (index, size) in sizes.iter_mut().enumerate() {
            if let (Some(a), Some(b)) = (between[0][index], between[1][index]) {
                *size = Some(self.search(&scenario, index)?.fewest(a.min(b)..=a.max(b))?.0);
            }
        }
        Ok(sizes)
    }

    /// The search for a size of one of the two.
    pub fn search<'b>(&'b self, scenario: &'b Scenario, index: usize) -> Result<Search<'b>, TraceError> {
        Search::new(scenario, &scenario.fleets[self.fleets[index]], self.watch)
    }
}

fn sized(fleet: &Fleet, size: Option<u32>) -> Fleet {
    size.map_or_else(|| fleet.clone(), |instances| fleet.fitted_with(instances))
}
