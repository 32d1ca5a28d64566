//! When instances are started and taken away: the rules of real platforms, each with its documented defaults.
//!
//! The formulas and their sources are in docs/SCALERS.md and with the state machines of `fleet`.

use crate::unit::{Rate, Span};

use super::Decimal;

/// When a serverless fleet starts an instance, and which take instances away again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScaleOut {
    /// An arrival with no idle instance starts one and waits for that one.
    PerRequest,
    /// Arrivals wait in one queue; instances are started while more requests wait than slots start (Modal, fal).
    SlotDeficit {
        /// Instances kept idle beyond what is needed while there is traffic: Modal's `buffer_containers`. Default 0.
        buffer: u32,
        /// Whether starting slots count as cover; if not, every waiting arrival starts an instance. Default true.
        count_starting: bool,
    },
    /// An arrival with no idle instance starts one and waits for that one, as long as the bucket has a token (AWS Lambda,
    /// "Lambda scaling behavior": 1,000 more environments every 10 seconds, refilled continuously and never more than
    /// that). Without a token it is throttled.
    LambdaTokenBucket {
        /// Starts that flow in. Default 100/s.
        rate: Rate,
        /// The most tokens, all there at t = 0; at least 1. Default 1000.
        burst: u64,
        /// Requests in flight that an instance is started for, at least 1: an environment takes one. Default 1.
        target: u32,
    },
    QueueDelay(QueueDelay),
    InFlight(InFlight),
    WindowedConcurrency(WindowedConcurrency),
    KnativeKpa(KnativeKpa),
    Hpa(Hpa),
    Keda(Keda),
    RayServe(RayServe),
    SkyServe(SkyServe),
}

impl ScaleOut {
    /// The kinds as a scenario writes them.
    pub const KINDS: [&'static str; 11] = [
        "per-request",
        "slot-deficit",
        "lambda-token-bucket",
        "queue-delay",
        "in-flight",
        "windowed-concurrency",
        "knative-kpa",
        "hpa",
        "keda",
        "ray-serve",
        "skyserve",
    ];

    /// The kind's defaults; `None` for a word that is no kind. `slots` are those of the fleet, which a default may go by.
    #[must_use]
    pub fn of_kind(kind: &str, slots: u32) -> Option<ScaleOut> {
        let scale_out = match kind {
            "per-request" => ScaleOut::PerRequest,
            "slot-deficit" => ScaleOut::slot_deficit(),
            "lambda-token-bucket" => ScaleOut::lambda_token_bucket(),
            "queue-delay" => ScaleOut::QueueDelay(QueueDelay::default()),
            "in-flight" => ScaleOut::InFlight(InFlight::default()),
            "windowed-concurrency" => ScaleOut::WindowedConcurrency(WindowedConcurrency::default()),
            "knative-kpa" => ScaleOut::KnativeKpa(KnativeKpa::of_slots(slots)),
            "hpa" => ScaleOut::Hpa(Hpa::default()),
            "keda" => ScaleOut::Keda(Keda::default()),
            "ray-serve" => ScaleOut::RayServe(RayServe::default()),
            "skyserve" => ScaleOut::SkyServe(SkyServe::default()),
            _ => return None,
        };
        Some(scale_out)
    }

    /// [`ScaleOut::SlotDeficit`] with its defaults.
    #[must_use]
    pub const fn slot_deficit() -> ScaleOut {
        ScaleOut::SlotDeficit { buffer: 0, count_starting: true }
    }

    /// [`ScaleOut::LambdaTokenBucket`] with its defaults.
    #[must_use]
    pub fn lambda_token_bucket() -> ScaleOut {
        ScaleOut::LambdaTokenBucket { rate: whole_rate(100), burst: 1_000, target: 1 }
    }

