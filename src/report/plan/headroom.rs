//! How much room a fleet has: as a document, and for a person at a terminal.

use anstyle::Style;
use comfy_table::{Cell, CellAlignment, Table};
use serde::Serialize;

use crate::experiment::plan::headroom::{
    Condition, HeadRoom, HourFigures, LargestVolume, LossAnswer, LossOutcome, STEADY_BINS, SpikeAnswer, WorstMonth,
};
use crate::measure::Estimate;
use crate::report::number;
use crate::report::table::{Look, new_table, written};
use crate::report::text::{labelled, paragraph};

/// What was asked of a fleet's room; what was not is `None` or empty.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeadRoomDocument {
    pub volume: Option<VolumeSummary>,
    pub spikes: Vec<SpikeSummary>,
    pub losses: Vec<LossSummary>,
    pub worst_month: Option<WorstMonthSummary>,
}

/// The largest volume within the objective, as multiples of the scenario's own.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VolumeSummary {
    pub times: f64,
    pub requests_per_month: f64,
    /// More was not tried.
    pub is_open: bool,
    /// Carried beyond doubt up to here; missed beyond doubt from there on.
    pub surely_carries_times: Option<f64>,
    pub surely_fails_times: Option<f64>,
    /// What is missed just beyond it, in words.
    pub breaks: Vec<String>,
}

/// See [`SpikeAnswer`] for the definitions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SpikeSummary {
    pub times: f64,
    pub last_s: f64,
    pub at_s: f64,
    pub within_s: f64,
    pub bin_s: f64,
    pub recovery_s: Estimate,
    pub longest_recovery_s: Option<f64>,
    pub not_recovered: u32,
    pub replications: u32,
    pub missed: Estimate,
    pub missed_without: Estimate,
    pub longest_wait_s: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LossSummary {
    /// `instance`, `zone` or `region`.
    pub loss: &'static str,
    pub lost_instances: u32,
    pub instances: u32,
    /// `serves`, `nothing-left` or `untouched`.
    pub outcome: &'static str,
    /// The busiest hour of a fleet without what is lost, and the same hour of the whole fleet; `None` unless it serves.
    pub without: Option<HourSummary>,
    pub with: Option<HourSummary>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HourSummary {
    pub p50_s: Estimate,
    pub p95_s: Estimate,
    pub p99_s: Estimate,
    pub slo_attainment: Estimate,
    /// Requests that were never completed / requests.
    pub lost: Estimate,
    pub meets_slo: Option<bool>,
}

/// See [`WorstMonth`] for the definition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WorstMonthSummary {
    pub months: u32,
    pub windows_of_month: u32,
    pub cost_usd: f64,
    pub mean_cost_usd: f64,
    pub p95_s: Option<f64>,
    pub usual_p95_s: Option<f64>,
    pub p99_s: Option<f64>,
    pub usual_p99_s: Option<f64>,
    pub slo_attainment: Option<f64>,
    pub mean_slo_attainment: Option<f64>,
}

impl HeadRoomDocument {
    #[must_use]
    pub fn new(room: &HeadRoom) -> HeadRoomDocument {
        HeadRoomDocument {
            volume: room.volume.as_ref().map(volume),
            spikes: room.spikes.iter().map(spike).collect(),
            losses: room.losses.iter().map(loss).collect(),
            worst_month: room.worst_month.as_ref().map(worst_month),
        }
    }
}

fn volume(largest: &LargestVolume) -> VolumeSummary {
    VolumeSummary {
        times: largest.times,
        requests_per_month: largest.requests_per_month,
        is_open: largest.is_open,
        surely_carries_times: largest.surely_carries,
        surely_fails_times: largest.surely_fails,
        breaks: largest.breaks.iter().map(condition).collect(),
    }
}

/// `p95 within 2 s`.
fn condition(condition: &Condition) -> String {
    match condition {
        Condition::Quantile(name, limit) => format!("{name} within {}", number::round_duration(limit.seconds())),
        Condition::Attainment(share, limit) => {
            format!("{} of requests within {}", number::share(*share), number::round_duration(limit.seconds()))
        }
        Condition::MostRejected(share) => format!("at most {} rejected", number::share(*share)),
        Condition::MostTimedOut(share) => format!("at most {} timed out", number::share(*share)),
    }
}

