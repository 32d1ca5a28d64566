use super::loss::{Rest, without};
use super::*;
use crate::decide::fixture;
use crate::experiment::Unwatched;
use crate::measure::Estimate;
use crate::scenario::{
    Arrivals, Distribution, Fleet, FleetKind, Hybrid, OverflowRule, Pool, ServiceTime, Slo, Source, TrafficClass,
};
use crate::unit::{Rate, Span};

const MS: u64 = Span::MILLISECOND.nanos();

fn seconds(count: u64) -> Span {
    Span::from_nanos(count * Span::SECOND.nanos())
}

/// `per_s` requests a second, each of one second.
fn traffic(per_s: u64, arrivals: Arrivals) -> TrafficClass {
    let mut class = fixture::class("api", arrivals);
    if let Source::Synthetic { rate, .. } = &mut class.source {
        *rate = Rate::new(per_s * 1_000_000_000, Span::SECOND);
    }
    class.service_time = ServiceTime::Drawn(Distribution::Constant(Span::SECOND));
    class.timeout = None;
    class
}

fn scenario(per_s: u64, arrivals: Arrivals, fleet: Fleet) -> Scenario {
    Scenario {
        traffic: vec![traffic(per_s, arrivals)],
        horizon: seconds(4 * 3_600),
        warm_up: seconds(3_600),
        slo: Some(Slo { p95: Some(Span::from_nanos(1_500 * MS)), ..Slo::default() }),
        ..fixture::scenario(vec![fleet])
    }
}

fn only(asked: HeadRoomQuestions, scenario: &Scenario) -> HeadRoom {
    head_room(scenario, 0, &asked, &Unwatched).expect("drawn traffic")
}

const NOTHING: HeadRoomQuestions = HeadRoomQuestions { volume: false, spike: None, losses: false, worst_month: false };

#[test]
fn a_spike_of_regular_requests_is_gone_after_the_time_that_a_fluid_takes() {
    // 10 instances of capacity 1/s and 6/s of traffic. 5 x 6 = 30/s for 10 min leave (30 - 10) x 600 = 12,000 waiting, which are
    // served at 10/s while 6/s arrive. In time again is what waits at most half a second: a backlog of 5.
    let scenario = scenario(6, Arrivals::Regular, fixture::dedicated("d", 10));
    let question = SpikeQuestion { times: vec![5.0, 1.5], last: seconds(600), follow: seconds(7_200) };
    let room = only(HeadRoomQuestions { spike: Some(question), ..NOTHING }, &scenario);
    let [large, small] = &room.spikes[..] else { panic!("two spikes") };
    let fluid = ((30.0 - 10.0) * 600.0 - 10.0 * 0.5) / (10.0 - 6.0);
    let found = large.recovery_s.mean.expect("it recovers");
    assert!((found - fluid).abs() <= 2.0 * large.bin_s, "{found} is not {fluid}, in bins of {}", large.bin_s);
    // The longest wait is that of the last request of the spike: 12,000 before it, 10 a second.
    assert!((large.longest_wait_s - 1_200.0).abs() < 5.0, "{}", large.longest_wait_s);
    assert_eq!((large.not_recovered, large.missed_without), (0, Estimate::exact(0.0)));
    // 9/s are within the capacity: nothing is late, and the fleet never leaves.
    assert_eq!((small.recovery_s, small.missed), (Estimate::exact(0.0), Estimate::exact(0.0)));
}

#[test]
fn a_spike_that_is_not_over_when_it_is_watched_no_longer_is_told_as_such() {
    let scenario = scenario(6, Arrivals::Regular, fixture::dedicated("d", 7));
    let question = SpikeQuestion { times: vec![10.0], last: seconds(600), follow: seconds(600) };
    let room = only(HeadRoomQuestions { spike: Some(question), ..NOTHING }, &scenario);
    let spike = &room.spikes[0];
    assert_eq!((spike.not_recovered, spike.replications, spike.recovery_s), (1, 1, Estimate::NONE));
    assert!(spike.missed.mean.unwrap() > 0.9);
}

