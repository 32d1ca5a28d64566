//! How much room the fleets of embedded scenarios have.

use breakeven::experiment::plan::headroom::{HeadRoom, HeadRoomQuestions, Loss, LossOutcome, SpikeQuestion, head_room};
use breakeven::experiment::{Unwatched, fit};
use breakeven::report::plan::headroom::{HeadRoomDocument, head_room_report};
use breakeven::report::table::Look;
use breakeven::scenario::{Embedded, Origin, Overrides, Scenario, load};
use breakeven::unit::Span;

fn scenario(name: &str, set: &[&str]) -> Scenario {
    let overrides = Overrides { set: set.iter().map(|&set| set.to_owned()).collect(), ..Overrides::default() };
    let origin = Origin::Embedded(Embedded::named(name).expect("an embedded scenario").name);
    fit(&load(&origin, &overrides).expect("it loads").scenario, &Unwatched).expect("no trace to read").0
}

fn room(scenario: &Scenario, fleet: &str, asked: &HeadRoomQuestions) -> HeadRoom {
    let index = scenario.fleets.iter().position(|found| found.name == fleet).expect("a fleet");
    let room = head_room(scenario, index, asked, &Unwatched).expect("no trace to read");
    let text = head_room_report(&HeadRoomDocument::new(&room), Look { width: 80, color: false });
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    room
}

const SHORT: [&str; 3] = ["horizon=20h", "warm_up=12h", "replications=10"];

#[test]
fn a_larger_spike_takes_no_less_and_a_larger_loss_hurts_no_less() {
    let scenario = scenario("variable-api", &SHORT);
    let follow = Span::from_nanos(2 * Span::HOUR.nanos());
    let spike = Some(SpikeQuestion { follow, ..SpikeQuestion::default() });
    let asked = HeadRoomQuestions { worst_month: false, spike, ..HeadRoomQuestions::default() };
    let dedicated = room(&scenario, "dedicated", &asked);
    let recoveries: Vec<f64> =
        dedicated.spikes.iter().map(|spike| spike.recovery_s.mean.expect("it recovers")).collect();
    // Clients give up after a minute, so that no queue is longer than that: beyond some size one spike is as bad as another.
    assert!(recoveries[0] < recoveries[1] && recoveries[0] < recoveries[2], "{recoveries:?}");
    assert!(dedicated.spikes.windows(2).all(|pair| pair[0].missed.mean < pair[1].missed.mean));
    let volume = dedicated.volume.as_ref().expect("an objective");
    assert!(volume.surely_carries <= Some(volume.times) && Some(volume.times) <= volume.surely_fails, "{volume:?}");
    let p95 = |loss: Loss| match &dedicated.losses.iter().find(|found| found.loss == loss).expect("asked").outcome {
        LossOutcome::Serves { without, with } => (without.p95_s.mean.unwrap(), with.p95_s.mean.unwrap()),
        other => panic!("{other:?}"),
    };
    let ((instance, with), (zone, _)) = (p95(Loss::Instance), p95(Loss::Zone));
    assert!(with <= instance && instance < zone, "{with} {instance} {zone}");
    assert_eq!(dedicated.losses[2].outcome, LossOutcome::NothingLeft);
    // The volume takes the search most of its time, and is tested above.
    let asked = HeadRoomQuestions { volume: false, ..asked };
    // Serverless starts more instances: it is back sooner, and has none to lose.
    let serverless = room(&scenario, "serverless", &asked);
    assert!(serverless.spikes[2].recovery_s.mean < dedicated.spikes[2].recovery_s.mean);
    assert_eq!(serverless.losses[0].outcome, LossOutcome::Untouched);
}

#[test]
fn the_other_regions_serve_the_requests_of_a_lost_one() {
    let scenario = scenario("two-regions", &["replications=3"]);
    let fleet = scenario.fleets.iter().find(|fleet| fleet.pools().len() > 1).expect("one in regions").name.clone();
    let asked = HeadRoomQuestions { volume: false, spike: None, losses: true, worst_month: false };
    let losses = room(&scenario, &fleet, &asked).losses;
    let LossOutcome::Serves { without, with } = &losses[2].outcome else { panic!("the other region is left") };
    assert!(losses[2].lost_instances < losses[2].instances);
    assert!(without.p95_s.mean > with.p95_s.mean, "{without:?} {with:?}");
}

#[test]
fn the_worst_month_of_a_bursty_api_costs_more_than_the_usual_one() {
    let scenario = scenario("variable-api", &["horizon=7d", "warm_up=1d"]);
    let asked = HeadRoomQuestions { volume: false, spike: None, losses: false, worst_month: true };
    let month = room(&scenario, "serverless", &asked).worst_month.expect("asked for");
    assert_eq!(month.windows_of_month, 5);
    assert!(month.cost_usd > month.mean_cost_usd && month.p95_s >= month.usual_p95_s, "{month:?}");
    assert!(month.attainment < month.mean_attainment);
}
