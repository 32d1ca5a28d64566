//! The scenario as it was run: every default written out, overrides in place, valid TOML that loads to the same scenario.

mod fleet;
mod jobs;
mod scale_out;
mod terms;

use std::path::{Component, Path, PathBuf};

use crate::trace::{DataFile, Location};
use crate::unit::Span;

use super::{
    Arrivals, Decimal, Distribution, Retry, Scenario, ServiceTime, Shape, Slo, Source, Trace, TraceLayout, TrafficClass,
};

/// The scenario as TOML for the folder `out_dir`. Data files on disk are named relative to that folder (absolute where the two
/// share no root), embedded ones as `embedded:NAME`, which any scenario may write.
#[must_use]
pub fn write_resolved(scenario: &Scenario, out_dir: &Path) -> String {
    let mut out = Writer { text: String::new(), folder: absolute(out_dir) };
    out.text.push_str("# The scenario as it was run, every default written out.\n\n");
    out.key("name", quoted(&scenario.name));
    out.key("description", quoted(&scenario.description));
    out.key("horizon", quoted(scenario.horizon));
    out.key("warm_up", quoted(scenario.warm_up));
    out.key("replications", scenario.replications);
    out.key("seed", scenario.seed);
    out.key("starts", quoted(scenario.starts));
    if let Some(slo) = &scenario.slo {
        out.slo(slo);
    }
    scenario.traffic.iter().for_each(|class| out.class(class));
    scenario.fleets.iter().for_each(|fleet| out.fleet(fleet));
    scenario.jobs.iter().for_each(|class| out.jobs(class));
    out.text
}

struct Writer {
    text: String,
    /// What the paths of data files are relative to.
    folder: PathBuf,
}

impl Writer {
    fn header(&mut self, header: &str) {
        self.text.push_str(&format!("\n{header}\n"));
    }

    fn key(&mut self, key: &str, value: impl std::fmt::Display) {
        self.text.push_str(&format!("{key} = {value}\n"));
    }

    fn optional(&mut self, key: &str, value: Option<impl std::fmt::Display>) {
        if let Some(value) = value {
            self.key(key, value);
        }
    }

    fn slo(&mut self, slo: &Slo) {
        self.header("[slo]");
        let spans = [
            ("latency", slo.latency),
            ("p50", slo.p50),
            ("p90", slo.p90),
            ("p95", slo.p95),
            ("p99", slo.p99),
            ("p999", slo.p999),
        ];
        for (key, span) in spans {
            self.optional(key, span.map(quoted));
        }
        let shares =
            [("attainment", slo.attainment), ("max_rejected", slo.max_rejected), ("max_timed_out", slo.max_timed_out)];
        for (key, share) in shares {
            self.optional(key, share.map(float));
        }
    }

    fn class(&mut self, class: &TrafficClass) {
        self.header("[[traffic]]");
        self.key("name", quoted(&class.name));
        match &class.source {
            Source::Synthetic { rate, shape, arrivals } => {
                self.key("rate", quoted(rate));
                self.key("shape", shape_text(shape));
                self.key("arrivals", arrivals_text(arrivals));
            }
            Source::Trace(trace) => {
                let trace = self.trace(trace);
                self.key("trace", trace);
            }
        }
        let service = self.service_time(&class.service_time);
        self.key("service_time", service);
        self.key("timeout", or_word(class.timeout, "never"));
        self.optional("retry", class.retry.map(retry_text));
    }

    fn trace(&self, trace: &Trace) -> String {
        let layout = match &trace.layout {
            TraceLayout::Requests { arrival } => format!("arrival = {}", quoted(arrival)),
            TraceLayout::Counts { start, count, bin } => {
                format!("start = {}, count = {}, bin = {}", quoted(start), quoted(count), quoted(bin))
            }
        };
        let speed = decimal(Decimal { billionths: trace.speed_billionths });
        // The period of a trace that is not repeated says nothing, and may be zero.
        let period = match trace.repeat {
            true => format!(", period = {}", quoted(trace.period)),
            false => String::new(),
        };
        let (file, repeat) = (self.data_file(&trace.file), trace.repeat);
        let volume = decimal(trace.volume);
        format!("{{ file = {file}, {layout}, repeat = {repeat}{period}, speed = {speed}, volume = {volume} }}")
    }

    fn service_time(&self, service_time: &ServiceTime) -> String {
        match service_time {
            ServiceTime::Drawn(distribution) => self.distribution(distribution),
            ServiceTime::Column { column, scale } => {
                format!("{{ kind = \"column\", column = {}, scale = {} }}", quoted(column), decimal(*scale))
            }
            ServiceTime::Tokens { prompt, output, prompt_per_s, output_per_s, overhead } => format!(
                "{{ kind = \"tokens\", prompt = {}, output = {}, prompt_per_s = {}, output_per_s = {}, overhead = {} }}",
                quoted(prompt),
                quoted(output),
                decimal(*prompt_per_s),
                decimal(*output_per_s),
                quoted(overhead)
            ),
        }
    }

