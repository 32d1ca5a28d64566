//! A recorded trace: read whole once, so that nothing is left to go wrong while it is replayed.

use crate::trace::{Columns, Fault, TraceReader, TraceSummary, ValueColumn, inspect};
use crate::unit::{Span, Time, divide_half_even};

use super::context::Context;
use super::fields::Fields;
use super::read_distribution::{data_file, report_trace};
use super::tree::Node;
use super::values::{decimal, flag, positive_span, text};
use super::warning::Caveat;
use super::{Decimal, ServiceTime, Trace, TraceLayout};

/// A trace before its file is read.
pub(super) struct WrittenTrace<'a> {
    fields: Fields<'a>,
    trace: Trace,
    period: Option<Span>,
}

/// Reads the keys of a trace.
pub(super) fn trace<'a>(context: &'a Context, node: &'a Node) -> Option<WrittenTrace<'a>> {
    let mut fields = Fields::of(context, node, "a trace")?;
    let file = fields.required("file", "trace.csv", data_file);
    let layout = layout(&mut fields);
    let repeat = fields.optional("repeat", flag).unwrap_or(false);
    let speed = fields.optional("speed", decimal).map(|speed| speed.billionths);
    let volume = fields.optional("volume", decimal).unwrap_or(Decimal::ONE);
    let period = fields.optional("period", positive_span);
    fields.report_keys();
    Some(WrittenTrace {
        trace: Trace {
            file: file?,
            layout: layout?,
            repeat,
            period: Span::ZERO,
            speed_billionths: speed.unwrap_or(Trace::AS_RECORDED),
            volume,
        },
        period,
        fields,
    })
}

fn layout(fields: &mut Fields<'_>) -> Option<TraceLayout> {
    let counts = ["start", "count", "bin"].into_iter().any(|key| fields.has(key));
    if !counts {
        let arrival = fields.required("arrival", "arrival_s", text)?;
        return Some(TraceLayout::Requests { arrival });
    }
    fields.refuse("arrival", "write arrival for one row a request, or start, count and bin for counts");
    let start = fields.required("start", "time", text);
    let count = fields.required("count", "requests", text);
    let bin = fields.required("bin", "1min", positive_span);
    Some(TraceLayout::Counts { start: start?, count: count?, bin: bin? })
}

/// The columns that a class needs of its trace.
#[must_use]
pub fn columns(layout: &TraceLayout, service: &ServiceTime) -> Columns {
    match layout {
        TraceLayout::Counts { start, count, .. } => {
            Columns { arrival: start.clone(), values: vec![ValueColumn::Count(count.clone())] }
        }
        TraceLayout::Requests { arrival } => Columns {
            arrival: arrival.clone(),
            values: match service {
                ServiceTime::Drawn(_) => Vec::new(),
                ServiceTime::Column { column, .. } => vec![ValueColumn::Seconds(column.clone())],
                ServiceTime::Tokens { prompt, output, .. } => {
                    vec![ValueColumn::Count(prompt.clone()), ValueColumn::Count(output.clone())]
                }
            },
        },
    }
}

