//! The autoscaler once more, plainly: every recommendation and change in a vector, floating point.

use proptest::prelude::*;

use super::super::super::harness::{Track, config, seconds, wanted_of};
use super::super::super::{Scaler, View};
use crate::scenario::{Behavior, Decimal, Hpa, Keda, KedaMetric, ScaleOut};
use crate::unit::{Span, Time};

#[derive(Clone, Copy)]
enum Metric {
    /// Of each instance that is ready.
    OfInstances,
    /// A total that is shared out by KEDA: polls and cooldown in looks.
    InTotal { poll: u64, cooldown: u64 },
}

struct Plain {
    rule: Hpa,
    metric: Metric,
    may_be_none: bool,
    least: i64,
    most: i64,
    /// The number of the next look, every 15 s.
    look: i64,
    wanted: i64,
    recommended: Vec<(i64, i64)>,
    changes: Vec<(i64, i64)>,
    last_active: i64,
}

/// The ends of a period or window in looks, open at its beginning.
fn looks(span: Span) -> i64 {
    (span.nanos() / seconds(15).nanos()) as i64
}

impl Plain {
    fn of(rule: Hpa, metric: Metric, least: u32, most: u32) -> Plain {
        let (wanted, may_be_none) = (i64::from(least), least == 0);
        let (least, most) = (i64::from(least.max(1)), i64::from(most));
        let (recommended, changes) = (Vec::new(), Vec::new());
        Plain { rule, metric, may_be_none, least, most, look: 1, wanted, recommended, changes, last_active: 0 }
    }

    fn recommendation(&self, view: &View) -> Option<i64> {
        let total = (view.queued + view.in_service) as f64;
        let target = self.rule.target.billionths as f64 / 1e9;
        let tolerance = self.rule.tolerance.billionths as f64 / 1e9;
        let needed = (total / target).ceil() as i64;
        let is_near = |ratio: f64| 1.0 - tolerance <= ratio && ratio <= 1.0 + tolerance;
        if let Metric::InTotal { .. } = self.metric {
            let ratio = total / (target * self.wanted as f64);
            return Some(if is_near(ratio) { self.wanted } else { needed });
        }
        if view.ready == 0 {
            return None;
        }
        let ratio = total / (target * view.ready as f64);
        if view.starting == 0 || ratio <= 1.0 {
            return Some(if is_near(ratio) { self.wanted } else { needed });
        }
        let with_all = total / (target * (view.ready + view.starting) as f64);
        Some(if is_near(with_all) || with_all < 1.0 { self.wanted } else { needed })
    }

    fn changed_in(&self, period: i64) -> i64 {
        self.changes.iter().filter(|&&(at, _)| at > self.look - period).map(|&(_, change)| change).sum()
    }

    fn follow(&mut self, recommendation: i64) {
        if self.recommended.is_empty() {
            // Just before the first.
            self.recommended.push((self.look, self.wanted));
        }
        let of_window = |span: Span| -> Vec<i64> {
            let known = self.recommended.iter().filter(|&&(at, _)| at > self.look - looks(span));
            known.map(|&(_, recommended)| recommended).chain([recommendation]).collect()
        };
        let lowest = of_window(self.rule.scale_up.window).into_iter().min().unwrap();
        let highest = of_window(self.rule.scale_down.window).into_iter().max().unwrap();
        let mut wanted = self.wanted.max(lowest).min(highest);
        self.recommended.push((self.look, recommendation));
        let Behavior { percent, instances, period, .. } =
            if wanted > self.wanted { self.rule.scale_up } else { self.rule.scale_down };
        let before = self.wanted - self.changed_in(looks(period));
        if wanted > self.wanted {
            let limit =
                (before + i64::from(instances)).max((before as f64 * (100 + percent) as f64 / 100.0).ceil() as i64);
            wanted = wanted.min(limit.max(self.wanted)).min(self.most);
        } else if wanted < self.wanted {
            let limit =
                (before - i64::from(instances)).min((before as f64 * (100.0 - f64::from(percent)) / 100.0) as i64);
            wanted = wanted.max(limit.min(self.wanted)).max(self.least);
        }
        self.changes.push((self.look, wanted - self.wanted));
        self.wanted = wanted;
    }
}

