//! Every design at every simulated volume, and what the months between come to.

use rayon::prelude::*;

use crate::bill;
use crate::decide;
use crate::engine;
use crate::experiment::pooled::Pooled;
use crate::experiment::spacing::in_even_ratios;
use crate::experiment::watch::simulated;
use crate::experiment::{Watch, fit};
use crate::scenario::{Fleet, Instances, Scenario, Slo, TrafficClass};
use crate::trace::TraceError;
use crate::unit::{Price, Span};

use super::GrowthPlan;
use super::family::{grown, hardware, is_dedicated, on_demand, size, sized, steady_pool};
use super::months::{Holding, MonthFigures, Months};

/// What was simulated.
pub(super) struct Simulated {
    pub designs: Vec<Fleet>,
    pub today: usize,
    pub volumes: Vec<f64>,
    pub factors: Vec<f64>,
    pub months: Months,
}

/// Simulates all designs at all volumes.
pub(super) fn simulate(scenario: &Scenario, plan: &GrowthPlan, watch: &dyn Watch) -> Result<Simulated, TraceError> {
    let factors: Vec<f64> = (0..plan.months).map(|month| libm::pow(1.0 + plan.rate, f64::from(month))).collect();
    let volumes = volumes(factors.last().copied().unwrap_or(1.0), plan.volumes);
    let given: Vec<Fleet> = scenario.fleets.iter().map(on_demand).collect();
    let families = families(&given);
    let fits = fitted_sizes(scenario, &families, &volumes, watch)?;
    let designs = designs(&given, &families, &fits, &volumes);
    let today = designs.iter().position(|(_, fleet)| *fleet == given[plan.chosen]).unwrap_or(0);
    let at_volume = |(place, &volume): (usize, &f64)| {
        let fitted = |family: usize| fits[family].as_ref().map(|sizes| sizes[place]);
        at(&volume_of(scenario, volume), &designs, &fitted, plan, watch)
    };
    let points: Vec<Vec<MonthFigures>> =
        volumes.par_iter().enumerate().map(at_volume).collect::<Result<_, TraceError>>()?;
    let figures = factors.iter().map(|&factor| between(&volumes, &points, factor)).collect();
    let prices = prices(&designs);
    let holding = |(family, fleet): &(usize, Fleet)| Holding {
        family: *family,
        instances: steady_pool(fleet).map(|pool| {
            let hardware = prices.iter().position(|price| *price == pool.price).unwrap_or(0);
            let paid = pool.terms.node.paid_instances(pool.instances.number());
            (hardware, u32::try_from(paid).unwrap_or(u32::MAX))
        }),
    };
    let months = Months {
        designs: designs.iter().map(holding).collect(),
        hardware: prices.iter().map(|&price| hardware(price)).collect(),
        figures,
        switching_cost: plan.switching_cost_usd,
    };
    let designs = designs.into_iter().map(|(_, fleet)| fleet).collect();
    Ok(Simulated { designs, today, volumes, factors, months })
}

/// From today's volume to the last one, in even ratios; one where nothing grows.
fn volumes(last: f64, count: usize) -> Vec<f64> {
    if last <= 1.0 {
        return vec![1.0];
    }
    let steps = count.max(2) - 1;
    let volume = |step: usize| if step == steps { last } else { in_even_ratios(1.0, last, step, steps) };
    (0..=steps).map(volume).collect()
}

fn volume_of(scenario: &Scenario, factor: f64) -> Scenario {
    let class = |class: &TrafficClass| class.with_volume(factor);
    Scenario { traffic: scenario.traffic.iter().map(class).collect(), ..scenario.clone() }
}

/// Each family as one instance of it.
fn families(given: &[Fleet]) -> Vec<Fleet> {
    let mut families: Vec<Fleet> = Vec::new();
    for fleet in given {
        let family = sized(fleet, Instances::Number(1));
        if !families.contains(&family) {
            families.push(family);
        }
    }
    families
}

/// By family, and then by volume: the fewest instances that meet the objective, and whether they do. `None` of a family that is not
/// dedicated, and without an objective.
type FittedSizes = Vec<Option<Vec<(u32, bool)>>>;

fn fitted_sizes(
    scenario: &Scenario,
    families: &[Fleet],
    volumes: &[f64],
    watch: &dyn Watch,
) -> Result<FittedSizes, TraceError> {
    let is_judged = scenario.slo.as_ref().is_some_and(Slo::sets_conditions);
    let sizes = |family: &Fleet| {
        if !is_judged || !is_dedicated(family) {
            return Ok(None);
        }
        let size = |&volume: &f64| {
            let fleets = vec![sized(family, Instances::Fit)];
            let (_, fits) = fit(&Scenario { fleets, ..volume_of(scenario, volume) }, watch)?;
            Ok(fits.first().map_or((1, false), |fit| (fit.instances, fit.meets)))
        };
        volumes.par_iter().map(size).collect::<Result<Vec<_>, TraceError>>().map(Some)
    };
    families.iter().map(sizes).collect()
}

