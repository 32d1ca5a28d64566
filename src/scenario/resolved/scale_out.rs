//! The scaler of the scenario as it was run.

use crate::scenario::{Behavior, Hpa, Keda, KedaMetric, KnativeKpa, RayServe, ScaleOut, SkyServe, WindowedConcurrency};
use crate::unit::Span;

use super::{decimal, quoted};

/// A kind alone where there is nothing else to write, else a table.
pub(super) fn scale_out_text(scale_out: &ScaleOut) -> String {
    let entries = match scale_out {
        ScaleOut::PerRequest => return quoted(scale_out.kind()),
        ScaleOut::SlotDeficit { buffer, count_starting } => {
            vec![format!("buffer = {buffer}"), format!("count_starting = {count_starting}")]
        }
        ScaleOut::LambdaTokenBucket { rate, burst, target } => {
            vec![format!("rate = {}", quoted(rate)), format!("burst = {burst}"), format!("target = {target}")]
        }
        ScaleOut::QueueDelay(scaler) => vec![
            span("delay", scaler.delay),
            format!("extra_workers = {}", scaler.extra_workers),
            span("interval", scaler.interval),
        ],
        ScaleOut::InFlight(scaler) => {
            vec![format!("target = {}", decimal(scaler.target)), span("interval", scaler.interval)]
        }
        ScaleOut::WindowedConcurrency(scaler) => windowed_concurrency(scaler),
        ScaleOut::KnativeKpa(scaler) => knative_kpa(scaler),
        ScaleOut::Hpa(scaler) => hpa(scaler),
        ScaleOut::Keda(scaler) => keda(scaler),
        ScaleOut::RayServe(scaler) => ray_serve(scaler),
        ScaleOut::SkyServe(scaler) => skyserve(scaler),
    };
    format!("{{ kind = {}, {} }}", quoted(scale_out.kind()), entries.join(", "))
}

fn span(key: &str, value: Span) -> String {
    format!("{key} = {}", quoted(value))
}

fn windowed_concurrency(scaler: &WindowedConcurrency) -> Vec<String> {
    vec![
        span("window", scaler.window),
        span("interval", scaler.interval),
        format!("target = {}", decimal(scaler.target)),
        format!("target_utilization = {}", decimal(scaler.target_utilization)),
        span("scale_down_delay", scaler.scale_down_delay),
        format!("max_scale_down_rate = {}", decimal(scaler.max_scale_down_rate)),
        format!("buffer = {}", scaler.buffer),
    ]
}

fn knative_kpa(scaler: &KnativeKpa) -> Vec<String> {
    let capacity = scaler.target_burst_capacity.map_or_else(|| quoted("unlimited"), |capacity| capacity.to_string());
    vec![
        format!("target = {}", decimal(scaler.target)),
        format!("target_utilization = {}", decimal(scaler.target_utilization)),
        span("stable_window", scaler.stable_window),
        span("panic_window", scaler.panic_window),
        format!("panic_threshold = {}", decimal(scaler.panic_threshold)),
        format!("max_scale_up_rate = {}", decimal(scaler.max_scale_up_rate)),
        format!("max_scale_down_rate = {}", decimal(scaler.max_scale_down_rate)),
        span("scale_to_zero_grace", scaler.scale_to_zero_grace),
        span("scale_to_zero_retention", scaler.scale_to_zero_retention),
        span("scale_down_delay", scaler.scale_down_delay),
        format!("activation_scale = {}", scaler.activation_scale),
        format!("initial_scale = {}", scaler.initial_scale),
        format!("target_burst_capacity = {capacity}"),
        format!("activator_queue = {}", scaler.activator_queue),
        format!("queue_proxy_depth = {}", scaler.queue_proxy_depth),
        span("interval", scaler.interval),
    ]
}

fn hpa(scaler: &Hpa) -> Vec<String> {
    let mut entries = vec![
        format!("target = {}", decimal(scaler.target)),
        span("interval", scaler.interval),
        format!("tolerance = {}", decimal(scaler.tolerance)),
    ];
    entries.extend(behavior("scale_up", &scaler.scale_up));
    entries.extend(behavior("scale_down", &scaler.scale_down));
    entries
}

fn behavior(prefix: &str, behavior: &Behavior) -> [String; 4] {
    [
        span(&format!("{prefix}_window"), behavior.window),
        format!("{prefix}_percent = {}", behavior.percent),
        format!("{prefix}_instances = {}", behavior.instances),
        span(&format!("{prefix}_period"), behavior.period),
    ]
}

fn keda(scaler: &Keda) -> Vec<String> {
    let metric = match scaler.metric {
        KedaMetric::InFlight => quoted("in-flight"),
        KedaMetric::RequestRate { window } => format!("{{ kind = \"request-rate\", {} }}", span("window", window)),
    };
    let mut entries = vec![
        span("polling_interval", scaler.polling_interval),
        span("cooldown", scaler.cooldown),
        format!("metric = {metric}"),
    ];
    entries.extend(hpa(&scaler.hpa));
    entries
}

fn ray_serve(scaler: &RayServe) -> Vec<String> {
    vec![
        format!("target = {}", decimal(scaler.target)),
        span("upscale_delay", scaler.upscale_delay),
        span("downscale_delay", scaler.downscale_delay),
        span("downscale_to_zero_delay", scaler.downscale_to_zero_delay),
        format!("upscaling_factor = {}", decimal(scaler.upscaling_factor)),
        format!("downscaling_factor = {}", decimal(scaler.downscaling_factor)),
        span("metrics_interval", scaler.metrics_interval),
        span("look_back", scaler.look_back),
        span("interval", scaler.interval),
    ]
}

fn skyserve(scaler: &SkyServe) -> Vec<String> {
    vec![
        format!("target = {}", quoted(scaler.target)),
        span("window", scaler.window),
        span("upscale_delay", scaler.upscale_delay),
        span("downscale_delay", scaler.downscale_delay),
        span("interval", scaler.interval),
        span("interval_at_zero", scaler.interval_at_zero),
    ]
}
