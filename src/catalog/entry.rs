//! One price of one provider, with all that says how far it can be trusted.

use std::fmt;

use jiff::civil::Date;

use crate::unit::Price;

use super::gpu;

/// The price of one GPU's time.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Who sells it: `runpod`.
    pub provider: String,
    /// What the provider calls it: `Secure Cloud pod`.
    pub product: String,
    /// The family as people write it: `H100`, `A100-80`.
    pub gpu: String,
    /// What tells GPUs of the family apart: `SXM`.
    pub variant: Option<String>,
    pub kind: Kind,
    /// `global` where the price is the same everywhere.
    pub region: String,
    /// Of one GPU, in the unit in which it is published.
    pub price: Price,
    /// What must hold for the price, such as a contract. The cheapest of a provider never is one with a condition, unless the
    /// product is asked for.
    pub condition: Option<String>,
    /// When the price was true.
    pub as_of: Date,
    pub source: String,
    pub certainty: Certainty,
    pub note: Option<String>,
}

/// How a GPU's time is sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Paid while an instance lives.
    Serverless,
    /// Paid by the hour, on demand, used or not.
    Dedicated,
    /// At a discount, and may be taken away.
    Spot,
}

/// How a price is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// Read in the provider's documentation.
    Documented,
    /// Read in source code.
    Code,
    /// Read where others collect prices.
    Secondary,
    /// Follows from what was read.
    Inferred,
    /// Remembered; read nowhere.
    Recalled,
}

impl Kind {
    /// Every kind with its name.
    pub const ALL: [(&'static str, Kind); 3] =
        [("serverless", Kind::Serverless), ("dedicated", Kind::Dedicated), ("spot", Kind::Spot)];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Serverless => "serverless",
            Kind::Dedicated => "dedicated",
            Kind::Spot => "spot",
        }
    }
}

impl Certainty {
    /// Every certainty with its name, the surest first.
    pub const ALL: [(&'static str, Certainty); 5] = [
        ("documented", Certainty::Documented),
        ("code", Certainty::Code),
        ("secondary", Certainty::Secondary),
        ("inferred", Certainty::Inferred),
        ("recalled", Certainty::Recalled),
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Certainty::Documented => "documented",
            Certainty::Code => "code",
            Certainty::Secondary => "secondary",
            Certainty::Inferred => "inferred",
            Certainty::Recalled => "recalled",
        }
    }
}

impl Entry {
    /// Days after which a price is to be checked again.
    pub const STALE_AFTER_DAYS: i32 = 180;

    /// The region of a price that is the same everywhere.
    pub const EVERYWHERE: &'static str = "global";

    /// Whether two entries are of the same offer, so that one takes the place of the other.
    #[must_use]
    pub fn is_of_same_offer(&self, other: &Entry) -> bool {
        self.offer() == other.offer()
    }

    fn offer(&self) -> (&str, &str, &str, Option<&str>, Kind, &str) {
        (&self.provider, &self.product, &self.gpu, self.variant.as_deref(), self.kind, &self.region)
    }

    /// The family and the variant: `H100-SXM`.
    #[must_use]
    pub fn full_gpu(&self) -> String {
        match &self.variant {
            Some(variant) => format!("{}-{variant}", self.gpu),
            None => self.gpu.clone(),
        }
    }

    /// Whether it is a GPU that someone means who writes `asked`: `H100`, `A100`, `a100 80gb`, `H100-SXM`.
    #[must_use]
    pub fn is_gpu(&self, asked: &str) -> bool {
        gpu::is_a(&self.full_gpu(), asked)
    }

    /// Days from when the price was true to a day; negative before.
    #[must_use]
    pub fn age_days(&self, today: Date) -> i32 {
        (today - self.as_of).get_days()
    }
}

impl fmt::Display for Entry {
    /// `runpod H100, Serverless flex, global: $0.00116/s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}, {}, {}: {}", self.provider, self.full_gpu(), self.product, self.region, self.price)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_and_certainty_has_the_name_that_is_read_back() {
        assert!(Kind::ALL.iter().all(|(name, kind)| kind.name() == *name));
        assert!(Certainty::ALL.iter().all(|(name, certainty)| certainty.name() == *name));
    }
}
