//! Classes of requests: where they come from and how long they are served.

use crate::unit::Span;

use super::context::Context;
use super::fields::Fields;
use super::place::Place;
use super::read_distribution::{self, of_kind};
use super::read_retry::retry;
use super::read_trace::{WrittenTrace, trace};
use super::tree::Node;
use super::values::{decimal, name, number, positive_span, rate, span, span_or, text, time_of_day};
use super::{Arrivals, Decimal, Distribution, ServiceTime, Shape, Source, TraceLayout, TrafficClass};

/// A class, and where its shape is written.
pub(super) struct ReadClass {
    pub class: TrafficClass,
    pub shape_place: Place,
}

/// Reads a class; without a horizon (it has a mistake of its own) a trace is not compared with it.
pub(super) fn class(context: &Context, node: &Node, horizon: Option<Span>) -> Option<ReadClass> {
    let mut fields = Fields::of(context, node, "a traffic class")?;
    let name = fields.required("name", "api", name);
    let recorded = fields.has("trace");
    let service_node = fields.get("service_time");
    let service = match service_node {
        Some(node) => service_time(context, node),
        None => {
            fields.missing("service_time", "2s");
            None
        }
    };
    let timeout = fields.optional("timeout", span_or("never")).flatten();
    let retry = fields.optional("retry", retry);
    let source = if recorded {
        for key in ["rate", "shape", "arrivals"] {
            fields.refuse(key, "leave it out: the trace gives the arrivals");
        }
        let trace = fields.optional("trace", trace);
        recorded_source(trace, name.as_deref().unwrap_or("?"), service.as_ref(), horizon)
    } else {
        if let (Some(node), Some((ServiceTime::Column { .. } | ServiceTime::Tokens { .. }, _))) =
            (service_node, &service)
        {
            context.report(
                node.place,
                "a service time from the columns of a trace",
                "a class with a trace",
                "add trace = { file = \"trace.csv\", arrival = \"arrival_s\" } and leave out rate",
            );
        }
        synthetic_source(&mut fields)
    };
    let shape_place = fields.place_of("shape");
    fields.finish();
    let class = TrafficClass { name: name?, source: source?, service_time: service?.0, timeout, retry };
    Some(ReadClass { class, shape_place })
}