    /// As a scenario writes it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        let index = match self {
            ScaleOut::PerRequest => 0,
            ScaleOut::SlotDeficit { .. } => 1,
            ScaleOut::LambdaTokenBucket { .. } => 2,
            ScaleOut::QueueDelay(_) => 3,
            ScaleOut::InFlight(_) => 4,
            ScaleOut::WindowedConcurrency(_) => 5,
            ScaleOut::KnativeKpa(_) => 6,
            ScaleOut::Hpa(_) => 7,
            ScaleOut::Keda(_) => 8,
            ScaleOut::RayServe(_) => 9,
            ScaleOut::SkyServe(_) => 10,
        };
        ScaleOut::KINDS[index]
    }

    /// Whether the scaler takes instances away itself. If not, an instance stops when it has been idle for the keep-alive time.
    #[must_use]
    pub fn removes_instances(&self) -> bool {
        match self {
            ScaleOut::PerRequest
            | ScaleOut::SlotDeficit { .. }
            | ScaleOut::LambdaTokenBucket { .. }
            | ScaleOut::QueueDelay(_)
            | ScaleOut::InFlight(_) => false,
            ScaleOut::WindowedConcurrency(_)
            | ScaleOut::KnativeKpa(_)
            | ScaleOut::Hpa(_)
            | ScaleOut::Keda(_)
            | ScaleOut::RayServe(_)
            | ScaleOut::SkyServe(_) => true,
        }
    }

    /// The fewest instances that the scaler can keep: it may not be able to start from none.
    #[must_use]
    pub fn least_instances(&self) -> u32 {
        u32::from(matches!(self, ScaleOut::Hpa(_)))
    }
}

/// Instances are added while requests wait too long (RunPod, "Queue delay"). The first request of all adds one at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueDelay {
    /// A request that waits longer than this calls for an instance. Default 4 s (RunPod).
    pub delay: Span,
    /// Instances that may be added at once beside the one, as far as more requests wait than slots start. Default 2
    /// (RunPod's extra workers, which join the others in a spike).
    pub extra_workers: u32,
    /// How often it looks, above zero. Default 1 s (not documented by RunPod).
    pub interval: Span,
}

impl Default for QueueDelay {
    fn default() -> QueueDelay {
        QueueDelay { delay: seconds(4), extra_workers: 2, interval: seconds(1) }
    }
}

/// As many instances as the requests waiting and in service need (RunPod, "Request count"; Beam).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InFlight {
    /// Requests in flight an instance. Default 1 (Beam's tasks per container).
    pub target: Decimal,
    /// How often it looks, above zero. Default 1 s (Beam).
    pub interval: Span,
}

impl Default for InFlight {
    fn default() -> InFlight {
        InFlight { target: Decimal::ONE, interval: seconds(1) }
    }
}

/// As many instances as the mean number of requests in flight over a window needs (Baseten; Cerebrium).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowedConcurrency {
    /// What the mean is taken over; above zero. Default 60 s (Baseten; Cerebrium 30 s).
    pub window: Span,
    /// How often it looks, above zero. Default: once a window (Baseten).
    pub interval: Span,
    /// Requests in flight an instance. Default 1.
    pub target: Decimal,
    /// The share of the target that is aimed at, above 0 and at most 1. Default 0.7 (Baseten; Cerebrium 1).
    pub target_utilization: Decimal,
    /// An instance is in excess for this long before it is taken away. Default 900 s (Baseten; Cerebrium's cooldown 60 s).
    pub scale_down_delay: Span,
    /// The share of the instances that may be taken away in one look, above 0 and at most 1. Default 0.5 (Baseten; Cerebrium 1).
    pub max_scale_down_rate: Decimal,
    /// Instances beyond those that are needed while there is traffic. Default 0 (Cerebrium's `scaling_buffer`).
    pub buffer: u32,
}

impl Default for WindowedConcurrency {
    fn default() -> WindowedConcurrency {
        WindowedConcurrency {
            window: seconds(60),
            interval: seconds(60),
            target: Decimal::ONE,
            target_utilization: tenths(7),
            scale_down_delay: seconds(900),
            max_scale_down_rate: tenths(5),
            buffer: 0,
        }
    }
}

/// The Knative pod autoscaler, KServe's too. The container concurrency is the fleet's `slots`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnativeKpa {
    /// Requests in flight an instance; more than `slots` count as `slots`. Default: `slots`.
    pub target: Decimal,
    /// The share of the target that is aimed at, above 0 and at most 1. Default 0.7.
    pub target_utilization: Decimal,
    /// Default 60 s.
    pub stable_window: Span,
    /// At most the stable window. Default: a tenth of it, to the nearest second and at least one.
    pub panic_window: Span,
    /// It panics when the panic window calls for this many times the ready instances, or more; above 1. Default 2.
    pub panic_threshold: Decimal,
    /// In one look at most this many times the ready instances are wanted, at least 1. Default 1000.
    pub max_scale_up_rate: Decimal,
    /// In one look at least the ready instances divided by this are wanted, at least 1. Default 2.
    pub max_scale_down_rate: Decimal,
    /// How long the activator is in the path before the last instance goes. Default 30 s.
    pub scale_to_zero_grace: Span,
    /// How long the last instance is kept at least once there is no traffic. Default 0 s.
    pub scale_to_zero_retention: Span,
    /// Fewer instances are wanted only after this long. Default 0 s.
    pub scale_down_delay: Span,
    /// As many instances as this, if any; at least 1. Default 1.
    pub activation_scale: u32,
    /// Instances that are started at t = 0, and kept until as many have been ready. Default 1.
    pub initial_scale: u32,
    /// The activator is in the path while the spare capacity is below this; `None`: always; 0: only at no instances.
    /// Default 211.
    pub target_burst_capacity: Option<u32>,
    /// Requests that may wait while the activator is in the path. Default 10,000.
    pub activator_queue: u64,
    /// Requests that may wait at an instance's proxy, by the instance's slots, while it is not. Default 10.
    pub queue_proxy_depth: u32,
    /// How often it looks, above zero. Default 2 s.
    pub interval: Span,
}