fn spike(answer: &SpikeAnswer) -> SpikeSummary {
    SpikeSummary {
        times: answer.times,
        last_s: answer.last_s,
        at_s: answer.at_s,
        within_s: answer.within_s,
        bin_s: answer.bin_s,
        recovery_s: answer.recovery_s,
        longest_recovery_s: answer.longest_recovery_s,
        not_recovered: answer.not_recovered,
        replications: answer.replications,
        missed: answer.missed,
        missed_without: answer.missed_without,
        longest_wait_s: answer.longest_wait_s,
    }
}

fn loss(answer: &LossAnswer) -> LossSummary {
    let (outcome, without, with) = match &answer.outcome {
        LossOutcome::Serves { without, with } => ("serves", Some(hour(without)), Some(hour(with))),
        LossOutcome::NothingLeft => ("nothing-left", None, None),
        LossOutcome::Untouched => ("untouched", None, None),
    };
    let (lost_instances, instances) = (answer.lost_instances, answer.instances);
    LossSummary { loss: answer.loss.name(), lost_instances, instances, outcome, without, with }
}

fn hour(figures: &HourFigures) -> HourSummary {
    HourSummary {
        p50_s: figures.p50_s,
        p95_s: figures.p95_s,
        p99_s: figures.p99_s,
        slo_attainment: figures.attainment,
        lost: figures.lost,
        meets_slo: figures.meets_slo,
    }
}

fn worst_month(worst: &WorstMonth) -> WorstMonthSummary {
    WorstMonthSummary {
        months: worst.months,
        windows_of_month: worst.windows_of_month,
        cost_usd: worst.cost_usd,
        mean_cost_usd: worst.mean_cost_usd,
        p95_s: worst.p95_s,
        usual_p95_s: worst.usual_p95_s,
        p99_s: worst.p99_s,
        usual_p99_s: worst.usual_p99_s,
        slo_attainment: worst.attainment,
        mean_slo_attainment: worst.mean_attainment,
    }
}

/// A sentence on the volume, a table of spikes, one of losses, and a sentence on the worst month: those that were asked for.
#[must_use]
pub fn head_room_report(document: &HeadRoomDocument, look: Look) -> String {
    let mut parts = Vec::new();
    if let Some(volume) = &document.volume {
        let mut text = String::new();
        labelled(&mut text, "most volume: ", &volume_words(volume), Style::new().dimmed(), look);
        parts.push(text);
    }
    if !document.spikes.is_empty() {
        let mut text = written(&mut spikes(&document.spikes, look));
        text.push('\n');
        let words = spike_words(&document.spikes).unwrap_or_default();
        paragraph(&mut text, &words, Style::new().dimmed(), look);
        parts.push(text);
    }
    if !document.losses.is_empty() {
        let mut text = written(&mut losses(&document.losses, look));
        text.push('\n');
        paragraph(&mut text, LOSS_WORDS, Style::new().dimmed(), look);
        parts.push(text);
    }
    if let Some(worst) = &document.worst_month {
        let mut text = String::new();
        labelled(&mut text, "worst month in 20: ", &month_words(worst), Style::new().dimmed(), look);
        parts.push(text);
    }
    parts.join("\n")
}

fn times(multiple: f64) -> String {
    format!("{}x", number::without_zeros(&number::significant(multiple, 3)))
}

pub(in crate::report) fn volume_words(volume: &VolumeSummary) -> String {
    if volume.times == 0.0 {
        return format!("none that was tried is within the objective; it misses {}", volume.breaks.join(" and "));
    }
    let at = format!("{} a month", number::scaled(volume.requests_per_month));
    if volume.is_open {
        return format!(
            "more than {} of today's ({at}) is within the objective; no more was tried",
            times(volume.times)
        );
    }
    let range = match (volume.surely_carries_times, volume.surely_fails_times) {
        (Some(low), Some(high)) if low == high => String::new(),
        (Some(low), Some(high)) => {
            format!(", beyond doubt {}, and no longer from {} on", times(low), times(high))
        }
        (None, Some(high)) => format!(", beyond doubt no longer from {} on", times(high)),
        (Some(low), None) => format!(", beyond doubt {}", times(low)),
        (None, None) => String::new(),
    };
    format!("{} of today's ({at}){range}; then it misses {}", times(volume.times), volume.breaks.join(" and "))
}

