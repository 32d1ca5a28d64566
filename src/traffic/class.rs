//! The requests of one class.

use crate::random::{Purpose, Rng, Sampler, stream};
use crate::scenario::{
    Arrivals, Decimal, Scenario, ServiceTime, Shape, Source, Trace, TraceLayout, TrafficClass, trace_columns,
};
use crate::trace::{TraceError, ValueColumn};
use crate::unit::{Rate, Span, Time};

use super::bursts::Bursts;
use super::even::Even;
use super::poisson::Poisson;
use super::process::ArrivalProcess;
use super::renewal::{Gaps, Renewal};
use super::replay::{ReplayedBins, ReplayedRows};
use super::shape::Segments;
use super::tokens::TokenSpeed;
use super::volume::MultipliedRows;

/// The requests of one class, in order.
pub(super) enum ClassStream {
    Drawn {
        arrivals: Box<dyn ArrivalProcess>,
        service: Box<Sampler>,
        rng: Rng,
    },
    /// Service times, too, are in the trace.
    Recorded {
        rows: Box<ReplayedRows>,
        service: RecordedService,
    },
    /// As `Recorded`, with other than one request a row.
    Multiplied {
        rows: Box<MultipliedRows>,
        service: RecordedService,
    },
}

/// How a row of a trace tells its service time.
pub(super) enum RecordedService {
    /// In its only value, times a scale.
    Column(Decimal),
    /// From its two values, prompt and output.
    Tokens(TokenSpeed),
}

impl RecordedService {
    /// The service time of a row, of which `value` tells the values.
    #[inline]
    fn span(&self, value: impl Fn(usize) -> u64) -> Span {
        match self {
            RecordedService::Column(scale) => scale.times(Span::from_nanos(value(0))),
            RecordedService::Tokens(speed) => speed.service(value(0), value(1)),
        }
    }
}

impl ClassStream {
    pub(super) fn new(scenario: &Scenario, class: &TrafficClass, replication: u32) -> Result<ClassStream, TraceError> {
        let horizon = Time::START + scenario.horizon;
        let random = |purpose| stream(scenario.seed, replication, &["traffic", &class.name], purpose);
        let drawn = |distribution, arrivals| ClassStream::Drawn {
            arrivals,
            service: Box::new(Sampler::new(distribution)),
            rng: random(Purpose::ServiceTime),
        };
        Ok(match (&class.source, &class.service_time) {
            (Source::Synthetic { rate, shape, arrivals }, ServiceTime::Drawn(distribution)) => {
                let arrivals = synthetic(scenario, *rate, shape, arrivals, &random)?;
                drawn(distribution, arrivals)
            }
            (Source::Trace(trace), ServiceTime::Drawn(distribution)) => {
                let arrivals = replayed(trace, horizon, &random)?;
                drawn(distribution, arrivals)
            }
            (Source::Trace(trace), ServiceTime::Column { scale, .. }) => {
                recorded(trace, &class.service_time, RecordedService::Column(*scale), horizon, &random)?
            }
            (Source::Trace(trace), ServiceTime::Tokens { prompt_per_s, output_per_s, overhead, .. }) => {
                let speed =
                    TokenSpeed { prompt_per_s: *prompt_per_s, output_per_s: *output_per_s, overhead: *overhead };
                recorded(trace, &class.service_time, RecordedService::Tokens(speed), horizon, &random)?
            }
            (Source::Synthetic { .. }, ServiceTime::Column { .. } | ServiceTime::Tokens { .. }) => {
                unreachable!("a checked scenario reads service times only from a trace")
            }
        })
    }

    /// Appends the next `count` requests to the two columns; fewer only at the end.
    pub(super) fn fill(
        &mut self,
        count: usize,
        arrival: &mut Vec<Time>,
        service: &mut Vec<Span>,
    ) -> Result<(), TraceError> {
        match self {
            ClassStream::Drawn { arrivals, service: sampler, rng } => {
                let before = arrival.len();
                arrivals.fill(count, arrival)?;
                sampler.fill(rng, arrival.len() - before, service);
            }
            ClassStream::Recorded { rows, service: recorded } => {
                for _ in 0..count {
                    let Some(row) = rows.next_row()? else { break };
                    arrival.push(row.at);
                    service.push(recorded.span(|column| rows.value(column, row)));
                }
            }
            ClassStream::Multiplied { rows, service: recorded } => {
                for _ in 0..count {
                    let Some(at) = rows.next_arrival()? else { break };
                    arrival.push(at);
                    service.push(recorded.span(|column| rows.value(column)));
                }
            }
        }
        Ok(())
    }
}

fn synthetic(
    scenario: &Scenario,
    rate: Rate,
    shape: &Shape,
    arrivals: &Arrivals,
    random: &dyn Fn(Purpose) -> Rng,
) -> Result<Box<dyn ArrivalProcess>, TraceError> {
    let horizon = Time::START + scenario.horizon;
    let segments = Segments::new(rate, shape, scenario.starts, scenario.horizon);
    let rng = random(Purpose::Arrivals);
    Ok(match *arrivals {
        Arrivals::Regular if *shape == Shape::Constant => Box::new(Even::new(rate, horizon)),
        Arrivals::Regular => Box::new(Renewal::new(segments, &Gaps::Even, horizon, rng)),
        Arrivals::Gamma { cv } => Box::new(Renewal::new(segments, &Gaps::Gamma { cv }, horizon, rng)),
        // A source that is never off, or never on, does not burst.
        Arrivals::OnOff { on, off, peak_over_mean } if on > Span::ZERO && off > Span::ZERO => {
            let bursts = Bursts::new(segments, on, off, peak_over_mean, random(Purpose::Bursts));
            Box::new(Poisson::new(bursts, rng)?)
        }
        Arrivals::Poisson | Arrivals::OnOff { .. } => Box::new(Poisson::new(segments, rng)?),
    })
}

fn replayed(
    trace: &Trace,
    horizon: Time,
    random: &dyn Fn(Purpose) -> Rng,
) -> Result<Box<dyn ArrivalProcess>, TraceError> {
    Ok(match &trace.layout {
        TraceLayout::Requests { .. } if trace.volume == Decimal::ONE => open_rows(trace, Vec::new(), horizon)?,
        TraceLayout::Requests { .. } => {
            Box::new(MultipliedRows::open(trace, Vec::new(), horizon, random(Purpose::Volume))?)
        }
        TraceLayout::Counts { count, bin, .. } => {
            let bins = ReplayedBins::open(trace, count, *bin, horizon)?;
            Box::new(Poisson::new(bins, random(Purpose::Arrivals))?)
        }
    })
}

/// Requests whose service times are in the trace, too.
fn recorded(
    trace: &Trace,
    service_time: &ServiceTime,
    service: RecordedService,
    horizon: Time,
    random: &dyn Fn(Purpose) -> Rng,
) -> Result<ClassStream, TraceError> {
    let values = trace_columns(&trace.layout, service_time).values;
    Ok(match trace.volume {
        Decimal::ONE => ClassStream::Recorded { rows: open_rows(trace, values, horizon)?, service },
        _ => {
            let rows = MultipliedRows::open(trace, values, horizon, random(Purpose::Volume))?;
            ClassStream::Multiplied { rows: Box::new(rows), service }
        }
    })
}

fn open_rows(trace: &Trace, values: Vec<ValueColumn>, horizon: Time) -> Result<Box<ReplayedRows>, TraceError> {
    ReplayedRows::open(trace, values, horizon).map(Box::new)
}
