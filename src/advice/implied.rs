//! The scenario that answers imply: traffic of the volume and the length that were said, and a serverless, a dedicated and a hybrid
//! fleet of one class of GPU. It is written as a file and read like one, so that prices come from the catalogue with their sources.

use crate::guide::Answers;
use crate::unit::Span;

/// The class of GPU of all fleets: that of the guide's own example.
const GPU: &str = "A100-80";
/// Bursts of traffic that cannot be foreseen: 5 minutes at four times the mean, then on average 25 minutes at 2/5 of it.
const BURSTS: &str = "arrivals = { kind = \"on-off\", on = \"5min\", off = \"25min\", peak_over_mean = 4.0 }";
/// A day that can be foreseen: the afternoon's peak is 1.6 times the mean.
const DAY: &str = "shape = { kind = \"diurnal\", peak_over_mean = 1.6, peak_at = \"15:00\", weekend = 1.0 }";
/// The share of requests that must be in time: where cold starts are acceptable, one in twenty may wait for one.
const STRICT: f64 = 0.99;
const LENIENT: f64 = 0.95;
/// What clients are taken to wait beyond the task itself where no latency was said.
const PATIENCE: Span = Span::MINUTE;

/// A window has about so many requests where a month has fewer, and is at least a day.
const ENOUGH_REQUESTS: f64 = 20_000.0;
const MOST_DAYS: f64 = 60.0;
/// Bursts at any time of the day need no whole day where hours bring this many requests.
const MANY_REQUESTS: f64 = 500_000.0;
const FEWEST_HOURS: f64 = 6.0;
/// Requests of all replications together, so that the answer is there within seconds.
const ALL_REQUESTS: f64 = 3e6;
const REPLICATIONS: std::ops::RangeInclusive<u32> = 4..=10;
/// More than this is not simulated here.
const MOST_REQUESTS_PER_MONTH: f64 = 100e6;
/// Instances that the work keeps busy.
const MOST_LOAD: f64 = 10_000.0;

/// A scenario file, and what it takes for granted.
#[derive(Clone, Debug, PartialEq)]
pub struct Implied {
    /// The scenario, in TOML.
    pub text: String,
    /// One sentence each, without its full stop.
    pub assumptions: Vec<String>,
    /// The instances that the work keeps busy on average.
    pub load: f64,
    /// As [`Answers::requests_per_month`], or what the utilisation of one instance comes to.
    pub requests_per_month: f64,
}

/// Why there is nothing to simulate.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum Unsaid {
    #[error(
        "training is a job and not requests: the flowchart ends at its first question, so no requests are simulated"
    )]
    Training,
    #[error("nothing is simulated without task_length")]
    TaskLength,
    #[error("nothing is simulated without requests_per_month or utilization")]
    Volume,
    #[error(
        "more than 100 million requests a month, or 10,000 busy instances, are not simulated here: write a scenario"
    )]
    TooMuch,
}

/// The scenario of some answers.
///
/// # Errors
/// See [`Unsaid`].
pub fn implied(answers: &Answers) -> Result<Implied, Unsaid> {
    if answers.training == Some(true) {
        return Err(Unsaid::Training);
    }
    let task = answers.task_length.ok_or(Unsaid::TaskLength)?;
    let mut assumptions = vec!["every task takes the time that was said".to_owned()];
    let requests_per_month = match (answers.requests_per_month, answers.utilization) {
        (Some(requests), _) => requests as f64,
        (None, Some(utilization)) if utilization > 0.0 => {
            assumptions.push("requests as many as keep one instance busy for the share that was said".to_owned());
            utilization * Span::MONTH.seconds() / task.seconds()
        }
        (None, _) => return Err(Unsaid::Volume),
    };
    let load = requests_per_month * task.seconds() / Span::MONTH.seconds();
    if requests_per_month > MOST_REQUESTS_PER_MONTH || load > MOST_LOAD {
        return Err(Unsaid::TooMuch);
    }
    assumptions.extend(contradiction(answers, load));
    let limit = objective(answers, task, &mut assumptions);
    let attainment = if answers.cold_start_ok == Some(true) { LENIENT } else { STRICT };
    let traffic = traffic(answers, &mut assumptions);
    let warm = answers.cold_start_ok == Some(false);
    if warm {
        assumptions.push(format!("serverless-warm keeps {} warm", instances(warm_instances(load))));
    }
    assumptions.push(format!(
        "{GPU} GPUs as in the guide's example: serverless at Modal by the second, dedicated at RunPod by the hour"
    ));
    let length = Length::new(requests_per_month, task, answers.predictable == Some(false));
    let text = format!(
        "name = \"What the answers imply\"\nhorizon = \"{}\"\nwarm_up = \"{}\"\nreplications = {}\nslo = {{ latency = \"{limit}\", \
         attainment = {attainment} }}\n\n[[traffic]]\nname = \"requests\"\nrate = \"{requests_per_month}/month\"\n{traffic}\nservice_time = \
         \"{task}\"\n{}",
        length.horizon,
        length.warm_up,
        length.replications,
        fleets(limit, task, warm.then(|| warm_instances(load)))
    );
    Ok(Implied { text, assumptions, load, requests_per_month })
}

