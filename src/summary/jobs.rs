//! From what became of the jobs to figures with intervals.

use std::borrow::Cow;

use serde::Serialize;

use crate::bill::{divided, of_jobs};
use crate::engine::JobsReplication;
use crate::jobs::{JobRecord, JobsOutcome};
use crate::measure::{Estimate, PooledQuantity, Quantity};
use crate::scenario::{FleetKind, JobClass, PoolKind, Scenario};
use crate::unit::{Span, Usd};

/// A class of jobs on a fleet.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JobSummary {
    /// The class.
    pub job: String,
    /// `training`, `fine-tuning`, `search` or `batch`.
    pub kind: &'static str,
    pub fleet: String,
    /// Jobs of the class in a replication.
    pub count: u32,
    /// From the submission of a job.
    pub deadline_s: Option<f64>,
    /// Those that never end.
    pub never_ending: Estimate,
    /// From the first submission to the last completion; does not exist where a job never ends, as the costs.
    pub makespan_s: Estimate,
    /// From the submission of a job to its completion, over the jobs that end.
    pub completion_s: CompletionSummary,
    /// Work that was lost and done again, of a replication.
    pub lost_gpu_hours: Estimate,
    /// Of a replication.
    pub restarts: Estimate,
    /// The share of the jobs that are done within their deadline; does not exist without one.
    pub deadline_met: Estimate,
    /// Whether that share is at least [`ENOUGH_IN_TIME`]; without a deadline, whether every job ends.
    pub meets_deadline: bool,
    /// GPU time that is paid, of a replication.
    pub gpu_hours: Estimate,
    /// Of a replication: the bill of the fleet, or the class's part of it.
    pub cost_usd: Estimate,
    /// The least mean cost of the fleets that meet the deadline.
    pub cheapest: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CompletionSummary {
    pub mean: Estimate,
    pub p50: Estimate,
    pub p95: Estimate,
    pub max: Estimate,
}

/// The share of jobs that must be done within their deadline where a fleet is to meet it: what is lost by chance to one job in
/// twenty does not rule a fleet out.
pub const ENOUGH_IN_TIME: f64 = 0.95;

/// A row a class and fleet, in the order of the classes, then of the fleets.
#[must_use]
pub fn summarize_jobs(scenario: &Scenario, replications: &[JobsReplication]) -> Vec<JobSummary> {
    let mut summaries: Vec<JobSummary> = Vec::new();
    for (class_index, class) in scenario.jobs.iter().enumerate() {
        let rows = summaries.len();
        for (index, fleet) in scenario.fleets.iter().enumerate().filter(|(_, fleet)| class.runs_on(fleet)) {
            let FleetKind::Single(kind) = &fleet.kind else { continue };
            let outcomes = replications.iter().filter_map(|replication| replication.fleets.get(index)?.as_ref());
            let parts: Vec<JobsPart> =
                outcomes.map(|outcome| JobsPart::new(class_index, kind, outcome, scenario.horizon)).collect();
            summaries.push(summary(class, &fleet.name, &parts));
        }
        mark_cheapest(&mut summaries[rows..]);
    }
    summaries
}

fn mark_cheapest(rows: &mut [JobSummary]) {
    let cost = |row: &JobSummary| row.cost_usd.mean;
    let meeting = rows.iter_mut().filter(|row| row.meets_deadline && row.cost_usd.mean.is_some());
    if let Some(best) = meeting.min_by(|a, b| cost(a).unwrap_or(0.0).total_cmp(&cost(b).unwrap_or(0.0))) {
        best.cheapest = true;
    }
}

/// The jobs of a class in one replication, and their part of the bill.
pub(crate) struct JobsPart<'a> {
    pub jobs: Vec<&'a JobRecord>,
    pub cost: Usd,
    pub gpu_time: u128,
}

