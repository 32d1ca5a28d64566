//! The cheapest mix of GPU types for a workload, as Mélange has it: Griggs, Liu, Yu, Kim, Chiang, Cheung and Stoica, Mélange: Cost
//! Efficient Large Language Model Serving by Exploiting GPU Heterogeneity, arXiv 2404.14527 (2024).
//!
//! The workload is cut into slices, and each slice is served by one type. It puts a load on an instance of each type: the share of
//! the instance's time that it needs there, or none that would do where it cannot be fast enough. A type has at least as many
//! instances as its slices load, and the instances cost as little as possible: a bin packing with bins of several costs, in which
//! the bins of a type are one. It is solved by branch and bound, exactly: loads are whole billionths of an instance, costs whole
//! nano-dollars.
//!
//! What it is not: there is no queue here, no burst, no cold start and no day and night. A load of 0.99 is fine to it though
//! requests would wait for long, so a mix is where a simulation begins, never a figure by itself.

use crate::scenario::Decimal;
use crate::unit::{Price, Span, Usd};

/// What a slice asks of an instance of one type, in billionths of all its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Load(u64);

impl Load {
    /// All the time of one instance.
    pub const WHOLE: Load = Load(1_000_000_000);
    /// The most that a slice may ask for, in instances.
    const MOST: f64 = 1e6;

    /// So many instances, to the nearest billionth; `None` where that is not from 0 to a million: such a type cannot serve the
    /// slice.
    #[must_use]
    pub fn of_instances(instances: f64) -> Option<Load> {
        (0.0..=Load::MOST).contains(&instances).then(|| Load((instances * Load::WHOLE.0 as f64).round() as u64))
    }

    #[must_use]
    pub fn instances(self) -> f64 {
        self.0 as f64 / Load::WHOLE.0 as f64
    }
}

/// A mix of GPU types that serves every slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mix {
    /// By type.
    pub instances: Vec<u64>,
    /// By slice: the type that serves it.
    pub types: Vec<usize>,
    /// Of all instances, for a month of 720 hours.
    pub usd_per_month: Usd,
    /// No mix costs less than this; where the search came to its end that is what this one costs.
    pub at_least: Usd,
}

impl Mix {
    /// Whether it is known to be the cheapest. It is, but for problems that are too large to be searched to the end.
    #[must_use]
    pub fn is_cheapest(&self) -> bool {
        self.at_least == self.usd_per_month
    }
}

/// The cheapest mix; `None` where no type can serve one of the slices. `prices` are of an instance of each type, `loads` of each
/// slice by type, `None` where that cannot serve it.
///
/// Of mixes that cost the same it is the one that the search comes to first. It begins with each slice on the type that is the
/// cheapest for it by its load, then with all slices on one type, in the order of types; then it places the slices in falling
/// order of that cheapest cost, each on the types in rising order of its cost there, equal ones in the order of types.
///
/// # Panics
/// When a slice has not a load for each type.
#[must_use]
pub fn cheapest_mix(prices: &[Price], loads: &[Vec<Option<Load>>]) -> Option<Mix> {
    assert!(loads.iter().all(|slice| slice.len() == prices.len()), "a load for each type");
    let month = u128::from(Span::MONTH.nanos());
    let mut search = Search::new(prices.iter().map(|price| price.cost(month).nanos()).collect(), loads)?;
    search.seed();
    let at_least = search.attainable.at_least(search.shares_from[0].div_ceil(WHOLE));
    search.place(0);
    let Search { best: Some(best), order, nodes_left, costs, slices, .. } = search else { return None };
    let mut types = vec![0; best.types.len()];
    order.iter().zip(&best.types).for_each(|(&slice, &kind)| types[slice] = kind);
    let mut used = vec![0; costs.len()];
    slices.iter().zip(&best.types).for_each(|(slice, &kind)| used[kind] += slice.load(kind));
    Some(Mix {
        instances: used.into_iter().map(|used| used.div_ceil(Load::WHOLE.0)).collect(),
        types,
        usd_per_month: Usd::from_nanos(best.cost as i128),
        at_least: Usd::from_nanos(if nodes_left > 0 { best.cost } else { at_least.min(best.cost) } as i128),
    })
}

/// After as many steps the search ends with what it has.
const MOST_NODES: u64 = 20_000_000;
const WHOLE: u128 = Load::WHOLE.0 as u128;

