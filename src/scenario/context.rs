//! What every reading function is given: where to report, and where data files lie.

use std::cell::RefCell;
use std::path::PathBuf;

use super::place::{Place, SourceText};
use super::problem::Finding;
use super::tree::Node;
use super::warning::{Caveat, Warning};

/// The state of one loading.
pub(super) struct Context {
    pub sources: Vec<SourceText>,
    pub data: DataFolder,
    findings: RefCell<Vec<Finding>>,
    warnings: RefCell<Vec<Warning>>,
}

/// What the paths of data files are relative to.
#[derive(Clone, Debug)]
pub(super) enum DataFolder {
    Disk(PathBuf),
    Embedded,
}

impl Context {
    pub fn new(sources: Vec<SourceText>, data: DataFolder) -> Context {
        Context { sources, data, findings: RefCell::default(), warnings: RefCell::default() }
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

    pub fn into_parts(self) -> (Vec<Finding>, Vec<Warning>, Vec<SourceText>) {
        (self.findings.into_inner(), self.warnings.into_inner(), self.sources)
    }
}