#[test]
fn a_spike_of_poisson_requests_has_as_many_as_it_says() {
    let mut scenario = scenario(6, Arrivals::Poisson, fixture::dedicated("d", 100));
    scenario.replications = 20;
    let question = SpikeQuestion { times: vec![5.0], last: seconds(600), follow: seconds(600) };
    let room = only(HeadRoomQuestions { spike: Some(question), ..NOTHING }, &scenario);
    // 100 instances bear 30/s: nothing is late, and the fleet is back at once.
    assert_eq!((room.spikes[0].recovery_s, room.spikes[0].missed), (Estimate::exact(0.0), Estimate::exact(0.0)));
    let extra = observe::Extra {
        volume: 4.0,
        within: crate::unit::Time::from_nanos(0)..crate::unit::Time::from_nanos(600_000_000_000),
    };
    let bins = |replication, extra: Option<&observe::Extra>| {
        let from = crate::unit::Time::START;
        let bins = || observe::Bins::new(from, seconds(600), 2, Span::SECOND);
        let (_, seen) = observe::replay(&scenario, &scenario.fleets[0], replication, from, extra, bins).unwrap();
        observe::Bins::together(seen)
    };
    let counts: Vec<[u64; 4]> = (0..20)
        .map(|replication| {
            let (with, without) = (bins(replication, Some(&extra)), bins(replication, None));
            [with[0].requests, without[0].requests, with[1].requests, without[1].requests]
        })
        .collect();
    // 20 x 18,000 and 20 x 3,600 requests, each within four standard deviations of a Poisson number.
    for (column, expected) in [(0, 360_000.0_f64), (1, 72_000.0)] {
        let sum: u64 = counts.iter().map(|counts| counts[column]).sum();
        assert!((sum as f64 - expected).abs() < 4.0 * expected.sqrt(), "{sum} is not {expected}");
    }
    assert!(counts.iter().all(|counts| counts[2] == counts[3]), "nothing is added after the spike");
}

#[test]
fn the_largest_volume_of_regular_requests_is_the_capacity() {
    // 10/s is all that 10 instances do; 6/s arrive.
    let scenario = scenario(6, Arrivals::Regular, fixture::dedicated("d", 10));
    let volume = only(HeadRoomQuestions { volume: true, ..NOTHING }, &scenario).volume.expect("an objective");
    assert!((volume.times / (10.0 / 6.0) - 1.0).abs() < 0.02, "{volume:?}");
    assert!((volume.requests_per_month - volume.times * 6.0 * Span::MONTH.seconds()).abs() < 1.0);
    assert_eq!(volume.breaks, [Condition::Quantile("p95", Span::from_nanos(1_500 * MS))]);
    assert!(!volume.is_open);
}

#[test]
fn a_random_volume_lies_within_what_is_sure() {
    let mut scenario = scenario(6, Arrivals::Poisson, fixture::dedicated("d", 10));
    scenario.replications = 4;
    scenario.slo.as_mut().unwrap().max_rejected = Some(0.01);
    let volume = only(HeadRoomQuestions { volume: true, ..NOTHING }, &scenario).volume.expect("an objective");
    let (low, high) = (volume.surely_carries.expect("some"), volume.surely_fails.expect("an end"));
    assert!(low <= volume.times && volume.times <= high, "{volume:?}");
    assert!((1.0..10.0 / 6.0 * 1.02).contains(&volume.times), "{volume:?}");
    assert_eq!(volume.breaks, [Condition::Quantile("p95", Span::from_nanos(1_500 * MS))]);
}

#[test]
fn without_an_objective_there_is_no_largest_volume_and_without_an_end_it_is_open() {
    let mut scenario = scenario(6, Arrivals::Regular, fixture::dedicated("d", 1_000));
    let asked = HeadRoomQuestions { volume: true, ..NOTHING };
    let volume = only(asked.clone(), &scenario).volume.expect("an objective");
    assert!(volume.is_open && volume.times == 32.0 && volume.breaks.is_empty(), "{volume:?}");
    scenario.slo = None;
    assert_eq!(only(asked, &scenario).volume, None);
}

#[test]
fn a_lost_zone_of_regular_requests_leaves_the_backlog_of_a_fluid() {
    // 9 instances less a third: 6 for 8/s. In the hour and the ten minutes before it (4,200 s) 2/s too many arrive, so that the
    // last request of the hour waits 2 x 4,200 / 6 s.
    let scenario = scenario(8, Arrivals::Regular, fixture::dedicated("d", 9));
    let losses = only(HeadRoomQuestions { losses: true, ..NOTHING }, &scenario).losses;
    let [instance, zone, region] = &losses[..] else { panic!("three losses") };
    let LossOutcome::Serves { without, with } = &instance.outcome else { panic!("it serves") };
    assert_eq!((instance.lost_instances, without.meets_slo, with.meets_slo), (1, Some(true), Some(true)));
    let LossOutcome::Serves { without, .. } = &zone.outcome else { panic!("it serves") };
    assert_eq!((zone.lost_instances, zone.instances, without.meets_slo), (3, 9, Some(false)));
    // Waits grow evenly over the hour: from 200 s at its start to 1,400 s at its end.
    let p95 = 200.0 + 0.95 * 1_200.0;
    assert!((without.p95_s.mean.unwrap() / p95 - 1.0).abs() < 0.01, "{without:?} {p95}");
    assert_eq!((region.lost_instances, &region.outcome), (9, &LossOutcome::NothingLeft));
}

