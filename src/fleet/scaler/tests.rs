//! What is true of every scaler, whatever it sees.

use proptest::prelude::*;

use super::harness::{Track, config};
use super::*;

/// Small numbers, and those at which arithmetic ends.
fn number() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 0_u64..=40, 1 => Just(u64::MAX), 1 => any::<u64>(), 1 => Just(u64::from(u32::MAX))]
}

/// A look: by how much later than it is due, if it is that of a first request by how much earlier, and what there is to see.
#[derive(Clone, Debug)]
struct Look {
    is_first_request: bool,
    numbers: [u64; 6],
    integral: u128,
}

fn look() -> impl Strategy<Value = Look> {
    let integral = prop_oneof![4 => (0_u64..=1_000_000_000_000).prop_map(u128::from), 1 => any::<u128>()];
    let numbers = [number(), number(), number(), number(), number(), number()];
    (prop::bool::weighted(0.1), numbers, integral).prop_map(|(is_first_request, numbers, integral)| Look {
        is_first_request,
        numbers,
        integral,
    })
}

fn kinds() -> impl Strategy<Value = ScaleOut> {
    let kinds: Vec<ScaleOut> =
        ScaleOut::KINDS.iter().filter_map(|kind| ScaleOut::of_kind(kind, 4)).filter(|kind| looks(*kind)).collect();
    prop::sample::select(kinds)
}

fn looks(kind: ScaleOut) -> bool {
    Track::of(kind).scaler().is_some()
}

#[test]
fn all_but_those_that_act_on_requests_look() {
    let acting = ["per-request", "slot-deficit", "lambda-token-bucket"];
    for kind in ScaleOut::KINDS {
        let scale_out = ScaleOut::of_kind(kind, 4).expect("a kind");
        assert_eq!(looks(scale_out), !acting.contains(&kind), "{kind}");
        let removes = Track::of(scale_out).scaler().is_some_and(|scaler| scaler.removes_instances());
        assert_eq!(removes, scale_out.removes_instances(), "{kind}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..config() })]
    #[test]
    fn what_is_wanted_is_within_the_bounds_and_looks_go_on(
        kind in kinds(),
        (least, more) in (0_u32..=5, 1_u32..=1_000),
        is_bounded in any::<bool>(),
        seen in prop::collection::vec(look(), 1..80),
    ) {
        let most = least + more;
        let track = if is_bounded { Track::of(kind).min(least).max(most) } else { Track::of(kind).min(least) };
        let mut scaler = track.scaler().expect("a scaler that looks");
        let most = if is_bounded { u64::from(most) } else { u64::MAX };
        let (mut integral, mut arrived) = (0_u128, 0_u64);
        for look in seen {
            let due = scaler.next_look();
            let [ready, starting, queued, in_service, wait, arriving] = look.numbers;
            // A first request comes after the last look, and finds nothing.
            let is_first_request = look.is_first_request && due > Time::START + Span::MILLISECOND;
            let now = if is_first_request { Time::from_nanos(due.nanos() - Span::MILLISECOND.nanos()) } else { due };
            integral = integral.saturating_add(look.integral);
            arrived = arrived.saturating_add(arriving);
            let view = View {
                now,
                ready: if is_first_request { 0 } else { ready },
                starting: if is_first_request { 0 } else { starting },
                queued: if is_first_request { 1 } else { queued },
                in_service: if is_first_request { 0 } else { in_service },
                in_flight_time: integral,
                arrived,
                head_wait: (queued > 0).then_some(Span::from_nanos(wait)),
            };
            if is_first_request && !scaler.looks_at_first_request() {
                continue;
            }
            let wanted = scaler.look(&view);
            prop_assert!(u64::from(least) <= wanted && wanted <= most, "{wanted} of {view:?}");
            let next = scaler.next_look();
            prop_assert!(next > now, "{next:?} after {now:?}");
            prop_assert!(is_first_request || next > due);
            scaler.queue_limit(ready);
        }
    }
}
