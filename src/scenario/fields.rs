//! Reading a table key by key: every key that is asked for is known, every other one a mistake.

use crate::unit::nearest;

use super::context::Context;
use super::place::Place;
use super::tree::{Content, Node, Table};

/// A table that is being read. All mistakes are reported to the context; a value that has one reads as `None`.
pub(super) struct Fields<'a> {
    pub context: &'a Context,
    table: &'a Table,
    /// Of the table's header.
    pub place: Place,
    /// What the table is, for messages: `a serverless fleet`.
    what: String,
    known: Vec<&'static str>,
    /// Whether a bare text stands for the table.
    is_bare: bool,
    /// Keys that must be there and are not, each with what to write for it.
    missing: Vec<(&'static str, String)>,
}

/// What a bare text in place of a table is read as: a table of no keys.
static NO_KEYS: Table = Table { entries: Vec::new() };

impl<'a> Fields<'a> {
    pub fn new(context: &'a Context, table: &'a Table, place: Place, what: impl Into<String>) -> Fields<'a> {
        Fields { context, table, place, what: what.into(), known: Vec::new(), is_bare: false, missing: Vec::new() }
    }

    /// The fields of a node that must be a table.
    pub fn of(context: &'a Context, node: &'a Node, what: &str) -> Option<Fields<'a>> {
        match &node.content {
            Content::Table(table) => Some(Fields::new(context, table, node.place, what)),
            _ => {
                let mend = format!("write the keys of {what} in a table");
                context.report(node.place, context.written(node), format!("{what}: a table"), mend);
                None
            }
        }
    }

    /// A table told apart by its `kind`, which a bare text may stand for. The kind is one of `kinds`.
    pub fn of_kind(
        context: &'a Context,
        node: &'a Node,
        what: &str,
        kinds: &[&'static str],
    ) -> Option<(&'static str, Fields<'a>)> {
        let mut fields = match &node.content {
            Content::Text(_) => Fields::new(context, &NO_KEYS, node.place, what),
            _ => Fields::of(context, node, what)?,
        };
        let kind = match &node.content {
            Content::Text(_) => {
                fields.known.push("kind");
                fields.is_bare = true;
                choice(context, node, what, kinds)
            }
            _ => fields.required("kind", kinds[0], |context, node| choice(context, node, what, kinds)),
        }?;
        fields.what = format!("{what} of kind \"{kind}\"");
        Some((kind, fields))
    }

    /// Says what the table is once that is known.
    pub fn rename(&mut self, what: impl Into<String>) {
        self.what = what.into();
    }

    pub fn is_empty(&self) -> bool {
        self.table.entries.is_empty()
    }

    /// Whether a key is written; it is known from then on.
    pub fn has(&mut self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    fn know(&mut self, key: &'static str) {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
    }

    /// The value of a key.
    pub fn get(&mut self, key: &'static str) -> Option<&'a Node> {
        self.know(key);
        self.table.get(key).map(|entry| &entry.value)
    }

    /// A value that may be left out; `None` too when it has a mistake.
    pub fn optional<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&'a Context, &'a Node) -> Option<T>,
    ) -> Option<T> {
        let context = self.context;
        self.get(key).and_then(|node| read(context, node))
    }

    /// A value that must be there; `example` is what a message proposes to write for it.
    pub fn required<T>(
        &mut self,
        key: &'static str,
        example: &str,
        read: impl FnOnce(&'a Context, &'a Node) -> Option<T>,
    ) -> Option<T> {
        let context = self.context;
        match self.get(key) {
            Some(node) => read(context, node),
            None => {
                self.missing(key, example);
                None
            }
        }
    }

    /// Notes that a key is missing. It is reported with the unknown keys, unless one of those is that key misspelt.
    pub fn missing(&mut self, key: &'static str, example: &str) {
        let is_text = !example.starts_with(['{', '[']) && example.parse::<f64>().is_err();
        let example = if is_text { format!("\"{example}\"") } else { example.to_owned() };
        self.missing.push((key, example));
    }

    fn report_missing(&self, key: &str, example: &str) {
        let mend = match self.is_bare {
            true => format!("write {{ kind = {}, {key} = {example} }}", self.context.written_plainly(self.place)),
            false => format!("add {key} = {example}"),
        };
        let found = format!("{} without `{key}`", self.what);
        self.context.report(self.place, found, format!("the key `{key}`"), mend);
    }

    /// The place of a key's value, or of the table when it is not written.
    pub fn place_of(&self, key: &str) -> Place {
        self.table.get(key).map_or(self.place, |entry| entry.value.place)
    }

    /// Refuses a key that is known elsewhere, with the reason.
    pub fn refuse(&mut self, key: &'static str, reason: &str) {
        self.know(key);
        if let Some(entry) = self.table.get(key) {
            let expected = format!("no such key in {}", self.what);
            self.context.report(entry.key_place, format!("`{key}`"), expected, reason);
        }
    }

    /// Those of some keys that are written and were not asked for, with their places. They are known from then on.
    pub fn others(&mut self, keys: &[&'static str]) -> Vec<(&'static str, Place)> {
        let known = &self.known;
        let written = |key: &&'static str| {
            let entry = self.table.get(key).filter(|_| !known.contains(key));
            entry.map(|entry| (*key, entry.key_place))
        };
        let others: Vec<(&'static str, Place)> = keys.iter().filter_map(written).collect();
        others.iter().for_each(|(key, _)| self.know(key));
        others
    }

    /// Reports every key that was not asked for, and every one that is missing.
    pub fn finish(mut self) {
        self.report_keys();
    }

    /// As [`Fields::finish`], for fields whose places are asked for afterwards.
    pub fn report_keys(&mut self) {
        let mut misspelt = Vec::new();
        for entry in &self.table.entries {
            let key = entry.key.as_str();
            if self.known.contains(&key) {
                continue;
            }
            let nearest = nearest(key, self.known.iter().copied());
            misspelt.extend(nearest);
            let mend = match nearest {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("known here: {}", self.known.join(", ")),
            };
            let expected = format!("a key of {}", self.what);
            self.context.report(entry.key_place, format!("the unknown key `{key}`"), expected, mend);
        }
        self.missing.retain(|(key, _)| !misspelt.contains(key));
        self.report_all_missing();
    }

    fn report_all_missing(&mut self) {
        for (key, example) in std::mem::take(&mut self.missing) {
            self.report_missing(key, &example);
        }
    }
}

/// A table that is given up before its keys are known still says what it lacks.
impl Drop for Fields<'_> {
    fn drop(&mut self) {
        self.report_all_missing();
    }
}

/// One of some words.
pub(super) fn choice(context: &Context, node: &Node, what: &str, words: &[&'static str]) -> Option<&'static str> {
    let found = match &node.content {
        Content::Text(text) => words.iter().find(|word| **word == text.as_str()).copied(),
        _ => None,
    };
    if found.is_none() {
        let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
        let near = match &node.content {
            Content::Text(text) => nearest(text, words.iter().copied()),
            _ => None,
        };
        let mend = match (near, words) {
            (Some(near), _) => format!("did you mean \"{near}\"?"),
            (None, [only]) => format!("write \"{only}\""),
            (None, _) => "write one of them, in quotes".to_owned(),
        };
        let expected = format!("{what}: {}", quoted.join(", "));
        context.report(node.place, context.written(node), expected, mend);
    }
    found
}