/// Where the utilisation that was said is not what so many requests come to; the requests are simulated.
fn contradiction(answers: &Answers, load: f64) -> Option<String> {
    /// A tenth of the time more or less is no contradiction.
    const NEAR: f64 = 0.1;
    let said = answers.utilization.filter(|_| answers.requests_per_month.is_some())?;
    let fewest = warm_instances(load);
    let busy = load / f64::from(fewest);
    ((said - busy).abs() > NEAR).then(|| {
        format!(
            "the requests and not the utilisation: they keep {} busy {:.2}% of the time, not {:.0}%",
            instances(fewest),
            busy * 100.0,
            said * 100.0
        )
    })
}

/// Within what time a request must complete.
fn objective(answers: &Answers, task: Span, assumptions: &mut Vec<String>) -> Span {
    match answers.latency {
        Some(latency) if latency > task => latency,
        Some(latency) => {
            assumptions.push("a latency no longer than the task is the time until the work begins".to_owned());
            task + latency
        }
        None => {
            assumptions.push(format!("clients wait {PATIENCE} beyond the task itself, as no latency was said"));
            task + PATIENCE
        }
    }
}

fn traffic(answers: &Answers, assumptions: &mut Vec<String>) -> &'static str {
    match answers.predictable {
        Some(true) => assumptions.push("predictable traffic: busy afternoons and quiet nights, Poisson".to_owned()),
        Some(false) => {
            assumptions.push("unpredictable traffic: random bursts of some 5 minutes at four times the mean".to_owned())
        }
        None => {
            assumptions.push("predictable traffic, as nothing was said of it: busy afternoons, quiet nights".to_owned())
        }
    }
    if answers.predictable == Some(false) { BURSTS } else { DAY }
}

/// As many as the work keeps busy on average, at least one.
fn warm_instances(load: f64) -> u32 {
    load.ceil().max(1.0) as u32
}

fn instances(count: u32) -> String {
    if count == 1 { "1 instance".to_owned() } else { format!("{count} instances") }
}

/// The serverless, the dedicated and the hybrid fleet; with `warm` a serverless one that keeps so many instances.
fn fleets(limit: Span, task: Span, warm: Option<u32>) -> String {
    let serverless = format!(
        "kind = \"serverless\"\npreset = \"modal\"\ngpu = \"{GPU}\"\nmax_instances = \"unlimited\"\n# The longest that the platform allows.\n\
         execution_limit = \"24h\"\n"
    );
    let dedicated = format!(
        "kind = \"dedicated\"\ninstances = \"fit\"\nprovider = \"runpod\"\nproduct = \"Secure Cloud pod\"\ngpu = \"{GPU}\"\n"
    );
    let warm = warm.map_or(String::new(), |count| {
        format!("\n[[fleet]]\nname = \"serverless-warm\"\n{serverless}min_instances = {count}\n")
    });
    let wait = Span::from_nanos(limit.nanos() - task.nanos());
    format!(
        "\n[[fleet]]\nname = \"serverless\"\n{serverless}{warm}\n[[fleet]]\nname = \"dedicated\"\n{dedicated}\n[[fleet]]\nname = \
         \"hybrid\"\nkind = \"hybrid\"\noverflow = {{ wait_over = \"{wait}\" }}\n\n[[fleet.pool]]\nname = \"base\"\n{dedicated}\n[[fleet.pool]]\n\
         name = \"burst\"\n{serverless}"
    )
}

/// How long to simulate, and how often: whole days, but for many bursts.
struct Length {
    horizon: Span,
    warm_up: Span,
    replications: u32,
}

