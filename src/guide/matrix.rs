//! The decision matrix of the guide "When to use serverless vs dedicated GPU": a rule of thumb by utilisation and the length of
//! a request.

use crate::unit::Span;

/// Below this share of the time in use, utilisation is low to the guide, and above the second it is high.
pub const LOW_UTILIZATION: f64 = 0.3;
pub const HIGH_UTILIZATION: f64 = 0.5;
/// Below this a request is short to the guide, and above the second it is a long job.
pub const SHORT: Span = Span::MINUTE;
pub const LONG: Span = Span::from_nanos(10 * Span::MINUTE.nanos());

/// What the guide says of a utilisation and a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuideVerdict {
    /// Short requests at low utilisation: serverless, the best choice.
    Serverless,
    /// Short requests at high utilisation: dedicated, consider both.
    Either,
    /// Long jobs at low utilisation: dedicated, with scheduling.
    DedicatedWithScheduling,
    /// Long jobs at high utilisation: dedicated, the best choice.
    Dedicated,
    /// Between the borders, and on them, there is no rule.
    Between,
}

impl GuideVerdict {
    /// The verdicts that are rules.
    pub const RULES: [GuideVerdict; 4] = [
        GuideVerdict::Serverless,
        GuideVerdict::Either,
        GuideVerdict::DedicatedWithScheduling,
        GuideVerdict::Dedicated,
    ];

    /// `serverless`, `dedicated`, `either` or `between`, as documents have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            GuideVerdict::Serverless => "serverless",
            GuideVerdict::Dedicated | GuideVerdict::DedicatedWithScheduling => "dedicated",
            GuideVerdict::Either => "either",
            GuideVerdict::Between => "between",
        }
    }

    /// In the guide's words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            GuideVerdict::Serverless => "serverless",
            GuideVerdict::Dedicated => "dedicated",
            GuideVerdict::DedicatedWithScheduling => "dedicated, with scheduling",
            GuideVerdict::Either => "dedicated, consider both",
            GuideVerdict::Between => "no rule",
        }
    }

    /// The kind of fleet that it names first.
    #[must_use]
    pub fn kind(self) -> Option<&'static str> {
        match self {
            GuideVerdict::Serverless => Some("serverless"),
            GuideVerdict::Dedicated | GuideVerdict::DedicatedWithScheduling | GuideVerdict::Either => Some("dedicated"),
            GuideVerdict::Between => None,
        }
    }

    /// Whether it agrees with the kind of the fleet that is the cheapest (`None`: none is): either kind of fleet is within
    /// [`GuideVerdict::Either`]. `None` where there is nothing to agree with.
    #[must_use]
    pub fn agrees(self, cheapest: Option<&str>) -> Option<bool> {
        let cheapest = cheapest?;
        match self {
            GuideVerdict::Between => None,
            GuideVerdict::Either => Some(true),
            verdict => Some(verdict.kind() == Some(cheapest)),
        }
    }
}

/// What the guide says. `utilization` is a share of the time, `duration` that of a request.
#[must_use]
pub fn guide(utilization: f64, duration: Span) -> GuideVerdict {
    let (low, high) = (utilization < LOW_UTILIZATION, utilization > HIGH_UTILIZATION);
    let (short, long) = (duration < SHORT, duration > LONG);
    match (low, high, short, long) {
        (true, _, true, _) => GuideVerdict::Serverless,
        (_, true, true, _) => GuideVerdict::Either,
        (true, _, _, true) => GuideVerdict::DedicatedWithScheduling,
        (_, true, _, true) => GuideVerdict::Dedicated,
        _ => GuideVerdict::Between,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matrix_is_the_guides_with_no_rule_on_its_borders() {
        use GuideVerdict::{Between, Dedicated, DedicatedWithScheduling, Either, Serverless};
        let nanosecond = |span: Span, more: i64| Span::from_nanos(span.nanos().saturating_add_signed(more));
        let utilizations = [0.0, 0.3_f64.next_down(), 0.3, 0.4, 0.5, 0.5_f64.next_up(), 1.0];
        let rows = [
            (Span::ZERO, [Serverless, Serverless, Between, Between, Between, Either, Either]),
            (nanosecond(SHORT, -1), [Serverless, Serverless, Between, Between, Between, Either, Either]),
            (Span::MINUTE, [Between; 7]),
            (nanosecond(SHORT, 1), [Between; 7]),
            (nanosecond(LONG, -1), [Between; 7]),
            (Span::from_nanos(600_000_000_000), [Between; 7]),
            (
                nanosecond(LONG, 1),
                [DedicatedWithScheduling, DedicatedWithScheduling, Between, Between, Between, Dedicated, Dedicated],
            ),
            (
                Span::DAY,
                [DedicatedWithScheduling, DedicatedWithScheduling, Between, Between, Between, Dedicated, Dedicated],
            ),
        ];
        for (duration, expected) in rows {
            assert_eq!(utilizations.map(|utilization| guide(utilization, duration)), expected, "{duration}");
        }
        assert_eq!(guide(f64::NAN, Span::SECOND), Between);
    }

    #[test]
    fn the_guide_agrees_with_the_kind_that_it_names() {
        let agrees = |verdict: GuideVerdict| {
            [Some("serverless"), Some("dedicated"), Some("hybrid"), None].map(|kind| verdict.agrees(kind))
        };
        let dedicated = [Some(false), Some(true), Some(false), None];
        assert_eq!(agrees(GuideVerdict::Serverless), [Some(true), Some(false), Some(false), None]);
        assert_eq!(agrees(GuideVerdict::Dedicated), dedicated);
        assert_eq!(agrees(GuideVerdict::DedicatedWithScheduling), dedicated);
        assert_eq!(agrees(GuideVerdict::Either), [Some(true), Some(true), Some(true), None]);
        assert_eq!(agrees(GuideVerdict::Between), [None; 4]);
    }
}
