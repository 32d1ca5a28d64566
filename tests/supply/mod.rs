//! Dedicated instances that come and go: hours, interruptions, outages, failures, and what is paid for them.

mod scaled;

use std::path::Path;

use breakeven::bill::{self, Line};
use breakeven::engine;
use breakeven::measure::{Loss, PoolOutcome, Replication};
use breakeven::scenario::{FleetKind, Overrides, Scenario, load_text};
use breakeven::unit::{Span, Usd};
use statrs::distribution::{ContinuousCDF as _, StudentsT};

/// Regular requests of a second each, one a minute, into a dedicated fleet with these further lines.
fn scenario(horizon: &str, replications: u32, traffic: &str, fleet: &str) -> Scenario {
    let text = format!(
        "name = \"supply\"\nhorizon = \"{horizon}\"\nreplications = {replications}\nstarts = \"2026-01-05T00:00:00\"\n\
         [[traffic]]\nname = \"api\"\n{traffic}\n\
         [[fleet]]\nname = \"held\"\nkind = \"dedicated\"\nprice = \"$1.00/h\"\n{fleet}\n"
    );
    match load_text(&text, "supply.toml", Path::new("."), &Overrides::default()) {
        Ok(loaded) => loaded.scenario,
        Err(problems) => panic!("{problems}"),
    }
}

const MINUTELY: &str = "rate = \"1/min\"\narrivals = \"regular\"\nservice_time = \"1s\"";

fn run(scenario: &Scenario) -> Vec<Replication> {
    engine::run(scenario, &engine::unwatched).expect("no trace is read")
}

fn pool(replication: &Replication) -> &PoolOutcome {
    &replication.fleets[0].pools[0]
}

fn lines(scenario: &Scenario, replication: &Replication) -> Vec<(Line, Usd)> {
    let FleetKind::Single(kind) = &scenario.fleets[0].kind else { panic!("a fleet of one pool") };
    bill::of_pool(kind, pool(replication), scenario.window()).lines
}

fn hours(nanos: u128) -> f64 {
    nanos as f64 / Span::HOUR.nanos() as f64
}

