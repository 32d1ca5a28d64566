//! All entries together.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use jiff::civil::Date;

use crate::toml::Problems;
use crate::toml::place::SourceText;
use crate::toml::problem::Finding;

use super::read::read;
use super::{Entry, Kind};

/// The prices that are known.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalog {
    /// No two of the same offer.
    entries: Vec<Entry>,
}

/// The files of prices that the program carries.
const EMBEDDED: [(&str, &str); 3] = [
    ("serverless.toml", include_str!("prices/serverless.toml")),
    ("dedicated.toml", include_str!("prices/dedicated.toml")),
    ("spot.toml", include_str!("prices/spot.toml")),
];

impl Catalog {
    /// The prices that the program carries.
    #[must_use]
    pub fn embedded() -> &'static Catalog {
        static EMBEDDED_CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
            let (catalog, findings) = carried();
            // A test reads them too.
            debug_assert!(findings.is_empty(), "the embedded prices have mistakes: {findings:?}");
            catalog
        });
        &EMBEDDED_CATALOG
    }

    /// These prices and those of a user's file, which win.
    ///
    /// # Errors
    /// When the file cannot be read: one mistake of the whole file. Else all mistakes in it.
    pub fn with_file(&self, path: &Path) -> Result<Catalog, Problems> {
        let name = path.display().to_string();
        match read_file(path) {
            Ok(text) => {
                let source = SourceText { name, text };
                let (entries, findings) = read(&source, 0);
                match findings.is_empty() {
                    true => Ok(self.extended(entries)),
                    false => Err(Problems::new(findings, vec![source])),
                }
            }
            Err(found) => {
                let finding = Finding {
                    place: None,
                    found: format!("{found} ({name})"),
                    expected: "a file of prices".to_owned(),
                    mend: "check the path".to_owned(),
                };
                Err(Problems::new(vec![finding], vec![SourceText { name, text: String::new() }]))
            }
        }
    }

    /// These entries and others, which win over those of the same offer.
    pub(crate) fn extended(&self, others: Vec<Entry>) -> Catalog {
        let kept = self.entries.iter().filter(|entry| !others.iter().any(|other| other.is_of_same_offer(entry)));
        Catalog { entries: kept.cloned().chain(others.iter().cloned()).collect() }
    }

    /// In the order of the files.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entries for which `holds`, the cheapest first; equal prices by provider and product.
    pub fn sorted(&self, holds: impl Fn(&Entry) -> bool) -> Vec<&Entry> {
        let mut entries: Vec<&Entry> = self.entries.iter().filter(|entry| holds(entry)).collect();
        entries.sort_by(|a, b| {
            let named = |entry: &Entry| (entry.provider.clone(), entry.product.clone(), entry.region.clone());
            a.price.compare(b.price).then_with(|| named(a).cmp(&named(b)))
        });
        entries
    }

    /// The providers of the entries for which `holds`, in alphabetical order.
    pub fn providers(&self, holds: impl Fn(&Entry) -> bool) -> BTreeSet<&str> {
        self.entries.iter().filter(|entry| holds(entry)).map(|entry| entry.provider.as_str()).collect()
    }

    /// The families of GPUs of the entries for which `holds`, in alphabetical order.
    pub fn gpus(&self, holds: impl Fn(&Entry) -> bool) -> BTreeSet<&str> {
        self.entries.iter().filter(|entry| holds(entry)).map(|entry| entry.gpu.as_str()).collect()
    }

    /// How the entries for which `holds` are sold.
    pub fn kinds(&self, holds: impl Fn(&Entry) -> bool) -> BTreeSet<Kind> {
        self.entries.iter().filter(|entry| holds(entry)).map(|entry| entry.kind).collect()
    }

    /// The day of the latest entry: what the others' ages are counted to where no day is given. `None` without entries.
    #[must_use]
    pub fn newest(&self) -> Option<Date> {
        self.entries.iter().map(|entry| entry.as_of).max()
    }
}

/// The text of a file of prices, or what was found instead.
pub(crate) fn read_file(path: &Path) -> Result<String, String> {
    let bytes = fs::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => "no such file".to_owned(),
        _ => format!("a file that cannot be read: {error}"),
    })?;
    String::from_utf8(bytes)
        .map_err(|error| format!("bytes that are not UTF-8 from byte {} on", error.utf8_error().valid_up_to()))
}

/// The carried files, and the mistakes in them.
fn carried() -> (Catalog, Vec<Finding>) {
    let (mut entries, mut findings) = (Vec::new(), Vec::new());
    for (index, (name, text)) in EMBEDDED.iter().enumerate() {
        let source = SourceText { name: (*name).to_owned(), text: (*text).to_owned() };
        let (read, mistakes) = read(&source, index);
        entries.extend(read);
        findings.extend(mistakes);
    }
    (Catalog { entries }, findings)
}

#[cfg(test)]
mod tests;