impl WrittenTrace<'_> {
    pub fn layout(&self) -> &TraceLayout {
        &self.trace.layout
    }

    /// Reads the file, and completes the trace with what only the file tells. `service` is the fields of the class's service
    /// time, where a column that it names is reported.
    pub fn inspected(
        self,
        class: &str,
        service_time: &ServiceTime,
        service: Option<&Fields<'_>>,
        horizon: Option<Span>,
    ) -> Option<Trace> {
        let columns = columns(&self.trace.layout, service_time);
        let reader = match &self.trace.layout {
            TraceLayout::Requests { .. } => TraceReader::open(&self.trace.file, &columns),
            TraceLayout::Counts { bin, .. } => TraceReader::open_bins(&self.trace.file, &columns, *bin),
        };
        let before_horizon = |recorded: Time| match (horizon, self.trace.replayed(u128::from(recorded.nanos()))) {
            (Some(horizon), Some(replayed)) => replayed.since_start() < horizon,
            (None, _) => true,
            (_, None) => false,
        };
        let summary = reader.and_then(|reader| inspect(&self.trace.file, reader, before_horizon));
        let summary = match summary {
            Ok(summary) => summary,
            Err(error) => {
                self.report(&error, service_time, service);
                return None;
            }
        };
        let period = self.checked_period(&summary)?;
        let trace = Trace { period, ..self.trace };
        if let Some(horizon) = horizon {
            warn_of_coverage(&self.fields, class, &trace, &summary, horizon);
        }
        Some(trace)
    }

    fn report(&self, error: &crate::trace::TraceError, service_time: &ServiceTime, service: Option<&Fields<'_>>) {
        let column = error.column.as_deref();
        let key = match &self.trace.layout {
            TraceLayout::Requests { arrival } if column == Some(arrival) => Some("arrival"),
            TraceLayout::Counts { start, .. } if column == Some(start) => Some("start"),
            TraceLayout::Counts { .. } => Some("count"),
            TraceLayout::Requests { .. } => None,
        };
        let service_key = match service_time {
            ServiceTime::Tokens { output, .. } if column == Some(output) => "output",
            ServiceTime::Tokens { .. } => "prompt",
            _ => "column",
        };
        let of_column = matches!(*error.fault, Fault::NoColumn { .. } | Fault::ColumnTwice | Fault::ColumnType(_));
        match (key, service) {
            (None, Some(service)) if of_column => report_trace(service, error, service_key),
            _ => report_trace(&self.fields, error, key.unwrap_or("file")),
        }
    }

    /// The written period, or the one that the file implies.
    fn checked_period(&self, summary: &TraceSummary) -> Option<Span> {
        let last = summary.last.since_start();
        let (least, implied) = match &self.trace.layout {
            TraceLayout::Counts { bin, .. } => (last + *bin, last + *bin),
            TraceLayout::Requests { .. } => (last + Span::NANOSECOND, last + mean_gap(summary)),
        };
        let period = self.period.unwrap_or(implied);
        if period >= least || !self.trace.repeat {
            return Some(period);
        }
        let place = self.fields.place_of("period");
        match self.period {
            Some(period) => {
                let expected = format!("a period past the trace's last time, which is {last}");
                self.fields.context.report(
                    place,
                    format!("\"{period}\""),
                    expected,
                    "write a longer period, or leave it out",
                );
            }
            None => self.fields.context.report(
                self.fields.place_of("repeat"),
                "a trace with all its rows at one time",
                "rows at two times, or a period after which they come again",
                "add period = \"1h\"",
            ),
        }
        None
    }
}

/// (last - first) / (rows - 1) to the nearest nanosecond; zero for one row.
fn mean_gap(summary: &TraceSummary) -> Span {
    let span = i128::from((summary.last - summary.first).nanos());
    match i128::from(summary.rows - 1) {
        0 => Span::ZERO,
        gaps => Span::from_nanos(u64::try_from(divide_half_even(span, gaps)).unwrap_or(u64::MAX)),
    }
}

/// Tells what the horizon leaves of a trace.
fn warn_of_coverage(fields: &Fields<'_>, class: &str, trace: &Trace, summary: &TraceSummary, horizon: Span) {
    /// A hundredth of the horizon without arrivals is not worth a warning.
    const NEGLIGIBLE: u64 = 100;
    let place = fields.place_of("file");
    if summary.counted == 0 {
        fields.context.report(
            place,
            format!("a trace whose first row is at {}", summary.first.since_start()),
            format!("rows before the horizon of {horizon}"),
            "subtract the first row's time from all, or write date-times",
        );
        return;
    }
    if trace.repeat {
        return;
    }
    if summary.counted < summary.rows {
        let caveat = Caveat::RowsLeftOut {
            class: class.to_owned(),
            left_out: summary.rows - summary.counted,
            rows: summary.rows,
        };
        fields.context.warn(Some(place), caveat);
    }
    let end = trace.replayed(u128::from(trace.period.nanos())).map_or(horizon, Time::since_start);
    if end < horizon && horizon.nanos() - end.nanos() > horizon.nanos() / NEGLIGIBLE {
        let caveat = Caveat::TraceEndsEarly { class: class.to_owned(), end, horizon };
        fields.context.warn(Some(place), caveat);
    }
}
