//! Fleets compared two by two. All fleets serve the same requests, so their bills are paired by replication: the difference is
//! taken within each, and what the traffic does to both cancels out.

use crate::measure::Estimate;
use crate::scenario::{PoolKind, Scenario};
use crate::unit::{Span, Usd};

use super::Evidence;

/// What one fleet saves against another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Saving {
    /// The cheaper fleet by mean cost, by its index; of equal ones the first.
    pub fleet: usize,
    pub against: usize,
    /// At least zero.
    pub per_month_usd: Estimate,
    /// Whether the interval leaves zero out; also true where neither bill varies and they differ.
    pub significant: bool,
}

/// Every pair of fleets once, in their order.
#[must_use]
pub fn compare(scenario: &Scenario, fleets: &[Evidence]) -> Vec<Saving> {
    let pairs = (0..fleets.len()).flat_map(|first| (first + 1..fleets.len()).map(move |second| (first, second)));
    pairs
        .map(|(first, second)| {
            let second_is_cheaper = fleets[second].total_cost() < fleets[first].total_cost();
            let (fleet, against) = if second_is_cheaper { (second, first) } else { (first, second) };
            saving(scenario, fleets, fleet, against)
        })
        .collect()
}

fn saving(scenario: &Scenario, fleets: &[Evidence], fleet: usize, against: usize) -> Saving {
    let (cheaper, dearer) = (&fleets[fleet], &fleets[against]);
    let months = Span::MONTH.nanos() as f64 / scenario.window().nanos() as f64;
    let is_constant = [cheaper, dearer].iter().all(|fleet| has_one_bill(scenario, fleet));
    let (per_month_usd, significant) = paired(&cheaper.costs, &dearer.costs, months, is_constant);
    Saving { fleet, against, per_month_usd, significant }
}

/// What one bill is below another, and whether that is significant. `cheaper` and `dearer` are the bills of the replications, in
/// their order; `scale` times their difference is the saving; `is_constant`: whether one replication shows all that there is.
#[must_use]
pub fn paired(cheaper: &[Usd], dearer: &[Usd], scale: f64, is_constant: bool) -> (Estimate, bool) {
    let saving = Estimate::of_mean(cheaper.iter().zip(dearer).map(|(&low, &high)| (high - low).dollars() * scale));
    let significant = match saving.low {
        Some(low) => low > 0.0,
        // No interval: nothing varied, or there was one replication, which shows nothing of how bills vary.
        None => (cheaper.len() > 1 || is_constant) && saving.mean.is_some_and(|saving| saving > 0.0),
    };
    (saving, significant)
}

/// Whether the fleet's bill is the same in every replication, however many there are.
fn has_one_bill(scenario: &Scenario, evidence: &Evidence) -> bool {
    let dedicated = |kind: &&PoolKind| matches!(kind, PoolKind::Dedicated(_));
    !scenario.varies() || evidence.fleet.pools().iter().all(dedicated)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::fixture::{dedicated, deterministic, evidence, scenario, serverless};

    /// The savings between fleets of these costs in dollars, over a window of half a month.
    fn savings(random: bool, costs: &[&[i128]]) -> Vec<Saving> {
        let fleet = serverless("any");
        let scenario = if random { scenario(vec![fleet.clone()]) } else { deterministic(vec![fleet.clone()]) };
        let fleets: Vec<Evidence> = costs.iter().map(|costs| evidence(&fleet, costs)).collect();
        compare(&scenario, &fleets)
    }

    #[test]
    fn every_pair_is_compared_once_and_the_cheaper_is_named_first() {
        let pairs: Vec<(usize, usize, bool)> = savings(true, &[&[3, 4, 3], &[1, 1, 2], &[2, 2, 2]])
            .iter()
            .map(|saving| (saving.fleet, saving.against, saving.per_month_usd.mean.unwrap() >= 0.0))
            .collect();
        assert_eq!(pairs, [(1, 0, true), (2, 0, true), (1, 2, true)]);
    }

    #[test]
    fn a_saving_is_paired_and_a_month_long() {
        // The bills vary by dollars and their difference by cents: unpaired, it would drown.
        let [saving] = savings(true, &[&[100, 200, 300], &[110, 209, 311]])[..] else { panic!("one pair") };
        let paired = Estimate::of_mean([20.0, 18.0, 22.0]);
        assert_eq!(saving.per_month_usd, paired);
        assert!(saving.significant);
        assert!(!Estimate::of_mean([100.0, 200.0, 300.0]).low.is_some_and(|low| low > 90.0));
    }

    #[test]
    fn a_difference_that_changes_sign_is_not_significant() {
        let [saving] = savings(true, &[&[10, 20], &[11, 15]])[..] else { panic!("one pair") };
        assert_eq!((saving.fleet, saving.significant), (1, false));
    }

    #[test]
    fn equal_bills_are_never_significant() {
        for (random, costs) in [(true, vec![5, 5, 5]), (true, vec![5]), (false, vec![5]), (true, vec![1, 2, 3])] {
            let [saving] = savings(random, &[&costs, &costs])[..] else { panic!("one pair") };
            assert_eq!((saving.per_month_usd, saving.significant), (Estimate::exact(0.0), false));
            assert_eq!((saving.fleet, saving.against), (0, 1));
        }
    }

    #[test]
    fn one_replication_is_significant_only_where_nothing_varies() {
        assert!(!savings(true, &[&[5], &[6]])[0].significant);
        assert!(savings(false, &[&[5], &[6]])[0].significant);
        assert!(savings(true, &[&[5, 5], &[6, 6]])[0].significant);
    }

    #[test]
    fn dedicated_bills_need_no_second_replication() {
        let fleets = [dedicated("few", 1), dedicated("many", 2)];
        let scenario = scenario(fleets.to_vec());
        let evidence = [evidence(&fleets[0], &[5]), evidence(&fleets[1], &[10])];
        let [saving] = compare(&scenario, &evidence)[..] else { panic!("one pair") };
        assert_eq!((saving.per_month_usd, saving.significant), (Estimate::exact(10.0), true));
    }
}
