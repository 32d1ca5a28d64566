//! How a dedicated fleet is sold: what is committed to, how many GPUs are bought at once, when it is on, and what may go wrong.

use crate::unit::{Price, Span, divide_half_even};

use super::{Decimal, Failures, Interruptions, Region, ScaleOut, Schedule, StartUp};

/// The terms of a dedicated fleet. The default ones are those of instances that are on from 0 to the end, never fail, are
/// bought one by one and paid to the nanosecond.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    pub purchase: Purchase,
    pub node: Node,
    /// From the order for an instance until it can serve. Instances that are there from 0 on do not boot.
    pub boot: StartUp,
    /// An instance that is held for less is paid for this long; zero: never.
    pub minimum_billing: Span,
    /// `None`: on all the time.
    pub schedule: Option<Schedule>,
    /// Only of [`Purchase::Spot`]; `None`: never interrupted.
    pub interruptions: Option<Interruptions>,
    /// `None`: no instance ever fails.
    pub failures: Option<Failures>,
    /// `None`: as many instances as the fleet has are held.
    pub autoscaling: Option<Autoscaling>,
    /// Empty: all in one place. Otherwise their instances add up to those of the fleet, and their names are distinct.
    pub regions: Vec<Region>,
}

/// How the instances of a dedicated fleet are started and taken away: an autoscaled group of machines. Of the fleet's
/// instances there are as many at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Autoscaling {
    pub scale_out: ScaleOut,
    /// Held from 0 on; at most the instances of the fleet.
    pub min_instances: u32,
    /// As [`super::Serverless::keep_alive`].
    pub keep_alive: Option<Span>,
}

/// What the price is a price of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purchase {
    /// Paid while an instance is held.
    OnDemand,
    /// Paid for the whole time, used or not.
    Reserved(Commitment),
    /// Paid while an instance is held; it may be taken away.
    Spot,
}

/// A commitment to a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commitment {
    pub term: Term,
    /// Of an instance, before the discount.
    pub on_demand: Price,
    /// The share of the on-demand price that is taken off, above 0 and below 1.
    pub discount: Decimal,
    /// It changes when a commitment is paid, not how much.
    pub upfront: Upfront,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    OneYear,
    ThreeYears,
}

/// The part of a commitment that is paid at its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upfront {
    Nothing,
    /// Half of it.
    Partial,
    All,
}

/// GPUs are bought in whole nodes. Of the two numbers one divides the other, so that an instance fills nodes, or nodes are
/// filled by instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// Of a node that is bought, at least 1.
    pub gpus: u32,
    /// Of an instance, at least 1.
    pub gpus_of_instance: u32,
}

impl Default for Terms {
    fn default() -> Terms {
        Terms {
            purchase: Purchase::OnDemand,
            node: Node { gpus: 1, gpus_of_instance: 1 },
            boot: StartUp::cold_start(super::Distribution::Constant(Span::ZERO)),
            minimum_billing: Span::ZERO,
            schedule: None,
            interruptions: None,
            failures: None,
            autoscaling: None,
            regions: Vec::new(),
        }
    }
}

impl Terms {
    /// Whether as many instances as there are at first are there to the end.
    #[must_use]
    pub fn is_steady(&self) -> bool {
        let is_held = self.autoscaling.is_none() && self.schedule.is_none();
        is_held && self.interruptions.is_none() && self.failures.is_none()
    }

    /// Whether an instance may be gone while it serves.
    #[must_use]
    pub fn may_interrupt(&self) -> bool {
        self.interruptions.is_some() || self.failures.is_some()
    }

    /// Whether anything of them is drawn at random.
    pub(super) fn varies(&self) -> bool {
        let schedule = self.schedule.as_ref().is_some_and(|schedule| schedule.failure > 0.0);
        let boot = !self.boot.is_constant();
        boot || schedule || self.interruptions.as_ref().is_some_and(Interruptions::varies) || self.failures.is_some()
    }
}

impl Purchase {
    /// As it is written in a scenario.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Purchase::OnDemand => "on-demand",
            Purchase::Reserved(Commitment { term: Term::OneYear, .. }) => "reserved-1y",
            Purchase::Reserved(Commitment { term: Term::ThreeYears, .. }) => "reserved-3y",
            Purchase::Spot => "spot",
        }
    }
}

impl Term {
    /// The discount of a commitment that does not say its own: 40 % for a year and 55 % for three, the typical figures of the
    /// cloud providers' price lists of 2025.
    #[must_use]
    pub fn typical_discount(self) -> Decimal {
        let percent = match self {
            Term::OneYear => 40,
            Term::ThreeYears => 55,
        };
        Decimal { billionths: percent * 10_000_000 }
    }
}

impl Commitment {
    /// Of an instance: the on-demand price less the discount, to the nearest pico-dollar, halves to the even one.
    #[must_use]
    pub fn price(&self) -> Price {
        let whole = i128::from(Decimal::ONE.billionths);
        let left = whole - i128::from(self.discount.billionths);
        let pico_dollars = divide_half_even(i128::from(self.on_demand.pico_dollars()) * left, whole);
        Price::new(u64::try_from(pico_dollars).unwrap_or(0), self.on_demand.per())
    }
}

impl Node {
    /// The nodes that are bought for a number of instances.
    #[must_use]
    pub fn nodes(self, instances: u32) -> u64 {
        (u64::from(instances) * u64::from(self.gpus_of_instance)).div_ceil(u64::from(self.gpus))
    }

    /// The instances that are paid for: as many as fit into the nodes. With instances of 1 GPU and nodes of 8, 9 instances
    /// are 2 nodes, so 16 are paid.
    #[must_use]
    pub fn paid_instances(self, instances: u32) -> u64 {
        self.nodes(instances) * u64::from(self.gpus) / u64::from(self.gpus_of_instance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commitment_takes_its_discount_off_the_price_exactly() {
        let on_demand = Price::new(6_880_000_000_000, Span::HOUR);
        let price = |term: Term| {
            Commitment { term, on_demand, discount: term.typical_discount(), upfront: Upfront::Nothing }.price()
        };
        assert_eq!(price(Term::OneYear).to_string(), "$4.128/h");
        assert_eq!(price(Term::ThreeYears).to_string(), "$3.096/h");
    }

    #[test]
    fn nodes_are_bought_whole() {
        let node = |gpus, gpus_of_instance| Node { gpus, gpus_of_instance };
        assert_eq!((node(8, 1).nodes(9), node(8, 1).paid_instances(9)), (2, 16));
        assert_eq!((node(8, 4).nodes(3), node(8, 4).paid_instances(3)), (2, 4));
        assert_eq!((node(8, 16).nodes(3), node(8, 16).paid_instances(3)), (6, 3));
        assert_eq!((node(1, 1).nodes(7), node(1, 1).paid_instances(7)), (7, 7));
    }
}
