use rand::RngExt as _;

use super::*;
use crate::random::{Purpose, Rng, stream};

/// Dollars an hour, in cents.
fn cents(cents: u64) -> Price {
    Price::new(cents * 10_000_000_000, Span::HOUR)
}

fn monthly(cents_an_hour: u64) -> Usd {
    cents(cents_an_hour).cost(u128::from(Span::MONTH.nanos()))
}

fn load(instances: f64) -> Option<Load> {
    Load::of_instances(instances)
}

/// The loads of buckets by rate (requests a second) and by the most that an instance of each type can do.
fn profiled(rates: &[f64], throughputs: &[&[f64]]) -> Vec<Vec<Option<Load>>> {
    let of_bucket = |(bucket, rate): (usize, &f64)| throughputs.iter().map(|most| load(rate / most[bucket])).collect();
    rates.iter().enumerate().map(of_bucket).collect()
}

/// What a mix must be, whatever it costs.
#[track_caller]
fn assert_serves(mix: &Mix, prices: &[Price], loads: &[Vec<Option<Load>>]) {
    let mut used = vec![0; prices.len()];
    for (slice, &kind) in loads.iter().zip(&mix.types) {
        used[kind] += slice[kind].expect("a type that can serve it").0;
    }
    let needed: Vec<u64> = used.iter().map(|used| used.div_ceil(1_000_000_000)).collect();
    assert_eq!(mix.instances, needed);
    let month = u128::from(Span::MONTH.nanos());
    let cost: Usd = prices.iter().zip(&mix.instances).map(|(price, &count)| price.cost(month).times(count)).sum();
    assert_eq!(mix.usd_per_month, cost);
    assert!(mix.is_cheapest());
}

#[test]
fn the_published_example_is_three_small_gpus_and_a_large_one() {
    // The example of Mélange's own solver (github.com/tyler-griggs/melange-release, melange/config/example.json) with what its
    // README says it finds: 3 A10G at $1.01/h and an A100-80GB at $3.67/h, $6.70/h together.
    let prices = [cents(101), cents(367)];
    let rates = [0.2, 0.1, 0.5, 0.2].map(|share| share * 30.0);
    let loads = profiled(&rates, &[&[2.0, 1.0, 5.0, 2.0], &[20.0, 20.0, 40.0, 20.0]]);
    let mix = cheapest_mix(&prices, &loads).unwrap();
    assert_serves(&mix, &prices, &loads);
    assert_eq!((mix.instances, mix.usd_per_month), (vec![3, 1], monthly(670)));
}

#[test]
fn its_toy_example_needs_one_of_each_kind_of_bucket() {
    // Of an earlier version of the same program (melange/main.py): 16 requests/s. By hand: on A10G the buckets load 0.8, 2, 0.6
    // and 0.8, on A100 0.2, 1, 0.12 and 0.2. All on A100 is 1.52 and so two of them, $7.34/h; the first, third and fourth on A10G
    // are 2.2 and so three, beside one A100 $6.70/h; all on A10G are 4.2, five of them: $5.05/h, the cheapest.
    let prices = [cents(101), cents(367)];
    let rates = [0.25, 0.125, 0.375, 0.25].map(|share| share * 16.0);
    let loads = profiled(&rates, &[&[5.0, 1.0, 10.0, 5.0], &[20.0, 2.0, 50.0, 20.0]]);
    let mix = cheapest_mix(&prices, &loads).unwrap();
    assert_serves(&mix, &prices, &loads);
    assert_eq!((mix.instances, mix.usd_per_month), (vec![5, 0], monthly(505)));
}

#[test]
fn a_type_that_is_too_slow_for_a_slice_does_not_get_it() {
    let loads = vec![vec![load(0.5), load(0.1)], vec![None, load(0.2)]];
    let mix = cheapest_mix(&[cents(1), cents(400)], &loads).unwrap();
    // The large one is there anyway.
    assert_eq!((mix.instances, mix.types), (vec![0, 1], vec![1, 1]));
    assert_eq!(cheapest_mix(&[cents(1), cents(400)], &[vec![load(0.5), load(0.1)], vec![None, None]]), None);
    let nothing = cheapest_mix(&[cents(1)], &[]).unwrap();
    assert_eq!((nothing.is_cheapest(), nothing.usd_per_month, nothing.instances), (true, Usd::ZERO, vec![0]));
}

#[test]
fn thirds_fill_an_instance_and_a_billionth_more_does_not_fit() {
    let third = vec![load(1.0 / 3.0)];
    assert_eq!(cheapest_mix(&[cents(1)], &vec![third.clone(); 3]).unwrap().instances, [1]);
    let over = vec![vec![Some(Load(1_000_000_001))]];
    assert_eq!(cheapest_mix(&[cents(1)], &over).unwrap().instances, [2]);
    assert_eq!([load(-0.1), load(f64::NAN), load(f64::INFINITY)], [None; 3]);
    assert_eq!(load(0.25).map(Load::instances), Some(0.25));
}

