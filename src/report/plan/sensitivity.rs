//! The sensitivity of a plan: its part of the document, its words for the terminal, its chart and its columns.

use anstyle::Style;
use comfy_table::{Cell, Table};
use polars::prelude::Column;
use serde::Serialize;

use crate::experiment::plan::{Effect, Flip, Sensitivity, Setting};
use crate::measure::Estimate;
use crate::report::chart::{TornadoBar, TornadoChart, TornadoEnd, TornadoMark};
use crate::report::number;
use crate::report::parquet::column;
use crate::report::table::{Look, new_table, with_interval, written};
use crate::report::text::{labelled, paragraph, section};

/// The chosen design with every factor as it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SensitivityBase {
    /// The design that is kept.
    pub chosen: String,
    pub replications: u32,
    #[serde(flatten)]
    pub setting: SettingSummary,
}

/// An entry of the list `sensitivity`: one factor, varied alone. The largest swing of the cost comes first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SensitivityEntry {
    pub factor: &'static str,
    pub low: SettingSummary,
    pub high: SettingSummary,
    /// From the lowest to the highest cost of the chosen design, of both ends and the base.
    pub swing_usd_per_month: f64,
    /// Where the choice changes, below the base and above; empty: nowhere in `searched`.
    pub flips_at: Vec<FlipSummary>,
    /// How far a change of the choice was looked for: what the factor was multiplied by at least and at most.
    pub searched: [f64; 2],
}

/// The chosen design where a factor has some value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SettingSummary {
    /// In words: `-50%`.
    pub change: String,
    /// What the factor is multiplied by.
    pub by: f64,
    pub cost_per_month_usd: Estimate,
    /// Against the base, paired by replication.
    pub change_usd_per_month: Estimate,
    /// `None`: there is no objective.
    pub meets_slo: Option<bool>,
    /// The cheapest design that meets the objective; `None`: none does.
    pub cheapest: Option<String>,
    /// Its index among the candidates.
    pub cheapest_index: Option<usize>,
    /// What keeping the chosen design costs more than the cheapest; nothing where it misses the objective.
    pub regret_usd_per_month: Estimate,
}

/// A change of the choice, between two values of a factor.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FlipSummary {
    /// In words, the middle of the two: `+14.3%`.
    pub change: String,
    /// What the factor is multiplied by where the choice is still that of the base.
    pub before: f64,
    /// What it is multiplied by where the choice is `to`.
    pub after: f64,
    /// `None`: no design meets the objective.
    pub from: Option<String>,
    pub to: Option<String>,
    /// Of the chosen design at `after`.
    pub cost_per_month_usd: Option<f64>,
}

/// The base, with the names of the designs in the order of the candidates.
#[must_use]
pub fn sensitivity_base(sensitivity: &Sensitivity, names: &[String]) -> SensitivityBase {
    SensitivityBase {
        chosen: name(names, Some(sensitivity.chosen)).unwrap_or_default(),
        replications: sensitivity.replications,
        setting: setting(&sensitivity.base, names),
    }
}

/// The list `sensitivity` of a plan's document.
#[must_use]
pub fn sensitivity_entries(sensitivity: &Sensitivity, names: &[String]) -> Vec<SensitivityEntry> {
    let entry = |effect: &Effect| SensitivityEntry {
        factor: effect.factor.name(),
        low: setting(&effect.low, names),
        high: setting(&effect.high, names),
        swing_usd_per_month: effect.swing_usd_per_month(),
        flips_at: effect.flips.iter().map(|found| flip(found, names)).collect(),
        searched: effect.searched,
    };
    sensitivity.effects.iter().map(entry).collect()
}

fn name(names: &[String], index: Option<usize>) -> Option<String> {
    names.get(index?).cloned()
}

fn setting(setting: &Setting, names: &[String]) -> SettingSummary {
    SettingSummary {
        change: change(setting.by),
        by: setting.by,
        cost_per_month_usd: setting.cost_per_month_usd,
        change_usd_per_month: setting.change_usd_per_month,
        meets_slo: setting.meets_slo,
        cheapest: name(names, setting.cheapest),
        cheapest_index: setting.cheapest,
        regret_usd_per_month: setting.regret_usd_per_month,
    }
}

fn flip(flip: &Flip, names: &[String]) -> FlipSummary {
    FlipSummary {
        change: change(flip.at()),
        before: flip.before,
        after: flip.after,
        from: name(names, flip.from),
        to: name(names, flip.to),
        cost_per_month_usd: flip.cost_per_month_usd,
    }
}

