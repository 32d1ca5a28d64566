//! When instances are started and taken away: a kind alone with its defaults, or a table of its keys.

use crate::unit::Span;

use super::context::Context;
use super::fields::Fields;
use super::presets;
use super::tree::Node;
use super::values::{decimal, decimal_within, flag, integer, integer_or, positive_span, rate, span, span_at_most};
use super::warning::Caveat;
use super::{
    Autoscaling, Behavior, Decimal, Hpa, InFlight, Keda, KedaMetric, KnativeKpa, MOST_INSTANCES, MOST_SLOTS,
    MOST_STEPS, QueueDelay, RayServe, ScaleOut, SkyServe, WindowedConcurrency, common_step,
};

/// The keys of all scalers. One that another scaler knows is not a mistake, but has no effect.
pub(super) const KEYS: [&str; 43] = [
    "activation_scale",
    "activator_queue",
    "buffer",
    "burst",
    "cooldown",
    "count_starting",
    "delay",
    "downscale_delay",
    "downscale_to_zero_delay",
    "downscaling_factor",
    "extra_workers",
    "initial_scale",
    "interval",
    "interval_at_zero",
    "look_back",
    "max_scale_down_rate",
    "max_scale_up_rate",
    "metric",
    "metrics_interval",
    "panic_threshold",
    "panic_window",
    "polling_interval",
    "queue_proxy_depth",
    "rate",
    "scale_down_delay",
    "scale_down_instances",
    "scale_down_percent",
    "scale_down_period",
    "scale_down_window",
    "scale_to_zero_grace",
    "scale_to_zero_retention",
    "scale_up_instances",
    "scale_up_percent",
    "scale_up_period",
    "scale_up_window",
    "stable_window",
    "target",
    "target_burst_capacity",
    "target_utilization",
    "tolerance",
    "upscale_delay",
    "upscaling_factor",
    "window",
];

/// The rule of a fleet whose instances have so many slots.
pub(super) fn scale_out(context: &Context, node: &Node, slots: u32) -> Option<ScaleOut> {
    let (kind, mut fields) = Fields::of_kind(context, node, "a rule to start instances", &ScaleOut::KINDS)?;
    let read = match ScaleOut::of_kind(kind, slots)? {
        ScaleOut::PerRequest => ScaleOut::PerRequest,
        ScaleOut::SlotDeficit { buffer, count_starting } => ScaleOut::SlotDeficit {
            buffer: number(&mut fields, "buffer", 0, MOST_INSTANCES, "idle instances beyond the need", buffer),
            count_starting: fields.optional("count_starting", flag).unwrap_or(count_starting),
        },
        ScaleOut::LambdaTokenBucket { rate: starts, burst, target } => ScaleOut::LambdaTokenBucket {
            rate: fields.optional("rate", rate).unwrap_or(starts),
            burst: fields.optional("burst", integer(1..=MOST_BURST, "the most tokens")).unwrap_or(burst),
            target: number(&mut fields, "target", 1, MOST_SLOTS, "requests in flight an instance", target),
        },
        ScaleOut::QueueDelay(default) => ScaleOut::QueueDelay(queue_delay(&mut fields, default)),
        ScaleOut::InFlight(default) => ScaleOut::InFlight(InFlight {
            target: fields.optional("target", decimal).unwrap_or(default.target),
            interval: fields.optional("interval", positive_span).unwrap_or(default.interval),
        }),
        ScaleOut::WindowedConcurrency(default) => {
            ScaleOut::WindowedConcurrency(windowed_concurrency(&mut fields, default))
        }
        ScaleOut::KnativeKpa(default) => ScaleOut::KnativeKpa(knative_kpa(&mut fields, default)),
        ScaleOut::Hpa(default) => ScaleOut::Hpa(hpa(&mut fields, default)),
        ScaleOut::Keda(default) => ScaleOut::Keda(keda(&mut fields, default)),
        ScaleOut::RayServe(default) => ScaleOut::RayServe(ray_serve(&mut fields, default)),
        ScaleOut::SkyServe(default) => ScaleOut::SkyServe(skyserve(&mut fields, default)),
    };
    for (key, place) in fields.others(&KEYS) {
        context.warn(Some(place), Caveat::KeyNotUsed { key, scaler: kind });
    }
    fields.finish();
    Some(read)
}

