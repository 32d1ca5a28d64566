//! What two scenarios differ in, key by key, as paths that `--set` takes.

use std::path::{Component, Path, PathBuf};

use super::set::name_of;
use super::tree::{self, Content, Node, Table};

/// A scenario with every default written out, as [`super::write_resolved`] writes it.
#[derive(Clone, Debug)]
pub struct Resolved {
    pub text: String,
    /// What the paths of its data files are relative to.
    pub folder: PathBuf,
}

/// A key, or a named part, that is not the same in two scenarios.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// As `--set` takes it: `fleet.hybrid.pool.burst.price`.
    pub path: String,
    pub change: Change,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Both have the key: its values, as `--set` takes them.
    Value {
        from: String,
        to: String,
    },
    /// Only the first has it; the value of a key, nothing for a named part.
    OnlyInFirst(Option<String>),
    OnlyInSecond(Option<String>),
}

/// In the order of the first scenario, then what only the second has. The scenario's own name and its description say nothing
/// of what is simulated and are left out, as is the order of fleets and classes.
///
/// # Errors
/// Which of them, 0 or 1, is not TOML.
pub fn differences(first: &Resolved, second: &Resolved) -> Result<Vec<Difference>, usize> {
    let mut sides = Vec::new();
    for (index, resolved) in [first, second].into_iter().enumerate() {
        let (Some(mut root), findings) = tree::parse(&resolved.text, index) else { return Err(index) };
        if !findings.is_empty() {
            return Err(index);
        }
        name_files(&mut root, &resolved.folder);
        if let Content::Table(table) = &mut root.content {
            table.entries.retain(|entry| !["name", "description"].contains(&entry.key.as_str()));
        }
        sides.push(root);
    }
    let mut comparison = Comparison { texts: [&first.text, &second.text], found: Vec::new() };
    comparison.nodes("", &sides[0], &sides[1]);
    Ok(comparison.found)
}

struct Comparison<'a> {
    texts: [&'a str; 2],
    found: Vec<Difference>,
}

impl Comparison<'_> {
    fn note(&mut self, path: String, change: Change) {
        self.found.push(Difference { path, change });
    }

    fn nodes(&mut self, path: &str, first: &Node, second: &Node) {
        match (&first.content, &second.content) {
            _ if same(first, second) => {}
            (Content::Table(a), Content::Table(b)) if same_kind(a, b) => self.tables(path, a, b),
            (Content::List(a), Content::List(b)) if named(a) && named(b) => self.lists(path, a, b),
            _ => {
                let [from, to] = [first, second].map(|node| self.written(node));
                self.note(path.to_owned(), Change::Value { from, to });
            }
        }
    }

    fn tables(&mut self, path: &str, first: &Table, second: &Table) {
        for entry in &first.entries {
            let path = joined(path, &entry.key);
            match second.get(&entry.key) {
                Some(other) => self.nodes(&path, &entry.value, &other.value),
                None => self.only(&path, &entry.value, Change::OnlyInFirst),
            }
        }
        for entry in second.entries.iter().filter(|entry| first.get(&entry.key).is_none()) {
            self.only(&joined(path, &entry.key), &entry.value, Change::OnlyInSecond);
        }
    }

    fn lists(&mut self, path: &str, first: &[Node], second: &[Node]) {
        for node in first {
            let path = joined(path, &name_of(node).unwrap_or_default());
            match second.iter().find(|other| name_of(other) == name_of(node)) {
                Some(other) => self.nodes(&path, node, other),
                None => self.note(path, Change::OnlyInFirst(None)),
            }
        }
        for node in second.iter().filter(|node| first.iter().all(|other| name_of(other) != name_of(node))) {
            self.note(joined(path, &name_of(node).unwrap_or_default()), Change::OnlyInSecond(None));
        }
    }

    /// A key that one of them has: every name of a list of named parts, every key of a table.
    fn only(&mut self, path: &str, node: &Node, change: fn(Option<String>) -> Change) {
        match &node.content {
            Content::List(nodes) if named(nodes) => {
                for node in nodes {
                    self.note(joined(path, &name_of(node).unwrap_or_default()), change(None));
                }
            }
            Content::Table(table) if !self.is_inline(node) => {
                table.entries.iter().for_each(|entry| self.only(&joined(path, &entry.key), &entry.value, change));
            }
            _ => {
                let written = self.written(node);
                self.note(path.to_owned(), change(Some(written)));
            }
        }
    }

    /// Whether a table is written as a value, `{ ... }`, not under a header of its own.
    fn is_inline(&self, node: &Node) -> bool {
        self.slice(node).starts_with('{')
    }

    /// As `--set` takes it: texts without quotes, all else as TOML.
    fn written(&self, node: &Node) -> String {
        match &node.content {
            Content::Text(text) => text.clone(),
            Content::Table(table) if !self.is_inline(node) => {
                let keys: Vec<&str> = table.entries.iter().map(|entry| entry.key.as_str()).collect();
                format!("a table of {}", keys.join(", "))
            }
            _ => self.slice(node).to_owned(),
        }
    }

    fn slice(&self, node: &Node) -> &str {
        self.texts[node.place.source].get(node.place.start..node.place.end).unwrap_or_default()
    }
}