/// `-50%`, `+14.3%`; `x3.2` from twice on, and below a half.
fn change(by: f64) -> String {
    let digits = |value: f64| number::without_zeros(&number::significant(value, 3)).to_owned();
    match by {
        1.0 => "as it is".to_owned(),
        by if !(0.5..=2.0).contains(&by) => format!("x{}", digits(by)),
        by if by < 1.0 => format!("-{}%", digits((1.0 - by) * 100.0)),
        by => format!("+{}%", digits((by - 1.0) * 100.0)),
    }
}

/// A row a factor, then in words where the choice changes.
#[must_use]
pub fn sensitivity_report(base: &SensitivityBase, entries: &[SensitivityEntry], look: Look) -> String {
    let (bold, dim) = (Style::new().bold(), Style::new().dimmed());
    let mut text = String::new();
    let cost = with_interval(&base.setting.cost_per_month_usd, number::dollars);
    paragraph(&mut text, &format!("What the cost of {cost} a month of {} hangs on", base.chosen), bold, look);
    let replications = match base.replications {
        1 => "one replication".to_owned(),
        count => format!("{count} replications"),
    };
    paragraph(&mut text, &format!("each factor varied alone; {replications}, the same random numbers"), dim, look);
    section(&mut text, &with_brackets(&mut table(entries, look), entries));
    text.push('\n');
    for entry in entries.iter().filter(|entry| !entry.flips_at.is_empty()) {
        labelled(&mut text, &format!("{}: ", entry.factor), &flips_in_words(entry), Style::new(), look);
    }
    if let Some(stays) = stays(entries) {
        paragraph(&mut text, &stays, Style::new(), look);
    }
    if base.setting.cheapest.as_deref() != Some(&base.chosen) {
        paragraph(&mut text, &not_the_choice(base), dim, look);
    }
    text
}

/// The factors with which the choice does not change; `None` where it does with all.
fn stays(entries: &[SensitivityEntry]) -> Option<String> {
    let stays: Vec<String> = entries.iter().filter(|entry| entry.flips_at.is_empty()).map(stays_in_words).collect();
    (!stays.is_empty()).then(|| format!("The choice does not change with {}.", stays.join(", ")))
}

/// Where the choice changes, and what else there is to say, a sentence each.
pub(in crate::report) fn sentences(base: &SensitivityBase, entries: &[SensitivityEntry]) -> Vec<String> {
    let flips = entries.iter().filter(|entry| !entry.flips_at.is_empty());
    let flips = flips.map(|entry| format!("{}: {}", entry.factor, flips_in_words(entry)));
    let other = base.setting.cheapest.as_deref() != Some(&base.chosen);
    flips.chain(stays(entries)).chain(other.then(|| not_the_choice(base))).collect()
}

/// The table with what its brackets mean.
fn with_brackets(table: &mut Table, entries: &[SensitivityEntry]) -> String {
    let mut text = written(table);
    if entries.iter().flat_map(|entry| [&entry.low, &entry.high]).any(|end| end.meets_slo == Some(false)) {
        text.push_str("\n[in brackets: misses the objective]");
    }
    text
}

/// What the few replications of a sensitivity say against the chosen design.
fn not_the_choice(base: &SensitivityBase) -> String {
    let misses = match base.setting.meets_slo {
        Some(false) => format!("{} misses the objective", base.chosen),
        _ => format!("{} is not the cheapest", base.chosen),
    };
    let instead = match (&base.setting.cheapest, base.setting.regret_usd_per_month.mean) {
        (Some(rival), Some(less)) => format!("{rival} costs {} a month less", number::dollars(less)),
        (Some(rival), None) => format!("{rival} is the cheapest that meets it"),
        (None, _) => "no design meets it".to_owned(),
    };
    format!("With nothing varied, by these replications, {misses}: {instead}. Changes of the choice start from there.")
}

pub(in crate::report) fn table(entries: &[SensitivityEntry], look: Look) -> Table {
    let mut table = new_table(&["factor", "less", "$/month", "more", "$/month", "swing"], look);
    let cost = |end: &SettingSummary| {
        let cost = number::or_dash(end.cost_per_month_usd.mean, number::dollars);
        if end.meets_slo == Some(false) { format!("[{cost}]") } else { format!("{cost} ") }
    };
    for entry in entries {
        let (low, high) = (&entry.low, &entry.high);
        let swing = number::dollars(entry.swing_usd_per_month);
        let cells = [entry.factor.to_owned(), low.change.clone(), cost(low), high.change.clone(), cost(high), swing];
        table.add_row(cells.map(Cell::new));
    }
    table
}

