use rand::SeedableRng;
use rand_distr::{Distribution, Normal};

use super::*;
use crate::random::Rng;

/// Designs with normal metrics and one condition each. What all share in a replication is drawn once, as the requests are that
/// all serve.
struct Normals {
    /// The mean of the metric and of the excess.
    means: Vec<(f64, f64)>,
    bounds: Vec<Option<f64>>,
    seed: u64,
    shared: f64,
    own: f64,
    samples: Vec<Vec<Sample>>,
    simulated: u32,
}

impl Normals {
    fn new(means: &[(f64, f64)], seed: u64) -> Normals {
        Normals {
            means: means.to_vec(),
            bounds: vec![None; means.len()],
            seed,
            shared: 5.0,
            own: 1.0,
            samples: vec![Vec::new(); means.len()],
            simulated: 0,
        }
    }

    fn draw(&self, design: usize, replication: u32) -> Sample {
        let normal = |seed: u64, deviation: f64| {
            let mut rng = Rng::seed_from_u64(self.seed.wrapping_mul(1_000_003).wrapping_add(seed));
            Normal::new(0.0, deviation).unwrap().sample(&mut rng)
        };
        let shared = normal(u64::from(replication), self.shared);
        let own = normal(1_000 + 64 * (design as u64 + 1) + u64::from(replication) * 100_000, self.own);
        let (metric, excess) = self.means[design];
        Sample { metrics: vec![metric + shared + own], excess: vec![excess + own / 2.0] }
    }
}

impl Track for Normals {
    type Error = ();

    fn run(&mut self, designs: &[usize], replications: u32) -> Result<(), ()> {
        for &design in designs {
            for replication in self.samples[design].len() as u32..replications {
                let sample = self.draw(design, replication);
                self.samples[design].push(sample);
                self.simulated += 1;
            }
        }
        Ok(())
    }

    fn sample(&self, design: usize, replication: u32) -> &Sample {
        &self.samples[design][replication as usize]
    }

    fn family(&self, _design: usize) -> usize {
        0
    }

    fn bound(&self, design: usize, _replication: u32) -> Option<f64> {
        self.bounds[design]
    }
}

const RULES: Rules = Rules { confidence: 0.95, indifference: 0.01, most_replications: 64 };

fn run(track: &mut Normals, scouts: &[usize]) -> Race {
    let all: Vec<usize> = (0..track.means.len()).collect();
    race(all.len(), (&all, scouts), &RULES, track).unwrap()
}

#[test]
fn looks_grow_by_half_up_to_the_most_replications_and_share_the_error() {
    assert_eq!(RULES.looks(), [4, 6, 9, 14, 21, 32, 48, 64]);
    assert_eq!(Rules { most_replications: 2, ..RULES }.looks(), [2]);
    assert_eq!(Rules { most_replications: 5, ..RULES }.looks(), [4, 5]);
    let (parts, of_others) = Rules::parts(8);
    assert!((parts.iter().sum::<f64>() + 3.0 * of_others - 1.0).abs() < 1e-12, "{parts:?}");
    assert!(parts[0] > parts[1] && parts[7] > of_others, "{parts:?}");
}

#[test]
fn the_cheapest_that_meets_its_condition_wins_however_cheap_others_are() {
    let mut track = Normals::new(&[(100.0, -5.0), (90.0, 5.0), (130.0, -5.0), (112.0, -5.0)], 1);
    let race = run(&mut track, &[]);
    assert_eq!((race.chosen, race.is_sure, race.left.as_slice()), (Some(0), true, &[0][..]));
    assert!(matches!(race.ends[1], End::Misses(_)), "{:?}", race.ends);
    assert!(matches!(race.ends[2], End::Beaten(_)), "{:?}", race.ends);
    assert!(track.simulated < 4 * 64);
}

#[test]
fn designs_within_the_indifference_stay_together_and_the_race_ends_early() {
    let mut track = Normals::new(&[(1_000.0, -5.0), (1_000.2, -5.0), (1_300.0, -5.0)], 2);
    let race = run(&mut track, &[]);
    let mut left = race.left.clone();
    left.sort_unstable();
    assert_eq!(left, [0, 1]);
    assert!(race.within > 0.0 && race.within <= RULES.indifference, "{}", race.within);
    assert!(race.ends[0].replications() < 64, "{:?}", race.ends);
}

#[test]
fn where_no_design_surely_meets_its_condition_the_best_by_its_mean_is_chosen_and_said_to_be_unsure() {
    let mut track = Normals::new(&[(100.0, 0.0), (90.0, 20.0)], 7);
    let race = run(&mut track, &[]);
    assert!(!race.is_sure, "{race:?}");
    assert!(matches!(race.ends[1], End::Misses(_)));
    assert_eq!(race.ends[0], End::Left(64));
}

