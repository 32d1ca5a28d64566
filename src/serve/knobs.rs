//! What of a scenario can be moved, and within which bounds: read from the scenario with every default written out.

mod rules;

use std::path::Path;

use serde::Serialize;

use crate::report::files;
use crate::scenario::{joined, name_of, write_resolved};
use crate::toml::tree::{self, Content, Node, Table};
use crate::traffic::{WEEK_HOURS, week};

use super::body::Asked;
use super::refusal::Refusal;

use rules::{Bounds, FLEET, Kind, OBJECTIVE, Rule, TRAFFIC};

/// What a page needs to know of a scenario.
#[derive(Serialize)]
struct Document {
    name: String,
    description: String,
    knobs: Vec<Knob>,
    /// The hour of the week from Monday's midnight on, and its expected requests relative to the mean hour's.
    shape: Vec<(usize, f64)>,
}

/// A value that can be set.
#[derive(Clone, Debug, Serialize)]
struct Knob {
    path: String,
    group: String,
    label: &'static str,
    kind: Kind,
    /// As it is written.
    value: String,
    #[serde(flatten)]
    range: Option<Range>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<String>,
}

/// The numbers that a value may be, in its unit.
#[derive(Clone, Debug, Serialize)]
struct Range {
    number: f64,
    unit: String,
    least: f64,
    most: f64,
    scale: &'static str,
    /// On a logarithmic scale a share of the number.
    step: f64,
}

/// The knobs of a scenario and the shape of its traffic.
pub(super) fn knobs(asked: &Asked) -> Result<String, Refusal> {
    let scenario = asked.load()?.scenario;
    let text = write_resolved(&scenario, Path::new("/"));
    let (root, findings) = tree::parse(&text, 0);
    let root = root.filter(|_| findings.is_empty());
    let root = root.ok_or_else(|| Refusal::Failed("the scenario is not TOML once it is written out".to_owned()))?;
    let document = Document {
        name: scenario.name.clone(),
        description: scenario.description.clone(),
        knobs: settable(asked, of_scenario(&root)),
        shape: (0..WEEK_HOURS).zip(week(&scenario)?).collect(),
    };
    Ok(files::json(&document)?)
}

/// Those that the scenario lets be set: a key that it writes in another way, or that a preset or a scaler does not have, is left out.
fn settable(asked: &Asked, knobs: Vec<Knob>) -> Vec<Knob> {
    let assignment = |knob: &Knob, value: &str| format!("{}={value}", knob.path);
    let own: Vec<String> = knobs.iter().map(|knob| assignment(knob, &knob.value)).collect();
    let all = asked.loads_with(&own);
    let mut kept = knobs;
    kept.retain(|knob| all || asked.loads_with(&[assignment(knob, &knob.value)]));
    for knob in &mut kept {
        let loads = |choice: &String| *choice == knob.value || asked.loads_with(&[format!("{}={choice}", knob.path)]);
        let choices = knob.choices.iter().filter(|choice| loads(choice)).cloned().collect();
        knob.choices = choices;
    }
    // A choice of one is none.
    kept.retain(|knob| knob.kind != Kind::Choice || knob.choices.len() > 1);
    kept
}

fn of_scenario(root: &Node) -> Vec<Knob> {
    let mut knobs = Vec::new();
    for class in parts(root, "traffic") {
        let name = name_of(class).unwrap_or_default();
        add(&mut knobs, class, &joined("traffic", &name), &format!("traffic {name}"), &TRAFFIC);
    }
    for fleet in parts(root, "fleet") {
        let name = name_of(fleet).unwrap_or_default();
        let (path, group) = (joined("fleet", &name), format!("fleet {name}"));
        add(&mut knobs, fleet, &path, &group, &FLEET);
        for pool in parts(fleet, "pool") {
            let name = name_of(pool).unwrap_or_default();
            add(&mut knobs, pool, &joined(&joined(&path, "pool"), &name), &format!("{group}, pool {name}"), &FLEET);
        }
    }
    if let Some(slo) = table(root).and_then(|table| table.get("slo")) {
        add(&mut knobs, &slo.value, "slo", "objective", &OBJECTIVE);
    }
    knobs
}

fn table(node: &Node) -> Option<&Table> {
    match &node.content {
        Content::Table(table) => Some(table),
        _ => None,
    }
}

/// The tables of a list.
fn parts<'a>(node: &'a Node, key: &str) -> &'a [Node] {
    match table(node).and_then(|table| table.get(key)).map(|entry| &entry.value.content) {
        Some(Content::List(nodes)) => nodes,
        _ => &[],
    }
}

