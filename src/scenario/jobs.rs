//! Long work beside the requests: training, fine-tuning, searches and batches.

use crate::unit::{Span, Time};

use super::{Distribution, Fleet, FleetKind, PoolKind};

/// Jobs of one class. Each runs on its own GPUs, all at once, from checkpoint to checkpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct JobClass {
    pub name: String,
    /// What the work is; a label.
    pub kind: JobKind,
    /// In 1..=[`MOST_JOBS`].
    pub count: u32,
    /// GPU time of one job, shared by its GPUs.
    pub work: Distribution,
    /// That a job needs at once, in 1..=10,000.
    pub gpus: u32,
    /// When the first job is submitted.
    pub submit: Span,
    /// How long after a job the next one is submitted; zero: all at once.
    pub every: Span,
    /// `None`: what is not done at an interruption is lost.
    pub checkpoint: Option<Checkpoint>,
    /// What it takes to begin again, on instances that are ready.
    pub restart: Span,
    /// From the submission of a job; `None`: whenever it is done.
    pub deadline: Option<Span>,
    /// The names of the fleets that it is tried on; empty: all that can run jobs.
    pub fleets: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobKind {
    Training,
    FineTuning,
    Search,
    Batch,
}

/// How a job keeps what it has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Of progress; more than zero.
    pub every: Span,
    /// How long the job stands still meanwhile.
    pub cost: Span,
}

/// The most jobs of a class.
pub const MOST_JOBS: u32 = 100_000;

impl JobKind {
    /// Every kind with its name, the default first.
    pub const ALL: [(&'static str, JobKind); 4] = [
        ("batch", JobKind::Batch),
        ("training", JobKind::Training),
        ("fine-tuning", JobKind::FineTuning),
        ("search", JobKind::Search),
    ];
}

impl JobClass {
    /// When a job of the class is submitted.
    #[must_use]
    pub fn submitted(&self, index: u32) -> Time {
        let nanos = u128::from(self.submit.nanos()) + u128::from(self.every.nanos()) * u128::from(index);
        Time::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// Whether the class is tried on a fleet. A hybrid runs no jobs.
    #[must_use]
    pub fn runs_on(&self, fleet: &Fleet) -> bool {
        let is_named = self.fleets.is_empty() || self.fleets.contains(&fleet.name);
        is_named && matches!(fleet.kind, FleetKind::Single(_))
    }

    /// The least that a job does between two losses, so that it comes further: a restart, and work up to a checkpoint that is
    /// written. `None` without checkpoints.
    #[must_use]
    pub fn least_attempt(&self) -> Option<Span> {
        self.checkpoint.map(|checkpoint| self.restart + checkpoint.every + checkpoint.cost)
    }
}

impl PoolKind {
    /// The GPUs that jobs may have of the pool at once; `None`: as many as they need.
    #[must_use]
    pub fn gpus(&self) -> Option<u64> {
        match self {
            PoolKind::Dedicated(pool) => {
                let (instances, node) = (pool.instances.number(), pool.terms.node);
                Some(node.paid_instances(instances) * u64::from(node.gpus_of_instance))
            }
            PoolKind::Serverless(pool) => pool.max_instances.map(u64::from),
        }
    }
}
