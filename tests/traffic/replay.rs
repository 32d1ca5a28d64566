//! Recorded traffic.

use breakeven::scenario::{Decimal, ServiceTime, Source, Trace, TraceLayout, TrafficClass};
use breakeven::trace::{DataFile, Location};
use breakeven::unit::Span;

use super::*;

fn trace(text: &str, layout: TraceLayout) -> Trace {
    Trace {
        file: DataFile {
            written: "trace.csv".to_owned(),
            location: Location::Embedded(text.to_owned().into_bytes().leak()),
        },
        layout,
        repeat: false,
        period: Span::ZERO,
        speed_billionths: Trace::AS_RECORDED,
        volume: Decimal::ONE,
    }
}

fn of_requests(text: &str) -> Trace {
    let arrival = "at".to_owned();
    trace(text, TraceLayout::Requests { arrival })
}

fn of_counts(text: &str, bin: Span) -> Trace {
    let (start, count) = ("time".to_owned(), "requests".to_owned());
    trace(text, TraceLayout::Counts { start, count, bin })
}

fn replayed(trace: Trace, service_time: ServiceTime) -> TrafficClass {
    TrafficClass { service_time, ..class("replay", Source::Trace(trace)) }
}

fn column() -> ServiceTime {
    let column = "service".to_owned();
    ServiceTime::Column { column, scale: Decimal::ONE }
}

fn nanos_of(scenario: &Scenario) -> Vec<u64> {
    arrivals(scenario, 0).into_iter().map(Time::nanos).collect()
}

#[test]
fn rows_are_replayed_as_recorded_up_to_the_horizon() {
    let trace = of_requests("at,service\n0,0.5\n1.000000001,2\n1.5,0\n7,1\n8,1\n");
    let scenario = scenario(7 * SECOND, vec![replayed(trace, column())]);
    let block = requests(&scenario, 0);
    assert_eq!(nanos_of(&scenario), [0, 1_000_000_001, 1_500_000_000]);
    let services: Vec<u64> = block.service.iter().map(|service| service.nanos()).collect();
    assert_eq!(services, [SECOND / 2, 2 * SECOND, 0]);
}

#[test]
fn a_repeated_trace_starts_again_after_its_period_and_speed_divides_all_times() {
    let mut trace = of_requests("at,service\n0.1,1\n0.5,2\n");
    (trace.repeat, trace.period, trace.speed_billionths) = (true, Span::SECOND, 3 * Trace::AS_RECORDED);
    let scenario = scenario(2 * SECOND / 3, vec![replayed(trace, column())]);
    // A third of 0.1, 0.5, 1.1 and 1.5 s; the third period begins with 2.1 / 3 = 0.7 s.
    assert_eq!(nanos_of(&scenario), [33_333_333, 166_666_667, 366_666_667, 500_000_000]);
}

#[test]
fn a_long_repeated_trace_is_the_same_in_every_period() {
    const ROWS: u64 = 10_000;
    let mut text = String::from("at\n");
    (0..ROWS).for_each(|row| text.push_str(&format!("{}.{:03}\n", row / 100, row % 100)));
    let mut trace = of_requests(&text);
    (trace.repeat, trace.period) = (true, Span::from_nanos(101 * SECOND));
    let scenario = scenario(10 * 101 * SECOND, vec![class("replay", Source::Trace(trace))]);
    let found = nanos_of(&scenario);
    assert_eq!(found.len() as u64, 10 * ROWS);
    for (index, nanos) in (0..).zip(found) {
        let (period, row) = (index / ROWS, index % ROWS);
        assert_eq!(nanos, (period * 101 + row / 100) * SECOND + row % 100 * 1_000_000);
    }
}

#[test]
fn token_counts_become_service_times() {
    let trace = of_requests("at,prompt,output\n0,374,44\n1,8000,0\n2,0,1\n");
    let per_s = |tokens: u64| Decimal { billionths: tokens * 1_000_000_000 };
    let tokens = ServiceTime::Tokens {
        prompt: "prompt".to_owned(),
        output: "output".to_owned(),
        prompt_per_s: per_s(8_000),
        output_per_s: per_s(60),
        overhead: Span::from_nanos(20_000_000),
    };
    let block = requests(&scenario(DAY, vec![replayed(trace, tokens)]), 0);
    let services: Vec<u64> = block.service.iter().map(|service| service.nanos()).collect();
    assert_eq!(services, [800_083_333, 1_020_000_000, 36_666_667]);
}

