//! What the traffic costs at least, and how much of it there is at once, against queueing theory and against every fleet.

use std::f64::consts::TAU;

use breakeven::bill;
use breakeven::engine;
use breakeven::experiment::plan::{Foresight, foresight};
use breakeven::scenario::{Fleet, Scenario};
use breakeven::unit::{Span, Usd};
use statrs::distribution::{DiscreteCDF as _, Poisson, StudentsT};

use super::{embedded, scenario};

const FLEETS: &str = "[[fleet]]\nname = \"held\"\nkind = \"dedicated\"\ninstances = 9\nprice = \"$4/h\"\n\
                      [[fleet]]\nname = \"on demand\"\nkind = \"serverless\"\nprice = \"$6/h\"\ncold_start = \"1s\"\nkeep_alive = \"9s\"\n";

fn measured(scenario: &Scenario) -> Foresight {
    foresight(scenario, &scenario.fleets, 0..scenario.replications).expect("no trace")
}

/// The half width of a 99.9 % interval, from that of a 95 % interval.
fn wider(half_width: f64, replications: u32) -> f64 {
    use statrs::distribution::ContinuousCDF as _;
    let student = StudentsT::new(0.0, 1.0, f64::from(replications) - 1.0).expect("several replications");
    half_width * student.inverse_cdf(0.9995) / student.inverse_cdf(0.975)
}

#[test]
fn the_number_in_flight_is_that_of_m_g_infinity_whatever_the_service_time() {
    // Six erlangs: the number is Poisson, insensitive to the law of the service time.
    for service in [
        "exponential\", mean = \"2s\"",
        "lognormal\", mean = \"2s\", cv = 1.5",
        "uniform\", low = \"1s\", high = \"3s\"",
    ] {
        let text = format!(
            "horizon = \"23h\"\nwarm_up = \"3h\"\nreplications = 12\n[[traffic]]\nname = \"a\"\nrate = \"3/s\"\nservice_time = \
             {{ kind = \"{service} }}\n{FLEETS}"
        );
        let found = measured(&scenario(&text, &[]).scenario);
        let mean = found.in_flight.mean.expect("a mean");
        let half_width = wider(found.in_flight.half_width().expect("replications"), 12);
        assert!((mean - 6.0).abs() <= half_width && half_width < 0.06, "{mean} +- {half_width}");
        let poisson = Poisson::new(6.0).expect("a load");
        let mut below = 0.0;
        for (count, share) in (0..).zip(&found.shares_in_flight) {
            below += share;
            assert!((below - poisson.cdf(count)).abs() < 0.004, "{service}: P(N <= {count}) = {below}");
        }
        for (share, count) in [(0.5, 6), (0.9, 9), (0.99, 12)] {
            assert_eq!(found.fractile_in_flight(share), count, "{share}");
        }
        // Every second of service at $4/h, and as many instances.
        let usd = mean * 4.0 * 720.0;
        assert!((found.served_usd_per_month.mean.expect("a cost") / usd - 1.0).abs() < 1e-9);
        assert!((found.least_instances.usd_per_month.mean.expect("a cost") / usd - 1.0).abs() < 1e-9);
        assert_eq!((found.rates.len(), found.rates[0].fleet, found.least_instances.peak), (1, 0, found.peak_in_flight));
    }
}

#[test]
fn a_daily_wave_of_the_rate_is_followed_late_and_flattened_as_m_t_g_infinity_is() {
    // Eick, Massey and Whitt, M_t/G/infinity queues with sinusoidal arrival rates (1993): for exponential service of mean s and the
    // rate r (1 + a cos w (t - p)) the mean in flight is r s (1 + a (cos w (t - p) + w s sin w (t - p)) / (1 + w^2 s^2)).
    let text = format!(
        "horizon = \"21d\"\nwarm_up = \"1d\"\nreplications = 12\n[[traffic]]\nname = \"a\"\nrate = \"10/h\"\nshape = {{ kind = \
         \"diurnal\", peak_over_mean = 1.8, peak_at = \"15:00\", weekend = 1.0 }}\nservice_time = {{ kind = \"exponential\", mean = \
         \"4h\" }}\n{FLEETS}"
    );
    let found = measured(&scenario(&text, &[]).scenario);
    let (load, amplitude, phase) = (40.0, 0.8, TAU / 24.0 * 4.0);
    let mut late = 0.0;
    for (hour, mean) in (0_u32..).zip(found.in_flight_by_hour) {
        // The mean over the hour: the difference of the integrals of cosine and sine, over its width as an angle.
        let angle = |hours: f64| TAU / 24.0 * (hours - 15.0);
        let (from, to) = (angle(f64::from(hour)), angle(f64::from(hour) + 1.0));
        let wave = ((to.sin() - from.sin()) + phase * (from.cos() - to.cos())) / (to - from) / (1.0 + phase * phase);
        let theory = load * (1.0 + amplitude * wave);
        let measured = mean.expect("every hour is in the window");
        // The mean number of 240 days, correlated over some hours, with a variance as large as the mean.
        assert!((measured - theory).abs() < 4.0 * (theory / 240.0).sqrt(), "{hour}: {measured}, theory {theory}");
        late += measured * if (15..21).contains(&hour) { 1.0 } else { 0.0 };
        late -= measured * if (9..15).contains(&hour) { 1.0 } else { 0.0 };
    }
    // More in the six hours after the peak of the rate than in the six before: it lags.
    assert!(late > 20.0, "{late}");
}

