//! A TOML document as a tree whose every key and value knows where it was written.

use std::ops::Range;

use toml_edit::{Document, Item, Key, Value};

use super::place::{Place, SourceText};
use super::problem::Finding;

/// A value and its place.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub place: Place,
    pub content: Content,
}

#[derive(Clone, Debug)]
pub(crate) enum Content {
    Text(String),
    Integer(i64),
    Float(f64),
    Flag(bool),
    /// A date, a time or both, as TOML writes them without quotes.
    Moment(String),
    List(Vec<Node>),
    Table(Table),
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub key: String,
    pub key_place: Place,
    pub value: Node,
}

impl Node {
    /// The value as it is written in its text, for a message.
    pub fn written(&self, source: &SourceText) -> String {
        const LONGEST: usize = 40;
        let text = source.slice(self.place);
        let mut shown: String = text.chars().take(LONGEST).collect();
        if shown.len() < text.len() {
            shown.push_str("...");
        }
        if shown.is_empty() || shown.contains('\n') {
            return self.content.type_name().to_owned();
        }
        format!("`{shown}`")
    }
}

impl Table {
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    pub fn get_mut(&mut self, key: &str) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.key == key)
    }
}

impl Content {
    /// What a message calls a value of this type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Content::Text(_) => "a text",
            Content::Integer(_) | Content::Float(_) => "a number",
            Content::Flag(_) => "true or false",
            Content::Moment(_) => "a date or time",
            Content::List(_) => "a list",
            Content::Table(_) => "a table",
        }
    }
}

/// Reads a document; `source` numbers its text. Also returns the mistakes in its syntax; texts without quotes are read as
/// if they had them, so that what else is wrong is found too, and any other mistake ends the reading.
pub(crate) fn parse(text: &str, source: usize) -> (Option<Node>, Vec<Finding>) {
    /// Each unquoted text costs another pass.
    const MOST_FINDINGS: usize = 20;
    let mut repaired = text.to_owned();
    let mut unquoted = Vec::new();
    let mut findings = Vec::new();
    while findings.len() < MOST_FINDINGS {
        let error = match Document::parse(repaired.as_str()) {
            Ok(document) => {
                let converter = Converter { source, shift: 0, text, unquoted };
                let root = Place::new(source, 0..0);
                let node = converter.table(document.as_table().iter_with_keys(), root);
                return (Some(node), findings);
            }
            Err(error) => error,
        };
        let range = visible(text, error.span().unwrap_or(0..0));
        let found = &text[range.clone()];
        findings.push(syntax_finding(error.message().trim(), found, Place::new(source, range.clone())));
        let lacks_quotes = says_quotes_lack(error.message()) && !found.is_empty();
        if !lacks_quotes || found.contains('\n') || unquoted.contains(&range) {
            break;
        }
        repaired.replace_range(range.clone(), &number_of_length(range.len()));
        unquoted.push(range);
    }
    (None, findings)
}

/// What the parser says of a text without quotes.
const LACKS_QUOTES: &str = "string values must be quoted";
/// What it says of one that begins like `true` or `false`: of `team` and `fixed`.
const LIKE_A_FLAG: &str = "invalid boolean";

fn says_quotes_lack(message: &str) -> bool {
    message.starts_with(LACKS_QUOTES) || message.starts_with(LIKE_A_FLAG)
}

/// A TOML number that takes the place of a text.
fn number_of_length(length: usize) -> String {
    const MOST_DIGITS: usize = 18;
    match length {
        ..=MOST_DIGITS => "1".repeat(length),
        _ => format!("1.{}", "1".repeat(length - 2)),
    }
}

/// A mistake in the syntax; the common ones in plain words.
fn syntax_finding(message: &str, found: &str, place: Place) -> Finding {
    let (found, expected, mend) = if message.starts_with("duplicate key") {
        let mend = "leave out one of them".to_owned();
        (format!("`{found}` again"), "each key once in its table", mend)
    } else if message.starts_with(LACKS_QUOTES) && found.trim().is_empty() {
        let mend = "write a value, a text in quotes".to_owned();
        ("a key without a value".to_owned(), "a value after `=`", mend)
    } else if says_quotes_lack(message) {
        (format!("`{found}` without quotes"), "a text in quotes", format!("write \"{found}\""))
    } else {
        ("text that is not TOML".to_owned(), "a TOML document", message.to_owned())
    };
    Finding { place: Some(place), found, expected: expected.to_owned(), mend }
}