/// A path with one more key, in quotes where it needs them.
pub(crate) fn joined(path: &str, key: &str) -> String {
    let plain = !key.is_empty() && !key.contains(['.', '=', ' ', '"', '\'']);
    let key = match plain {
        true => key.to_owned(),
        false if key.contains('"') => format!("'{key}'"),
        false => format!("\"{key}\""),
    };
    if path.is_empty() { key } else { format!("{path}.{key}") }
}

/// Whether every table of a list has a name, so that a path can go through it.
fn named(nodes: &[Node]) -> bool {
    !nodes.is_empty() && nodes.iter().all(|node| name_of(node).is_some())
}

/// Tables of two kinds have other keys: they are told apart whole. Fleets are compared key by key all the same.
fn same_kind(first: &Table, second: &Table) -> bool {
    let kind = |table: &Table| table.get("kind").map(|entry| entry.value.content.clone());
    let is_named = first.get("name").is_some() && second.get("name").is_some();
    is_named
        || match (kind(first), kind(second)) {
            (Some(Content::Text(a)), Some(Content::Text(b))) => a == b,
            (None, None) => true,
            _ => false,
        }
}

/// Whether two values are the same, wherever they are written and in whatever order their keys are.
fn same(first: &Node, second: &Node) -> bool {
    match (&first.content, &second.content) {
        (Content::Text(a), Content::Text(b)) | (Content::Moment(a), Content::Moment(b)) => a == b,
        (Content::Integer(a), Content::Integer(b)) => a == b,
        (Content::Float(a), Content::Float(b)) => a.to_bits() == b.to_bits(),
        (Content::Flag(a), Content::Flag(b)) => a == b,
        (Content::List(a), Content::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Content::Table(a), Content::Table(b)) => {
            let has = |entry: &tree::Entry| b.get(&entry.key).is_some_and(|other| same(&entry.value, &other.value));
            a.entries.len() == b.entries.len() && a.entries.iter().all(has)
        }
        _ => false,
    }
}

/// Gives every data file on disk its full path, so that the same file is the same text from wherever it is named.
fn name_files(node: &mut Node, folder: &Path) {
    match &mut node.content {
        Content::List(nodes) => nodes.iter_mut().for_each(|node| name_files(node, folder)),
        Content::Table(table) => {
            for entry in &mut table.entries {
                match &mut entry.value.content {
                    Content::Text(file) if entry.key == "file" && !file.starts_with("embedded:") => {
                        *file = plain(&super::resolved::absolute(folder).join(&*file)).display().to_string();
                    }
                    _ => name_files(&mut entry.value, folder),
                }
            }
        }
        _ => {}
    }
}

