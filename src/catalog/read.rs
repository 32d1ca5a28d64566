//! A file of prices: `[[entry]]` tables become entries, or mistakes with their places and mends.

use jiff::civil::Date;

use crate::toml::place::{Place, SourceText};
use crate::toml::problem::Finding;
use crate::toml::tree::{self, Content, Node, Table};
use crate::unit::{Price, nearest, parse_price};

use super::{Certainty, Entry, Kind};

/// The keys of an entry, with an example of each.
const KEYS: [(&str, &str); 12] = [
    ("provider", "runpod"),
    ("product", "Secure Cloud pod"),
    ("gpu", "H100"),
    ("variant", "SXM"),
    ("kind", "dedicated"),
    ("region", Entry::EVERYWHERE),
    ("price", "$2.50/h"),
    ("condition", "a contract of a year"),
    ("as_of", "2026-11-01"),
    ("source", "our contract"),
    ("certainty", "documented"),
    ("note", "for up to 8 GPUs"),
];

/// The key of the tables.
const TABLES: &str = "entry";

/// Reads the text that is number `index`: its entries, and all mistakes in it.
pub(crate) fn read(source: &SourceText, index: usize) -> (Vec<Entry>, Vec<Finding>) {
    let (root, findings) = tree::parse(&source.text, index);
    let mut reader = Reader { source, findings };
    let entries = root.map(|root| reader.entries(&root)).unwrap_or_default();
    (entries, reader.findings)
}