/// Reads one value, as an override writes it at `range` of its text; what is no TOML value is a text.
pub(crate) fn parse_value(text: &str, range: Range<usize>, source: usize) -> Node {
    const PREFIX: &str = "v=";
    let written = &text[range.clone()];
    let as_text = || Node { place: Place::new(source, range.clone()), content: Content::Text(written.to_owned()) };
    let document = format!("{PREFIX}{written}");
    let Ok(document) = Document::parse(document.as_str()) else {
        return as_text();
    };
    let converter =
        Converter { source, shift: range.start as isize - PREFIX.len() as isize, text, unquoted: Vec::new() };
    let mut items = document.as_table().iter();
    match (items.next(), items.next()) {
        (Some((_, item)), None) => converter.item(item, Place::new(source, range.clone())).unwrap_or_else(as_text),
        _ => as_text(),
    }
}

/// A range that has something to underline: within the text, and a character wide where there is one.
fn visible(text: &str, range: Range<usize>) -> Range<usize> {
    let start = range.start.min(text.len());
    let end = range.end.clamp(start, text.len());
    let next = text.get(start..).and_then(|rest| rest.chars().next());
    match next {
        Some(character) if end == start && character != '\n' => start..start + character.len_utf8(),
        _ => start..end,
    }
}

/// Turns toml_edit's items into nodes.
struct Converter<'a> {
    source: usize,
    /// What is added to the parser's positions.
    shift: isize,
    text: &'a str,
    /// Where the text lacks quotes and the parser was given a number.
    unquoted: Vec<Range<usize>>,
}

/// A table of any spelling, as pairs of a key and an item.
trait Pairs {
    fn iter_with_keys(&self) -> Vec<(&Key, &Item)>;
}

impl Pairs for toml_edit::Table {
    fn iter_with_keys(&self) -> Vec<(&Key, &Item)> {
        self.iter().filter_map(|(key, _)| self.get_key_value(key)).collect()
    }
}

impl Pairs for toml_edit::InlineTable {
    fn iter_with_keys(&self) -> Vec<(&Key, &Item)> {
        self.iter().filter_map(|(key, _)| self.get_key_value(key)).collect()
    }
}

impl Converter<'_> {
    fn place(&self, range: Option<Range<usize>>, otherwise: Place) -> Place {
        range.map_or(otherwise, |range| {
            let shifted = |position: usize| position.saturating_add_signed(self.shift);
            Place::new(self.source, shifted(range.start)..shifted(range.end))
        })
    }

    fn table(&self, pairs: Vec<(&Key, &Item)>, place: Place) -> Node {
        let entries = pairs.into_iter().filter_map(|(key, item)| {
            let key_place = self.place(key.span(), place);
            Some(Entry { key: key.get().to_owned(), key_place, value: self.item(item, key_place)? })
        });
        Node { place, content: Content::Table(Table { entries: entries.collect() }) }
    }

    /// `otherwise` is the place of an item that has none of its own, such as a table that only its children name.
    fn item(&self, item: &Item, otherwise: Place) -> Option<Node> {
        let place = self.place(item.span(), otherwise);
        match item {
            Item::None => None,
            Item::Value(value) => Some(self.value(value, otherwise)),
            Item::Table(table) => Some(self.table(table.iter_with_keys(), place)),
            Item::ArrayOfTables(tables) => {
                let nodes =
                    tables.iter().map(|table| self.table(table.iter_with_keys(), self.place(table.span(), place)));
                Some(Node { place, content: Content::List(nodes.collect()) })
            }
        }
    }

    fn value(&self, value: &Value, otherwise: Place) -> Node {
        let place = self.place(value.span(), otherwise);
        let content = match value {
            _ if self.unquoted.contains(&(place.start..place.end)) => {
                Content::Text(self.text[place.start..place.end].to_owned())
            }
            Value::String(text) => Content::Text(text.value().clone()),
            Value::Integer(number) => Content::Integer(*number.value()),
            Value::Float(number) => Content::Float(*number.value()),
            Value::Boolean(flag) => Content::Flag(*flag.value()),
            Value::Datetime(moment) => Content::Moment(moment.value().to_string()),
            Value::Array(values) => Content::List(values.iter().map(|value| self.value(value, place)).collect()),
            Value::InlineTable(table) => return self.table(table.iter_with_keys(), place),
        };
        Node { place, content }
    }
}