/// How instances come and go.
pub(super) struct Scaling {
    /// `None` when it has a mistake.
    pub scale_out: Option<ScaleOut>,
    /// `None` when it has a mistake.
    pub keep_alive: Option<Option<Span>>,
    pub min_instances: u32,
}

/// Reads `scale_out`, `keep_alive` and `min_instances`.
pub(super) fn scaling(fields: &mut Fields<'_>, slots: u32) -> Scaling {
    let is_scaled = fields.has("scale_out");
    let read = fields.optional("scale_out", |context, node| scale_out(context, node, slots));
    let keep_alive = match &read {
        None if is_scaled => Some(fields.optional("keep_alive", span)),
        Some(scaler) if scaler.removes_instances() => Some(no_keep_alive(fields, scaler)),
        _ => fields.required("keep_alive", "60s", span).map(Some),
    };
    let scale_out = if is_scaled { read } else { Some(ScaleOut::PerRequest) };
    Scaling { scale_out, keep_alive, min_instances: min_instances(fields, scale_out) }
}

/// The scaling of a dedicated fleet that has a scaler.
pub(super) fn autoscaling(fields: &mut Fields<'_>, slots: u32) -> Option<Autoscaling> {
    if !fields.has("scale_out") {
        let mend = "write scale_out = \"in-flight\", or another scaler: without one, all instances are held";
        fields.refuse("keep_alive", mend);
        fields.refuse("min_instances", mend);
        return None;
    }
    let Scaling { scale_out, keep_alive, min_instances } = scaling(fields, slots);
    Some(Autoscaling { scale_out: scale_out?, min_instances, keep_alive: keep_alive? })
}

/// A keep-alive time has no effect beside a scaler that takes instances away.
fn no_keep_alive(fields: &mut Fields<'_>, scaler: &ScaleOut) -> Option<Span> {
    let place = fields.place_of("keep_alive");
    if fields.optional("keep_alive", span).is_some() && !presets::is_carried(fields.context, place) {
        let caveat = Caveat::KeyNotUsed { key: "keep_alive", scaler: scaler.kind() };
        fields.context.warn(Some(place), caveat);
    }
    None
}

/// Instances kept warm: by default as few as the scaler can keep.
fn min_instances(fields: &mut Fields<'_>, scaler: Option<ScaleOut>) -> u32 {
    let least = scaler.map_or(0, |scaler| scaler.least_instances());
    let read = fields.optional("min_instances", integer(0..=u64::from(MOST_INSTANCES), "instances kept warm"));
    let written = read.and_then(|number| u32::try_from(number).ok());
    if let Some(scaler) = scaler
        && written.is_some_and(|written| written < least)
    {
        let caveat = Caveat::NeverNone { scaler: scaler.kind(), least };
        fields.context.warn(Some(fields.place_of("min_instances")), caveat);
    }
    written.unwrap_or(least).max(least)
}

/// There are no more instances at least than at most.
pub(super) fn check_min_instances(fields: &Fields<'_>, min_instances: u32, key_of_most: &str, most: Option<u32>) {
    if let Some(most) = most.filter(|&most| most < min_instances) {
        fields.context.report(
            fields.place_of("min_instances"),
            format!("min_instances = {min_instances}"),
            format!("at most {key_of_most}, which is {most}"),
            format!("write {most} or less, or raise {key_of_most}"),
        );
    }
}

/// The largest bucket.
const MOST_BURST: u64 = 1_000_000_000;

