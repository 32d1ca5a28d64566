//! What decides each mistake, in words: every figure is read from the sides.

use crate::advice::{MistakeSummary, Side};
use crate::guide::Mistake;
use crate::measure::Estimate;
use crate::report::number;

pub(super) fn because(summary: &MistakeSummary) -> String {
    match summary.mistake {
        Mistake::ServerlessTraining => training(summary),
        Mistake::DedicatedSporadic => sporadic(summary),
        Mistake::ColdStarts => cold_starts(summary),
        Mistake::OverProvisioned => over_provisioned(summary),
    }
}

fn dollars(estimate: Estimate) -> String {
    number::or_dash(estimate.mean, number::dollars)
}

fn count(estimate: Estimate) -> String {
    number::or_dash(estimate.mean, number::count)
}

fn share(estimate: Estimate) -> String {
    number::or_dash(estimate.mean, number::share)
}

fn duration(estimate: Estimate) -> String {
    number::or_dash(estimate.mean, number::duration)
}

fn mean(estimate: Estimate) -> f64 {
    estimate.mean.unwrap_or(0.0)
}

/// What the hours that the one is billed beyond the other cost at the one's own price.
fn extra(of: &Side, against: &Side) -> (f64, f64) {
    let hours = mean(of.figure("gpu_hours"));
    let more = hours - mean(against.figure("gpu_hours"));
    let price = if hours > 0.0 { mean(of.cost_per_month_usd) / hours } else { 0.0 };
    (more, more * price)
}

fn training(summary: &MistakeSummary) -> String {
    let mut words = String::new();
    if let Some(on_demand) = summary.side("on-demand") {
        words += &day_limit(summary, on_demand);
        if let Some(hour) = summary.side("serverless-hour") {
            let (hours, usd) = extra(hour, on_demand);
            words += &format!(
                "On {}, whose limit is shorter, {} executions begin again and {} GPU-hours more are paid, {} a month. ",
                hour.fleet,
                count(hour.figure("restarts")),
                number::count(hours),
                number::dollars(usd)
            );
        }
    }
    if let Some(unsaved) = summary.side("serverless-unsaved") {
        words += &match unsaved.figure("never_ending").mean {
            Some(1.0) => "Without checkpoints no run ever ends.".to_owned(),
            _ => format!("Without checkpoints {} of the runs never end.", share(unsaved.figure("never_ending"))),
        };
    }
    words
}

/// What the most lenient limit costs, and what is left for the price of an hour.
fn day_limit(summary: &MistakeSummary, on_demand: &Side) -> String {
    let (wrong, right) = (&summary.wrong, &summary.right);
    let (hours, usd) = extra(wrong, on_demand);
    format!(
        "its limit makes {} executions begin again, with {} GPU-hours of work done twice; {} GPU-hours more than on demand are \
         paid, {} a month. The rest is the price of an hour: on demand costs {}, {} {}. ",
        count(wrong.figure("restarts")),
        number::or_dash(wrong.figure("lost_gpu_hours").mean, |hours| number::significant(hours, 3)),
        number::count(hours),
        number::dollars(usd),
        dollars(on_demand.cost_per_month_usd),
        right.fleet,
        dollars(right.cost_per_month_usd)
    )
}

fn sporadic(summary: &MistakeSummary) -> String {
    let (wrong, right) = (&summary.wrong, &summary.right);
    format!(
        "the dedicated GPU is paid around the clock and serves {} of the time; what serverless bills, it serves {} of, the rest being \
         cold starts and idle time after the last request. The price is that {} of the requests meet a cold start.",
        share(wrong.figure("utilization")),
        share(right.figure("utilization")),
        share(right.figure("cold_ratio"))
    )
}

fn cold_starts(summary: &MistakeSummary) -> String {
    let (wrong, right) = (&summary.wrong, &summary.right);
    format!(
        "scaled to zero, {} of the requests meet no warm instance, and half of all take {} or more. The mistake is the cheaper one: \
         {} takes {} a month more, and 99 of 100 requests have their answer within {}.",
        share(wrong.figure("cold_ratio")),
        duration(wrong.figure("p50_s")),
        right.fleet,
        number::or_dash(summary.saving_usd_per_month.mean, |saving| number::dollars(-saving)),
        duration(right.figure("p99_s"))
    )
}

fn over_provisioned(summary: &MistakeSummary) -> String {
    let (wrong, right) = (&summary.wrong, &summary.right);
    let mut words = format!(
        "the rented GPUs are in use {} of the time, those of the mix {}.",
        share(wrong.figure("utilization")),
        share(right.figure("utilization"))
    );
    if let Some((fitted, instances)) = summary.side("fitted").and_then(|side| Some((side, side.fitted_instances?))) {
        words += &format!(
            " The peaks are real: {} dedicated instances are the fewest that meet the objective ({} a month); only instances that come \
             and go follow the bursts.",
            number::count(f64::from(instances)),
            dollars(fitted.cost_per_month_usd)
        );
    }
    if let Some(serverless) = summary.side("serverless") {
        words += &format!(" Serverless alone costs {} a month.", dollars(serverless.cost_per_month_usd));
    }
    words
}