impl Scaler for Plain {
    fn next_look(&self) -> Time {
        Time::from_nanos(self.look as u64 * seconds(15).nanos())
    }

    fn look(&mut self, view: &View) -> u64 {
        let before = self.wanted;
        let is_active = view.queued + view.in_service > 0;
        if let Metric::InTotal { poll, cooldown } = self.metric
            && (self.look as u64).is_multiple_of(poll)
        {
            if is_active {
                self.last_active = self.look;
                self.wanted = self.wanted.max(1);
            } else if self.may_be_none && self.look - self.last_active >= cooldown as i64 {
                self.wanted = 0;
            }
        }
        if self.wanted == before
            && self.wanted > 0
            && let Some(recommendation) = self.recommendation(view)
        {
            self.follow(recommendation);
        }
        self.look += 1;
        self.wanted as u64
    }
}

fn behavior() -> impl Strategy<Value = Behavior> {
    (0_u64..=6, 0_u32..=150, 0_u32..=6, 1_u64..=5).prop_map(|(window, percent, instances, period)| Behavior {
        window: seconds(15 * window),
        percent,
        instances,
        period: seconds(15 * period),
    })
}

prop_compose! {
    fn rule()(
        // Quarters and eighths: floating point is exact, or far from a whole number and from the tolerance.
        target in 1_u64..=12, tolerance in 0_u64..=4, scale_up in behavior(), scale_down in behavior(),
    ) -> Hpa {
        let eighths = |count: u64| Decimal { billionths: count * Decimal::ONE.billionths / 8 };
        Hpa { target: eighths(2 * target), tolerance: eighths(tolerance), scale_up, scale_down, ..Hpa::default() }
    }
}

proptest! {
    #![proptest_config(config())]
    #[test]
    fn the_decisions_are_those_of_a_plain_autoscaler(
        rule in rule(),
        (least, more) in (1_u32..=4, 0_u32..=40),
        start in 0_u64..=50,
        load in prop::collection::vec((0_u64..=40, 1_usize..=8), 1..30),
    ) {
        let track = Track::of(ScaleOut::Hpa(rule)).min(least).max(least + more).slots(100).starting(seconds(start));
        let load: Vec<u64> = load.into_iter().flat_map(|(in_flight, times)| vec![in_flight; times]).collect();
        let plain = Plain::of(rule, Metric::OfInstances, least, least + more);
        let expected = wanted_of(track.run_with(Box::new(plain)), seconds(15), &load);
        prop_assert_eq!(wanted_of(track.run(), seconds(15), &load), expected);
    }

    #[test]
    fn kedas_decisions_are_those_of_a_plain_one(
        rule in rule(),
        (least, more) in (0_u32..=2, 1_u32..=40),
        (start, poll, cooldown) in (0_u64..=50, 1_u64..=3, 0_u64..=9),
        load in prop::collection::vec((prop_oneof![Just(0), 0_u64..=40], 1_usize..=8), 1..30),
    ) {
        let span = |looks: u64| seconds(15 * looks);
        let keda = Keda { polling_interval: span(poll), cooldown: span(cooldown), metric: KedaMetric::InFlight, hpa: rule };
        let track = Track::of(ScaleOut::Keda(keda)).min(least).max(least + more).slots(100).starting(seconds(start));
        let load: Vec<u64> = load.into_iter().flat_map(|(in_flight, times)| vec![in_flight; times]).collect();
        let plain = Plain::of(rule, Metric::InTotal { poll, cooldown }, least, least + more);
        let expected = wanted_of(track.run_with(Box::new(plain)), seconds(15), &load);
        prop_assert_eq!(wanted_of(track.run(), seconds(15), &load), expected);
    }
}
