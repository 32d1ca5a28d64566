//! How long a service takes on a pool's GPU.

use std::cmp::Ordering;

use breakeven::scenario::PoolKind;
use breakeven::unit::Span;

/// What the traffic says, divided by the pool's speed: the nearest whole nanosecond, of two as near the even one; ten years at
/// most.
pub fn on_gpu(kind: &PoolKind, service: Span) -> Span {
    let speed = u128::from(kind.speed().billionths);
    let work = u128::from(service.nanos()) * 1_000_000_000;
    let below = work / speed;
    let (too_short, too_long) = (work - below * speed, (below + 1) * speed - work);
    let nearest = match too_short.cmp(&too_long) {
        Ordering::Less => below,
        Ordering::Greater => below + 1,
        Ordering::Equal => below + below % 2,
    };
    u64::try_from(nearest).map_or(Span::LONGEST, |nanos| Span::from_nanos(nanos).min(Span::LONGEST))
}