impl Length {
    fn new(requests_per_month: f64, task: Span, bursts: bool) -> Length {
        let an_hour = requests_per_month * (Span::HOUR.seconds() / Span::MONTH.seconds());
        let a_day = Span::DAY.seconds() / Span::HOUR.seconds();
        let hours = match bursts && an_hour * a_day > MANY_REQUESTS {
            true => (MANY_REQUESTS / an_hour).ceil().max(FEWEST_HOURS),
            false => (ENOUGH_REQUESTS / (an_hour * a_day)).ceil().clamp(1.0, MOST_DAYS) * a_day,
        };
        let replications = (ALL_REQUESTS / (an_hour * hours)).floor();
        let replications = replications.clamp(f64::from(*REPLICATIONS.start()), f64::from(*REPLICATIONS.end())) as u32;
        // Longer than a keep-alive and some tasks, so that the start is forgotten; in whole hours.
        let warm_up = (3 * task.nanos()).div_ceil(Span::HOUR.nanos()).max(1) * Span::HOUR.nanos();
        Length {
            horizon: Span::from_nanos(warm_up + hours as u64 * Span::HOUR.nanos()),
            warm_up: Span::from_nanos(warm_up),
            replications,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::scenario::{Loaded, Overrides, Source, load_text};

    fn answered() -> Answers {
        Answers {
            task_length: Some(Span::from_nanos(50 * Span::MILLISECOND.nanos())),
            requests_per_month: Some(1_440_000),
            latency: Some(Span::from_nanos(500 * Span::MILLISECOND.nanos())),
            predictable: Some(true),
            ..Answers::default()
        }
    }

    fn loaded(answers: &Answers) -> Loaded {
        let text = implied(answers).unwrap().text;
        load_text(&text, "implied.toml", Path::new(""), &Overrides::default())
            .unwrap_or_else(|problems| panic!("{text}\n{}", problems.render(false)))
    }

    #[test]
    fn the_scenario_of_any_answers_is_one_without_mistakes_and_with_prices_of_the_catalogue() {
        for task in ["1ms", "50ms", "3s", "20min", "3d"].map(|text| crate::unit::parse_span(text).unwrap()) {
            for predictable in [None, Some(true), Some(false)] {
                for (cold_start_ok, latency) in
                    [(None, None), (Some(true), Some(Span::SECOND)), (Some(false), Some(Span::HOUR))]
                {
                    let answers = Answers {
                        task_length: Some(task),
                        utilization: Some(0.4),
                        predictable,
                        cold_start_ok,
                        latency,
                        ..Answers::default()
                    };
                    let Ok(_) = implied(&answers) else {
                        assert!(task == Span::MILLISECOND, "{task}");
                        continue;
                    };
                    let loaded = loaded(&answers);
                    assert_eq!(loaded.scenario.fleets.len(), if cold_start_ok == Some(false) { 4 } else { 3 });
                    assert_eq!(loaded.catalog.len(), 2);
                    let Source::Synthetic { rate, .. } = &loaded.scenario.traffic[0].source else { panic!("drawn") };
                    let load = rate.per_second() * task.seconds();
                    assert!((load - 0.4).abs() < 1e-6, "{load}");
                }
            }
        }
    }

    #[test]
    fn windows_are_whole_days_with_enough_requests_and_few_in_all() {
        for (requests, days, replications) in
            [(1_440_000, 1, 10), (600_000, 1, 10), (60_000, 10, 10), (30, 60, 10), (30_000_000, 1, 4)]
        {
            let scenario = loaded(&Answers { requests_per_month: Some(requests), ..answered() }).scenario;
            let window = scenario.window().nanos();
            assert_eq!((window, scenario.replications), (days * Span::DAY.nanos(), replications), "{requests}");
            assert_eq!(scenario.warm_up, Span::HOUR);
        }
    }

    #[test]
    fn a_latency_shorter_than_the_task_is_the_wait_and_none_is_a_minute() {
        let task = answered().task_length.unwrap();
        for (latency, limit) in [
            (Some(Span::SECOND), Span::SECOND),
            (Some(task), task + task),
            (Some(Span::MILLISECOND), task + Span::MILLISECOND),
            (None, task + Span::MINUTE),
        ] {
            let slo = loaded(&Answers { latency, ..answered() }).scenario.slo.unwrap();
            assert_eq!((slo.latency, slo.attainment), (Some(limit), Some(STRICT)));
        }
        let lenient = loaded(&Answers { cold_start_ok: Some(true), ..answered() }).scenario.slo.unwrap();
        assert_eq!(lenient.attainment, Some(LENIENT));
    }

    #[test]
    fn fails_with_what_is_not_said() {
        let none = |answers: Answers| implied(&answers).unwrap_err();
        assert_eq!(none(Answers { training: Some(true), ..answered() }), Unsaid::Training);
        assert_eq!(none(Answers { task_length: None, ..answered() }), Unsaid::TaskLength);
        assert_eq!(none(Answers { requests_per_month: None, ..answered() }), Unsaid::Volume);
        assert_eq!(none(Answers { requests_per_month: None, utilization: Some(0.0), ..answered() }), Unsaid::Volume);
        assert_eq!(none(Answers { requests_per_month: Some(100_000_001), ..answered() }), Unsaid::TooMuch);
        let busy = Answers { task_length: Some(Span::DAY), requests_per_month: Some(1_000_000), ..answered() };
        assert_eq!(none(busy), Unsaid::TooMuch);
    }
}