struct Search {
    /// By type: of an instance, in nano-dollars.
    costs: Vec<u128>,
    /// The slices in the order in which they are placed, and which they are of those that were given.
    slices: Vec<Slot>,
    order: Vec<usize>,
    /// By depth: what the slices from there on cost at least, each on the cheapest type by its load, in nano-dollars x billionths.
    shares_from: Vec<u128>,
    attainable: Attainable,
    best: Option<Placed>,
    /// Of the types, by the slices that are placed.
    used: Vec<u64>,
    types: Vec<usize>,
    nodes_left: u64,
}

/// A slice to be placed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Slot {
    loads: Vec<Option<Load>>,
    /// The types that can serve it, the cheapest by its load first.
    candidates: Vec<usize>,
    /// What the first of them costs by its load, in nano-dollars x billionths.
    share: u128,
}

/// Slices on types.
struct Placed {
    cost: u128,
    /// In the order of the search.
    types: Vec<usize>,
}

impl Slot {
    fn new(loads: &[Option<Load>], costs: &[u128]) -> Option<Slot> {
        let share = |kind: usize| loads[kind].map(|load| u128::from(load.0) * costs[kind]);
        let mut candidates: Vec<usize> = (0..loads.len()).filter(|&kind| loads[kind].is_some()).collect();
        candidates.sort_by_key(|&kind| share(kind));
        let share = candidates.first().and_then(|&kind| share(kind))?;
        Some(Slot { loads: loads.to_vec(), candidates, share })
    }

    fn load(&self, kind: usize) -> u64 {
        self.loads[kind].map_or(0, |load| load.0)
    }
}

impl Search {
    fn new(costs: Vec<i128>, loads: &[Vec<Option<Load>>]) -> Option<Search> {
        let costs: Vec<u128> = costs.into_iter().map(i128::unsigned_abs).collect();
        let slots: Option<Vec<Slot>> = loads.iter().map(|loads| Slot::new(loads, &costs)).collect();
        let mut slots: Vec<(usize, Slot)> = slots?.into_iter().enumerate().collect();
        // Equal slices come one after the other.
        slots.sort_by(|(_, a), (_, b)| b.share.cmp(&a.share).then_with(|| a.loads.cmp(&b.loads)));
        let (order, slices): (Vec<usize>, Vec<Slot>) = slots.into_iter().unzip();
        let mut shares_from = vec![0; slices.len() + 1];
        for (depth, slice) in slices.iter().enumerate().rev() {
            shares_from[depth] = shares_from[depth + 1] + slice.share;
        }
        Some(Search {
            used: vec![0; costs.len()],
            costs,
            types: Vec::with_capacity(slices.len()),
            slices,
            order,
            shares_from,
            attainable: Attainable::default(),
            best: None,
            nodes_left: MOST_NODES,
        })
    }

    /// Mixes that are plain to see, so that the search knows from the start what is too dear.
    fn seed(&mut self) {
        let cheapest: Vec<usize> = self.slices.iter().map(|slice| slice.candidates[0]).collect();
        let of_one = |kind: usize| vec![kind; self.slices.len()];
        let alone = (0..self.costs.len()).filter(|&kind| self.slices.iter().all(|slice| slice.loads[kind].is_some()));
        let seeds: Vec<Vec<usize>> = std::iter::once(cheapest).chain(alone.map(of_one)).collect();
        for types in seeds {
            let mut used = vec![0; self.costs.len()];
            self.slices.iter().zip(&types).for_each(|(slice, &kind)| used[kind] += slice.load(kind));
            self.keep(self.cost(&used), types);
        }
        self.attainable = Attainable::new(&self.costs, self.best.as_ref().map_or(0, |best| best.cost));
    }

    fn keep(&mut self, cost: u128, types: Vec<usize>) {
        if self.best.as_ref().is_none_or(|best| cost < best.cost) {
            self.best = Some(Placed { cost, types });
        }
    }

    /// Of the instances that carry these loads.
    fn cost(&self, used: &[u64]) -> u128 {
        let instances = |used: u64| u128::from(used.div_ceil(Load::WHOLE.0));
        self.costs.iter().zip(used).map(|(cost, &used)| cost * instances(used)).sum()
    }

    /// What a mix costs at least in which the slices before `depth` stay where they are: their instances, and no less than all
    /// loads cost by their share, rounded up to what instances can cost.
    fn bound(&self, depth: usize) -> u128 {
        let shares: u128 = self.costs.iter().zip(&self.used).map(|(cost, &used)| cost * u128::from(used)).sum();
        let by_shares = (shares + self.shares_from[depth]).div_ceil(WHOLE);
        self.cost(&self.used).max(self.attainable.at_least(by_shares))
    }