/// The least that any assignment costs.
fn by_enumeration(prices: &[Price], loads: &[Vec<Option<Load>>]) -> Option<Usd> {
    let month = u128::from(Span::MONTH.nanos());
    let all = prices.len().pow(loads.len() as u32);
    let costs = (0..all).filter_map(|mut number| {
        let mut used = vec![0_u64; prices.len()];
        for slice in loads {
            used[number % prices.len()] += slice[number % prices.len()]?.0;
            number /= prices.len();
        }
        let instances = used.iter().map(|used| used.div_ceil(1_000_000_000));
        Some(prices.iter().zip(instances).map(|(price, count)| price.cost(month).times(count)).sum())
    });
    costs.min()
}

/// A small problem: loads of tenths, so that instances are often exactly full, or of any size; some slices equal.
fn problem(draws: &mut Rng) -> (Vec<Price>, Vec<Vec<Option<Load>>>) {
    let (types, slices) = (draws.random_range(1..=3_usize), draws.random_range(0..=7_usize));
    let prices = (0..types).map(|_| cents(draws.random_range(0..=500))).collect();
    let in_tenths = draws.random_bool(0.5);
    let mut loads: Vec<Vec<Option<Load>>> = Vec::new();
    for _ in 0..slices {
        let again = draws.random_bool(0.3);
        let row = match loads.last() {
            Some(last) if again => last.clone(),
            _ => (0..types)
                .map(|_| {
                    let tenths = draws.random_range(0..=25_u64);
                    let any = draws.random_range(0..=2_500_000_000_u64);
                    let cannot = draws.random_bool(0.1);
                    (!cannot).then_some(Load(if in_tenths { tenths * 100_000_000 } else { any }))
                })
                .collect(),
        };
        loads.push(row);
    }
    (prices, loads)
}

#[test]
fn every_small_problem_costs_what_an_enumeration_finds() {
    let mut draws = stream(1, 0, &["mix"], Purpose::Work);
    let mut mixed = 0;
    for number in 0..600 {
        let (prices, loads) = problem(&mut draws);
        let mix = cheapest_mix(&prices, &loads);
        assert_eq!(mix.as_ref().map(|mix| mix.usd_per_month), by_enumeration(&prices, &loads), "problem {number}");
        if let Some(mix) = &mix {
            assert_serves(mix, &prices, &loads);
            mixed += usize::from(mix.instances.iter().filter(|&&count| count > 0).count() > 1);
        }
        assert_eq!(cheapest_mix(&prices, &loads), mix, "the same again");
    }
    assert!(mixed > 60, "only {mixed} of them are mixes");
}

#[test]
fn forty_slices_on_four_types_are_searched_to_the_end() {
    // Ten buckets in four parts each, that the larger types are better at the longer they are.
    let prices = [cents(70), cents(101), cents(367), cents(752)];
    let mut loads = Vec::new();
    for bucket in 0..10 {
        let work = 0.3 + 0.1 * f64::from(bucket);
        let speed_up = |base: f64| base * (1.0 + 0.04 * f64::from(bucket));
        let row = vec![load(work), load(work / speed_up(1.4)), load(work / speed_up(4.9)), load(work / speed_up(9.0))];
        loads.extend(std::iter::repeat_n(row, 4));
    }
    let mix = cheapest_mix(&prices, &loads).unwrap();
    assert_serves(&mix, &prices, &loads);
}

#[test]
fn a_workload_is_cut_by_the_quantiles_of_its_service_time() {
    let second = |seconds: u64| Span::from_nanos(seconds * Span::SECOND.nanos());
    let cut = slices(vec![second(9), second(1), second(3), second(5)], 4.0, 2, 2);
    let [short, _, long, _] = cut[..] else { panic!("two buckets in two parts: {cut:?}") };
    assert_eq!(short, Slice { rate_per_s: 1.0, service_s: 2.0, longest: second(3) });
    assert_eq!(long, Slice { rate_per_s: 1.0, service_s: 7.0, longest: second(9) });
    let speed = |billionths| Decimal { billionths };
    let types = [
        InstanceType { speed: Decimal::ONE, capacity: 1.0 },
        InstanceType { speed: speed(2_000_000_000), capacity: 8.0 },
    ];
    // No more than half of an instance, and nothing longer than five seconds.
    let loads = loads(&cut[1..3], &types, 0.5, Some(second(5)));
    assert_eq!(loads, [[load(4.0), load(0.5)], [None, load(1.75)]]);
    assert!(slices(Vec::new(), 4.0, 2, 2).is_empty());
}
