//! What is varied, how far, and the scenario that comes of it.

use crate::scenario::{
    Arrivals, Dedicated, Fleet, FleetKind, Hazard, Interruptions, PoolKind, Pull, Purchase, Scenario, Serverless,
    Source, StartUp, TrafficClass,
};
use crate::unit::Span;

/// One of the things that a plan rests on. It is varied by a factor: 1 leaves it as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    /// Requests, of all classes alike.
    Volume,
    /// By how much the peak of on-off arrivals exceeds their mean, and the coefficient of variation of gamma arrivals. The peak of
    /// a day is no burst: it can be foreseen.
    Burstiness,
    /// Of every class.
    ServiceTime,
    /// Every phase of a start: of serverless instances, and of machines that are started while the fleet runs.
    ColdStart,
    /// How long an idle instance is kept.
    KeepAlive,
    /// How often spot instances are interrupted, and their zones fail.
    InterruptionRate,
    /// Of dedicated instances on demand and reserved, with their cores and memory.
    DedicatedPrice,
    /// Of spot instances, likewise.
    SpotPrice,
    /// Of serverless instances, with their cores and memory, and the fee per request.
    ServerlessPrice,
}

/// The model's range of the coefficient of variation of gamma arrivals ([`Arrivals::Gamma`]).
const VARIATION: (f64, f64) = (0.001, 100.0);

impl Factor {
    pub const ALL: [Factor; 9] = [
        Factor::Volume,
        Factor::Burstiness,
        Factor::ServiceTime,
        Factor::ColdStart,
        Factor::KeepAlive,
        Factor::InterruptionRate,
        Factor::DedicatedPrice,
        Factor::SpotPrice,
        Factor::ServerlessPrice,
    ];

    /// The factors that a scenario has: those that change anything of it.
    #[must_use]
    pub fn of(scenario: &Scenario) -> Vec<Factor> {
        let changes = |factor: &Factor| {
            factor.ends().into_iter().any(|end| {
                let varied = factor.applied(scenario, end);
                varied.traffic != scenario.traffic || varied.fleets != scenario.fleets
            })
        };
        Factor::ALL.into_iter().filter(changes).collect()
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Factor::Volume => "volume",
            Factor::Burstiness => "burstiness",
            Factor::ServiceTime => "service time",
            Factor::ColdStart => "cold start",
            Factor::KeepAlive => "keep-alive",
            Factor::InterruptionRate => "interruption rate",
            Factor::DedicatedPrice => "dedicated price",
            Factor::SpotPrice => "spot price",
            Factor::ServerlessPrice => "serverless price",
        }
    }

    /// Whether it changes bills alone, unless a spend cap stops a service.
    #[must_use]
    pub fn is_price(self) -> bool {
        matches!(self, Factor::DedicatedPrice | Factor::SpotPrice | Factor::ServerlessPrice)
    }

    /// The least and the greatest factor: half less and half more, of a price a fifth.
    #[must_use]
    pub fn ends(self) -> [f64; 2] {
        if self.is_price() { [0.8, 1.2] } else { [0.5, 1.5] }
    }

    /// How far a change of the choice is looked for at most.
    #[must_use]
    pub fn wide_ends(self) -> [f64; 2] {
        if self == Factor::Volume { [0.125, 8.0] } else { [0.25, 4.0] }
    }

    /// The scenario with this alone multiplied. What would leave the range that the model documents stays at its end.
    #[must_use]
    pub fn applied(self, scenario: &Scenario, by: f64) -> Scenario {
        let mut varied = scenario.clone();
        match self {
            Factor::Volume => each_class(&mut varied, |class| class.with_volume(by)),
            Factor::ServiceTime => each_class(&mut varied, |class| class.with_service_scaled(by)),
            Factor::Burstiness => each_class(&mut varied, |class| with_bursts(class, by)),
            _ => varied.fleets.iter_mut().flat_map(pools).for_each(|kind| match kind {
                PoolKind::Dedicated(pool) => self.apply_to_dedicated(pool, by),
                PoolKind::Serverless(pool) => self.apply_to_serverless(pool, by),
            }),
        }
        varied
    }

    fn apply_to_dedicated(self, pool: &mut Dedicated, by: f64) {
        let is_steady = pool.terms.is_steady();
        let is_spot = pool.terms.purchase == Purchase::Spot;
        match self {
            // Instances that are there from the start to the end never boot.
            Factor::ColdStart if !is_steady => stretch_start(&mut pool.terms.boot, by),
            Factor::KeepAlive => {
                let autoscaling = pool.terms.autoscaling.as_mut();
                stretch(autoscaling.and_then(|autoscaling| autoscaling.keep_alive.as_mut()), by);
            }
            Factor::InterruptionRate => pool.terms.interruptions.iter_mut().for_each(|rule| hasten(rule, by)),
            Factor::DedicatedPrice | Factor::SpotPrice if (self == Factor::SpotPrice) == is_spot => {
                pool.price = pool.price.scaled(by);
                if let Purchase::Reserved(commitment) = &mut pool.terms.purchase {
                    commitment.on_demand = commitment.on_demand.scaled(by);
                    pool.price = commitment.price();
                }
                for resource in [&mut pool.extras.cpu, &mut pool.extras.memory].into_iter().flatten() {
                    resource.price = resource.price.scaled(by);
                }
            }
            // What stands in for spot instances is bought on demand.
            Factor::DedicatedPrice => {
                let interruptions = pool.terms.interruptions.as_mut();
                if let Some(fallback) = interruptions.and_then(|rule| rule.fallback.as_mut()) {
                    fallback.price = fallback.price.scaled(by);
                }
            }
            _ => {}
        }
    }

    fn apply_to_serverless(self, pool: &mut Serverless, by: f64) {
        match self {
            Factor::ColdStart => stretch_start(&mut pool.start, by),
            Factor::KeepAlive => stretch(pool.keep_alive.as_mut(), by),
            Factor::ServerlessPrice => {
                let tariff = &mut pool.tariff;
                tariff.price = tariff.price.scaled(by);
                tariff.request_fee = tariff.request_fee.scaled(by);
                tariff.min_instance_price = tariff.min_instance_price.map(|price| price.scaled(by));
                for resource in [&mut tariff.extras.cpu, &mut tariff.extras.memory].into_iter().flatten() {
                    resource.price = resource.price.scaled(by);
                }
            }
            _ => {}
        }
    }
}