fn queue_delay(fields: &mut Fields<'_>, default: QueueDelay) -> QueueDelay {
    let workers = "instances added at once beside the one";
    QueueDelay {
        delay: fields.optional("delay", span).unwrap_or(default.delay),
        extra_workers: number(fields, "extra_workers", 0, MOST_INSTANCES, workers, default.extra_workers),
        interval: fields.optional("interval", positive_span).unwrap_or(default.interval),
    }
}

fn windowed_concurrency(fields: &mut Fields<'_>, default: WindowedConcurrency) -> WindowedConcurrency {
    let window = fields.optional("window", positive_span).unwrap_or(default.window);
    let interval = fields.optional("interval", positive_span).unwrap_or(window);
    let scale_down_delay = fields.optional("scale_down_delay", span).unwrap_or(default.scale_down_delay);
    check_steps(fields, "window", window, &[window, interval]);
    check_steps(fields, "scale_down_delay", scale_down_delay, &[interval]);
    WindowedConcurrency {
        window,
        interval,
        target: fields.optional("target", decimal).unwrap_or(default.target),
        target_utilization: utilization(fields, default.target_utilization),
        scale_down_delay,
        max_scale_down_rate: fields
            .optional("max_scale_down_rate", share("the instances", "0.5"))
            .unwrap_or(default.max_scale_down_rate),
        buffer: number(fields, "buffer", 0, MOST_INSTANCES, "instances beyond the need", default.buffer),
    }
}

fn knative_kpa(fields: &mut Fields<'_>, default: KnativeKpa) -> KnativeKpa {
    let stable_window = fields.optional("stable_window", positive_span).unwrap_or(default.stable_window);
    let panic_window = fields
        .optional("panic_window", |context, node| {
            positive_span(context, node)?;
            span_at_most(stable_window, "the stable window")(context, node)
        })
        .unwrap_or_else(|| KnativeKpa::panic_window_of(stable_window).min(stable_window));
    let interval = fields.optional("interval", positive_span).unwrap_or(default.interval);
    let scale_down_delay = fields.optional("scale_down_delay", span).unwrap_or(default.scale_down_delay);
    check_steps(fields, "stable_window", stable_window, &[stable_window, panic_window, interval]);
    check_steps(fields, "scale_down_delay", scale_down_delay, &[interval]);
    let from_one = |what: &'static str| {
        move |context: &Context, node: &Node| {
            decimal_within(1..=MOST, &format!("{what}: a number from 1 to {MOST}"), "write 1 or more")(context, node)
        }
    };
    KnativeKpa {
        target: fields.optional("target", decimal).unwrap_or(default.target),
        target_utilization: utilization(fields, default.target_utilization),
        stable_window,
        panic_window,
        panic_threshold: fields
            .optional("panic_threshold", from_one("how many times the ready instances it panics at"))
            .unwrap_or(default.panic_threshold),
        max_scale_up_rate: fields
            .optional("max_scale_up_rate", from_one("how many times the ready instances"))
            .unwrap_or(default.max_scale_up_rate),
        max_scale_down_rate: fields
            .optional("max_scale_down_rate", from_one("what the ready instances are divided by"))
            .unwrap_or(default.max_scale_down_rate),
        scale_to_zero_grace: fields.optional("scale_to_zero_grace", span).unwrap_or(default.scale_to_zero_grace),
        scale_to_zero_retention: fields
            .optional("scale_to_zero_retention", span)
            .unwrap_or(default.scale_to_zero_retention),
        scale_down_delay,
        activation_scale: number(fields, "activation_scale", 1, MOST_INSTANCES, "instances", default.activation_scale),
        initial_scale: number(fields, "initial_scale", 0, MOST_INSTANCES, "instances", default.initial_scale),
        target_burst_capacity: fields
            .optional("target_burst_capacity", integer_or("unlimited", 0..=u64::from(u32::MAX), "requests"))
            .map_or(default.target_burst_capacity, |capacity| capacity.and_then(|capacity| capacity.try_into().ok())),
        activator_queue: fields
            .optional("activator_queue", integer(0..=MOST_BURST, "requests that may wait"))
            .unwrap_or(default.activator_queue),
        queue_proxy_depth: number(
            fields,
            "queue_proxy_depth",
            0,
            MOST_SLOTS,
            "requests a slot",
            default.queue_proxy_depth,
        ),
        interval,
    }
}