#[test]
fn slots_that_stay_empty_and_faster_gpus_count() {
    let text = "horizon = \"10h\"\nreplications = 2\n[[traffic]]\nname = \"a\"\nrate = \"1/min\"\narrivals = \"regular\"\n\
                service_time = \"30s\"\n[[fleet]]\nname = \"wide\"\nkind = \"dedicated\"\ninstances = 1\nslots = 4\nprice = \
                \"$4/h\"\n[[fleet]]\nname = \"fast\"\nkind = \"dedicated\"\ninstances = 1\nspeed = 3\nprice = \"$6/h\"\n";
    let scenario = scenario(text, &[]).scenario;
    let of = |designs: &[Fleet]| foresight(&scenario, designs, 0..2).expect("no trace");
    let usd = |found: &Foresight| found.served_usd_per_month.mean.expect("a cost");
    let least = |found: &Foresight| found.least_instances.usd_per_month.mean.expect("a cost");
    // Half of the time one request: an eighth of an instance's slots, but half of its time.
    let wide = of(&scenario.fleets[..1]);
    assert!((usd(&wide) - 0.125 * 2_880.0).abs() < 1.0 && (least(&wide) - 0.5 * 2_880.0).abs() < 4.0, "{wide:?}");
    // A sixth of the time.
    let fast = of(&scenario.fleets[1..]);
    assert!((usd(&fast) - 4_320.0 / 6.0).abs() < 2.0 && (least(&fast) - 4_320.0 / 6.0).abs() < 2.0, "{fast:?}");
    let both = of(&scenario.fleets);
    assert_eq!((both.rates[0].fleet, both.least_instances.fleet), (0, 1));
    assert_eq!((usd(&both), least(&both)), (usd(&wide), least(&fast)));
}

#[test]
fn fees_free_tiers_and_credits_stay_below_the_bill() {
    let text = "horizon = \"1d\"\nreplications = 3\n[[traffic]]\nname = \"a\"\nrate = \"30/min\"\nservice_time = \"1s\"\n\
                [[fleet]]\nname = \"s\"\nkind = \"serverless\"\nprice = \"$3.60/h\"\ncold_start = \"0s\"\nkeep_alive = \"0s\"\n\
                request_fee = \"$0.01\"\nplan_fee = \"$30/month\"\nfree_tier = { requests = 300000, instance_time = \"50h\" }\n\
                credits = \"$60/month\"\n";
    let scenario = scenario(text, &[]).scenario;
    let found = measured(&scenario);
    // No idle time and no cold start: the bound is the bill, to its rounding.
    let costs = costs_per_month(&scenario).remove(0).expect("nothing is lost");
    assert!((found.served_usd_per_month.mean.expect("a cost") - costs).abs() < 1e-5, "{found:?}, {costs}");
    assert!((found.other_usd_per_month - (30.0 - 180.0 - 3_000.0 - 60.0)).abs() < 1e-6);
}

/// The mean cost of each fleet for a month; `None` where it loses a request.
fn costs_per_month(scenario: &Scenario) -> Vec<Option<f64>> {
    let made = engine::run(scenario, &engine::unwatched).expect("a trace that can be read");
    let cost = |index: usize| {
        let outcomes: Vec<_> = made.iter().map(|replication| &replication.fleets[index]).collect();
        let lost = outcomes.iter().any(|outcome| {
            let requests = outcome.together().requests();
            requests.rejected + requests.timed_out > 0
        });
        let bills =
            outcomes.iter().map(|outcome| bill::of_fleet(&scenario.fleets[index], outcome, scenario.window()).total());
        let sum: Usd = bills.sum();
        (!lost).then(|| sum.dollars() / made.len() as f64 * (Span::MONTH.seconds() / scenario.window().seconds()))
    };
    (0..scenario.fleets.len()).map(cost).collect()
}

#[test]
fn no_fleet_that_serves_all_requests_costs_less() {
    let mut compared = 0;
    for name in [
        "h100-modal-runpod",
        "l4-modal-aws",
        "functions",
        "office-hours",
        "spot-base",
        "bursty",
        "hybrid-1000",
        "container-platforms",
    ] {
        let mut scenario = embedded(name, &["replications=2"]).scenario;
        // A day and a half at most, so that many can be looked at.
        let most = Span::from_nanos(Span::DAY.nanos() / 2 * 3);
        if scenario.horizon > most {
            (scenario.horizon, scenario.warm_up) = (most, Span::from_nanos(Span::DAY.nanos() / 2));
        }
        scenario.fleets.retain(|fleet| fleet.fitted_pool().is_none());
        if scenario.fleets.is_empty() {
            continue;
        }
        let of_all = measured(&scenario).served_usd_per_month.mean.expect("a cost");
        for (fleet, cost) in scenario.fleets.iter().zip(costs_per_month(&scenario)) {
            let Some(cost) = cost else { continue };
            let alone = foresight(&scenario, std::slice::from_ref(fleet), 0..2).expect("a trace that can be read");
            let alone = alone.served_usd_per_month.mean.expect("a cost");
            println!("{name} {}: {of_all:.2} <= {alone:.2} <= {cost:.2}", fleet.name);
            assert!(of_all <= alone * (1.0 + 1e-9) + 1e-6 && alone <= cost + 1e-6, "{name}, {}", fleet.name);
            compared += usize::from(alone > 0.0);
        }
    }
    assert!(compared >= 10, "only {compared} fleets were compared");
}
