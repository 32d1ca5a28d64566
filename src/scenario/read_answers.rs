//! The answers to the guide's questions: a TOML file of keys, or flags of the same names, read by the same functions.

use std::path::PathBuf;

use crate::guide::{Answers, Budget, Compliance, Control, DevOps, Expertise, Growth};
use crate::unit::{Usd, scaled_decimal};

use super::Problems;
use super::context::{Context, DataFolder};
use super::fields::{Fields, choice};
use super::place::{Place, SourceText};
use super::tree::{self, Content, Entry, Node, Table};
use super::values::{flag, integer, positive_span, share_of, usd};

/// The keys of an answers file, in the order in which they are asked, each with an example of its value.
pub const ANSWERS: [(&str, &str); 14] = [
    ("training", "false"),
    ("task_length", "\"50ms\""),
    ("latency", "\"500ms\""),
    ("predictable", "true"),
    ("utilization", "0.6"),
    ("expertise", "\"limited\""),
    ("control", "\"standard\""),
    ("devops", "\"limited\""),
    ("budget", "\"variable\""),
    ("compliance", "\"standard\""),
    ("growth", "\"uncertain\""),
    ("cold_start_ok", "true"),
    ("requests_per_month", "1440000"),
    ("monthly_gpu_budget", "\"$5000\""),
];

/// A file of answers as it was read: what messages call it, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswersFile {
    pub name: String,
    pub text: String,
}

/// Reads a file of answers, and flags that go over it: pairs of a key and the value as it was typed.
///
/// # Errors
/// All mistakes of the file and of the flags, at once.
pub fn read_answers(file: Option<&AnswersFile>, flags: &[(&'static str, String)]) -> Result<Answers, Problems> {
    let mut sources = vec![match file {
        Some(file) => SourceText { name: file.name.clone(), text: file.text.clone() },
        None => SourceText { name: "the answers".to_owned(), text: String::new() },
    }];
    sources.extend(flags.iter().map(|(key, value)| SourceText { name: flag_of(key), text: value.clone() }));
    let (root, syntax) = tree::parse(&sources[0].text, 0);
    let Some(root) = root else {
        return Err(Problems::new(syntax, sources));
    };
    let context = Context::new(sources, DataFolder::Disk(PathBuf::new()));
    syntax.into_iter().for_each(|finding| context.push(finding));
    let root = with_flags(root, flags);
    let answers = answers(&context, &root).unwrap_or_default();
    match context.has_problems() {
        false => Ok(answers),
        true => {
            let parts = context.into_parts();
            Err(Problems::new(parts.findings, parts.sources))
        }
    }
}

/// A key as it is typed: `--task-length`.
#[must_use]
pub fn flag_of(key: &str) -> String {
    format!("--{}", key.replace('_', "-"))
}

/// Puts the flags' values in the place of the file's; the text of the first flag is number 1.
fn with_flags(root: Node, flags: &[(&'static str, String)]) -> Node {
    let Content::Table(Table { mut entries }) = root.content else { return root };
    for (source, (key, text)) in (1..).zip(flags) {
        let place = Place::new(source, 0..text.len());
        let value = tree::parse_value(text, 0..text.len(), source);
        entries.retain(|entry| entry.key != *key);
        entries.push(Entry { key: (*key).to_owned(), key_place: place, value });
    }
    Node { place: root.place, content: Content::Table(Table { entries }) }
}

fn answers(context: &Context, root: &Node) -> Option<Answers> {
    let mut fields = Fields::of(context, root, "the answers")?;
    let answers = Answers {
        training: fields.optional("training", flag),
        task_length: fields.optional("task_length", positive_span),
        latency: fields.optional("latency", positive_span),
        predictable: fields.optional("predictable", flag),
        utilization: fields.optional("utilization", share_of("the time", "0.6")),
        expertise: fields.optional("expertise", word("the team's expertise", Expertise::ALL)),
        control: fields.optional("control", word("the control that is needed", Control::ALL)),
        devops: fields.optional("devops", word("who runs the service", DevOps::ALL)),
        budget: fields.optional("budget", word("the budget", Budget::ALL)),
        compliance: fields.optional("compliance", word("the compliance that is needed", Compliance::ALL)),
        growth: fields.optional("growth", word("the growth", Growth::ALL)),
        cold_start_ok: fields.optional("cold_start_ok", flag),
        requests_per_month: fields.optional("requests_per_month", integer(1..=MOST_REQUESTS, "requests a month")),
        monthly_gpu_budget: fields.optional("monthly_gpu_budget", monthly_budget),
    };
    fields.finish();
    Some(answers)
}

/// An amount of dollars; an enterprise's may be larger than any price.
fn monthly_budget(context: &Context, node: &Node) -> Option<Usd> {
    const MOST: i128 = 1_000_000_000_000 * 1_000_000_000;
    let written = match &node.content {
        Content::Text(text) => text.trim().strip_prefix('$'),
        _ => None,
    };
    let nanos = written.and_then(|amount| scaled_decimal(amount, 1_000_000_000).ok());
    match nanos.filter(|nanos| (0..=MOST).contains(nanos)) {
        Some(nanos) => Some(Usd::from_nanos(nanos)),
        None => usd(context, node),
    }
}

/// More a month than any service on Earth is asked.
const MOST_REQUESTS: u64 = 1_000_000_000_000_000;

/// One of an enumeration's words.
fn word<T: Copy>(what: &'static str, words: &'static [(&'static str, T)]) -> impl Fn(&Context, &Node) -> Option<T> {
    move |context, node| {
        let names: Vec<&'static str> = words.iter().map(|&(name, _)| name).collect();
        let chosen = choice(context, node, what, &names)?;
        words.iter().find(|&&(name, _)| name == chosen).map(|&(_, value)| value)
    }
}