/// The largest rate at which a number of instances may be wanted to change.
const MOST: u64 = 1_000_000;

fn hpa(fields: &mut Fields<'_>, default: Hpa) -> Hpa {
    let interval = fields.optional("interval", positive_span).unwrap_or(default.interval);
    let up = ["scale_up_window", "scale_up_percent", "scale_up_instances", "scale_up_period"];
    let down = ["scale_down_window", "scale_down_percent", "scale_down_instances", "scale_down_period"];
    Hpa {
        target: fields.optional("target", decimal).unwrap_or(default.target),
        interval,
        tolerance: fields
            .optional("tolerance", |context, node| {
                let expected = "a share of the target, from 0 to below 1";
                let tolerance = decimal_within(0..=1, expected, "write a share, such as 0.1")(context, node)?;
                if tolerance == Decimal::ONE {
                    context.report(node.place, context.written(node), expected, "write a share, such as 0.1");
                    return None;
                }
                Some(tolerance)
            })
            .unwrap_or(default.tolerance),
        scale_up: behavior(fields, up, default.scale_up, interval),
        scale_down: behavior(fields, down, default.scale_down, interval),
    }
}

fn behavior(fields: &mut Fields<'_>, keys: [&'static str; 4], default: Behavior, interval: Span) -> Behavior {
    let [window_key, percent_key, instances_key, period_key] = keys;
    // As Kubernetes limits them.
    let (hour, half_hour) = (Span::HOUR, Span::from_nanos(Span::HOUR.nanos() / 2));
    let window = fields.optional(window_key, span_at_most(hour, "an hour")).unwrap_or(default.window);
    let period = fields
        .optional(period_key, |context, node| {
            positive_span(context, node)?;
            span_at_most(half_hour, "half an hour")(context, node)
        })
        .unwrap_or(default.period);
    check_steps(fields, window_key, window, &[interval]);
    check_steps(fields, period_key, period, &[interval]);
    Behavior {
        window,
        percent: number(fields, percent_key, 0, MOST_INSTANCES, "per cent of the instances", default.percent),
        instances: number(fields, instances_key, 0, MOST_INSTANCES, "instances", default.instances),
        period,
    }
}

fn keda(fields: &mut Fields<'_>, default: Keda) -> Keda {
    let polling_interval = fields.optional("polling_interval", positive_span).unwrap_or(default.polling_interval);
    let cooldown = fields.optional("cooldown", span).unwrap_or(default.cooldown);
    let metric = fields.optional("metric", keda_metric).unwrap_or(default.metric);
    let hpa = hpa(fields, default.hpa);
    if let KedaMetric::RequestRate { window } = metric {
        check_steps(fields, "metric", window, &[window, polling_interval, hpa.interval]);
    }
    Keda { polling_interval, cooldown, metric, hpa }
}

fn keda_metric(context: &Context, node: &Node) -> Option<KedaMetric> {
    let (kind, mut fields) = Fields::of_kind(context, node, "what is scaled on", &["in-flight", "request-rate"])?;
    let metric = match kind {
        "in-flight" => Some(KedaMetric::InFlight),
        _ => fields.required("window", "15s", positive_span).map(|window| KedaMetric::RequestRate { window }),
    };
    fields.finish();
    metric
}

