//! What each design costs in each month of growth, and what can be committed to: plain figures, of which a path is made.

use crate::scenario::Term;

/// What may be held in a month.
#[derive(Clone, Debug, PartialEq)]
pub struct Months {
    /// By design, what it is made of.
    pub designs: Vec<Holding>,
    /// What may be committed to.
    pub hardware: Vec<Hardware>,
    /// By month, then by design.
    pub figures: Vec<Vec<MonthFigures>>,
    /// Dollars, for going over from one family of designs to another.
    pub switching_cost: f64,
}

/// What a design holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Designs of one family differ in their size alone.
    pub family: usize,
    /// The hardware of its instances that may be committed to, and how many are paid; `None`: it has none such.
    pub instances: Option<(usize, u32)>,
}

/// Instances at one price on demand, and what a commitment to them costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Hardware {
    /// Dollars a month and instance.
    pub on_demand: f64,
    pub offers: Vec<Offer>,
}

/// A commitment that can be had.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offer {
    pub term: Term,
    /// At least one.
    pub months: u32,
    /// Dollars a month and instance, used or not.
    pub per_month: f64,
}

/// A design in a month.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MonthFigures {
    /// Dollars, beside the instances that may be committed to.
    pub running: f64,
    /// Whether it meets the objective, or loses few requests where there is none.
    pub meets: bool,
}

/// Instances that are committed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commitments {
    pub hardware: usize,
    /// Its index among the offers of the hardware.
    pub offer: usize,
    pub instances: u32,
}

impl Months {
    pub fn count(&self) -> usize {
        self.figures.len()
    }

    pub fn offer(&self, commitments: Commitments) -> &Offer {
        &self.hardware[commitments.hardware].offers[commitments.offer]
    }

    /// Dollars of a month: what runs, the instances on demand beyond those committed to, and the commitment.
    pub fn cost(&self, month: usize, design: usize, commitments: Option<Commitments>) -> f64 {
        let committed = commitments.map_or(0.0, |held| f64::from(held.instances) * self.offer(held).per_month);
        let on_demand = self.designs[design].instances.map_or(0.0, |(hardware, instances)| {
            let covered = commitments.filter(|held| held.hardware == hardware).map_or(0, |held| held.instances);
            f64::from(instances.saturating_sub(covered)) * self.hardware[hardware].on_demand
        });
        self.figures[month][design].running + on_demand + committed
    }

    pub fn switch(&self, from: usize, to: usize) -> f64 {
        if self.designs[from].family == self.designs[to].family { 0.0 } else { self.switching_cost }
    }

    /// Everything that may be committed to. A term that is longer than the months is not offered; one that is taken late may run on
    /// past them, as the volume does not fall then: what lies within the months is paid. A cost is linear in the number of committed instances between the sizes of two designs,
    /// so that no other number is ever the best one.
    pub fn commitments(&self) -> Vec<Commitments> {
        let mut all = Vec::new();
        for (hardware, sold) in self.hardware.iter().enumerate() {
            let of = self.designs.iter().filter_map(|design| design.instances).filter(|held| held.0 == hardware);
            let mut sizes: Vec<u32> = of.map(|held| held.1).collect();
            sizes.sort_unstable();
            sizes.dedup();
            let fits = |&offer: &usize| sold.offers[offer].months as usize <= self.count();
            for offer in (0..sold.offers.len()).filter(fits) {
                all.extend(sizes.iter().map(|&instances| Commitments { hardware, offer, instances }));
            }
        }
        all
    }
}
