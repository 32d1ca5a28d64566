//! The scenarios that can be named: the one that the page opens with, and those that the program carries.

use std::sync::OnceLock;

use serde::Serialize;

use crate::scenario::{Embedded, Origin, Overrides, Problems, SCENARIOS, ScenarioFile};
use crate::unit::nearest;

/// The scenario that the page opens with, read once.
#[derive(Clone, Debug)]
pub struct Opened {
    pub(super) name: String,
    pub(super) file: ScenarioFile,
}

impl Opened {
    /// Reads it. Data and prices of its own that lie on the disk are not served: naming them is a mistake.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(origin: &Origin) -> Result<Opened, Problems> {
        let name = match origin {
            Origin::Embedded(name) => (*name).to_owned(),
            Origin::File(_) => origin.stem(),
        };
        Ok(Opened { name, file: ScenarioFile::read(origin)?.sealed() })
    }
}

/// A line of the list.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Listed {
    name: String,
    description: String,
}

#[derive(Debug)]
pub(super) struct Scenarios {
    opened: Opened,
    /// Read when it is first asked for.
    list: OnceLock<Vec<Listed>>,
}

impl Scenarios {
    pub fn new(opened: Opened) -> Scenarios {
        Scenarios { opened, list: OnceLock::new() }
    }

    /// Each with its description, the one that the page opens with first.
    pub fn list(&self) -> &[Listed] {
        self.list.get_or_init(|| {
            let others = SCENARIOS.iter().map(|scenario| scenario.name).filter(|name| *name != self.opened.name);
            let names = std::iter::once(self.opened.name.as_str()).chain(others);
            let listed = |name: &str| {
                let loaded = self.named(name)?.load(&Overrides::default()).ok()?;
                Some(Listed { name: name.to_owned(), description: loaded.scenario.description })
            };
            names.filter_map(listed).collect()
        })
    }

    /// The scenario of a name, for which no file is read.
    pub fn named(&self, name: &str) -> Option<ScenarioFile> {
        if name == self.opened.name {
            return Some(self.opened.file.clone());
        }
        let embedded = Embedded::named(name)?;
        Some(ScenarioFile::read(&Origin::Embedded(embedded.name)).ok()?.sealed())
    }

    /// What to say of a name that none has.
    pub fn unknown(&self, name: &str) -> String {
        let known = SCENARIOS.iter().map(|scenario| scenario.name).chain([self.opened.name.as_str()]);
        match nearest(name, known) {
            Some(nearest) => format!("no scenario is called `{name}`; did you mean `{nearest}`?"),
            None => format!("no scenario is called `{name}`; see /api/scenarios"),
        }
    }
}
