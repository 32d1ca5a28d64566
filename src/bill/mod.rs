//! Usage becomes money: pure functions of what was measured and a tariff.

use crate::measure::PoolOutcome;
use crate::scenario::PoolKind;
use crate::unit::{Span, Usd};

/// What a pool costs, line by line; the lines sum to the total.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bill {
    pub lines: Vec<(Line, Usd)>,
}

/// A line of a bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Line {
    Instances,
    ColdStart,
    Execute,
    Idle,
    Rounding,
    RequestFee,
}

impl Line {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Line::Instances => "instances",
            Line::ColdStart => "cold-start",
            Line::Execute => "execute",
            Line::Idle => "idle",
            Line::Rounding => "rounding",
            Line::RequestFee => "request-fee",
        }
    }
}

impl Bill {
    #[must_use]
    pub fn total(&self) -> Usd {
        self.lines.iter().map(|&(_, amount)| amount).sum()
    }
}

/// The bill of a pool's window.
#[must_use]
pub fn of_pool(_kind: &PoolKind, _outcome: &PoolOutcome, _window: Span) -> Bill {
    todo!()
}
