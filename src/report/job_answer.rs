//! The answer for each class of jobs in a sentence: which fleet, at what cost, and whether the jobs are done in time.

use crate::summary::{ENOUGH_IN_TIME, JobSummary, RunDocument};

use super::number;

/// A sentence a class.
#[must_use]
pub fn answers(document: &RunDocument) -> Vec<String> {
    document.jobs.chunk_by(|a, b| a.job == b.job).map(|rows| format!("{}.", answer(rows))).collect()
}

fn answer(rows: &[JobSummary]) -> String {
    let job = &rows[0].job;
    let Some(best) = rows.iter().find(|row| row.cheapest) else { return format!("{job}: {}", none(rows)) };
    let rivals = rows.iter().filter(|row| row.meets_deadline && row.fleet != best.fleet);
    let rival = rivals.filter(|row| row.cost_usd.mean.is_some()).min_by(|a, b| cost(a).total_cmp(&cost(b)));
    let standing = match (rows.len(), rival) {
        (1, _) => "costs",
        (_, Some(_)) => "is the cheapest at",
        (_, None) if rows.iter().any(|row| row.deadline_s.is_some()) => "is the only fleet that is in time, at",
        (_, None) => "is the only fleet that ends it, at",
    };
    let mut sentence = format!("{job}: {} {standing} {} ({})", best.fleet, dollars(best), timing(best));
    if let Some(rival) = rival {
        sentence.push_str(&match cost(best) < cost(rival) {
            true => format!(", {} below {}", number::share(1.0 - cost(best) / cost(rival)), rival.fleet),
            false => format!(", as {}", rival.fleet),
        });
    }
    sentence.push_str(&in_time(best));
    let cheaper = rows.iter().filter(|row| !row.meets_deadline && cost(row) < cost(best));
    if let Some(cheaper) = cheaper.min_by(|a, b| cost(a).total_cmp(&cost(b))) {
        let late = late(cheaper);
        sentence.push_str(&format!("; {} would cost {} but {late}", cheaper.fleet, dollars(cheaper)));
    }
    for row in rows.iter().filter(|row| never_ending(row) > 0.0) {
        sentence.push_str(&format!("; {}", never_ends(row)));
    }
    sentence
}

/// No fleet is in time, or none ends the jobs.
fn none(rows: &[JobSummary]) -> String {
    let ending = rows.iter().filter(|row| row.cost_usd.mean.is_some());
    let share = |row: &JobSummary| row.deadline_met.mean.unwrap_or(0.0);
    let best = ending.max_by(|a, b| share(a).total_cmp(&share(b)).then(cost(b).total_cmp(&cost(a))));
    match (best, rows) {
        (Some(best), [_]) => format!("{} costs {} ({}) but {}", best.fleet, dollars(best), timing(best), late(best)),
        (Some(best), _) => format!(
            "no fleet is in time; {} comes closest at {} ({}) but {}",
            best.fleet,
            dollars(best),
            timing(best),
            late(best)
        ),
        (None, [only]) => never_ends(only),
        (None, _) => "no fleet ends it".to_owned(),
    }
}

/// `p95 completion 9.10 h`; of several jobs also when the last is done.
fn timing(row: &JobSummary) -> String {
    let duration = |seconds| number::or_dash(seconds, number::duration);
    let p95 = format!("p95 completion {}", duration(row.completion_s.p95.mean));
    match row.count {
        1 => p95,
        _ => format!("{p95}, all done after {} on average", duration(row.makespan_s.mean)),
    }
}

fn in_time(row: &JobSummary) -> String {
    let share = row.deadline_met.mean.map(number::share);
    share.map_or_else(String::new, |share| format!(", {share} of its deadlines met"))
}

pub(super) fn late(row: &JobSummary) -> String {
    let deadline = number::or_dash(row.deadline_s, number::round_duration);
    let share = row.deadline_met.mean.unwrap_or(0.0);
    let share = if share == 0.0 { "nothing".to_owned() } else { number::share_unlike(share, ENOUGH_IN_TIME) };
    format!("has {share} done within {deadline}")
}

/// `it never ends on serverless`, or the share of its jobs that do not.
pub(super) fn never_ends(row: &JobSummary) -> String {
    match never_ending(row) {
        share if share < 1.0 => format!("{} of its jobs never end on {}", number::share(share), row.fleet),
        _ => format!("it never ends on {}", row.fleet),
    }
}

/// The share of the jobs that never end.
fn never_ending(row: &JobSummary) -> f64 {
    row.never_ending.mean.unwrap_or(0.0) / f64::from(row.count)
}

fn cost(row: &JobSummary) -> f64 {
    row.cost_usd.mean.unwrap_or(f64::INFINITY)
}

/// `$31.40 ±2%`.
fn dollars(row: &JobSummary) -> String {
    let interval = number::interval(&row.cost_usd).map_or_else(String::new, |interval| format!(" {interval}"));
    format!("{}{interval}", number::or_dash(row.cost_usd.mean, number::dollars))
}