fn each_class(scenario: &mut Scenario, change: impl Fn(&TrafficClass) -> TrafficClass) {
    for class in &mut scenario.traffic {
        *class = change(class);
    }
}

fn pools(fleet: &mut Fleet) -> Vec<&mut PoolKind> {
    match &mut fleet.kind {
        FleetKind::Single(kind) => vec![kind],
        FleetKind::Hybrid(hybrid) => hybrid.pools.iter_mut().map(|pool| &mut pool.kind).collect(),
    }
}

fn with_bursts(class: &TrafficClass, by: f64) -> TrafficClass {
    let mut class = class.clone();
    if let Source::Synthetic { arrivals, .. } = &mut class.source {
        match arrivals {
            Arrivals::OnOff { on, off, peak_over_mean } => {
                let most = (on.seconds() + off.seconds()) / on.seconds();
                *peak_over_mean = (1.0 + (*peak_over_mean - 1.0) * by).min(most);
            }
            Arrivals::Gamma { cv } => *cv = (*cv * by).clamp(VARIATION.0, VARIATION.1),
            Arrivals::Poisson | Arrivals::Regular => {}
        }
    }
    class
}

fn stretch(span: Option<&mut Span>, by: f64) {
    if let Some(span) = span {
        *span = times(*span, by);
    }
}

fn times(span: Span, by: f64) -> Span {
    Span::from_draw(span.nanos() as f64 * by)
}

fn stretch_start(start: &mut StartUp, by: f64) {
    let Pull { hit, miss, .. } = &mut start.pull;
    for phase in [&mut start.allocate, hit, miss, &mut start.load, &mut start.initialize] {
        *phase = phase.scaled(by);
    }
}

/// So many times as many interruptions and outages.
fn hasten(rule: &mut Interruptions, by: f64) {
    let sooner = |every: Span| times(every, by.recip()).max(Span::NANOSECOND);
    if let Some(hazard) = &mut rule.hazard {
        *hazard = match *hazard {
            Hazard::Every(every) => Hazard::Every(sooner(every)),
            // The share that a rate so many times as high takes in a month; it stays below one.
            Hazard::SharePerMonth(share) => {
                let share = -libm::expm1(libm::log1p(-share) * by);
                Hazard::SharePerMonth(share.clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON))
            }
        };
    }
    if let Some(outages) = &mut rule.outages {
        outages.every = sooner(outages.every);
    }
}