/// At the price of a commitment more of a hybrid's traffic is worth an instance of its own: sizes go so much beyond the proportion.
const BEYOND: f64 = 2.0;

/// Each with the index of its family: those that were given, and of each family the sizes that the volumes call for, as fitted, or
/// else in proportion to those that were given and beyond.
fn designs(given: &[Fleet], families: &[Fleet], fits: &FittedSizes, volumes: &[f64]) -> Vec<(usize, Fleet)> {
    let mut designs: Vec<(usize, Fleet)> = Vec::new();
    let mut add = |family: usize, fleet: Fleet| {
        if !designs.iter().any(|(_, other)| *other == fleet) {
            designs.push((family, fleet));
        }
    };
    for fleet in given {
        let one = sized(fleet, Instances::Number(1));
        let family = families.iter().position(|family| *family == one).unwrap_or(0);
        add(family, fleet.clone());
        let sizes: Vec<u32> = match (&fits[family], size(fleet)) {
            (Some(fitted), _) => fitted.iter().map(|&(instances, _)| instances).collect(),
            (None, Some(size)) => {
                let most = volumes.last().copied().unwrap_or(1.0) * BEYOND;
                (1..=volumes.len()).map(|step| grown(size, in_even_ratios(1.0, most, step, volumes.len()))).collect()
            }
            (None, None) => Vec::new(),
        };
        sizes.into_iter().for_each(|size| add(family, sized(fleet, Instances::Number(size))));
    }
    designs
}

/// The prices on demand of what can be committed to, each once.
fn prices(designs: &[(usize, Fleet)]) -> Vec<Price> {
    let mut prices = Vec::new();
    for pool in designs.iter().filter_map(|(_, fleet)| steady_pool(fleet)) {
        if !prices.contains(&pool.price) {
            prices.push(pool.price);
        }
    }
    prices
}

/// All designs at one volume. Whether a dedicated one meets the objective is what its fit found.
fn at(
    scenario: &Scenario,
    designs: &[(usize, Fleet)],
    fitted: &dyn Fn(usize) -> Option<(u32, bool)>,
    plan: &GrowthPlan,
    watch: &dyn Watch,
) -> Result<Vec<MonthFigures>, TraceError> {
    let fleets = designs.iter().map(|(_, fleet)| fleet.clone()).collect();
    let scenario = Scenario { fleets, ..scenario.clone() };
    watch.planned(simulated(&scenario, plan.replications.len() as u32));
    let made = engine::replicate(&scenario, plan.replications.clone(), &|advance| watch.advanced(advance))?;
    let window = scenario.window();
    let months = Span::MONTH.nanos() as f64 / window.nanos() as f64;
    let figures = |(index, (family, fleet)): (usize, &(usize, Fleet))| {
        let bills = made.iter().map(|made| bill::of_fleet(fleet, &made.fleets[index], window).total().dollars());
        let per_month = bills.sum::<f64>() / made.len().max(1) as f64 * months;
        let instances = steady_pool(fleet).map_or(0.0, |pool| {
            let paid = u128::from(pool.terms.node.paid_instances(pool.instances.number()));
            pool.price.cost(paid * u128::from(Span::MONTH.nanos())).dollars()
        });
        let pooled = Pooled::of(&made, index);
        let measured = scenario.slo.as_ref().and_then(|slo| decide::meets(slo, &pooled.requests, &pooled.latency));
        let meets = match (fitted(*family), size(fleet)) {
            (Some((fewest, meets)), Some(size)) => meets && size >= fewest,
            _ => measured.unwrap_or(!decide::loses_too_many(&pooled.requests)),
        };
        MonthFigures { running: per_month - instances, meets }
    };
    Ok(designs.iter().enumerate().map(figures).collect())
}

/// Of a month between two volumes: costs in proportion, and the objective is met only where it is at both, so that sizes are rounded
/// up.
fn between(volumes: &[f64], points: &[Vec<MonthFigures>], factor: f64) -> Vec<MonthFigures> {
    let above = volumes.iter().position(|&volume| volume >= factor * (1.0 - 1e-12)).unwrap_or(volumes.len() - 1);
    let below = if volumes[above] <= factor * (1.0 + 1e-12) { above } else { above.saturating_sub(1) };
    let width = volumes[above] - volumes[below];
    let part = if width > 0.0 { ((factor - volumes[below]) / width).clamp(0.0, 1.0) } else { 0.0 };
    let figures = |(low, high): (&MonthFigures, &MonthFigures)| MonthFigures {
        running: low.running + (high.running - low.running) * part,
        meets: low.meets && high.meets,
    };
    points[below].iter().zip(&points[above]).map(figures).collect()
}