pub(in crate::report) fn spikes(spikes: &[SpikeSummary], look: Look) -> Table {
    let heads = ["spike", "back after", "longest", "not back", "missed", "usually", "longest wait"];
    let mut table = new_table(&heads, look);
    for spike in spikes {
        // No closer than a bin.
        let seconds = |seconds: f64| match seconds {
            0.0 => format!("<{}", number::round_duration(spike.bin_s)),
            seconds => number::duration(seconds),
        };
        let back = match (spike.recovery_s.mean, spike.recovery_s.half_width()) {
            (None, _) => "never".to_owned(),
            (Some(mean), None) => seconds(mean),
            (Some(mean), Some(half_width)) => format!("{} ±{}", number::duration(mean), number::duration(half_width)),
        };
        table.add_row(vec![
            times(spike.times),
            back,
            number::or_dash(spike.longest_recovery_s, seconds),
            format!("{} of {}", spike.not_recovered, spike.replications),
            number::or_dash(spike.missed.mean, number::share),
            number::or_dash(spike.missed_without.mean, number::share),
            number::duration(spike.longest_wait_s),
        ]);
    }
    table
}

/// What the figures of spikes mean.
pub(in crate::report) fn spike_words(spikes: &[SpikeSummary]) -> Option<String> {
    let first = spikes.first()?;
    Some(format!(
        "So many times the traffic for {}, at the busiest time. Back: from then on as large a share completes within {} as \
         without the spike, in {STEADY_BINS} bins of {} in a row. Missed: late or lost until then; usually: without the spike.",
        number::round_duration(first.last_s),
        number::round_duration(first.within_s),
        number::round_duration(first.bin_s)
    ))
}

/// What the figures of losses mean.
pub(in crate::report) const LOSS_WORDS: &str = "Requests of the busiest hour, as a fleet serves them that has had so many fewer \
                                                dedicated instances since ten minutes before it.";

pub(in crate::report) fn losses(losses: &[LossSummary], look: Look) -> Table {
    let mut table = new_table(&["without", "instances", "p50", "p95", "p99", "lost", "objective"], look);
    if let Some(column) = table.column_mut(0) {
        column.set_cell_alignment(CellAlignment::Left);
    }
    let with = losses.iter().find_map(|loss| loss.with.as_ref());
    let instances = losses.first().map_or(0, |loss| loss.instances);
    if let Some(with) = with {
        table.add_row(hour_row("nothing", instances.to_string(), with));
    }
    for loss in losses {
        let left = match loss.instances {
            0 => number::NONE.to_owned(),
            all => format!("{} of {all}", all.saturating_sub(loss.lost_instances)),
        };
        let name = match loss.loss {
            "instance" => "one instance",
            "zone" => "one zone",
            _ => "one region",
        };
        match &loss.without {
            Some(without) => table.add_row(hour_row(name, left, without)),
            None => {
                let words = if loss.outcome == "untouched" { "none to lose" } else { "all lost" };
                let dash = || number::NONE.to_owned();
                table.add_row([name.to_owned(), left, dash(), dash(), dash(), words.to_owned(), dash()].map(Cell::new))
            }
        };
    }
    table
}

fn hour_row(name: &str, instances: String, hour: &HourSummary) -> [Cell; 7] {
    let seconds = |estimate: &Estimate| number::or_dash(estimate.mean, number::duration);
    let verdict = match hour.meets_slo {
        Some(true) => "met",
        Some(false) => "missed",
        None => number::NONE,
    };
    [
        name.to_owned(),
        instances,
        seconds(&hour.p50_s),
        seconds(&hour.p95_s),
        seconds(&hour.p99_s),
        number::or_dash(hour.lost.mean, number::share),
        verdict.to_owned(),
    ]
    .map(Cell::new)
}

pub(in crate::report) fn month_words(worst: &WorstMonthSummary) -> String {
    let seconds = |figure: Option<f64>| number::or_dash(figure, number::duration);
    let mut words = format!(
        "{} (usually {}), p95 {} (usually {}), p99 {} (usually {})",
        number::dollars(worst.cost_usd),
        number::dollars(worst.mean_cost_usd),
        seconds(worst.p95_s),
        seconds(worst.usual_p95_s),
        seconds(worst.p99_s),
        seconds(worst.usual_p99_s)
    );
    if let (Some(lowest), Some(usual)) = (worst.slo_attainment, worst.mean_slo_attainment) {
        words.push_str(&format!(", {} in time (usually {})", number::share(lowest), number::share(usual)));
    }
    words.push_str("; each the worst for itself");
    words
}

#[cfg(test)]
mod tests;
