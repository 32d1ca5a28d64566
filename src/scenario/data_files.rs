//! The files of recorded data that a scenario rests on.

use crate::trace::DataFile;

use super::{Distribution, Fleet, PoolKind, Scenario, ServiceTime, Source};

impl Scenario {
    /// Every data file that it names, in the order of the scenario; one named twice is there twice.
    #[must_use]
    pub fn data_files(&self) -> Vec<&DataFile> {
        let mut files = Vec::new();
        for class in &self.traffic {
            if let Source::Trace(trace) = &class.source {
                files.push(&trace.file);
            }
            if let ServiceTime::Drawn(distribution) = &class.service_time {
                of_distribution(distribution, &mut files);
            }
        }
        for pool in self.fleets.iter().flat_map(Fleet::pools) {
            if let PoolKind::Serverless(pool) = pool {
                pool.start.distributions().into_iter().for_each(|drawn| of_distribution(drawn, &mut files));
            }
        }
        files
    }
}

fn of_distribution<'a>(distribution: &'a Distribution, files: &mut Vec<&'a DataFile>) {
    match distribution {
        Distribution::Empirical { file, .. } => files.push(file),
        Distribution::Phases(phases) => phases.iter().for_each(|phase| of_distribution(phase, files)),
        Distribution::Constant(_)
        | Distribution::Exponential { .. }
        | Distribution::LogNormal { .. }
        | Distribution::Gamma { .. }
        | Distribution::Weibull { .. }
        | Distribution::Uniform { .. }
        | Distribution::Pareto { .. } => {}
    }
}
