use super::*;
use crate::experiment::plan::headroom::Loss;
use crate::unit::Span;

const PLAIN: Look = Look { width: 80, color: false };

fn estimate(mean: f64, half_width: f64) -> Estimate {
    Estimate { mean: Some(mean), low: Some(mean - half_width), high: Some(mean + half_width) }
}

fn hour(p95_s: f64, lost: f64, meets: bool) -> HourFigures {
    HourFigures {
        p50_s: estimate(1.2, 0.01),
        p95_s: estimate(p95_s, 0.1),
        p99_s: estimate(2.0 * p95_s, 0.1),
        attainment: estimate(0.99, 0.001),
        lost: Estimate::exact(lost),
        meets_slo: Some(meets),
    }
}

fn spike(times: f64, recovery_s: Estimate, not_recovered: u32) -> SpikeAnswer {
    SpikeAnswer {
        times,
        last_s: 600.0,
        at_s: 400_000.0,
        within_s: 6.0,
        bin_s: 20.0,
        recovery_s,
        longest_recovery_s: recovery_s.mean.map(|mean| 1.5 * mean),
        not_recovered,
        replications: 10,
        missed: estimate(0.4, 0.02),
        missed_without: estimate(0.01, 0.002),
        longest_wait_s: 812.0,
    }
}

fn room() -> HeadRoom {
    let answer = |loss, lost_instances, outcome| LossAnswer { loss, lost_instances, instances: 9, outcome };
    let without = |p95_s, meets| LossOutcome::Serves {
        without: Box::new(hour(p95_s, 0.02, meets)),
        with: Box::new(hour(4.0, 0.0, true)),
    };
    HeadRoom {
        volume: Some(LargestVolume {
            times: 1.37,
            requests_per_month: 3.55e6,
            is_open: false,
            surely_carries: Some(1.31),
            surely_fails: Some(1.42),
            breaks: vec![
                Condition::Quantile("p95", Span::from_nanos(6_000_000_000)),
                Condition::Attainment(0.98, Span::from_nanos(6_000_000_000)),
            ],
        }),
        spikes: vec![
            spike(2.0, Estimate::exact(0.0), 0),
            spike(5.0, estimate(1_240.0, 130.0), 0),
            spike(10.0, Estimate::NONE, 10),
        ],
        losses: vec![
            answer(Loss::Instance, 1, without(4.4, true)),
            answer(Loss::Zone, 3, without(96.0, false)),
            answer(Loss::Region, 9, LossOutcome::NothingLeft),
        ],
        worst_month: Some(WorstMonth {
            months: 20,
            windows_of_month: 4,
            cost_usd: 16_020.0,
            mean_cost_usd: 15_477.0,
            p95_s: Some(4.6),
            usual_p95_s: Some(4.25),
            p99_s: Some(7.0),
            usual_p99_s: Some(6.2),
            attainment: Some(0.983),
            mean_attainment: Some(0.989),
        }),
    }
}

#[test]
fn the_report_of_the_room_reads_as_committed_and_fits_80_columns() {
    let text = head_room_report(&HeadRoomDocument::new(&room()), PLAIN);
    assert!(text.lines().all(|line| textwrap::core::display_width(line) <= 80), "{text}");
    assert!(text.lines().any(|line| line.starts_with("spike ")), "a head is in pieces: {text}");
    insta::assert_snapshot!(text);
}

#[test]
fn what_was_not_asked_is_not_told() {
    let document = HeadRoomDocument::new(&HeadRoom::default());
    assert_eq!(head_room_report(&document, PLAIN), "");
    let volume = LargestVolume { times: 32.0, is_open: true, ..room().volume.expect("one") };
    let document = HeadRoomDocument::new(&HeadRoom { volume: Some(volume), ..HeadRoom::default() });
    assert!(head_room_report(&document, PLAIN).contains("no more was tried"));
}