/// That a figure's mean over the replications lies within its 99.9 % interval of what it should be, and that the interval is
/// no wider than a share of it.
fn assert_near(figures: &[f64], expected: f64, widest: f64, what: &str) {
    let count = figures.len() as f64;
    let mean = figures.iter().sum::<f64>() / count;
    let variance = figures.iter().map(|figure| (figure - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let t = StudentsT::new(0.0, 1.0, count - 1.0).expect("a law").inverse_cdf(0.9995);
    let half = t * (variance / count).sqrt();
    assert!((mean - expected).abs() <= half, "{what}: {mean} +- {half}, expected {expected}");
    assert!(half <= widest * expected, "{what}: {mean} +- {half} says little");
}

#[test]
fn office_hours_hold_instances_for_sixty_hours_a_week_and_requests_wait_for_the_morning() {
    let scenario = scenario("14d", 1, MINUTELY, "instances = 2\nschedule = \"Mon-Fri 08:00-20:00\"");
    let made = run(&scenario);
    let outcome = pool(&made[0]);
    assert_eq!(hours(outcome.usage.held), 2.0 * 2.0 * 60.0);
    // Those of the first night wait until eight, the first from half past midnight's first minute on.
    let (_, longest) = outcome.wait.range.expect("requests were served");
    // From Friday 20:00 to Monday 08:00, less the half minute until the first arrival, more what is served before.
    assert!(longest.seconds() > 59.9 * 3_600.0 && longest.seconds() < 60.1 * 3_600.0, "{longest}");
    assert_eq!(outcome.requests().completed, 14 * 1_440);
    // A dollar an hour for what is held.
    assert_eq!(lines(&scenario, &made[0]), [(Line::Instances, Usd::from_nanos(240 * 1_000_000_000))]);
}

#[test]
fn a_booting_instance_is_paid_for_and_serves_when_it_has_booted() {
    let fleet = "instances = 1\nschedule = \"Mon-Fri 08:00-20:00\"\nboot = \"30min\"\nqueue_limit = 0";
    let scenario = scenario("1d", 1, "rate = \"1/h\"\narrivals = \"regular\"\nservice_time = \"1s\"", fleet);
    let outcome = pool(&run(&scenario)[0]).clone();
    assert_eq!(hours(outcome.usage.held), 12.0);
    assert_eq!(hours(outcome.usage.starting), 0.5);
    // Arrivals at half past each hour: from 08:30, when it is ready, to 19:30.
    assert_eq!(outcome.requests().completed, 12);
    assert_eq!(outcome.requests().rejected, 12);
}

#[test]
fn a_commitment_is_paid_for_whether_it_is_used_or_not() {
    let fleet = "instances = 2\npurchase = \"reserved-1y\"\ndiscount = 0.4\nschedule = \"Mon-Fri 08:00-20:00\"";
    let scenario = scenario("7d", 1, MINUTELY, fleet);
    let made = run(&scenario);
    // 2 x 168 h at 60 cents.
    assert_eq!(lines(&scenario, &made[0]), [(Line::Instances, Usd::from_nanos(201_600_000_000))]);
}

#[test]
fn nodes_are_paid_for_whole() {
    let steady = scenario("24h", 1, MINUTELY, "instances = 9\nnode_gpus = 8");
    assert_eq!(lines(&steady, &run(&steady)[0]), [(Line::Instances, Usd::from_nanos(16 * 24 * 1_000_000_000))]);
    let by_day = scenario("24h", 1, MINUTELY, "instances = 9\nnode_gpus = 8\nschedule = \"Mon-Sun 08:00-20:00\"");
    assert_eq!(lines(&by_day, &run(&by_day)[0]), [(Line::Instances, Usd::from_nanos(16 * 12 * 1_000_000_000))]);
}

#[test]
fn instances_that_fail_are_there_for_the_share_that_availability_says() {
    // Mean times of 20 h up and 5 h down: 80 % of 10 instances.
    let fleet =
        "instances = 10\nfailures = { every = \"20h\", repair = { kind = \"lognormal\", mean = \"5h\", cv = 1.0 } }";
    let scenario = scenario("200d", 20, "rate = \"1/h\"\nservice_time = \"1s\"", fleet);
    let scenario = Scenario { warm_up: Span::from_nanos(10 * Span::DAY.nanos()), ..scenario };
    let there: Vec<f64> = run(&scenario).iter().map(|made| hours(pool(made).usage.held) / (190.0 * 24.0)).collect();
    assert_near(&there, 10.0 * 20.0 / 25.0, 0.01, "instances that are up");
}

#[test]
fn spot_instances_are_interrupted_at_their_rate_and_replaced_after_the_boot() {
    // An order lives 30 h in the mean, the boot of half an hour included; the replacement is ordered two minutes before.
    let fleet =
        "instances = 10\npurchase = \"spot\"\nboot = \"30min\"\ninterruptions = { every = \"30h\", notice = \"2min\" }";
    let scenario = scenario("200d", 20, "rate = \"1/h\"\nservice_time = \"1s\"", fleet);
    let made = run(&scenario);
    // A place is renewed whenever its instance is warned: after an exponential lifetime less two minutes, at once if shorter.
    let lifetime: f64 = 30.0;
    let warned = lifetime * (-2.0 / 60.0 / lifetime).exp();
    let started: Vec<f64> = made.iter().map(|made| pool(made).usage.started as f64).collect();
    assert_near(&started, 10.0 * 200.0 * 24.0 / warned, 0.03, "replacements");
    let starting: Vec<f64> = made.iter().map(|made| hours(pool(made).usage.starting)).collect();
    let boots = mean_boot(lifetime, 2.0 / 60.0, 0.5);
    assert_near(&starting, 10.0 * 200.0 * 24.0 / warned * boots, 0.03, "booting");
}

/// How long a boot of `boot` goes on in the mean: until it is over, or the warning, `notice` before the end of an exponential
/// lifetime; an instance that is warned at once does not boot.
fn mean_boot(lifetime: f64, notice: f64, boot: f64) -> f64 {
    // The warning is after t with probability exp(-(notice + t) / lifetime).
    (-notice / lifetime).exp() * lifetime * (1.0 - (-boot / lifetime).exp())
}

#[test]
fn interrupted_requests_begin_anew_or_are_lost() {
    // Services of six hours on instances that live ten in the mean, without notice.
    let traffic = "rate = \"1/d\"\narrivals = \"regular\"\nservice_time = \"6h\"";
    let fleet = |requests: &str| {
        format!(
            "instances = 1\npurchase = \"spot\"\nboot = \"1s\"\n\
             interruptions = {{ every = \"10h\", notice = \"0s\", requests = \"{requests}\" }}"
        )
    };
    let lost = run(&scenario("1000d", 10, traffic, &fleet("lose")));
    // An instance is as good as new whenever a service begins: exp(-6/10) of them are completed.
    let completed: Vec<f64> = lost.iter().map(|made| pool(made).requests().completed as f64 / 1_000.0).collect();
    assert_near(&completed, (-0.6_f64).exp(), 0.1, "completed services");
    let retried = run(&scenario("1000d", 10, traffic, &fleet("retry")));
    for made in &retried {
        let requests = pool(made).requests();
        assert_eq!((requests.completed, requests.rejected), (1_000, 0));
    }
    // Work is done anew: the time in service a request is that of the renewal formula (e^(6/10) - 1) x 10 h.
    let service: Vec<f64> = retried.iter().map(|made| hours(pool(made).usage.busy_slots) / 1_000.0).collect();
    assert_near(&service, (0.6_f64.exp() - 1.0) * 10.0, 0.1, "time in service");
}

#[test]
fn an_outage_takes_a_zone_and_the_others_take_its_instances() {
    let fleet = "instances = 3\npurchase = \"spot\"\nboot = \"1min\"\n\
                 interruptions = { outages = { zones = 3, every = \"90h\", last = \"10h\" } }";
    let scenario = scenario("400d", 10, "rate = \"1/h\"\nservice_time = \"1s\"", fleet);
    // Only when all three zones are out is there nothing: 0.1^3 of the time.
    let held: Vec<f64> = run(&scenario).iter().map(|made| hours(pool(made).usage.held) / (400.0 * 24.0)).collect();
    let least = 3.0 * (1.0 - 0.1_f64.powi(3)) * 0.995;
    assert!(held.iter().all(|&held| held > least && held <= 3.0), "{held:?}");
}

#[test]
fn on_demand_instances_stand_in_until_spot_ones_are_ready() {
    let fleet = "instances = 4\npurchase = \"spot\"\nboot = \"1h\"\n\
                 interruptions = { every = \"50h\", notice = \"0s\", fallback = { base = 1, dynamic = true, price = \"$3.00/h\" } }";
    let scenario = scenario("400d", 10, "rate = \"1/h\"\nservice_time = \"1s\"", fleet);
    let made = run(&scenario);
    // Three places for spot instances; an order lives 50 h and its first hour is booting. A stand-in boots as long as the
    // replacement and is given back when that is ready, or with it: it is held for what is booting.
    let stand_in: Vec<f64> = made.iter().map(|made| hours(pool(made).usage.held_fallback) / (400.0 * 24.0)).collect();
    let booting = 1.0 - (-1.0_f64 / 50.0).exp();
    assert_near(&stand_in, 1.0 + 3.0 * booting, 0.02, "instances of the fallback");
    let line = |line| lines(&scenario, &made[0]).iter().find(|(other, _)| *other == line).map(|(_, usd)| usd.dollars());
    let fallback = 3.0 * hours(pool(&made[0]).usage.held_fallback);
    assert!((line(Line::Fallback).expect("a line") - fallback).abs() < 1e-6);
}

#[test]
fn a_short_life_is_paid_for_its_minimum() {
    let fleet = "instances = 1\nschedule = \"Mon-Sun 08:00-08:10\"\nminimum_billing = \"1h\"";
    let scenario = scenario("2d", 1, MINUTELY, fleet);
    let made = run(&scenario);
    let amounts: Vec<f64> = lines(&scenario, &made[0]).iter().map(|(_, usd)| usd.dollars()).collect();
    // Twice ten minutes held, and twice fifty more paid. The instance serves on what it has begun at 08:10.
    assert!((amounts.iter().sum::<f64>() - 2.0).abs() < 1e-9, "{amounts:?}");
}

#[test]
fn instances_that_never_fail_serve_as_those_of_a_steady_fleet() {
    let traffic = "rate = \"3/s\"\nservice_time = { kind = \"lognormal\", mean = \"1s\", cv = 1.0 }";
    let steady = run(&scenario("1h", 3, traffic, "instances = 4"));
    let held = run(&scenario("1h", 3, traffic, "instances = 4\nfailures = { every = \"3000d\", repair = \"1h\" }"));
    for (steady, held) in steady.iter().zip(&held) {
        assert_eq!(pool(steady).classes, pool(held).classes);
        assert_eq!(pool(steady).wait, pool(held).wait);
        assert_eq!(pool(steady).usage.busy, pool(held).usage.busy);
        assert_eq!(pool(held).usage.held, 4 * u128::from(Span::HOUR.nanos()));
    }
}

/// Two regions, each with an instance, and requests of ten seconds one by one.
fn regions(rate: &str, keys: [&str; 2]) -> Scenario {
    let [home, away] = keys;
    let regions = format!(
        "region = [{{ name = \"home\", instances = 1, network = \"10ms\", {home} }}, \
         {{ name = \"away\", instances = 1, price = \"$2.00/h\", network = \"70ms\", {away} }}]"
    );
    let traffic = format!("rate = \"{rate}\"\narrivals = \"regular\"\nservice_time = \"10s\"");
    scenario("1h", 1, &traffic, &regions)
}

#[test]
fn requests_are_served_in_the_nearest_region_and_take_the_way_there_and_back() {
    // Never two at once, all of them from home.
    let near = run(&regions("4/min", ["share = 1.0", "share = 0.0"]));
    let pools = &near[0].fleets[0].pools;
    assert_eq!((pools[0].requests().completed, pools[1].requests().completed), (240, 0));
    let latency = pools[0].latency().range.expect("requests were served");
    assert_eq!(latency, (Span::from_nanos(10_010_000_000), Span::from_nanos(10_010_000_000)));
    // The last is in service for two and a half seconds after the horizon.
    assert_eq!(pools[0].usage.busy, 240 * 10_000_000_000 - 2_500_000_000);
}

#[test]
fn requests_go_to_another_region_when_their_own_is_full() {
    // Every eight seconds: each second one finds the home instance in use.
    let full = run(&regions("450/h", ["traffic = [\"api\"]", "share = 0.0"]));
    let pools = &full[0].fleets[0].pools;
    assert_eq!((pools[0].requests().completed, pools[1].requests().completed), (225, 225));
    // By way of home: 10 + 70 ms.
    assert_eq!(pools[1].latency().range.map(|(least, _)| least), Some(Span::from_nanos(10_080_000_000)));
}

#[test]
fn every_region_is_paid_for_at_its_own_price() {
    let scenario = regions("4/min", ["share = 0.5", "share = 0.5"]);
    let made = run(&scenario);
    let total = bill::of_fleet(&scenario.fleets[0], &made[0].fleets[0], scenario.window()).total();
    assert_eq!(total, Usd::from_nanos(3_000_000_000));
    let served: Vec<u64> = made[0].fleets[0].pools.iter().map(|pool| pool.requests().completed).collect();
    assert!(served.iter().all(|&served| (90..=150).contains(&served)), "half of 240 each, about: {served:?}");
}

#[test]
fn an_instance_that_is_given_back_before_the_end_of_its_notice_is_not_taken_away_again() {
    // Services of half a minute within notices of two: whatever is warned ends what it serves and is gone.
    let traffic = "rate = \"6/min\"\nservice_time = { kind = \"exponential\", mean = \"30s\" }";
    let fleet =
        "instances = 5\npurchase = \"spot\"\nboot = \"1min\"\ninterruptions = { every = \"1h\", notice = \"10min\" }";
    for made in &run(&scenario("5d", 3, traffic, fleet)) {
        let outcome = pool(made);
        assert_eq!(outcome.requests().completed, outcome.requests().arrived);
        assert!(outcome.usage.peak <= 10, "each has one replacement at most: {}", outcome.usage.peak);
        assert_eq!(outcome.usage.held, outcome.usage.starting + outcome.usage.busy + outcome.usage.idle);
    }
}