fn ray_serve(fields: &mut Fields<'_>, default: RayServe) -> RayServe {
    let interval = fields.optional("interval", positive_span).unwrap_or(default.interval);
    let metrics_interval = fields.optional("metrics_interval", positive_span).unwrap_or(default.metrics_interval);
    let look_back = fields.optional("look_back", positive_span).unwrap_or(default.look_back);
    check_multiple(fields, "metrics_interval", metrics_interval, "interval", interval);
    check_multiple(fields, "look_back", look_back, "interval", interval);
    check_steps(fields, "look_back", look_back, &[look_back, metrics_interval]);
    let downscale_delay = fields.optional("downscale_delay", span).unwrap_or(default.downscale_delay);
    RayServe {
        target: fields.optional("target", decimal).unwrap_or(default.target),
        upscale_delay: fields.optional("upscale_delay", span).unwrap_or(default.upscale_delay),
        downscale_delay,
        downscale_to_zero_delay: fields.optional("downscale_to_zero_delay", span).unwrap_or(downscale_delay),
        upscaling_factor: fields.optional("upscaling_factor", decimal).unwrap_or(default.upscaling_factor),
        downscaling_factor: fields.optional("downscaling_factor", decimal).unwrap_or(default.downscaling_factor),
        metrics_interval,
        look_back,
        interval,
    }
}

fn skyserve(fields: &mut Fields<'_>, default: SkyServe) -> SkyServe {
    let window = fields.optional("window", positive_span).unwrap_or(default.window);
    let interval = fields.optional("interval", positive_span).unwrap_or(default.interval);
    let interval_at_zero = fields.optional("interval_at_zero", positive_span).unwrap_or(default.interval_at_zero);
    check_multiple(fields, "window", window, "interval_at_zero", interval_at_zero);
    check_multiple(fields, "interval", interval, "interval_at_zero", interval_at_zero);
    check_steps(fields, "window", window, &[interval_at_zero]);
    SkyServe {
        target: fields.optional("target", rate).unwrap_or(default.target),
        window,
        upscale_delay: fields.optional("upscale_delay", span).unwrap_or(default.upscale_delay),
        downscale_delay: fields.optional("downscale_delay", span).unwrap_or(default.downscale_delay),
        interval,
        interval_at_zero,
    }
}

fn utilization(fields: &mut Fields<'_>, default: Decimal) -> Decimal {
    fields.optional("target_utilization", share("the target", "0.7")).unwrap_or(default)
}

/// A share of something, above 0 and at most 1.
fn share(what: &str, example: &str) -> impl Fn(&Context, &Node) -> Option<Decimal> {
    let expected = format!("a share of {what}, above 0 and at most 1");
    let mend = format!("write a share, such as {example}");
    move |context, node| {
        let share = decimal_within(0..=1, &expected, &mend)(context, node)?;
        if share.billionths == 0 {
            context.report(node.place, context.written(node), &*expected, &*mend);
            return None;
        }
        Some(share)
    }
}

fn number(fields: &mut Fields<'_>, key: &'static str, least: u32, most: u32, what: &str, default: u32) -> u32 {
    let read = fields.optional(key, integer(u64::from(least)..=u64::from(most), what));
    read.and_then(|value| u32::try_from(value).ok()).unwrap_or(default)
}

/// A time is remembered in steps that divide all of some spans, and there are not too many of them.
fn check_steps(fields: &Fields<'_>, key: &str, time: Span, spans: &[Span]) {
    let step = common_step(spans);
    if time.nanos() / step.nanos().max(1) > MOST_STEPS {
        fields.context.report(
            fields.place_of(key),
            format!("{time} in steps of {step}"),
            format!(
                "at most {MOST_STEPS} steps, which are as long as the longest duration that divides all of the scaler's"
            ),
            format!("write {key} as a multiple of the interval, and at most {MOST_STEPS} of them"),
        );
    }
}

fn check_multiple(fields: &Fields<'_>, key: &str, time: Span, of_key: &str, of: Span) {
    if !time.nanos().is_multiple_of(of.nanos()) {
        let nearest = (time.nanos() + of.nanos() / 2) / of.nanos();
        let nearest = Span::from_nanos(nearest.max(1).saturating_mul(of.nanos()));
        fields.context.report(
            fields.place_of(key),
            format!("{key} = \"{time}\""),
            format!("a multiple of `{of_key}`, which is {of}"),
            format!("write \"{nearest}\""),
        );
    }
}
