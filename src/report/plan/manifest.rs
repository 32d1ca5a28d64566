//! What a plan's folder holds the replications of: written before the first one, and compared before any is added.

use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::experiment::Shard;
use crate::report::Error;
use crate::report::files::json;
use crate::report::sweep::manifest::{DataManifest, ScenarioManifest, digest};
use crate::report::work::{read_json, write_whole};
use crate::scenario::{Loaded, Plan};

/// The file's name.
pub(super) const MANIFEST: &str = "plan-manifest.json";

/// Everything that the figures of a plan depend on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanManifest {
    pub schema: String,
    pub version: String,
    pub scenario: ScenarioManifest,
    /// By the path that the scenario writes.
    pub data: Vec<DataManifest>,
    /// Of every design and rule of the search.
    pub plan_sha256: String,
    pub designs: usize,
    /// `I/N`, of a part.
    pub shard: Option<String>,
}

impl PlanManifest {
    const SCHEMA: &str = "breakeven.plan-manifest/1";

    /// # Errors
    /// When a data file cannot be read.
    pub fn of(loaded: &Loaded, plan: &Plan, shard: Option<Shard>) -> Result<PlanManifest, Error> {
        let files = loaded.scenario.data_files();
        let hash = Sha256::digest(format!("{plan:?}"));
        Ok(PlanManifest {
            schema: PlanManifest::SCHEMA.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario: ScenarioManifest {
                name: loaded.scenario.name.clone(),
                sha256: loaded.sha256.clone(),
                overrides: loaded.overrides.clone(),
                seed: loaded.scenario.seed,
            },
            data: files.iter().copied().chain(&loaded.prices_file).map(digest).collect::<Result<_, Error>>()?,
            plan_sha256: hash.iter().map(|byte| format!("{byte:02x}")).collect(),
            designs: plan.designs(),
            shard: shard.map(|shard| shard.to_string()),
        })
    }

    /// The manifest of a folder; `None` where there is none.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn read(folder: &Path) -> Result<Option<PlanManifest>, Error> {
        read_json(&folder.join(MANIFEST))
    }

    /// Writes it into a folder, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        write_whole(&folder.join(MANIFEST), json(self)?.as_bytes())
    }

    /// As it is of the whole plan.
    #[must_use]
    pub fn without_shard(&self) -> PlanManifest {
        PlanManifest { shard: None, ..self.clone() }
    }

    /// In what two of them differ, the part apart.
    #[must_use]
    pub fn differences(&self, other: &PlanManifest) -> Vec<String> {
        let overrides = |manifest: &PlanManifest| manifest.scenario.overrides.join(" ");
        let pairs = [
            ("the version", self.version.clone(), other.version.clone()),
            ("the scenario", self.scenario.name.clone(), other.scenario.name.clone()),
            ("the file's digest", self.scenario.sha256.clone(), other.scenario.sha256.clone()),
            ("the overrides", overrides(self), overrides(other)),
            ("the seed", self.scenario.seed.to_string(), other.scenario.seed.to_string()),
            ("the designs", self.designs.to_string(), other.designs.to_string()),
            ("the digest of the search", self.plan_sha256.clone(), other.plan_sha256.clone()),
        ];
        let words = |text: String| if text.is_empty() { "none".to_owned() } else { text };
        let mut lines: Vec<String> = pairs
            .into_iter()
            .filter(|(_, a, b)| a != b)
            .map(|(what, a, b)| format!("{what}: {} there, {} here", words(a), words(b)))
            .collect();
        if lines.is_empty() && self.data != other.data {
            lines.push("the data files differ".to_owned());
        }
        lines
    }
}