#[test]
fn what_is_far_off_is_simulated_once_where_scouts_tell_what_chance_does() {
    let mut means = vec![(1_000.0, -9.0); 5];
    means.extend([(1_500.0, -9.0), (990.0, 90.0), (1_001.0, -9.0)]);
    let mut track = Normals::new(&means, 8);
    let race = run(&mut track, &[0, 1, 2, 3, 4]);
    assert_eq!((race.ends[5], race.ends[6]), (End::Beaten(1), End::Misses(1)), "{:?}", race.ends);
    assert!(race.ends[7].replications() >= 4, "{:?}", race.ends);
    assert_eq!(race.wilder, 0);
}

#[test]
fn nothing_is_chosen_where_all_miss() {
    let mut track = Normals::new(&[(100.0, 9.0), (90.0, 20.0)], 4);
    let race = run(&mut track, &[]);
    assert_eq!((race.chosen, race.left.len()), (None, 0));
}

#[test]
fn a_bound_above_a_good_scout_discards_and_one_below_does_not() {
    let mut track = Normals::new(&[(100.0, -5.0), (150.0, -5.0), (105.0, -5.0), (50.0, -5.0)], 5);
    track.bounds = vec![None, Some(149.0), Some(80.0), Some(f64::INFINITY)];
    let race = run(&mut track, &[0]);
    assert_eq!(race.ends[1], End::Bounded);
    assert!(matches!(race.ends[2], End::Beaten(_)));
    assert_eq!(race.ends[3], End::Bounded, "what cannot meet the objective is no candidate");
    assert_eq!(race.chosen, Some(0));
}

#[test]
fn two_metrics_leave_the_frontier() {
    struct Pairs(Vec<[f64; 2]>);
    impl Track for Pairs {
        type Error = ();
        fn run(&mut self, _designs: &[usize], _replications: u32) -> Result<(), ()> {
            Ok(())
        }
        fn sample(&self, design: usize, _replication: u32) -> &Sample {
            // Kept for the length of a test.
            Box::leak(Box::new(Sample { metrics: self.0[design].to_vec(), excess: Vec::new() }))
        }
        fn family(&self, design: usize) -> usize {
            design
        }
        fn bound(&self, _design: usize, _replication: u32) -> Option<f64> {
            None
        }
    }
    let mut track = Pairs(vec![[1.0, 9.0], [2.0, 5.0], [3.0, 6.0], [4.0, 1.0]]);
    let race = race(4, (&[0, 1, 2, 3], &[]), &RULES, &mut track).unwrap();
    assert_eq!(race.left, [0, 1, 3]);
}

/// The share of `races` races of designs whose metrics are a slippage apart in which the best one stays, and in which the
/// chosen one is as good as it but for the indifference.
fn kept(races: u64) -> (f64, f64) {
    let means: Vec<(f64, f64)> = (0..20)
        .map(|index| (1_000.0 + if index == 0 { 0.0 } else { 10.0 }, if index % 3 == 2 { 0.3 } else { -0.3 }))
        .collect();
    let (mut best_stays, mut good) = (0, 0);
    for seed in 0..races {
        let mut track = Normals { own: 4.0, ..Normals::new(&means, 1_000 + seed) };
        let scouts: &[usize] = if seed % 2 == 0 { &[] } else { &[3, 4, 6, 7, 9] };
        let race = run(&mut track, scouts);
        best_stays += u64::from(race.left.contains(&0));
        let chosen = race.chosen.is_some_and(|chosen| means[chosen].1 <= 0.0 && means[chosen].0 <= 1_000.0 * 1.01);
        good += u64::from(chosen);
    }
    (best_stays as f64 / races as f64, good as f64 / races as f64)
}

#[test]
fn the_best_design_stays_in_the_race_as_often_as_it_says() {
    let (best_stays, good) = kept(200);
    assert!(best_stays >= RULES.confidence, "the best one stays in {best_stays} of the races");
    assert!(good >= RULES.confidence, "a good one is chosen in {good} of the races");
}

#[test]
fn critical_values_are_those_of_the_tables() {
    for (degrees, level, value) in [(4, 0.025, 2.776), (9, 0.005, 3.250), (4, 0.0005, 8.610), (30, 0.05, 1.697)] {
        assert!((critical_value(degrees, level) - value).abs() < 1e-3, "{degrees} {level}");
    }
}