#[test]
fn what_is_lost_of_every_kind_of_fleet() {
    let serverless = fixture::serverless("s");
    assert_eq!(without(&serverless, Loss::Instance), (0, Rest::All));
    let kind = |fleet: Fleet| match fleet.kind {
        FleetKind::Single(kind) => kind,
        FleetKind::Hybrid(_) => panic!("one pool"),
    };
    let pools = [("base", kind(fixture::dedicated("d", 1))), ("burst", kind(serverless))];
    let pools = pools.into_iter().map(|(name, kind)| Pool { name: name.to_owned(), kind }).collect();
    let hybrid =
        Fleet { name: "h".to_owned(), kind: FleetKind::Hybrid(Hybrid::in_order(OverflowRule::WhenFull, pools)) };
    // The base is gone, the burst pool serves alone.
    for loss in [Loss::Instance, Loss::Zone] {
        let (lost, Rest::Some(rest)) = without(&hybrid, loss) else { panic!("something is left") };
        assert_eq!((lost, rest.pools().len()), (1, 1));
        let scenario = scenario(1, Arrivals::Regular, *rest);
        let asked = HeadRoomQuestions { losses: true, ..NOTHING };
        assert_eq!(only(asked, &scenario).losses[0].outcome, LossOutcome::Untouched);
    }
    assert_eq!(without(&fixture::dedicated("d", 1), Loss::Instance), (1, Rest::Nothing));
}

#[test]
fn the_worst_month_of_what_does_not_vary_is_the_usual_one() {
    let scenario = scenario(6, Arrivals::Regular, fixture::dedicated("d", 10));
    let month = only(HeadRoomQuestions { worst_month: true, ..NOTHING }, &scenario).worst_month.expect("asked for");
    assert_eq!((month.cost_usd, month.p95_s, month.windows_of_month), (month.mean_cost_usd, Some(1.0), 240));
}

#[test]
fn the_worst_of_20_months_is_no_better_than_the_usual_one() {
    let mut scenario = scenario(1, Arrivals::Poisson, fixture::serverless("s"));
    scenario.slo = Some(Slo { latency: Some(Span::from_nanos(1_500 * MS)), attainment: Some(0.9), ..Slo::default() });
    scenario.horizon = seconds(3_600 + 24 * 3_600);
    let month = only(HeadRoomQuestions { worst_month: true, ..NOTHING }, &scenario).worst_month.expect("asked for");
    assert_eq!((month.months, month.windows_of_month), (20, 30));
    assert!(month.cost_usd > month.mean_cost_usd && month.cost_usd < 1.2 * month.mean_cost_usd, "{month:?}");
    assert!(month.p99_s >= month.usual_p99_s && month.p95_s >= month.usual_p95_s);
    assert!(month.attainment < month.mean_attainment, "{month:?}");
}

#[test]
fn a_scenario_that_is_brought_forward_has_the_same_hours() {
    use crate::scenario::Shape;
    let mut scenario = scenario(6, Arrivals::Regular, fixture::dedicated("d", 10));
    if let Source::Synthetic { shape, .. } = &mut scenario.traffic[0].source {
        *shape = Shape::Diurnal { peak_over_mean: 1.8, peak_at: seconds(15 * 3_600), weekend: 0.5 };
    }
    scenario.horizon = seconds(7 * 86_400);
    let busiest = observe::busiest(&scenario, Span::HOUR).unwrap();
    // The hour of a weekday that begins or ends at 15:00.
    let of_day = busiest.nanos() / Span::HOUR.nanos() % 24;
    assert!([14, 15].contains(&of_day), "{of_day}");
    let hour = Scenario { warm_up: busiest.since_start(), horizon: (busiest + Span::HOUR).since_start(), ..scenario };
    let (short, at) = observe::brought_forward(&hour, busiest, Span::HOUR);
    assert_eq!((at.since_start(), short.warm_up, short.horizon), (Span::HOUR, Span::HOUR, seconds(7_200)));
    let requests = |scenario: &Scenario, at| {
        let bins = || observe::Bins::new(at, Span::HOUR, 1, Span::SECOND);
        let (_, seen) =
            observe::replay(scenario, &scenario.fleets[0], 0, crate::unit::Time::START, None, bins).unwrap();
        observe::Bins::together(seen)[0].requests
    };
    let (whole, shorter) = (requests(&hour, busiest), requests(&short, at));
    // Evenly spaced in operational time: but for where the first gap begins, the very same.
    assert!(whole.abs_diff(shorter) <= 1 && whole > 6 * 3_600, "{whole} {shorter}");
}