/// From where on which design is the choice, and what keeping the chosen one costs at the end.
fn flips_in_words(entry: &SensitivityEntry) -> String {
    let sentence = |flip: &FlipSummary| {
        let (side, end) = if flip.after < 1.0 { ("below", &entry.low) } else { ("above", &entry.high) };
        let choice = match &flip.to {
            Some(to) => format!("{side} {} the choice is {to}", flip.change),
            None => format!("{side} {} no design meets the objective", flip.change),
        };
        let regret = end.regret_usd_per_month.mean.filter(|&regret| regret > 0.0);
        match regret {
            Some(regret) if (flip.after - 1.0).abs() <= (end.by - 1.0).abs() => {
                let cost = number::dollars(regret);
                format!("{choice}; at {} keeping the chosen one costs {cost} a month more", end.change)
            }
            _ => choice,
        }
    };
    let words: Vec<String> = entry.flips_at.iter().map(sentence).collect();
    format!("{}.", words.join("; "))
}

fn stays_in_words(entry: &SensitivityEntry) -> String {
    let [low, high] = entry.searched;
    format!("{} ({} to {})", entry.factor, change(low), change(high))
}

/// The tornado chart: a bar a factor.
#[must_use]
pub fn sensitivity_chart(base: &SensitivityBase, entries: &[SensitivityEntry], scenario: &str) -> TornadoChart {
    let as_it_is = base.setting.cost_per_month_usd.mean.unwrap_or(0.0);
    let changes = |change: Estimate| change.low.zip(change.high);
    let end = |end: &SettingSummary| TornadoEnd {
        label: end.change.clone(),
        cost: end.cost_per_month_usd.mean.unwrap_or(0.0),
        // Of the change, which is paired and so the sharper: the base is where bars begin.
        interval: changes(end.change_usd_per_month).map(|(low, high)| (as_it_is + low, as_it_is + high)),
        meets: end.meets_slo != Some(false),
    };
    let bar = |entry: &SensitivityEntry| TornadoBar {
        factor: entry.factor.to_owned(),
        ends: [end(&entry.low), end(&entry.high)],
        marks: entry.flips_at.iter().map(|flip| mark(entry, flip)).collect(),
    };
    TornadoChart {
        title: format!("What the cost of {} hangs on", base.chosen),
        subtitle: format!(
            "{scenario}: each factor varied alone, mean of {} replications and the change's 95% interval",
            base.replications
        ),
        base: as_it_is,
        bars: entries.iter().map(bar).collect(),
    }
}

fn mark(entry: &SensitivityEntry, flip: &FlipSummary) -> TornadoMark {
    let is_within = (entry.low.by..=entry.high.by).contains(&flip.after);
    let to = flip.to.as_deref().unwrap_or("none meets the objective");
    TornadoMark { cost: flip.cost_per_month_usd.filter(|_| is_within), label: format!("{}: {to}", flip.change) }
}

/// The columns of a Parquet file: a row a factor and end.
pub fn sensitivity_rows(entries: &[SensitivityEntry]) -> Vec<Column> {
    let rows = || entries.iter().flat_map(|entry| [(entry, &entry.low), (entry, &entry.high)]);
    let flip = |entry: &SensitivityEntry, end: &SettingSummary| {
        let side = |flip: &&FlipSummary| (flip.after < 1.0) == (end.by < 1.0);
        entry.flips_at.iter().find(side).map(|flip| f64::midpoint(flip.before, flip.after))
    };
    vec![
        column("factor", rows().map(|(entry, _)| entry.factor.to_owned())),
        column("by", rows().map(|(_, end)| end.by)),
        column("cost_per_month_usd", rows().map(|(_, end)| end.cost_per_month_usd.mean)),
        column("change_usd_per_month", rows().map(|(_, end)| end.change_usd_per_month.mean)),
        column("change_usd_per_month_low", rows().map(|(_, end)| end.change_usd_per_month.low)),
        column("change_usd_per_month_high", rows().map(|(_, end)| end.change_usd_per_month.high)),
        column("meets_slo", rows().map(|(_, end)| end.meets_slo)),
        column("cheapest", rows().map(|(_, end)| end.cheapest.clone())),
        column("regret_usd_per_month", rows().map(|(_, end)| end.regret_usd_per_month.mean)),
        column("choice_changes_at", rows().map(|(entry, end)| flip(entry, end))),
    ]
}

#[cfg(test)]
mod tests;