/// Without `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Embedded, Origin, Overrides, SCENARIOS, load, write_resolved};

    fn resolved(name: &str, set: &[&str]) -> Resolved {
        let name = Embedded::named(name).expect("an embedded scenario").name;
        let overrides = Overrides { set: set.iter().map(|&set| set.to_owned()).collect(), ..Overrides::default() };
        let loaded = load(&Origin::Embedded(name), &overrides).expect("it loads");
        let folder = PathBuf::from("/results");
        Resolved { text: write_resolved(&loaded.scenario, &folder), folder }
    }

    fn found(a: &Resolved, b: &Resolved) -> Vec<(String, Change)> {
        let found = differences(a, b).expect("both are TOML");
        found.into_iter().map(|difference| (difference.path, difference.change)).collect()
    }

    fn value(from: &str, to: &str) -> Change {
        Change::Value { from: from.to_owned(), to: to.to_owned() }
    }

    #[test]
    fn what_was_set_is_what_differs_and_the_path_can_be_set() {
        let base = resolved("variable-api", &[]);
        let set = ["traffic.api.rate=2/s", "fleet.serverless.keep_alive=5s", "fleet.hybrid.pool.burst.price=$9.00/h"];
        let changed = resolved("variable-api", &set);
        let changes = found(&base, &changed);
        let paths: Vec<&str> = changes.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, ["traffic.api.rate", "fleet.serverless.keep_alive", "fleet.hybrid.pool.burst.price"]);
        // Setting what was found back gives the scenario back.
        let back: Vec<String> = changes
            .iter()
            .map(|(path, change)| match change {
                Change::Value { from, .. } => format!("{path}={from}"),
                other => panic!("{other:?}"),
            })
            .collect();
        let all: Vec<&str> = set.into_iter().chain(back.iter().map(String::as_str)).collect();
        assert_eq!(found(&base, &resolved("variable-api", &all)), []);
    }

    #[test]
    fn every_embedded_scenario_is_the_same_as_itself() {
        for scenario in &SCENARIOS {
            let resolved = resolved(scenario.name, &[]);
            assert_eq!(differences(&resolved, &resolved), Ok(Vec::new()), "{}", scenario.name);
        }
    }

    #[test]
    fn a_kind_is_replaced_whole_and_what_one_has_alone_is_told() {
        let text = |rest: &str| Resolved { text: rest.to_owned(), folder: PathBuf::from("/") };
        let a = text(
            "seed = 1\n[slo]\np95 = \"1s\"\n[[fleet]]\nname = \"old\"\nx = { kind = \"a\", k = 1 }\n[[fleet]]\nname = \"gone\"",
        );
        let b = text("seed = 1\n[[fleet]]\nname = \"new.er\"\n[[fleet]]\nname = \"old\"\nx = { kind = \"b\" }\ny = 2");
        assert_eq!(
            found(&a, &b),
            [
                ("slo.p95".to_owned(), Change::OnlyInFirst(Some("1s".to_owned()))),
                ("fleet.old.x".to_owned(), value("{ kind = \"a\", k = 1 }", "{ kind = \"b\" }")),
                ("fleet.old.y".to_owned(), Change::OnlyInSecond(Some("2".to_owned()))),
                ("fleet.gone".to_owned(), Change::OnlyInFirst(None)),
                ("fleet.\"new.er\"".to_owned(), Change::OnlyInSecond(None)),
            ]
        );
    }

    #[test]
    fn the_same_file_named_from_two_folders_is_no_difference() {
        let at = |folder: &str, file: &str| Resolved {
            text: format!("[[traffic]]\nname = \"api\"\ntrace = {{ file = \"{file}\", repeat = true }}"),
            folder: PathBuf::from(folder),
        };
        let a = at("/nowhere/output/a", "../../data/t.csv");
        assert_eq!(found(&a, &at("/nowhere", "data/t.csv")), []);
        let moved = found(&a, &at("/nowhere", "t.csv"));
        assert_eq!(moved, [("traffic.api.trace.file".to_owned(), value("/nowhere/data/t.csv", "/nowhere/t.csv"))]);
        assert_eq!(differences(&a, &Resolved { text: "x = ".to_owned(), folder: PathBuf::new() }), Err(1));
    }
}
