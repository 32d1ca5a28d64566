//! Advice for a person at a terminal.

use anstyle::Style;
use comfy_table::{CellAlignment, ColumnConstraint, Table};
use serde_json::Value;

use super::AdviseDocument;
use super::document::{ObservedSummary, SimulatedSummary, StageSummary};
use super::flowchart::drawn;
use crate::advice::Advice;
use crate::guide::GuideVerdict;
use crate::report::number;
use crate::report::table::{self, Look, new_table, written};
use crate::report::text::{labelled, paragraph, rest_on, section, source, warn};
use crate::summary::RunDocument;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// The flowchart with the path taken, the matrix, the ten questions, the quick reference, the stage's plan, and what was simulated.
#[must_use]
pub fn advise_report(advice: &Advice, document: &AdviseDocument, look: Look) -> String {
    let mut text = String::new();
    if let Some(found) = &document.observed {
        observed(&mut text, found, document, look);
        section(&mut text, "");
    }
    paragraph(&mut text, "Flowchart", BOLD, look);
    section(&mut text, &drawn(document, look));
    let cells = matrix(document, look).map(|table| left(&table));
    let words = matrix_words(document).map(str::to_owned);
    let whole: Vec<String> = cells.into_iter().chain(words).collect();
    headed(&mut text, "Decision matrix", &whole.join("\n\n"), look);
    headed(&mut text, "Ten questions", &left(&questions(document, look)), look);
    tally(&mut text, document, look);
    headed(&mut text, "Quick reference", &left(&quick_reference(document, look)), look);
    stage(&mut text, document.stage.as_ref(), look);
    if let (Some(simulated), Some(of)) = (&document.simulated, &advice.simulated) {
        section(&mut text, "");
        simulation(&mut text, simulated, &of.trial.document, look);
    }
    section(&mut text, "");
    paragraph(&mut text, &document.because, BOLD, look);
    if let Some(simulated) = &document.simulated {
        foundations(&mut text, simulated, look);
    }
    text
}

fn headed(text: &mut String, head: &str, body: &str, look: Look) {
    section(text, "");
    paragraph(text, head, BOLD, look);
    section(text, body);
}

/// What was read of a scenario.
fn observed(text: &mut String, found: &ObservedSummary, document: &AdviseDocument, look: Look) {
    paragraph(text, &found.scenario, BOLD, look);
    let value = |key: &str| plain(&document.answers[key]);
    if let Some(count) = found.instances {
        let of = match (count, found.instances_given) {
            (1, Some(true)) => "its dedicated instance".to_owned(),
            (1, _) => "one instance, the fewest that could bear the work".to_owned(),
            (count, Some(true)) => format!("its {count} dedicated instances"),
            (count, _) => format!("{count} instances, the fewest that could bear the work"),
        };
        let words = format!(
            "a request takes {}; the work keeps {of} busy {} of the time",
            value("task_length"),
            value("utilization")
        );
        labelled(text, "read: ", &words, DIM, look);
    }
    if let Some(measured) = &found.predictability {
        let figure = |value: Option<f64>| number::or_dash(value, |value| number::significant(value, 3));
        let share = |value: Option<f64>| number::or_dash(value, number::share);
        let words = format!(
            "{}: within an hour the rate swings by {} of its mean from minute to minute (variance / mean {}), from hour to hour by {} \
             ({}), with an autocorrelation of {} after an hour and {} after a day",
            if measured.predictable { "predictable" } else { "unpredictable" },
            share(measured.swing_within_hours),
            figure(measured.dispersion_within_hours),
            share(measured.swing_of_hours),
            figure(measured.dispersion_of_hours),
            figure(measured.autocorrelation_1h),
            figure(measured.autocorrelation_24h),
        );
        labelled(text, "traffic: ", &words, DIM, look);
    }
}

/// The four cells, the user's marked.
pub(in crate::report) fn matrix(document: &AdviseDocument, look: Look) -> Option<Table> {
    let found = document.matrix.as_ref()?;
    let cell = |verdict: GuideVerdict| {
        let mark = if verdict == found.verdict { "▶ " } else { "" };
        format!("{mark}{}", verdict.words())
    };
    let rows = [
        ["requests < 1 min".to_owned(), cell(GuideVerdict::Serverless), cell(GuideVerdict::Either)],
        ["jobs > 10 min".to_owned(), cell(GuideVerdict::DedicatedWithScheduling), cell(GuideVerdict::Dedicated)],
    ];
    Some(left_table(&["", "busy < 30%", "busy > 50%"], rows.map(Vec::from), look))
}

/// What is to be said of the matrix beside its cells.
pub(in crate::report) fn matrix_words(document: &AdviseDocument) -> Option<&'static str> {
    match &document.matrix {
        None => Some("It takes an answer to task_length and to utilization."),
        Some(found) if found.verdict == GuideVerdict::Between => {
            Some("Between the borders, and on them, there is no rule.")
        }
        Some(_) => None,
    }
}