struct Reader<'a> {
    source: &'a SourceText,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn report(&mut self, place: Place, found: impl Into<String>, expected: impl Into<String>, mend: impl Into<String>) {
        let (found, expected, mend) = (found.into(), expected.into(), mend.into());
        self.findings.push(Finding { place: Some(place), found, expected, mend });
    }

    fn entries(&mut self, root: &Node) -> Vec<Entry> {
        let header = format!("write a table with the header [[{TABLES}]]");
        let Content::Table(table) = &root.content else {
            return Vec::new();
        };
        self.report_unknown(table, "a file of prices", &[TABLES]);
        let Some(tables) = table.get(TABLES) else {
            if table.entries.is_empty() {
                self.report(root.place, "a file without prices", format!("at least one [[{TABLES}]]"), header);
            }
            return Vec::new();
        };
        let Content::List(nodes) = &tables.value.content else {
            let found = tables.value.written(self.source);
            self.report(tables.value.place, found, format!("tables, each under a header [[{TABLES}]]"), header);
            return Vec::new();
        };
        let mut entries: Vec<Entry> = Vec::new();
        for node in nodes {
            let Some(entry) = self.entry(node) else { continue };
            if entries.iter().any(|other| other.is_of_same_offer(&entry)) {
                let expected = "one price for each provider, product, gpu, variant, kind and region";
                self.report(node.place, format!("{entry} again"), expected, "leave out one of them");
            } else {
                entries.push(entry);
            }
        }
        entries
    }

    fn entry(&mut self, node: &Node) -> Option<Entry> {
        let Content::Table(table) = &node.content else {
            let found = node.written(self.source);
            self.report(node.place, found, "a price: a table", format!("write a table with the header [[{TABLES}]]"));
            return None;
        };
        let misspelt = self.report_unknown(table, "a price", &KEYS.map(|(key, _)| key));
        let entry = EntryTable { table, place: node.place, misspelt: &misspelt };
        let provider = self.required(entry, "provider", Reader::text);
        let gpu = self.required(entry, "gpu", Reader::text);
        let kind = self.required(entry, "kind", |reader, node| reader.word(node, "how it is sold", &Kind::ALL));
        let price = self.required(entry, "price", Reader::price);
        let as_of = self.required(entry, "as_of", Reader::date);
        let source = self.required(entry, "source", Reader::text);
        let product = self.optional(entry, "product", Reader::text);
        let region = self.optional(entry, "region", Reader::text);
        let certainty = self
            .optional(entry, "certainty", |reader, node| reader.word(node, "how the price is known", &Certainty::ALL));
        let [variant, condition, note] =
            ["variant", "condition", "note"].map(|key| self.optional(entry, key, Reader::text));
        let kind = kind?;
        Some(Entry {
            provider: provider?,
            product: product.unwrap_or_else(|| kind.name().to_owned()),
            gpu: gpu?,
            variant,
            kind,
            region: region.unwrap_or_else(|| Entry::EVERYWHERE.to_owned()),
            price: price?,
            condition,
            as_of: as_of?,
            source: source?,
            certainty: certainty.unwrap_or(Certainty::Documented),
            note,
        })
    }

    /// Reports every key that is not known; returns the known ones that some of them probably are.
    fn report_unknown(&mut self, table: &Table, what: &str, known: &[&'static str]) -> Vec<&'static str> {
        let mut misspelt = Vec::new();
        for entry in table.entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            let meant = known.iter().copied().find(|key| nearest(&entry.key, known.iter().copied()) == Some(key));
            misspelt.extend(meant);
            let mend = match meant {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("known here: {}", known.join(", ")),
            };
            let found = format!("the unknown key `{}`", entry.key);
            self.report(entry.key_place, found, format!("a key of {what}"), mend);
        }
        misspelt
    }

    fn optional<T>(
        &mut self,
        entry: EntryTable<'_>,
        key: &str,
        read: impl FnOnce(&mut Self, &Node) -> Option<T>,
    ) -> Option<T> {
        read(self, &entry.table.get(key)?.value)
    }

    fn required<T>(
        &mut self,
        entry: EntryTable<'_>,
        key: &str,
        read: impl FnOnce(&mut Self, &Node) -> Option<T>,
    ) -> Option<T> {
        if entry.table.get(key).is_none() && !entry.misspelt.contains(&key) {
            let example = KEYS.iter().find(|(known, _)| *known == key).map_or("", |&(_, example)| example);
            let (found, expected) = (format!("a price without `{key}`"), format!("the key `{key}`"));
            self.report(entry.place, found, expected, format!("add {key} = \"{example}\""));
        }
        self.optional(entry, key, read)
    }

    /// A text that is not blank.
    fn text(&mut self, node: &Node) -> Option<String> {
        match &node.content {
            Content::Text(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            _ => {
                self.report(node.place, node.written(self.source), "a text in quotes", "write a text in quotes");
                None
            }
        }
    }

    fn price(&mut self, node: &Node) -> Option<Price> {
        let text = match &node.content {
            Content::Text(text) => text.clone(),
            Content::Integer(number) => number.to_string(),
            Content::Float(number) => number.to_string(),
            _ => String::new(),
        };
        // A bare number never is a price: it has no unit.
        match parse_price(&text) {
            Ok(price) => Some(price),
            Err(error) => {
                self.report(node.place, node.written(self.source), error.expected, error.mend);
                None
            }
        }
    }

    fn date(&mut self, node: &Node) -> Option<Date> {
        let date = match &node.content {
            Content::Text(text) | Content::Moment(text) => text.trim().parse::<Date>().ok(),
            _ => None,
        };
        if date.is_none() {
            let found = node.written(self.source);
            self.report(node.place, found, "a date, as year, month and day", "write, for example, \"2026-11-01\"");
        }
        date
    }

    fn word<T: Copy>(&mut self, node: &Node, what: &str, words: &[(&'static str, T)]) -> Option<T> {
        let text = match &node.content {
            Content::Text(text) => text.as_str(),
            _ => "",
        };
        let found = words.iter().find(|(word, _)| *word == text).map(|&(_, value)| value);
        if found.is_none() {
            let quoted: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
            let mend = match nearest(text, words.iter().map(|&(word, _)| word)) {
                Some(nearest) => format!("did you mean \"{nearest}\"?"),
                None => "write one of them, in quotes".to_owned(),
            };
            self.report(node.place, node.written(self.source), format!("{what}: {}", quoted.join(", ")), mend);
        }
        found
    }
}

/// A table that is read as an entry.
#[derive(Clone, Copy)]
struct EntryTable<'a> {
    table: &'a Table,
    /// Of its header.
    place: Place,
    /// Keys that are there under another name.
    misspelt: &'a [&'static str],
}
