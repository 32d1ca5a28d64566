//! Overrides of the command line: `PATH=VALUE` put into the tree before anything is checked, so that they go through the
//! same checks as the file.

use crate::unit::nearest;

use super::context::Context;
use super::place::Place;
use super::tree::{Content, Entry, Node, Table, parse_value};

/// One segment of a path, and where in the override it is written.
#[derive(Debug)]
struct Segment {
    text: String,
    place: Place,
}

/// `PATH=VALUE`, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment<'a> {
    /// The segments of the path, without their quotes.
    pub segments: Vec<String>,
    /// As it is written.
    pub path: &'a str,
    pub value: &'a str,
}

/// Takes `PATH=VALUE` apart; `None` when there is no path or no equals sign after it.
#[must_use]
pub fn split_assignment(written: &str) -> Option<Assignment<'_>> {
    let (segments, equals) = split_path(written, 0)?;
    let segments = segments.into_iter().map(|segment| segment.text).collect();
    Some(Assignment { segments, path: written[..equals].trim(), value: written[equals + 1..].trim() })
}

/// Puts the value of the override that is text number `source` into the tree.
pub(super) fn apply(context: &Context, root: &mut Node, source: usize) {
    let written = context.sources[source].text.as_str();
    let Some((path, equals)) = split_path(written, source) else {
        context.report(
            Place::new(source, 0..written.len()),
            format!("`{written}`"),
            "PATH=VALUE, the keys of the path joined by dots",
            "write, for example, traffic.api.rate=4/s; quote a name that has a dot or a space",
        );
        return;
    };
    let start = equals + 1 + blanks(&written[equals + 1..]);
    let value = parse_value(written, start..written.trim_end().len().max(start), source);
    let Some((last, parents)) = path.split_last() else {
        return;
    };
    let mut node = root;
    for segment in parents {
        match descend(context, node, segment) {
            Some(child) => node = child,
            None => return,
        }
    }
    put(context, node, last, value);
}

/// The child that a segment names: a key's value, or the table of that name in a list of tables.
fn descend<'a>(context: &Context, node: &'a mut Node, segment: &Segment) -> Option<&'a mut Node> {
    make_table_of_kind(node, segment);
    match &mut node.content {
        Content::List(nodes) => named_table(context, nodes, segment),
        Content::Table(table) => {
            if table.get(&segment.text).is_none() {
                let empty = Node { place: segment.place, content: Content::Table(Table::default()) };
                table.entries.push(entry(&segment.text, segment.place, empty));
            }
            table.get_mut(&segment.text).map(|entry| &mut entry.value)
        }
        other => {
            not_a_table(context, other, segment);
            None
        }
    }
}

/// A kind that is written as a bare text becomes the table of that kind, so that a key of it can be set.
fn make_table_of_kind(node: &mut Node, segment: &Segment) {
    let Content::Text(text) = &node.content else {
        return;
    };
    if text.starts_with(|first: char| first.is_alphabetic()) {
        let kind = node.clone();
        node.place = segment.place;
        node.content = Content::Table(Table { entries: vec![entry("kind", kind.place, kind)] });
    }
}

fn named_table<'a>(context: &Context, nodes: &'a mut [Node], segment: &Segment) -> Option<&'a mut Node> {
    let names: Vec<Option<String>> = nodes.iter().map(name_of).collect();
    let wanted = Some(segment.text.as_str());
    if let Some(index) = names.iter().position(|name| name.as_deref() == wanted) {
        return nodes.get_mut(index);
    }
    let known: Vec<&str> = names.iter().flatten().map(String::as_str).collect();
    let mend = match nearest(&segment.text, known.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("the scenario has: {}", known.join(", ")),
    };
    context.report(segment.place, format!("`{}`", segment.text), "a name in the scenario", mend);
    None
}

/// The name that a table writes for itself.
pub(crate) fn name_of(node: &Node) -> Option<String> {
    match &node.content {
        Content::Table(table) => match &table.get("name")?.value.content {
            Content::Text(name) => Some(name.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// Sets a key of a table.
fn put(context: &Context, node: &mut Node, key: &Segment, value: Node) {
    make_table_of_kind(node, key);
    match &mut node.content {
        Content::List(nodes) => {
            let known: Vec<String> = nodes.iter().filter_map(name_of).collect();
            let mend = format!("the scenario has: {}", known.join(", "));
            context.report(key.place, format!("`{}`", key.text), "a name, then a key", mend);
        }
        Content::Table(table) => match table.get_mut(&key.text) {
            Some(entry) => {
                entry.key_place = key.place;
                entry.value = value;
            }
            None => table.entries.push(entry(&key.text, key.place, value)),
        },
        other => not_a_table(context, other, key),
    }
}

fn not_a_table(context: &Context, content: &Content, segment: &Segment) {
    let expected = "a table, to set a key of it";
    let mend = "shorten the path, or set the whole table";
    context.report(segment.place, format!("{} before this key", content.type_name()), expected, mend);
}

fn entry(key: &str, key_place: Place, value: Node) -> Entry {
    Entry { key: key.to_owned(), key_place, value }
}

/// The segments of a path and the position of the equals sign after it; `None` when there is no such path.
fn split_path(written: &str, source: usize) -> Option<(Vec<Segment>, usize)> {
    let mut segments = Vec::new();
    let mut start = 0;
    loop {
        let (text, end) = segment(written, start)?;
        let start_of_text = start + blanks(&written[start..]);
        segments.push(Segment { text, place: Place::new(source, start_of_text..end) });
        let end = end + blanks(&written[end..]);
        match written[end..].chars().next()? {
            '.' => start = end + 1,
            '=' => return Some((segments, end)),
            _ => return None,
        }
    }
}

/// The bytes of blanks that a text starts with.
fn blanks(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// The segment from `start` on, and where it ends.
fn segment(written: &str, start: usize) -> Option<(String, usize)> {
    let start = start + blanks(&written[start..]);
    let rest = &written[start..];
    let quote = rest.chars().next()?;
    if quote == '"' || quote == '\'' {
        let end = rest[1..].find(quote)? + 1;
        return Some((rest[1..end].to_owned(), start + end + 1));
    }
    let text = rest[..rest.find(['.', '='])?].trim_end();
    let end = text.len();
    (!text.is_empty()).then(|| (text.to_owned(), start + end))
}
