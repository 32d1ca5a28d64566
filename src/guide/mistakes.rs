//! The four mistakes that the guide warns of: what it says of each, and its arithmetic, exact to a nano-dollar.

use crate::unit::{Price, Span, Usd};

/// The guide's A100: $4.00 an hour.
pub fn a100() -> Price {
    const PICO_DOLLARS: u64 = 4_000_000_000_000;
    Price::new(PICO_DOLLARS, Span::HOUR)
}

/// Hours in which the guide's A100 for sporadic use is used, of the 720 of a month.
pub const SPORADIC_HOURS: u64 = 10;

/// Of the guide's over-provisioned fleet: GPUs that are rented, and used on average.
pub const RENTED: f64 = 100.0;
pub const USED: f64 = 10.0;

/// What the same use costs a month where only the use is paid, as the guide has it: dollars, from and to.
pub const SPORADIC_SERVERLESS_USD: [f64; 2] = [40.0, 100.0];

/// How long the first users wait for a cold start, at least; and what those who are served by a warm instance do not exceed.
pub const FIRST_WAIT: Span = Span::from_nanos(15 * Span::SECOND.nanos());
pub const SUB_SECOND: Span = Span::SECOND;

/// What an instance costs in a month of 720 hours, used or not.
#[must_use]
pub fn month_of(price: Price) -> Usd {
    price.cost(u128::from(Span::MONTH.nanos()))
}

/// What an hour costs that is used, where a month is paid for so many of them; a fraction of a nano-dollar is left out. `None`
/// where none is used.
#[must_use]
pub fn effective_hourly(month: Usd, used_hours: u64) -> Option<Usd> {
    let hours = i128::from(used_hours);
    (hours > 0).then(|| Usd::from_nanos(month.nanos() / hours))
}

/// The share of what is rented that nobody uses: 0 to 1.
#[must_use]
pub fn wasted_share(rented: f64, used: f64) -> f64 {
    1.0 - used / rented
}

/// One of the four.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    ServerlessTraining,
    DedicatedSporadic,
    ColdStarts,
    OverProvisioned,
}

/// A figure that the guide states, or that follows from what it states.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    pub figure: Figure,
    /// How it comes about, where it is arithmetic.
    pub formula: Option<&'static str>,
    /// The least and the most that it may be; the same where it is exact.
    pub least: Option<f64>,
    pub most: Option<f64>,
}

/// What a claim is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Executions that are ended and begun again, in a month.
    Restarts,
    /// The share of the runs that never end where nothing is saved.
    NeverEnding,
    /// Of an instance that is always there, in a month.
    MonthUsd,
    /// The same for an hour in which it is used.
    UsedHourUsd,
    /// Of the same use on serverless, in a month.
    ServerlessMonthUsd,
    /// Mean wait of a request that meets no warm instance.
    FirstWait,
    /// 99 of 100 requests have their answer within this, where instances are kept warm.
    WarmP99,
    /// The same where an instance is dedicated.
    DedicatedP99,
    /// The share of the rented time in which nobody uses it.
    WastedShare,
}

impl Figure {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Figure::Restarts => "executions begun again a month",
            Figure::NeverEnding => "runs that never end, nothing saved",
            Figure::MonthUsd => "dedicated, a month",
            Figure::UsedHourUsd => "dedicated, a used hour",
            Figure::ServerlessMonthUsd => "serverless for the same, a month",
            Figure::FirstWait => "wait of a first user",
            Figure::WarmP99 => "p99 latency, one instance kept warm",
            Figure::DedicatedP99 => "p99 latency, dedicated",
            Figure::WastedShare => "rented time that is wasted",
        }
    }

    /// What it is in: `usd`, `s`, `share` or `count`.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Figure::Restarts => "count",
            Figure::NeverEnding | Figure::WastedShare => "share",
            Figure::MonthUsd | Figure::UsedHourUsd | Figure::ServerlessMonthUsd => "usd",
            Figure::FirstWait | Figure::WarmP99 | Figure::DedicatedP99 => "s",
        }
    }
}

impl Mistake {
    /// In the guide's order.
    pub const ALL: [Mistake; 4] =
        [Mistake::ServerlessTraining, Mistake::DedicatedSporadic, Mistake::ColdStarts, Mistake::OverProvisioned];

