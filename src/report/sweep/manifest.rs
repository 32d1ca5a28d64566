//! What a sweep's folder holds the cells of: written before the first one, and compared before any is added.

use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::experiment::{Axis, Checked, Grid, Shard, Spread, Sweep};
use crate::trace::DataFile;

use super::layout::MANIFEST;
use crate::report::Error;
use crate::report::work::{read_json, write_whole};

/// Everything that the figures of a sweep depend on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    pub schema: String,
    pub version: String,
    pub scenario: ScenarioManifest,
    /// By the path that the scenario writes.
    pub data: Vec<DataManifest>,
    pub axes: Vec<AxisManifest>,
    pub precision: Option<PrecisionManifest>,
    /// `I/N`, of a part.
    pub shard: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenarioManifest {
    pub name: String,
    pub sha256: String,
    /// Those of all cells.
    pub overrides: Vec<String>,
    pub seed: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataManifest {
    pub file: String,
    pub sha256: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AxisManifest {
    pub path: String,
    pub values: Vec<String>,
    pub spread: Spread,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrecisionManifest {
    pub of: String,
    /// A decimal number, as text so that it is the same when it is read again.
    pub relative: String,
    pub most_replications: u32,
}

impl Manifest {
    const SCHEMA: &str = "breakeven.sweep-manifest/1";

    /// Of a sweep whose cells were checked.
    ///
    /// # Errors
    /// When a data file cannot be read.
    pub fn of(sweep: &Sweep, checked: &Checked, shard: Option<Shard>) -> Result<Manifest, Error> {
        let scenario = &checked.first.scenario;
        Ok(Manifest {
            schema: Manifest::SCHEMA.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario: ScenarioManifest {
                name: scenario.name.clone(),
                sha256: sweep.sha256(),
                overrides: sweep.overrides().written(),
                seed: scenario.seed,
            },
            data: checked.data_files.iter().map(digest).collect::<Result<_, Error>>()?,
            axes: sweep.grid().axes().iter().map(AxisManifest::of).collect(),
            precision: sweep.precision().map(|precision| PrecisionManifest {
                of: precision.metric.name().to_owned(),
                relative: precision.relative.to_string(),
                most_replications: precision.most_replications,
            }),
            shard: shard.map(|shard| shard.to_string()),
        })
    }

    /// The manifest of a folder; `None` where there is none.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn read(folder: &Path) -> Result<Option<Manifest>, Error> {
        read_json(&folder.join(MANIFEST))
    }

    /// Writes it into a folder, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        write_whole(&folder.join(MANIFEST), crate::report::files::json(self)?.as_bytes())
    }

    /// The grid of its axes.
    ///
    /// # Errors
    /// When somebody changed them so that they are none.
    pub fn grid(&self, folder: &Path) -> Result<Grid, Error> {
        let failed = |cause: String| Error::Read { path: folder.join(MANIFEST), cause };
        let axis = |axis: &AxisManifest| {
            let again = Axis::again(&axis.path, axis.values.clone(), axis.spread);
            again.filter(|axis| !axis.values.is_empty()).ok_or_else(|| failed(format!("`{}` is no axis", axis.path)))
        };
        let axes = self.axes.iter().map(axis).collect::<Result<_, Error>>()?;
        Grid::new(axes).map_err(|error| failed(error.to_string()))
    }

    /// # Errors
    /// When somebody changed it so that it is none.
    pub fn shard(&self, folder: &Path) -> Result<Option<Shard>, Error> {
        let failed = |cause| Error::Read { path: folder.join(MANIFEST), cause };
        self.shard.as_ref().map(|shard| shard.parse().map_err(failed)).transpose()
    }

    /// What `other` has otherwise, a line each, the part apart.
    #[must_use]
    pub fn differences(&self, other: &Manifest) -> Vec<String> {
        let mut lines = Vec::new();
        let mut compare = |what: &str, one: String, two: String| {
            if one != two {
                lines.push(format!("{what}: {} there, {} here", cut(&one), cut(&two)));
            }
        };
        compare("breakeven's version", self.version.clone(), other.version.clone());
        compare("the scenario", self.scenario.name.clone(), other.scenario.name.clone());
        compare("the scenario file's SHA-256", short(&self.scenario.sha256), short(&other.scenario.sha256));
        compare("changes of the scenario", listed(&self.scenario.overrides), listed(&other.scenario.overrides));
        compare("the seed", self.scenario.seed.to_string(), other.scenario.seed.to_string());
        compare("data files", data_words(&self.data), data_words(&other.data));
        compare("what is varied", axes_words(&self.axes), axes_words(&other.axes));
        compare("the precision", precision_words(self), precision_words(other));
        compare("the manifest's schema", self.schema.clone(), other.schema.clone());
        if lines.is_empty() && self.without_shard() != other.without_shard() {
            lines.push("the manifests differ".to_owned());
        }
        lines
    }

    /// As it is of the whole sweep.
    #[must_use]
    pub fn without_shard(&self) -> Manifest {
        Manifest { shard: None, ..self.clone() }
    }
}

impl AxisManifest {
    fn of(axis: &Axis) -> AxisManifest {
        AxisManifest { path: axis.path.clone(), values: axis.values.clone(), spread: axis.spread }
    }
}

/// Of a data file's bytes.
///
/// # Errors
/// When it cannot be read.
pub(in crate::report) fn digest(file: &DataFile) -> Result<DataManifest, Error> {
    let failed = |error: io::Error| Error::Read { path: file.written.clone().into(), cause: error.to_string() };
    let mut bytes = file.open().map_err(failed)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match bytes.read(&mut buffer).map_err(failed)? {
            0 => break,
            count => hasher.update(&buffer[..count]),
        }
    }
    let sha256 = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(DataManifest { file: file.written.clone(), sha256 })
}

/// The beginning of a long text.
fn cut(text: &str) -> String {
    const LONGEST: usize = 200;
    if text.chars().count() <= LONGEST {
        text.to_owned()
    } else {
        text.chars().take(LONGEST).chain("...".chars()).collect()
    }
}

/// Enough of a digest to see that it is another.
fn short(digest: &str) -> String {
    digest.chars().take(12).collect()
}

fn listed(texts: &[String]) -> String {
    if texts.is_empty() { "none".to_owned() } else { texts.join(" ") }
}

fn data_words(data: &[DataManifest]) -> String {
    listed(&data.iter().map(|data| format!("{} ({})", data.file, short(&data.sha256))).collect::<Vec<_>>())
}

fn axes_words(axes: &[AxisManifest]) -> String {
    let words = |axis: &AxisManifest| {
        let spread = match axis.spread {
            Spread::Listed => "",
            Spread::EvenSteps => " (even steps)",
            Spread::EvenRatios => " (even ratios)",
        };
        format!("{}={}{spread}", axis.path, axis.values.join(","))
    };
    axes.iter().map(words).collect::<Vec<_>>().join(" ")
}

fn precision_words(manifest: &Manifest) -> String {
    manifest.precision.as_ref().map_or_else(
        || "none".to_owned(),
        |precision| {
            format!("{} of {}, at most {} replications", precision.relative, precision.of, precision.most_replications)
        },
    )
}
