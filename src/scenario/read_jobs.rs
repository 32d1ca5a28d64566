//! Jobs: tables with the header `[[jobs]]`.

use crate::unit::{Span, nearest};

use super::context::Context;
use super::fields::{Fields, choice};
use super::place::Place;
use super::read_distribution::distribution;
use super::tree::Node;
use super::values::{integer, list, name, positive_span, span};
use super::warning::Caveat;
use super::{Checkpoint, Distribution, Fleet, FleetKind, Instances, JobClass, JobKind, MOST_JOBS, PoolKind};

/// The most GPUs of a job.
const MOST_GPUS: u64 = 10_000;

/// A class of jobs, and where it says what is checked against the fleets.
pub(super) struct ReadJobs {
    pub class: JobClass,
    /// Where each fleet is named.
    fleets: Vec<Place>,
    header: Place,
}

pub(super) fn jobs(context: &Context, node: &Node) -> Option<ReadJobs> {
    let mut fields = Fields::of(context, node, "jobs")?;
    let name = fields.required("name", "fine-tune", name);
    let kind = fields.optional("kind", |context, node| {
        choice(context, node, "the kind of the jobs", &JobKind::ALL.map(|(word, _)| word))
    });
    let count = fields.optional("count", integer(1..=u64::from(MOST_JOBS), "a number of jobs"));
    let work = fields.required("work", "40h", distribution);
    let gpus = fields.optional("gpus", integer(1..=MOST_GPUS, "the GPUs that a job needs at once"));
    let submit = fields.optional("submit", span).unwrap_or(Span::ZERO);
    let every = fields.optional("every", span).unwrap_or(Span::ZERO);
    let checkpoint = fields.optional("checkpoint", checkpoint);
    let restart = fields.optional("restart", span).unwrap_or(Span::ZERO);
    let deadline = fields.optional("deadline", positive_span);
    let fleets = fields.optional("fleets", fleet_names).unwrap_or_default();
    let header = fields.place;
    fields.finish();
    let to_u32 = |value: Option<u64>| value.and_then(|value| u32::try_from(value).ok()).unwrap_or(1);
    let (fleets, places) = fleets.into_iter().unzip();
    let class = JobClass {
        name: name?,
        kind: JobKind::ALL.iter().find(|(word, _)| Some(*word) == kind).map_or(JobKind::Batch, |&(_, kind)| kind),
        count: to_u32(count),
        work: work?,
        gpus: to_u32(gpus),
        submit,
        every,
        checkpoint,
        restart,
        deadline,
        fleets,
    };
    Some(ReadJobs { class, fleets: places, header })
}

fn checkpoint(context: &Context, node: &Node) -> Option<Checkpoint> {
    let mut fields = Fields::of(context, node, "the checkpoints of a job")?;
    let every = fields.required("every", "30min", positive_span);
    let cost = fields.optional("cost", span).unwrap_or(Span::ZERO);
    fields.finish();
    Some(Checkpoint { every: every?, cost })
}

fn fleet_names(context: &Context, node: &Node) -> Option<Vec<(String, Place)>> {
    let nodes = list(context, node, "a list of names of fleets", "write fleets = [\"spot\"]")?;
    if nodes.is_empty() {
        context.report(node.place, "an empty list", "names of fleets", "name a fleet, or leave out fleets");
    }
    nodes.iter().map(|node| name(context, node).map(|name| (name, node.place))).collect()
}

/// Reports what of the jobs does not go with the fleets.
pub(super) fn check_fleets(context: &Context, jobs: &[ReadJobs], fleets: &[Fleet]) {
    for read in jobs {
        for (name, &place) in read.class.fleets.iter().zip(&read.fleets) {
            check_fleet(context, name, place, fleets);
        }
        if read.class.fleets.is_empty() && !fleets.iter().any(|fleet| read.class.runs_on(fleet)) {
            let expected = "a dedicated or a serverless fleet, which jobs run on";
            context.report(read.header, "jobs without a fleet", expected, "add a [[fleet]] of such a kind");
        }
    }
}