    fn distribution(&self, distribution: &Distribution) -> String {
        let mean_and_cv = |kind: &str, mean: &Span, cv: f64| {
            format!("{{ kind = \"{kind}\", mean = {}, cv = {} }}", quoted(mean), float(cv))
        };
        match distribution {
            Distribution::Constant(value) => quoted(value),
            Distribution::Exponential { mean } => format!("{{ kind = \"exponential\", mean = {} }}", quoted(mean)),
            Distribution::LogNormal { mean, cv } => mean_and_cv("lognormal", mean, *cv),
            Distribution::Gamma { mean, cv } => mean_and_cv("gamma", mean, *cv),
            Distribution::Weibull { mean, cv } => mean_and_cv("weibull", mean, *cv),
            Distribution::Uniform { low, high } => {
                format!("{{ kind = \"uniform\", low = {}, high = {} }}", quoted(low), quoted(high))
            }
            Distribution::Pareto { mean, shape } => {
                format!("{{ kind = \"pareto\", mean = {}, shape = {} }}", quoted(mean), float(*shape))
            }
            Distribution::Empirical { file, column, scale, .. } => format!(
                "{{ kind = \"empirical\", file = {}, column = {}, scale = {} }}",
                self.data_file(file),
                quoted(column),
                decimal(*scale)
            ),
            Distribution::Phases(phases) => {
                let phases: Vec<String> = phases.iter().map(|phase| self.distribution(phase)).collect();
                format!("{{ kind = \"phases\", phases = [{}] }}", phases.join(", "))
            }
        }
    }

    fn data_file(&self, file: &DataFile) -> String {
        match &file.location {
            Location::Embedded(_) => quoted(&file.written),
            Location::Disk(path) => quoted(relative(&absolute(path), &self.folder).to_string_lossy()),
        }
    }
}

fn shape_text(shape: &Shape) -> String {
    match shape {
        Shape::Constant => quoted("constant"),
        Shape::Diurnal { peak_over_mean, peak_at, weekend } => format!(
            "{{ kind = \"diurnal\", peak_over_mean = {}, peak_at = \"{}\", weekend = {} }}",
            float(*peak_over_mean),
            time_of_day(*peak_at),
            float(*weekend)
        ),
    }
}

fn retry_text(retry: Retry) -> String {
    format!(
        "{{ limit = {}, backoff = {}, factor = {}, longest = {}, jitter = {} }}",
        retry.limit,
        quoted(retry.backoff),
        float(retry.factor),
        quoted(retry.longest),
        float(retry.jitter)
    )
}

fn arrivals_text(arrivals: &Arrivals) -> String {
    match arrivals {
        Arrivals::Poisson => quoted("poisson"),
        Arrivals::Regular => quoted("regular"),
        Arrivals::Gamma { cv } => format!("{{ kind = \"gamma\", cv = {} }}", float(*cv)),
        Arrivals::OnOff { on, off, peak_over_mean } => format!(
            "{{ kind = \"on-off\", on = {}, off = {}, peak_over_mean = {} }}",
            quoted(on),
            quoted(off),
            float(*peak_over_mean)
        ),
    }
}

/// `15:00`, `15:00:30`; the end of a day is `24:00`.
pub(super) fn time_of_day(span: Span) -> String {
    let seconds = span.nanos() / Span::SECOND.nanos();
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    match span.nanos() % Span::SECOND.nanos() {
        0 if seconds == 0 => format!("{hours:02}:{minutes:02}"),
        0 => format!("{hours:02}:{minutes:02}:{seconds:02}"),
        nanos => format!("{hours:02}:{minutes:02}:{seconds:02}.{nanos:09}"),
    }
}

/// A text in the quotes and escapes of TOML.
fn quoted(value: impl std::fmt::Display) -> String {
    toml_edit::Value::from(value.to_string()).to_string()
}

/// The shortest number that reads back as the same float.
fn float(value: f64) -> String {
    format!("{value:?}")
}

fn decimal(value: Decimal) -> String {
    let (whole, rest) = (value.billionths / 1_000_000_000, value.billionths % 1_000_000_000);
    match rest {
        0 => whole.to_string(),
        rest => format!("{whole}.{rest:09}").trim_end_matches('0').to_owned(),
    }
}

fn or_word(span: Option<Span>, word: &str) -> String {
    span.map_or_else(|| quoted(word), quoted)
}

/// The real path of the part that exists, and the rest of it.
pub(super) fn absolute(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    for ancestor in path.ancestors() {
        if let (Ok(real), Ok(rest)) = (ancestor.canonicalize(), path.strip_prefix(ancestor)) {
            return match rest.as_os_str().is_empty() {
                true => real,
                false => real.join(rest),
            };
        }
    }
    path
}

/// The way from a folder to a file, both absolute.
fn relative(file: &Path, folder: &Path) -> PathBuf {
    let mut file_parts = file.components().peekable();
    let mut folder_parts = folder.components().peekable();
    let mut shared = false;
    while let (Some(a), Some(b)) = (file_parts.peek(), folder_parts.peek()) {
        if a != b {
            break;
        }
        shared = true;
        file_parts.next();
        folder_parts.next();
    }
    if !shared {
        return file.to_path_buf();
    }
    folder_parts.map(|_| Component::ParentDir).chain(file_parts).collect()
}