#[test]
fn counts_are_expected_within_their_bins_and_spread_evenly() {
    const PERIODS: u64 = 400;
    // A minute without a row counts nothing, the fourth starts again.
    let mut trace = of_counts("time,requests\n60,30\n120,0\n180,90\n", Span::MINUTE);
    (trace.repeat, trace.period, trace.speed_billionths) =
        (true, Span::from_nanos(240 * SECOND), 2 * Trace::AS_RECORDED);
    let scenario = scenario(PERIODS * 120 * SECOND, vec![class("replay", Source::Trace(trace))]);
    let mut bins = vec![[0.0_f64; 4]; PERIODS as usize];
    let mut within = Vec::new();
    for nanos in nanos_of(&scenario) {
        bins[(nanos / (120 * SECOND)) as usize][(nanos / (30 * SECOND) % 4) as usize] += 1.0;
        within.push((nanos % (30 * SECOND)) as f64 / (30 * SECOND) as f64);
    }
    for (bin, expected) in [0.0, 30.0, 0.0, 90.0].into_iter().enumerate() {
        let counts: Vec<f64> = bins.iter().map(|bins| bins[bin]).collect();
        if expected == 0.0 {
            assert!(counts.iter().all(|&count| count == 0.0));
        } else {
            let n = counts.len() as f64;
            assert_within(mean(&counts), expected, (expected / n).sqrt());
            // Poisson: the variance is the mean, with a variance of its own of 2 expected^2 / n + expected / n.
            assert_within(variance(&counts), expected, ((2.0 * expected + 1.0) * expected / n).sqrt());
        }
    }
    assert_distributed(within, |share| share);
}

#[test]
fn a_trace_may_have_classes_beside_it() {
    let trace = of_requests("at,service\n0.5,3\n1.5,4\n");
    let regular =
        synthetic(per_second(1), breakeven::scenario::Shape::Constant, breakeven::scenario::Arrivals::Regular);
    let block = requests(&scenario(3 * SECOND, vec![class("a", regular), replayed(trace, column())]), 0);
    assert_eq!(block.class, [0, 1, 0, 1, 0]);
}

#[test]
fn fails_on_a_trace_that_is_gone() {
    let mut trace = of_requests("");
    trace.file.location = Location::Disk("no/such/trace.csv".into());
    let scenario = scenario(DAY, vec![class("replay", Source::Trace(trace))]);
    assert!(RequestStream::new(&scenario, 0).is_err());
}

fn times(volume: f64) -> Decimal {
    Decimal { billionths: (volume * 1e9) as u64 }
}

/// Gaps of 0 to 9 s, in no order; the service time of a row is its number.
fn uneven_rows(count: u64) -> (String, Vec<u64>) {
    let (mut text, mut starts, mut at) = ("at,service\n".to_owned(), Vec::new(), 0);
    for row in 0..count {
        text.push_str(&format!("{at},{row}\n"));
        starts.push(at * SECOND);
        at += row * 7 % 10;
    }
    (text, starts)
}

#[test]
fn a_volume_above_one_puts_requests_between_a_row_and_the_next() {
    let (text, starts) = uneven_rows(10_000);
    let mut trace = of_requests(&text);
    trace.volume = times(2.5);
    let block = requests(&scenario(DAY, vec![replayed(trace, column())]), 0);
    assert!(block.arrival.is_sorted());
    let mean_gap = starts[starts.len() - 1] / (starts.len() as u64 - 1);
    let mut of_rows = vec![Vec::new(); starts.len()];
    for (arrival, service) in block.arrival.iter().zip(&block.service) {
        of_rows[(service.nanos() / SECOND) as usize].push(arrival.nanos());
    }
    let mut shares = Vec::new();
    for (row, found) in of_rows.iter().enumerate() {
        let gap = starts.get(row + 1).map_or(mean_gap, |next| next - starts[row]);
        assert!((2..=3).contains(&found.len()) && found[0] == starts[row], "row {row}: {found:?}");
        assert!(found.iter().all(|&at| at < starts[row] + gap.max(1)), "row {row}: {found:?} in {gap}");
        shares.extend(found[1..].iter().filter(|_| gap > 0).map(|at| (at - starts[row]) as f64 / gap as f64));
    }
    let counts: Vec<f64> = of_rows.iter().map(|found| found.len() as f64).collect();
    assert_within(mean(&counts), 2.5, 0.5 / 100.0);
    assert_distributed(shares, |share| share);
}

#[test]
fn a_volume_below_one_leaves_rows_out_at_random() {
    let (text, starts) = uneven_rows(10_000);
    let mut trace = of_requests(&text);
    trace.volume = times(0.25);
    let block = requests(&scenario(DAY, vec![replayed(trace, column())]), 0);
    for (arrival, service) in block.arrival.iter().zip(&block.service) {
        assert_eq!(arrival.nanos(), starts[(service.nanos() / SECOND) as usize]);
    }
    let rows = starts.len() as f64;
    assert_within(block.len() as f64, 0.25 * rows, (rows * 0.25 * 0.75).sqrt());
}