fn check_fleet(context: &Context, name: &str, place: Place, fleets: &[Fleet]) {
    match fleets.iter().find(|fleet| fleet.name == name).map(|fleet| &fleet.kind) {
        Some(FleetKind::Single(_)) => {}
        Some(FleetKind::Hybrid(_)) => {
            let expected = "a dedicated or a serverless fleet";
            let mend = "name a fleet of one pool: jobs do not run on hybrids";
            context.report(place, format!("the hybrid fleet \"{name}\""), expected, mend);
        }
        None => {
            let names = fleets.iter().map(|fleet| fleet.name.as_str());
            let mend = match nearest(name, names.clone()) {
                Some(nearest) => format!("did you mean \"{nearest}\"?"),
                None => format!("the scenario has: {}", names.collect::<Vec<_>>().join(", ")),
            };
            context.report(place, format!("\"{name}\""), "the name of a fleet of the scenario", mend);
        }
    }
}

/// Tells which jobs never end on a fleet that is simulated, and that jobs and requests do not meet.
pub(super) fn warn_of_jobs(context: &Context, jobs: &[ReadJobs], fleets: &[Fleet], has_traffic: bool) {
    if let Some(first) = jobs.first().filter(|_| has_traffic) {
        context.warn(Some(first.header), Caveat::JobsBesideRequests);
    }
    for read in jobs {
        for fleet in fleets.iter().filter(|fleet| read.class.runs_on(fleet)) {
            if let Some(caveat) = obstacle(&read.class, fleet) {
                context.warn(Some(read.header), caveat);
            }
        }
    }
}

/// The classes that run on a fleet that is simulated, with the names of those fleets alone.
pub(super) fn on_fleets(jobs: Vec<ReadJobs>, fleets: &[Fleet]) -> Vec<JobClass> {
    let mut classes: Vec<JobClass> = jobs.into_iter().map(|read| read.class).collect();
    classes.retain(|class| fleets.is_empty() || fleets.iter().any(|fleet| class.runs_on(fleet)));
    for class in &mut classes {
        class.fleets.retain(|name| fleets.is_empty() || fleets.iter().any(|fleet| fleet.name == *name));
    }
    classes
}

/// What keeps jobs of a class from ending on a fleet, for sure or where their work is long.
fn obstacle(class: &JobClass, fleet: &Fleet) -> Option<Caveat> {
    let kind = match &fleet.kind {
        FleetKind::Single(PoolKind::Dedicated(pool)) if pool.instances == Instances::Fit => return None,
        FleetKind::Single(kind) => kind,
        FleetKind::Hybrid(_) => return None,
    };
    let (jobs, fleet) = (class.name.clone(), fleet.name.clone());
    if let Some(has) = kind.gpus().filter(|&has| has < u64::from(class.gpus)) {
        return Some(Caveat::JobsTooLarge { jobs, fleet, needs: class.gpus, has });
    }
    let PoolKind::Serverless(pool) = kind else { return None };
    let limit = pool.execution_limit?;
    if class.least_attempt().is_some_and(|least| least <= limit) {
        return None;
    }
    // Without a checkpoint that can be reached, a job ends only where it is done within one execution.
    let longest = longest(&class.work)
        .map(|work| Span::from_nanos(pool.speed.divides(work).nanos().div_ceil(u64::from(class.gpus))));
    if longest.is_some_and(|longest| longest <= limit) {
        return None;
    }
    let checkpoint = class.checkpoint.map(|checkpoint| checkpoint.every);
    let all = class.work.is_constant();
    Some(Caveat::JobsNeverEnd { jobs, fleet, limit, checkpoint, all })
}

/// The longest draw; `None` where there is none.
fn longest(distribution: &Distribution) -> Option<Span> {
    match distribution {
        Distribution::Constant(value) => Some(*value),
        Distribution::Uniform { high, .. } => Some(*high),
        Distribution::LogNormal { mean, cv }
        | Distribution::Gamma { mean, cv }
        | Distribution::Weibull { mean, cv } => (*cv == 0.0).then_some(*mean),
        Distribution::Empirical { values, scale, .. } => values.iter().max().map(|value| scale.times(*value)),
        Distribution::Phases(phases) => {
            phases.iter().try_fold(Span::ZERO, |sum, phase| longest(phase).map(|longest| sum + longest))
        }
        Distribution::Exponential { .. } | Distribution::Pareto { .. } => None,
    }
}
