//! What the guide plans for companies of three sizes, workload by workload.

use crate::unit::Usd;

use super::Stage;

/// A company by what it spends on GPUs in a month.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Portfolio {
    /// On the command line; its workloads are the scenarios `stages/STAGE/WORKLOAD`.
    pub stage: &'static str,
    /// Dollars a month, from the first to the second; `None`: without end. A border is growth's ([`Stage::of`]).
    pub budget_usd: (f64, Option<f64>),
    pub workloads: &'static [Workload],
}

/// A part of what a company does with GPUs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Workload {
    pub name: &'static str,
    /// What the guide plans, in its words.
    pub words: &'static str,
    /// The fleet of the scenario that is it.
    pub plan: &'static str,
}

impl Portfolio {
    /// Whether a month's cost is within the stage's budget.
    #[must_use]
    pub fn has_budget_of(&self, usd: f64) -> bool {
        Stage::of(Usd::from_nanos((usd * 1e9).round() as i128)).name() == self.stage
    }
}

/// From the smallest to the largest.
pub const PORTFOLIOS: [Portfolio; 3] = [
    Portfolio {
        stage: "startup",
        budget_usd: (0.0, Some(10_000.0)),
        workloads: &[
            Workload { name: "development", words: "serverless", plan: "serverless" },
            Workload { name: "testing", words: "serverless", plan: "serverless" },
            Workload { name: "production", words: "serverless, dedicated with scale", plan: "serverless" },
        ],
    },
    Portfolio {
        stage: "growth",
        budget_usd: (10_000.0, Some(100_000.0)),
        workloads: &[
            Workload { name: "development", words: "serverless", plan: "serverless" },
            Workload { name: "training", words: "dedicated + spot", plan: "spot" },
            Workload { name: "production", words: "reserved core, serverless bursts", plan: "hybrid" },
        ],
    },
    Portfolio {
        stage: "enterprise",
        budget_usd: (100_000.0, None),
        workloads: &[
            Workload { name: "development", words: "shared dedicated cluster", plan: "reserved" },
            Workload { name: "training", words: "dedicated + reserved", plan: "reserved" },
            Workload { name: "production", words: "reserved, multi-region", plan: "regions" },
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_budget_is_that_of_one_stage_and_borders_are_growths() {
        let stages = |usd: f64| -> Vec<&str> {
            PORTFOLIOS
                .iter()
                .filter(|portfolio| portfolio.has_budget_of(usd))
                .map(|portfolio| portfolio.stage)
                .collect()
        };
        let cases = [
            (0.0, "startup"),
            (9_999.99, "startup"),
            (10_000.0, "growth"),
            (100_000.0, "growth"),
            (100_000.01, "enterprise"),
            (1e9, "enterprise"),
        ];
        for (usd, stage) in cases {
            assert_eq!(stages(usd), [stage], "{usd}");
        }
    }
}