/// Adds what the rules know of a part.
fn add(knobs: &mut Vec<Knob>, part: &Node, path: &str, group: &str, rules: &[Rule]) {
    for rule in rules {
        let mut keys = rule.key.split('.');
        let found = keys.try_fold(part, |node, key| Some(&table(node)?.get(key)?.value));
        let knob = found.and_then(|node| knob(node, rule, part));
        let path = rule.key.split('.').fold(path.to_owned(), |path, key| joined(&path, key));
        knobs.extend(knob.map(|knob| Knob { path, group: group.to_owned(), ..knob }));
    }
}

/// `None` where the value is of another kind than the rule's: `unlimited`, `fit`, a table.
fn knob(node: &Node, rule: &Rule, part: &Node) -> Option<Knob> {
    let value = written(node, rule)?;
    let knob = |range, choices| {
        let (value, path, group) = (value.clone(), String::new(), String::new());
        Knob { path, group, label: rule.label, kind: rule.kind, value, range, choices }
    };
    if rule.kind == Kind::Choice {
        let mut choices = rule.choices();
        if !choices.contains(&value) {
            choices.insert(0, value.clone());
        }
        return Some(knob(None, choices));
    }
    let (number, unit) = split(&value, rule.kind)?;
    let range = range(number, unit, rule.bounds_of(part)?)?;
    Some(knob(Some(range), Vec::new()))
}

/// A value as `PATH=VALUE` writes it; the table of a scaler by its kind, whose keys may all be left out.
fn written(node: &Node, rule: &Rule) -> Option<String> {
    match &node.content {
        Content::Text(text) => Some(text.clone()),
        Content::Integer(number) => Some(number.to_string()),
        Content::Float(number) => Some(number.to_string()),
        Content::Flag(_) | Content::Moment(_) | Content::List(_) => None,
        Content::Table(table) => match &table.get("kind")?.value.content {
            Content::Text(kind) if rule.key == "scale_out" => Some(kind.clone()),
            _ => None,
        },
    }
}

/// `$2.89/h` is 2.89 and `/h`.
fn split(value: &str, kind: Kind) -> Option<(f64, String)> {
    let amount = match kind {
        Kind::Price => value.strip_prefix('$')?,
        _ => value,
    };
    let end = amount.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(amount.len());
    let (number, unit) = amount.split_at(end);
    let has_unit = !unit.is_empty();
    let fits = match kind {
        Kind::Rate | Kind::Duration => has_unit,
        Kind::Price => true,
        Kind::Number | Kind::Share => !has_unit,
        Kind::Choice => false,
    };
    Some((number.parse().ok().filter(|_| fits)?, unit.to_owned()))
}

fn range(number: f64, unit: String, bounds: Bounds) -> Option<Range> {
    /// Of the width of a linear scale, and of the number on a logarithmic one.
    const STEP: f64 = 0.01;
    let (least, most, scale, step) = match bounds {
        Bounds::Times { .. } if number < 0.0 => return None,
        Bounds::Times { otherwise, .. } if number == 0.0 => (0.0, otherwise?, "linear", otherwise? * STEP),
        Bounds::Times { factor, .. } => (number / factor, number * factor, "log", STEP),
        Bounds::Within(least, most) => (least.min(number), most.max(number), "linear", (most - least) * STEP),
        Bounds::Count(least, most) => (least, most.max(4.0 * number), "linear", 1.0),
    };
    Some(Range { number, unit, least: tidy(least), most: tidy(most), scale, step: tidy(step) })
}

/// To six digits: bounds are for people.
fn tidy(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_a_number_and_its_unit() {
        assert_eq!(split("$2.89/h", Kind::Price), Some((2.89, "/h".to_owned())));
        assert_eq!(split("$0.002", Kind::Price), Some((0.002, String::new())));
        assert_eq!(split("1440000/month", Kind::Rate), Some((1_440_000.0, "/month".to_owned())));
        assert_eq!(split("1500ms", Kind::Duration), Some((1_500.0, "ms".to_owned())));
        assert_eq!(split("never", Kind::Duration), None);
        assert_eq!(split("unlimited", Kind::Number), None);
        assert_eq!(split("12", Kind::Number), Some((12.0, String::new())));
    }

    #[test]
    fn a_volume_goes_from_a_twentieth_to_twenty_times() {
        let Range { least, most, scale, .. } =
            range(2.0, "/s".to_owned(), Bounds::Times { factor: 20.0, otherwise: None }).expect("a range");
        assert_eq!((least, most, scale), (0.1, 40.0, "log"));
        assert!(range(0.0, String::new(), Bounds::Times { factor: 20.0, otherwise: None }).is_none());
    }
}