impl KnativeKpa {
    /// The defaults for instances of so many slots.
    #[must_use]
    pub fn of_slots(slots: u32) -> KnativeKpa {
        KnativeKpa {
            target: whole(u64::from(slots)),
            target_utilization: tenths(7),
            stable_window: seconds(60),
            panic_window: KnativeKpa::panic_window_of(seconds(60)),
            panic_threshold: whole(2),
            max_scale_up_rate: whole(1_000),
            max_scale_down_rate: whole(2),
            scale_to_zero_grace: seconds(30),
            scale_to_zero_retention: Span::ZERO,
            scale_down_delay: Span::ZERO,
            activation_scale: 1,
            initial_scale: 1,
            target_burst_capacity: Some(211),
            activator_queue: 10_000,
            queue_proxy_depth: 10,
            interval: seconds(2),
        }
    }

    /// The default panic window of a stable window: 10 % of it, to the nearest second and at least one.
    #[must_use]
    pub fn panic_window_of(stable_window: Span) -> Span {
        let second = Span::SECOND.nanos();
        let tenth = stable_window.nanos() / 10;
        seconds(((tenth + second / 2) / second).max(1))
    }
}

/// How fast the number of instances may change, and which recommendations it goes by: a `behavior` of Kubernetes'
/// horizontal pod autoscaler with one policy by percent and one by number, of which the larger change counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behavior {
    /// The stabilisation window: up, the lowest recommendation in it counts; down, the highest. At most 1 h.
    pub window: Span,
    /// Per cent of the instances at the start of the period.
    pub percent: u32,
    /// Instances.
    pub instances: u32,
    /// What the changes are counted over, above zero and at most 30 min.
    pub period: Span,
}

/// Kubernetes' horizontal pod autoscaler, on the requests in flight of each ready instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hpa {
    /// Requests in flight (waiting ones included) an instance. Default 1.
    pub target: Decimal,
    /// How often it looks, above zero. Default 15 s.
    pub interval: Span,
    /// No change while the metric is within this share of the target, at least 0 and below 1. Default 0.1.
    pub tolerance: Decimal,
    /// Default: no window; 100 % or 4 instances in 15 s.
    pub scale_up: Behavior,
    /// Default: a window of 300 s; 100 % in 15 s.
    pub scale_down: Behavior,
}

impl Default for Hpa {
    fn default() -> Hpa {
        Hpa {
            target: Decimal::ONE,
            interval: seconds(15),
            tolerance: tenths(1),
            scale_up: Behavior { window: Span::ZERO, percent: 100, instances: 4, period: seconds(15) },
            scale_down: Behavior { window: seconds(300), percent: 100, instances: 0, period: seconds(15) },
        }
    }
}

/// KEDA: from none to one on any activity, back to none after a cooldown, and between them the horizontal pod autoscaler on a
/// total that is shared out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keda {
    /// How often it looks for activity, above zero. Default 30 s.
    pub polling_interval: Span,
    /// How long without activity the last instances are kept. Default 300 s.
    pub cooldown: Span,
    pub metric: KedaMetric,
    /// The rules from one instance on; its target is a share of the metric an instance.
    pub hpa: Hpa,
}

impl Default for Keda {
    fn default() -> Keda {
        Keda {
            polling_interval: seconds(30),
            cooldown: seconds(300),
            metric: KedaMetric::InFlight,
            hpa: Hpa::default(),
        }
    }
}