    /// As it is named on the command line and in documents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Mistake::ServerlessTraining => "serverless-training",
            Mistake::DedicatedSporadic => "dedicated-sporadic",
            Mistake::ColdStarts => "cold-starts",
            Mistake::OverProvisioned => "over-provisioned",
        }
    }

    /// In a few words.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Mistake::ServerlessTraining => "Serverless for training",
            Mistake::DedicatedSporadic => "Dedicated for sporadic use",
            Mistake::ColdStarts => "Cold starts ignored",
            Mistake::OverProvisioned => "Provisioned for the peak",
        }
    }

    /// What the guide says of it, in our words.
    #[must_use]
    pub fn claim(self) -> &'static str {
        match self {
            Mistake::ServerlessTraining => {
                "Cold starts are paid again and again, executions are cut off, and what they had in memory is lost. Train on \
                 dedicated instances, reserved or spot, with checkpoints."
            }
            Mistake::DedicatedSporadic => {
                "An A100 at $4.00 an hour is $2,880 a month; used for 10 hours, that is $288 an hour, where serverless would be $40 \
                 to $100 a month."
            }
            Mistake::ColdStarts => {
                "Scaled to zero, the first users wait for 15 seconds and more. Minimum instances or dedicated ones answer in less \
                 than a second."
            }
            Mistake::OverProvisioned => {
                "A hundred GPUs rented and ten used on average waste 90 % of the bill. Rent ten, and let serverless take the bursts."
            }
        }
    }

    /// The figures in it.
    #[must_use]
    pub fn claims(self) -> Vec<Claim> {
        let claim = |figure, formula, least, most| Claim { figure, formula, least, most };
        let exactly = |figure, formula, value: f64| claim(figure, Some(formula), Some(value), Some(value));
        match self {
            Mistake::ServerlessTraining => vec![
                claim(Figure::Restarts, None, Some(1.0), None),
                claim(Figure::NeverEnding, None, Some(1.0), Some(1.0)),
            ],
            Mistake::DedicatedSporadic => {
                let month = month_of(a100());
                let used_hour = effective_hourly(month, SPORADIC_HOURS).unwrap_or_default();
                let [least, most] = SPORADIC_SERVERLESS_USD;
                vec![
                    exactly(Figure::MonthUsd, "$4.00/h x 720 h", month.dollars()),
                    exactly(Figure::UsedHourUsd, "$2,880 / 10 h", used_hour.dollars()),
                    claim(Figure::ServerlessMonthUsd, None, Some(least), Some(most)),
                ]
            }
            Mistake::ColdStarts => vec![
                claim(Figure::FirstWait, None, Some(FIRST_WAIT.seconds()), None),
                claim(Figure::WarmP99, None, None, Some(SUB_SECOND.seconds())),
                claim(Figure::DedicatedP99, None, None, Some(SUB_SECOND.seconds())),
            ],
            Mistake::OverProvisioned => {
                vec![exactly(Figure::WastedShare, "1 - 10 / 100", wasted_share(RENTED, USED))]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_of_the_a100_is_2880_dollars_and_ten_used_hours_are_288_each() {
        let month = month_of(a100());
        assert_eq!(month.to_string(), "$2880.00");
        assert_eq!(effective_hourly(month, SPORADIC_HOURS), Some(Usd::from_nanos(288_000_000_000)));
        assert_eq!(effective_hourly(month, 720), Some(a100().of_an_hour()));
        assert_eq!(effective_hourly(month, 0), None);
    }

    #[test]
    fn ten_of_a_hundred_waste_nine_tenths() {
        assert_eq!(wasted_share(RENTED, USED), 0.9);
        assert_eq!((wasted_share(10.0, 10.0), wasted_share(10.0, 0.0)), (0.0, 1.0));
    }

    #[test]
    fn every_mistake_has_a_name_of_its_own_and_claims_that_can_be() {
        let mut names = Mistake::ALL.map(Mistake::name).to_vec();
        names.dedup();
        assert_eq!(names.len(), 4);
        for claim in Mistake::ALL.into_iter().flat_map(Mistake::claims) {
            assert!(claim.least.is_some() || claim.most.is_some(), "{claim:?}");
            assert!(claim.least.zip(claim.most).is_none_or(|(least, most)| least <= most), "{claim:?}");
            assert_eq!(
                claim.formula.is_some(),
                claim.least == claim.most && claim.figure.unit() != "count" && claim.figure != Figure::NeverEnding
            );
        }
    }
}