fn recorded_source(
    trace: Option<WrittenTrace<'_>>,
    class: &str,
    service: Option<&(ServiceTime, Option<Fields<'_>>)>,
    horizon: Option<Span>,
) -> Option<Source> {
    let trace = trace?;
    let constant = ServiceTime::Drawn(Distribution::Constant(Span::ZERO));
    let (service_time, service_fields) = match service {
        Some((service_time, fields)) => (service_time, fields.as_ref()),
        // The service time has a mistake of its own; the rest of the trace is read all the same.
        None => (&constant, None),
    };
    if let (TraceLayout::Counts { .. }, Some(fields)) = (trace.layout(), service_fields)
        && !matches!(service_time, ServiceTime::Drawn(_))
    {
        fields.context.report(
            fields.place,
            "a service time from columns of a trace of counts",
            "a duration or a distribution: a bin has no column for single requests",
            "write service_time = { kind = \"lognormal\", mean = \"2s\", cv = 1.0 }",
        );
        return None;
    }
    trace.inspected(class, service_time, service_fields, horizon).map(Source::Trace)
}

fn synthetic_source(fields: &mut Fields<'_>) -> Option<Source> {
    let rate = match fields.get("rate") {
        Some(node) => rate(fields.context, node),
        None => {
            fields.missing("rate", "2/s");
            None
        }
    };
    let shape = match fields.get("shape") {
        Some(node) => shape(fields.context, node),
        None => Some(Shape::Constant),
    };
    let arrivals = match fields.get("arrivals") {
        Some(node) => arrivals(fields.context, node),
        None => Some(Arrivals::Poisson),
    };
    Some(Source::Synthetic { rate: rate?, shape: shape?, arrivals: arrivals? })
}

fn shape(context: &Context, node: &Node) -> Option<Shape> {
    let (kind, mut fields) = Fields::of_kind(context, node, "a shape", &["constant", "diurnal"])?;
    let shape = match kind {
        "constant" => Some(Shape::Constant),
        _ => {
            let peak_over_mean = fields.required(
                "peak_over_mean",
                "1.8",
                number(
                    |peak| (1.0..=2.0).contains(&peak),
                    "the peak over the mean of a sine-shaped day, from 1 to 2",
                    "write 2 or less: with 2, the night is empty; or add arrivals of kind \"on-off\" for bursts",
                ),
            );
            let peak_at = fields.optional("peak_at", time_of_day);
            let weekend = fields.optional(
                "weekend",
                number(
                    |weekend| (0.0..=1000.0).contains(&weekend),
                    "the weekend's rate over a weekday's, from 0 to 1000",
                    "write a factor such as 0.5, or 1 when every day is alike",
                ),
            );
            peak_over_mean.map(|peak_over_mean| Shape::Diurnal {
                peak_over_mean,
                peak_at: peak_at.unwrap_or(NOON),
                weekend: weekend.unwrap_or(1.0),
            })
        }
    };
    fields.finish();
    shape
}

/// When a day peaks that does not say so.
const NOON: Span = Span::from_nanos(12 * Span::HOUR.nanos());

fn arrivals(context: &Context, node: &Node) -> Option<Arrivals> {
    let kinds = ["poisson", "regular", "gamma", "on-off"];
    let (kind, mut fields) = Fields::of_kind(context, node, "arrivals", &kinds)?;
    let arrivals = match kind {
        "poisson" => Some(Arrivals::Poisson),
        "regular" => Some(Arrivals::Regular),
        "gamma" => fields
            .required(
                "cv",
                "3.0",
                number(
                    |cv| (0.001..=100.0).contains(&cv),
                    "a coefficient of variation of the gaps, from 0.001 to 100",
                    "write a positive cv such as 3.0; for evenly spaced arrivals write kind = \"regular\"",
                ),
            )
            .map(|cv| Arrivals::Gamma { cv }),
        _ => on_off(&mut fields),
    };
    fields.finish();
    arrivals
}

fn on_off(fields: &mut Fields<'_>) -> Option<Arrivals> {
    let on = fields.required("on", "2min", positive_span);
    let off = fields.required("off", "20min", positive_span);
    let peak = fields.required(
        "peak_over_mean",
        "5.0",
        number(|peak| peak >= 1.0, "the rate of a burst over the mean, 1 or more", "write a factor such as 5.0"),
    );
    let (on, off, peak_over_mean) = (on?, off?, peak?);
    let most = (on.nanos() as f64 + off.nanos() as f64) / on.nanos() as f64;
    if peak_over_mean > most {
        let expected = format!("at most (on + off) / on = {most:.4}, where nothing arrives between bursts");
        let mend = format!("write {} or less, or a longer off", (most * 1e4).floor() / 1e4);
        let place = fields.place_of("peak_over_mean");
        fields.context.report(place, format!("a peak over mean of {peak_over_mean}"), expected, mend);
        return None;
    }
    Some(Arrivals::OnOff { on, off, peak_over_mean })
}

/// A service time, and the fields that name its columns.
fn service_time<'a>(context: &'a Context, node: &'a Node) -> Option<(ServiceTime, Option<Fields<'a>>)> {
    if read_distribution::is_plain(node) {
        return span(context, node).map(|span| (ServiceTime::Drawn(Distribution::Constant(span)), None));
    }
    let kinds: Vec<&'static str> = read_distribution::KINDS.into_iter().chain(["column", "tokens"]).collect();
    let (kind, mut fields) = Fields::of_kind(context, node, "a service time", &kinds)?;
    let service = match kind {
        "column" => {
            let column = fields.required("column", "service_s", text);
            let scale = fields.optional("scale", decimal).unwrap_or(Decimal::ONE);
            column.map(|column| ServiceTime::Column { column, scale })
        }
        "tokens" => tokens(&mut fields),
        _ => return of_kind(kind, fields).map(|drawn| (ServiceTime::Drawn(drawn), None)),
    };
    fields.report_keys();
    Some((service?, Some(fields)))
}

fn tokens(fields: &mut Fields<'_>) -> Option<ServiceTime> {
    let prompt = fields.required("prompt", "ContextTokens", text);
    let output = fields.required("output", "GeneratedTokens", text);
    let prompt_per_s = fields.required("prompt_per_s", "8000", decimal);
    let output_per_s = fields.required("output_per_s", "60", decimal);
    let overhead = fields.optional("overhead", span).unwrap_or(Span::ZERO);
    Some(ServiceTime::Tokens {
        prompt: prompt?,
        output: output?,
        prompt_per_s: prompt_per_s?,
        output_per_s: output_per_s?,
        overhead,
    })
}