/// What KEDA scales on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KedaMetric {
    /// The requests waiting and in service.
    InFlight,
    /// The requests a second that arrived in a window, above zero (Azure Container Apps' HTTP rule: 15 s).
    RequestRate { window: Span },
}

/// Ray Serve's replica autoscaler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RayServe {
    /// Requests waiting and in service an instance: `target_ongoing_requests`. Default 2.
    pub target: Decimal,
    /// How long more instances have to be wanted. Default 30 s.
    pub upscale_delay: Span,
    /// How long fewer instances have to be wanted. Default 600 s.
    pub downscale_delay: Span,
    /// The same for the last one. Default: as `downscale_delay`.
    pub downscale_to_zero_delay: Span,
    /// The share of a difference that is made up for, upwards. Default 1.
    pub upscaling_factor: Decimal,
    /// Downwards. Default 1.
    pub downscaling_factor: Decimal,
    /// How often requests are reported, a multiple of `interval`. Default 10 s.
    pub metrics_interval: Span,
    /// What is reported is the mean over this, a multiple of `interval`. Default 30 s.
    pub look_back: Span,
    /// How often it decides, above zero. Default 100 ms.
    pub interval: Span,
}

impl Default for RayServe {
    fn default() -> RayServe {
        RayServe {
            target: whole(2),
            upscale_delay: seconds(30),
            downscale_delay: seconds(600),
            downscale_to_zero_delay: seconds(600),
            upscaling_factor: Decimal::ONE,
            downscaling_factor: Decimal::ONE,
            metrics_interval: seconds(10),
            look_back: seconds(30),
            interval: Span::from_nanos(100 * Span::MILLISECOND.nanos()),
        }
    }
}

/// SkyServe's request rate autoscaler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SkyServe {
    /// Requests an instance: `target_qps_per_replica`. Default 1/s.
    pub target: Rate,
    /// What requests are counted over, a multiple of `interval_at_zero`. Default 60 s.
    pub window: Span,
    /// How long more instances have to be wanted. Default 300 s.
    pub upscale_delay: Span,
    /// How long fewer instances have to be wanted. Default 1200 s.
    pub downscale_delay: Span,
    /// How often it decides, a multiple of `interval_at_zero`. Default 20 s.
    pub interval: Span,
    /// How often it decides while no instance is wanted, above zero. Default 5 s.
    pub interval_at_zero: Span,
}

impl Default for SkyServe {
    fn default() -> SkyServe {
        SkyServe {
            target: whole_rate(1),
            window: seconds(60),
            upscale_delay: seconds(300),
            downscale_delay: seconds(1_200),
            interval: seconds(20),
            interval_at_zero: seconds(5),
        }
    }
}

/// The most steps of its cadence that a scaler remembers.
pub const MOST_STEPS: u64 = 10_000;

/// The longest step that all of some spans are whole multiples of; zero when they all are.
#[must_use]
pub fn common_step(spans: &[Span]) -> Span {
    let gcd = |mut a: u64, mut b: u64| {
        while b != 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    Span::from_nanos(spans.iter().fold(0, |step, span| gcd(step, span.nanos())))
}

fn seconds(count: u64) -> Span {
    Span::from_nanos(count * Span::SECOND.nanos())
}

fn whole(count: u64) -> Decimal {
    Decimal { billionths: count * Decimal::ONE.billionths }
}

fn tenths(count: u64) -> Decimal {
    Decimal { billionths: count * Decimal::ONE.billionths / 10 }
}

fn whole_rate(per_second: u64) -> Rate {
    Rate::new(per_second * 1_000_000_000, Span::SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_defaults_of_that_kind() {
        for kind in ScaleOut::KINDS {
            assert_eq!(ScaleOut::of_kind(kind, 1).map(|scale_out| scale_out.kind()), Some(kind));
        }
        assert_eq!(ScaleOut::of_kind("kpa", 1), None);
    }

    #[test]
    fn a_panic_window_is_a_tenth_in_whole_seconds() {
        for (stable, panic) in [(6, 1), (60, 6), (65, 7), (64, 6), (3_600, 360)] {
            assert_eq!(KnativeKpa::panic_window_of(seconds(stable)), seconds(panic), "{stable} s");
        }
    }

    #[test]
    fn a_common_step_divides_all() {
        assert_eq!(common_step(&[seconds(2), seconds(60), seconds(7)]), seconds(1));
        assert_eq!(common_step(&[seconds(30), seconds(15)]), seconds(15));
        assert_eq!(common_step(&[Span::ZERO, seconds(15)]), seconds(15));
    }
}