impl<'a> JobsPart<'a> {
    /// A class has the part of the bill, and of the paid time, that it has of the GPU time for which jobs occupied the fleet.
    pub fn new(class: usize, kind: &PoolKind, outcome: &'a JobsOutcome, horizon: Span) -> JobsPart<'a> {
        let bill = of_jobs(kind, &outcome.usage, horizon);
        let classes = outcome.jobs.iter().map(|job| job.class).max().map_or(0, |last| last + 1);
        let mut occupied = vec![0_u128; classes];
        outcome.jobs.iter().for_each(|job| occupied[job.class] += job.occupied);
        let of_class = |whole: i128| divided(whole, &occupied).get(class).copied().unwrap_or(0);
        JobsPart {
            jobs: outcome.jobs.iter().filter(|job| job.class == class).collect(),
            cost: Usd::from_nanos(of_class(bill.total.nanos())),
            gpu_time: of_class(i128::try_from(bill.gpu_time).unwrap_or(i128::MAX)).unsigned_abs(),
        }
    }

    pub fn all_end(&self) -> bool {
        self.jobs.iter().all(|job| job.completed.is_some())
    }

    /// From the first submission to the last completion.
    pub fn makespan(&self) -> Option<Span> {
        let first = self.jobs.iter().map(|job| job.submitted).min()?;
        let last = self.jobs.iter().map(|job| job.completed).collect::<Option<Vec<_>>>()?.into_iter().max()?;
        Some(last - first)
    }

    /// From the submission of each job to its completion, of those that end.
    pub fn completions(&self) -> impl Iterator<Item = Span> + '_ {
        self.jobs.iter().filter_map(|job| JobsOutcome::completion(job))
    }

    pub fn sum(&self, read: fn(&JobRecord) -> u128) -> u128 {
        self.jobs.iter().map(|job| read(job)).sum()
    }
}

fn summary(class: &JobClass, fleet: &str, parts: &[JobsPart]) -> JobSummary {
    const GPU_HOUR: f64 = Span::HOUR.nanos() as f64;
    let all_end = parts.iter().all(JobsPart::all_end);
    let where_all_end = |estimate: Estimate| if all_end { estimate } else { Estimate::NONE };
    let met = |job: &&&JobRecord| job.met_deadline == Some(true);
    let with_deadline = |part: &JobsPart| part.jobs.iter().filter(|job| job.met_deadline.is_some()).count() as u128;
    let in_time = parts.iter().map(|part| (part.jobs.iter().filter(met).count() as u128, with_deadline(part)));
    let deadline_met = Estimate::of_ratio(in_time, 1.0);
    let mean = |figure: &dyn Fn(&JobsPart) -> f64| Estimate::of_mean(parts.iter().map(figure));
    let never = |part: &JobsPart| part.jobs.iter().filter(|job| job.completed.is_none()).count() as f64;
    JobSummary {
        job: class.name.clone(),
        kind: crate::scenario::JobKind::ALL.iter().find(|(_, kind)| *kind == class.kind).map_or("", |(name, _)| name),
        fleet: fleet.to_owned(),
        count: class.count,
        deadline_s: class.deadline.map(Span::seconds),
        never_ending: mean(&never),
        makespan_s: where_all_end(mean(&|part| part.makespan().map_or(0.0, Span::seconds))),
        completion_s: completion(parts),
        lost_gpu_hours: mean(&|part| part.sum(|job| job.lost) as f64 / GPU_HOUR),
        restarts: mean(&|part| part.sum(|job| u128::from(job.restarts)) as f64),
        deadline_met,
        meets_deadline: match deadline_met.mean {
            Some(share) => share >= ENOUGH_IN_TIME && all_end,
            None => all_end,
        },
        gpu_hours: where_all_end(mean(&|part| part.gpu_time as f64 / GPU_HOUR)),
        cost_usd: where_all_end(mean(&|part| part.cost.dollars())),
        cheapest: false,
    }
}

/// Quantiles are those of the jobs of all replications together.
fn completion(parts: &[JobsPart]) -> CompletionSummary {
    let quantity = |part: &JobsPart| {
        let spans = || part.completions();
        let sum = spans().map(|span| u128::from(span.nanos())).sum();
        Cow::Owned(Quantity { histogram: spans().collect(), sum, range: spans().min().zip(spans().max()) })
    };
    let pooled = PooledQuantity::new(parts.iter().map(quantity).collect());
    let quantile = |q| pooled.quantile_s(q);
    CompletionSummary { mean: pooled.mean_s(), p50: quantile(0.5), p95: quantile(0.95), max: pooled.max_s() }
}
