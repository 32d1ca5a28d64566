//! The guide's three stages of a company, by what its GPUs may cost a month.

use crate::unit::Usd;

/// From this on a company grows: exactly $10,000 is no startup's budget any more.
pub const GROWTH_FROM: Usd = Usd::from_nanos(10_000 * 1_000_000_000);
/// Above this it is an enterprise: exactly $100,000 still is growth. The guide gives both figures to growth.
pub const GROWTH_TO: Usd = Usd::from_nanos(100_000 * 1_000_000_000);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Startup,
    Growth,
    Enterprise,
}

/// What the guide lays out for a stage: a sentence for each part of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    pub development: &'static str,
    /// `None` where the guide has no line for it.
    pub testing: Option<&'static str>,
    pub training: Option<&'static str>,
    pub production: &'static str,
    /// What matters the most.
    pub aim: &'static str,
}

impl Stage {
    pub const ALL: [Stage; 3] = [Stage::Startup, Stage::Growth, Stage::Enterprise];

    /// The stage of a monthly budget.
    #[must_use]
    pub fn of(monthly_gpu_budget: Usd) -> Stage {
        match monthly_gpu_budget {
            budget if budget < GROWTH_FROM => Stage::Startup,
            budget if budget <= GROWTH_TO => Stage::Growth,
            _ => Stage::Enterprise,
        }
    }

    /// As documents have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Stage::Startup => "startup",
            Stage::Growth => "growth",
            Stage::Enterprise => "enterprise",
        }
    }

    /// Its budgets in words.
    #[must_use]
    pub fn range(self) -> &'static str {
        match self {
            Stage::Startup => "less than $10,000 a month",
            Stage::Growth => "$10,000 to $100,000 a month",
            Stage::Enterprise => "more than $100,000 a month",
        }
    }

    #[must_use]
    pub fn plan(self) -> Plan {
        match self {
            Stage::Startup => Plan {
                development: "serverless",
                testing: Some("serverless"),
                training: None,
                production: "serverless, moved to dedicated as it grows",
                aim: "little to pay up front",
            },
            Stage::Growth => Plan {
                development: "serverless",
                testing: None,
                training: Some("dedicated, on spot"),
                production: "dedicated and reserved for the core, serverless for bursts",
                aim: "cost at a given quality",
            },
            Stage::Enterprise => Plan {
                development: "a shared dedicated cluster",
                testing: None,
                training: Some("dedicated and reserved"),
                production: "dedicated and reserved, in several regions",
                aim: "reliability, compliance and a cost that can be foreseen",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit::parse_usd;

    #[test]
    fn ten_and_a_hundred_thousand_dollars_are_growth() {
        for (budget, stage) in [
            ("$0", Stage::Startup),
            ("$9999.999999999", Stage::Startup),
            ("$10000", Stage::Growth),
            ("$10000.01", Stage::Growth),
            ("$100000", Stage::Growth),
            ("$100000.000000001", Stage::Enterprise),
            ("$1000000", Stage::Enterprise),
        ] {
            assert_eq!(Stage::of(parse_usd(budget).unwrap()), stage, "{budget}");
        }
    }

    #[test]
    fn every_stage_has_a_plan_of_its_own() {
        let [startup, growth, enterprise] = Stage::ALL.map(Stage::plan);
        assert!(startup.development == "serverless" && startup.production.starts_with("serverless"));
        assert!(growth.training.unwrap().contains("spot") && growth.production.contains("serverless for bursts"));
        assert!(enterprise.training.unwrap().contains("reserved") && enterprise.production.contains("regions"));
    }
}
