//! What every reading function is given: where to report, and where data files lie.

use std::cell::RefCell;
use std::path::PathBuf;

use crate::catalog::{Entry, Preset};
use crate::trace::DataFile;

use super::own_prices::Prices;
use super::place::{Place, SourceText};
use super::problem::Finding;
use super::tree::Node;
use super::warning::{Caveat, Warning};

/// The state of one loading.
pub(super) struct Context {
    pub sources: Vec<SourceText>,
    pub data: DataFolder,
    pub prices: Prices,
    rests_on: RefCell<Vec<Entry>>,
    presets: RefCell<Vec<&'static Preset>>,
    findings: RefCell<Vec<Finding>>,
    warnings: RefCell<Vec<Warning>>,
}

/// What the paths of data files are relative to.
#[derive(Clone, Debug)]
pub(super) enum DataFolder {
    Disk(PathBuf),
    Embedded,
    /// There are no files but those that the program carries: a stranger wrote the scenario.
    Sealed,
}

impl Context {
    pub fn new(sources: Vec<SourceText>, data: DataFolder) -> Context {
        Context {
            sources,
            data,
            prices: Prices::Embedded,
            rests_on: RefCell::default(),
            presets: RefCell::default(),
            findings: RefCell::default(),
            warnings: RefCell::default(),
        }
    }

    /// Reports a mistake.
    pub fn report(&self, place: Place, found: impl Into<String>, expected: impl Into<String>, mend: impl Into<String>) {
        self.push(Finding { place: Some(place), found: found.into(), expected: expected.into(), mend: mend.into() });
    }

    pub fn push(&self, finding: Finding) {
        self.findings.borrow_mut().push(finding);
    }

    pub fn warn(&self, place: Option<Place>, caveat: Caveat) {
        self.warnings.borrow_mut().push(Warning { caveat, place });
    }

    /// Notes an entry of the catalogue that the scenario rests on; whether it is a new one.
    pub fn rests_on(&self, entry: &Entry) -> bool {
        let mut entries = self.rests_on.borrow_mut();
        let is_new = !entries.contains(entry);
        if is_new {
            entries.push(entry.clone());
        }
        is_new
    }

    /// Notes a preset that the scenario rests on; whether it is a new one.
    pub fn rests_on_preset(&self, preset: &'static Preset) -> bool {
        let mut presets = self.presets.borrow_mut();
        let is_new = !presets.iter().any(|other| other.name == preset.name);
        if is_new {
            presets.push(preset);
        }
        is_new
    }

    /// A value as it is written, for a message.
    pub fn written(&self, node: &Node) -> String {
        node.written(&self.sources[node.place.source])
    }

    /// The text at a place.
    pub fn written_plainly(&self, place: Place) -> &str {
        self.sources[place.source].slice(place)
    }

    pub fn has_problems(&self) -> bool {
        !self.findings.borrow().is_empty()
    }

    pub fn into_parts(self) -> Parts {
        Parts {
            findings: self.findings.into_inner(),
            warnings: self.warnings.into_inner(),
            entries: self.rests_on.into_inner(),
            presets: self.presets.into_inner(),
            prices_file: self.prices.file(),
            sources: self.sources,
        }
    }
}

/// What a loading has gathered.
pub(super) struct Parts {
    pub findings: Vec<Finding>,
    pub warnings: Vec<Warning>,
    /// Of the catalogue.
    pub entries: Vec<Entry>,
    pub presets: Vec<&'static Preset>,
    /// The user's own.
    pub prices_file: Option<DataFile>,
    pub sources: Vec<SourceText>,
}