    /// Tries every type for the slice at `depth` and for those after it, as long as that may be cheaper than the best.
    fn place(&mut self, depth: usize) {
        let best = self.best.as_ref().map_or(u128::MAX, |best| best.cost);
        if self.nodes_left == 0 || self.bound(depth) >= best {
            return;
        }
        self.nodes_left -= 1;
        if depth == self.slices.len() {
            return self.keep(self.cost(&self.used), self.types.clone());
        }
        // Of equal slices none is on an earlier candidate than the one before: the other orders are the same mix.
        let is_as_before = depth > 0 && self.slices[depth].loads == self.slices[depth - 1].loads;
        let candidates = &self.slices[depth].candidates;
        let before = is_as_before.then(|| candidates.iter().position(|kind| Some(kind) == self.types.last()));
        for turn in before.flatten().unwrap_or(0)..self.slices[depth].candidates.len() {
            let kind = self.slices[depth].candidates[turn];
            let load = self.slices[depth].load(kind);
            self.used[kind] += load;
            self.types.push(kind);
            self.place(depth + 1);
            self.types.pop();
            self.used[kind] -= load;
        }
    }
}

/// What whole instances can cost together, up to a limit, in rising order; empty where that would be too many amounts.
#[derive(Default)]
struct Attainable(Vec<u128>);

impl Attainable {
    const MOST: usize = 200_000;

    fn new(costs: &[u128], limit: u128) -> Attainable {
        let mut amounts = vec![0];
        for &cost in costs.iter().filter(|&&cost| cost > 0) {
            let mut more = Vec::new();
            for &amount in &amounts {
                let most = usize::try_from((limit - amount) / cost).unwrap_or(usize::MAX);
                if more.len().saturating_add(most) > Attainable::MOST {
                    return Attainable::default();
                }
                more.extend((0..=most as u128).map(|count| amount + count * cost));
            }
            more.sort_unstable();
            more.dedup();
            amounts = more;
        }
        Attainable(amounts)
    }

    /// The least such amount that is not less; the amount itself beyond the limit.
    fn at_least(&self, amount: u128) -> u128 {
        self.0.get(self.0.partition_point(|&known| known < amount)).copied().unwrap_or(amount)
    }
}

/// Requests that are alike: a slice of the workload.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slice {
    pub rate_per_s: f64,
    /// Their mean service time, as the traffic has it.
    pub service_s: f64,
    /// The longest of them.
    pub longest: Span,
}

/// A type of instance to choose from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InstanceType {
    /// As [`crate::scenario::PoolKind::speed`].
    pub speed: Decimal,
    /// The seconds of service, as the traffic has them, that it gets done in a second: [`crate::scenario::PoolKind::capacity`].
    pub capacity: f64,
}

/// Slices of a traffic of so many requests a second, of which some service times are known: they are sorted and cut into `buckets`
/// of as many requests (the quantiles of the service time), and each bucket into `parts` that may be served by different types.
/// Empty without service times.
#[must_use]
pub fn slices(mut service_times: Vec<Span>, rate_per_s: f64, buckets: usize, parts: usize) -> Vec<Slice> {
    service_times.sort_unstable();
    let count = service_times.len();
    let bounds = |bucket: usize| (bucket * count / buckets.max(1), (bucket + 1) * count / buckets.max(1));
    let cut = (0..buckets).map(bounds).filter_map(|(from, to)| {
        let of_bucket = &service_times[from..to];
        let longest = *of_bucket.last()?;
        let sum: u128 = of_bucket.iter().map(|service| u128::from(service.nanos())).sum();
        let service_s = sum as f64 / of_bucket.len() as f64 / Span::SECOND.nanos() as f64;
        let share = of_bucket.len() as f64 / count as f64;
        Some(Slice { rate_per_s: rate_per_s * share / parts.max(1) as f64, service_s, longest })
    });
    cut.flat_map(|slice| std::iter::repeat_n(slice, parts.max(1))).collect()
}

/// The load of each slice on an instance of each type: the work that arrives a second over what the instance gets done in one, no
/// more than `utilization` of which (in (0, 1]) is to be used. `None` where a request of the slice takes longer than `limit` on
/// that type, even alone.
#[must_use]
pub fn loads(
    slices: &[Slice],
    types: &[InstanceType],
    utilization: f64,
    limit: Option<Span>,
) -> Vec<Vec<Option<Load>>> {
    let load = |slice: &Slice, kind: &InstanceType| {
        let is_in_time = limit.is_none_or(|limit| kind.speed.divides(slice.longest) <= limit);
        let load = slice.rate_per_s * slice.service_s / (kind.capacity * utilization);
        is_in_time.then(|| Load::of_instances(load)).flatten()
    };
    slices.iter().map(|slice| types.iter().map(|kind| load(slice, kind)).collect()).collect()
}

#[cfg(test)]
mod tests;