#[test]
fn a_volume_of_a_repeated_trace_holds_in_every_period_and_up_to_the_horizon() {
    const PERIODS: u64 = 1_000;
    let mut trace = of_requests("at,service\n1,1\n2,2\n9,3\n");
    (trace.repeat, trace.period, trace.speed_billionths, trace.volume) =
        (true, Span::from_nanos(10 * SECOND), 2 * Trace::AS_RECORDED, times(3.0));
    let scenario = scenario(PERIODS * 5 * SECOND - SECOND, vec![replayed(trace, column())]);
    let block = requests(&scenario, 0);
    assert!(block.arrival.is_sorted());
    // The horizon is one second past the last row but one: the last row is beyond it, and so are some of the second's copies.
    let beyond = block.len() as u64;
    assert!((9 * (PERIODS - 1) + 4..=9 * (PERIODS - 1) + 6).contains(&beyond), "{beyond}");
    let last_in_a_period =
        block.arrival.iter().zip(&block.service).filter(|(_, service)| service.nanos() == 3 * SECOND);
    // From 4.5 s to the next period's first row at 5.5 s.
    let places: Vec<f64> =
        last_in_a_period.map(|(at, _)| (at.nanos() + SECOND / 2) as f64 % (5.0 * SECOND as f64)).collect();
    assert!(places.iter().all(|&place| place < SECOND as f64));
    let others: Vec<f64> = places.into_iter().filter(|&place| place > 0.0).map(|place| place / SECOND as f64).collect();
    assert_distributed(others, |share| share);
}

#[test]
fn counts_of_another_volume_are_expected_as_many_times() {
    let mut trace = of_counts("time,requests\n0,300\n60,0\n120,900\n", Span::MINUTE);
    trace.volume = times(0.4);
    let found = nanos_of(&scenario(HOUR, vec![class("replay", Source::Trace(trace))]));
    for (bin, expected) in [120.0_f64, 0.0, 360.0].into_iter().enumerate() {
        let count = found.iter().filter(|&&nanos| nanos / (60 * SECOND) == bin as u64).count();
        assert_within(count as f64, expected, expected.sqrt().max(1e-9));
    }
}

#[test]
fn the_draws_of_a_volume_are_addressed_by_replication_and_class() {
    let (text, _) = uneven_rows(100);
    let mut trace = of_requests(&text);
    trace.volume = times(2.5);
    let alone = scenario(DAY, vec![replayed(trace.clone(), column())]);
    assert!(alone.varies());
    assert_eq!(arrivals(&alone, 3), arrivals(&alone, 3));
    assert_ne!(arrivals(&alone, 3), arrivals(&alone, 4));
    let mut renamed = alone.clone();
    renamed.traffic[0].name = "another".to_owned();
    assert_ne!(arrivals(&alone, 3), arrivals(&renamed, 3));
    // A longer horizon, and classes beside it, change nothing of what was drawn.
    let mut longer = alone.clone();
    longer.horizon = Span::from_nanos(2 * DAY);
    longer.traffic.push(class(
        "beside",
        synthetic(per_second(1), breakeven::scenario::Shape::Constant, breakeven::scenario::Arrivals::Poisson),
    ));
    let block = requests(&longer, 3);
    let of_trace = block.arrival.iter().zip(&block.class).filter(|(_, class)| **class == 0).map(|(at, _)| *at);
    assert_eq!(of_trace.collect::<Vec<Time>>(), arrivals(&alone, 3));
}

#[test]
fn a_volume_of_one_draws_nothing() {
    let (text, starts) = uneven_rows(100);
    let scenario = scenario(DAY, vec![replayed(of_requests(&text), column())]);
    assert!(!scenario.varies());
    assert_eq!(nanos_of(&scenario), starts);
}

#[test]
fn all_rows_at_one_time_are_multiplied_there() {
    let mut trace = of_requests("at,service\n5,1\n5,2\n");
    trace.volume = times(3.0);
    assert_eq!(nanos_of(&scenario(DAY, vec![replayed(trace, column())])), [5 * SECOND; 6]);
}

#[test]
fn a_scaled_column_multiplies_the_recorded_service_times() {
    let trace = of_requests("at,service\n0,0.5\n1,2\n");
    let service = ServiceTime::Column { column: "service".to_owned(), scale: times(1.5) };
    let block = requests(&scenario(DAY, vec![replayed(trace, service)]), 0);
    let services: Vec<u64> = block.service.iter().map(|service| service.nanos()).collect();
    assert_eq!(services, [SECOND * 3 / 4, 3 * SECOND]);
}