pub(in crate::report) fn questions(document: &AdviseDocument, look: Look) -> Table {
    let rows = document.questions.iter().map(|question| {
        let favours = match (question.favours, question.remark) {
            (Some(favours), Some(remark)) => format!("{favours}, {remark}"),
            (Some(favours), None) => favours.to_owned(),
            (None, _) => number::NONE.to_owned(),
        };
        let answer = match (question.id, &question.answer) {
            ("utilization", Value::Number(share)) => number::or_dash(share.as_f64(), number::share),
            (_, answer) => plain(answer),
        };
        vec![question.question.to_owned(), answer, favours]
    });
    left_table(&["question", "answer", "favours"], rows, look)
}

/// How many answers favour what.
fn tally(text: &mut String, document: &AdviseDocument, look: Look) {
    section(text, "");
    paragraph(text, &tally_words(document), DIM, look);
    if let Some(words) = constraint_words(document) {
        paragraph(text, &words, BOLD, look);
    }
}

pub(in crate::report) fn tally_words(document: &AdviseDocument) -> String {
    let count = |kind: Option<&str>| document.questions.iter().filter(|question| question.favours == kind).count();
    format!(
        "{} for serverless, {} for dedicated, {} for either, {} skipped",
        count(Some("serverless")),
        count(Some("dedicated")),
        count(Some("either")),
        count(None)
    )
}

pub(in crate::report) fn constraint_words(document: &AdviseDocument) -> Option<String> {
    let constraints = &document.hard_constraints;
    (!constraints.is_empty()).then(|| format!("No price outvotes {}.", constraints.join(" and ")))
}

pub(in crate::report) fn quick_reference(document: &AdviseDocument, look: Look) -> Table {
    let rows = document.quick_reference.iter().map(|row| {
        let cell = |column: &str, words: &str| match row.yours == Some(column) {
            true => format!("▶ {words}"),
            false => format!("  {words}"),
        };
        vec![row.factor.to_owned(), cell("serverless", row.serverless), cell("dedicated", row.dedicated)]
    });
    left_table(&["factor", "  serverless", "  dedicated"], rows, look)
}

fn stage(text: &mut String, stage: Option<&StageSummary>, look: Look) {
    let Some(stage) = stage else { return };
    let StageSummary { name, range, .. } = stage;
    section(text, "");
    paragraph(text, &format!("Stage: {name} ({range})"), BOLD, look);
    text.push('\n');
    for (label, words) in stage_rows(stage) {
        labelled(text, &format!("{label:<13}"), words, DIM, look);
    }
}

/// The plan of a stage, by workload.
pub(in crate::report) fn stage_rows(StageSummary { plan, .. }: &StageSummary) -> Vec<(&'static str, &'static str)> {
    let rows = [
        ("development", Some(plan.development)),
        ("testing", plan.testing),
        ("training", plan.training),
        ("production", Some(plan.production)),
        ("aim", Some(plan.aim)),
    ];
    rows.into_iter().filter_map(|(label, words)| Some((label, words?))).collect()
}

/// The table of fleets: the arrow is at the choice, whatever a hard constraint leaves out.
fn simulation(text: &mut String, simulated: &SimulatedSummary, document: &RunDocument, look: Look) {
    let marked = marked(simulated, document);
    paragraph(text, "Simulated", BOLD, look);
    paragraph(text, &simulated_words(simulated), DIM, look);
    section(text, &table::fleets(&marked, look));
}

/// The run with the choice marked.
pub(in crate::report) fn marked(simulated: &SimulatedSummary, document: &RunDocument) -> RunDocument {
    RunDocument { cheapest_meeting_slo: simulated.cheapest_meeting_slo.clone(), ..document.clone() }
}

pub(in crate::report) fn simulated_words(simulated: &SimulatedSummary) -> String {
    let scenario = &simulated.scenario;
    format!(
        "{} requests in {}, {}",
        number::or_dash(simulated.traffic.requests.mean, number::count),
        number::round_duration(scenario.window_s),
        source(scenario.replications, scenario.seed, &scenario.overrides)
    )
}

/// What the simulation rests on.
fn foundations(text: &mut String, simulated: &SimulatedSummary, look: Look) {
    if !simulated.assumptions.is_empty() {
        section(text, "");
    }
    for assumption in &simulated.assumptions {
        labelled(text, "assumed: ", assumption, DIM, look);
    }
    rest_on(text, &simulated.catalog, &simulated.presets, look);
    warn(text, &simulated.warnings, look);
}

/// A table of words, every column at the left; the last gives way.
fn left_table(heads: &[&str], rows: impl IntoIterator<Item = Vec<String>>, look: Look) -> Table {
    let mut table = new_table(heads, look);
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_cell_alignment(CellAlignment::Left);
        match index + 1 == heads.len() {
            true => drop(column.remove_constraint()),
            false => drop(column.set_constraint(ColumnConstraint::ContentWidth)),
        }
        column.set_padding((0, 2));
    }
    for row in rows {
        table.add_row(row);
    }
    table
}

/// A table without spaces at the ends of its lines.
fn left(table: &Table) -> String {
    written(&mut table.clone()).lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// An answer as it is shown.
fn plain(answer: &Value) -> String {
    match answer {
        Value::Null => number::NONE.to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(share) => number::or_dash(share.as_f64(), number::share),
        Value::String(words) => words.clone(),
        other => other.to_string(),
    }
}
