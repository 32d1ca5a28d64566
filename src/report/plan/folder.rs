//! The folder that a plan works in: what it is of, and what every replication told of every design. A killed plan goes on where
//! it was, and the parts of one, made on several machines, are joined by putting their files together.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::experiment::plan::Tally;
use crate::report::Error;
use crate::report::folder::ClaimError;
use crate::report::sweep::layout;
use crate::report::work::{OpenError, WorkFolder, write_whole};

use super::document::PLAN_SCHEMA;
use super::manifest::{MANIFEST, PlanManifest};

/// The folder of tallies.
const TALLIES: &str = "tallies";
/// The document, which says that a plan is done.
const RESULT: &str = "plan.json";
/// What the end of a plan writes, the document first.
const RESULTS: [&str; 16] = [
    RESULT,
    "report.json",
    "report.html",
    "plan.parquet",
    "scenario.toml",
    "timeline.parquet",
    "frontier.svg",
    "frontier.png",
    "timeline.svg",
    "timeline.png",
    "tornado.svg",
    "tornado.png",
    "growth.svg",
    "growth.png",
    "growth.parquet",
    "sensitivity.parquet",
];

/// A folder that this process alone works in, as long as it has it.
#[derive(Debug)]
pub struct PlanFolder {
    folder: WorkFolder,
}

/// A file of tallies: one replication of some designs.
#[derive(Debug, Serialize, Deserialize)]
struct Tallies {
    replication: u32,
    /// By the index of the design.
    tallies: Vec<(usize, Tally)>,
}

impl PlanFolder {
    /// Makes the folder that of this plan. What was simulated of the very same plan stays; a finished one and the results of
    /// other commands are removed.
    ///
    /// # Errors
    /// When it is not breakeven's, when another process works in it, or when it holds other work that is not done.
    pub fn open(path: &Path, manifest: &PlanManifest) -> Result<PlanFolder, OpenError> {
        let mut folder = WorkFolder::lock(path)?;
        let found = PlanManifest::read(path)?;
        if found.as_ref() != Some(manifest) {
            if let Some(old) = found.filter(|_| is_unfinished(path)) {
                let mut differences = old.differences(manifest);
                if old.shard != manifest.shard {
                    let part = |shard: &Option<String>| shard.clone().unwrap_or_else(|| "the whole".to_owned());
                    differences.push(format!("the part: {} there, {} here", part(&old.shard), part(&manifest.shard)));
                }
                let done = "replications".to_owned();
                return Err(OpenError::Another { path: path.to_owned(), done, work: "plan", differences });
            }
            if layout::is_unfinished(path) {
                return Err(ClaimError::Unfinished { path: path.to_owned(), work: "sweep" }.into());
            }
            folder.begin(PLAN_SCHEMA, &[MANIFEST, layout::MANIFEST])?;
            manifest.write(path)?;
        }
        folder.tidy(TALLIES)?;
        Ok(PlanFolder { folder })
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// What was simulated, by design and replication.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn kept(&self) -> Result<BTreeMap<(usize, u32), Tally>, Error> {
        let mut kept = BTreeMap::new();
        for path in tallies(self.path())? {
            let Tallies { replication, tallies } = read(&path)?;
            kept.extend(tallies.into_iter().map(|(design, tally)| ((design, replication), tally)));
        }
        Ok(kept)
    }

    /// Keeps a replication of some designs.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&self, replication: u32, tallies: &[(usize, Tally)]) -> Result<(), Error> {
        // A design is simulated once in a replication, so that its first one names the file.
        let Some(&(first, _)) = tallies.first() else { return Ok(()) };
        let path = self.path().join(TALLIES).join(format!("{replication:04}-{first:05}.json"));
        let text = serde_json::to_string(&Tallies { replication, tallies: tallies.to_vec() })?;
        write_whole(&path, format!("{text}\n").as_bytes())
    }

    /// Removes what an earlier end of the plan wrote, before it is written again.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn remove_results(&self) -> Result<(), Error> {
        self.folder.remove(&RESULTS)
    }
}

/// The files of a folder's tallies, in order.
fn tallies(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let inner = folder.join(TALLIES);
    let failed = |error: io::Error| Error::Read { path: inner.clone(), cause: error.to_string() };
    let entries = match fs::read_dir(&inner) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed)?,
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> Result<Tallies, Error> {
    let failed = |cause: String| Error::Read { path: path.to_owned(), cause };
    let bytes = fs::read(path).map_err(|error| failed(error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|error| failed(error.to_string()))
}

/// Whether a folder holds replications of a plan that is not done.
#[must_use]
pub fn is_unfinished(folder: &Path) -> bool {
    let begun = folder.join(MANIFEST).exists() && !folder.join(RESULT).exists();
    begun && tallies(folder).is_ok_and(|tallies| !tallies.is_empty())
}

/// # Errors
/// When a folder holds replications of a plan that is not done.
pub fn refuse_unfinished(folder: &Path) -> Result<(), ClaimError> {
    match is_unfinished(folder) {
        true => Err(ClaimError::Unfinished { path: folder.to_owned(), work: "plan" }),
        false => Ok(()),
    }
}

/// Parts of one plan, to be joined.
#[derive(Debug)]
pub struct PlanParts {
    manifest: PlanManifest,
    folders: Vec<PathBuf>,
}

impl PlanParts {
    /// Whether any of the folders is a plan's.
    #[must_use]
    pub fn are_given(folders: &[PathBuf]) -> bool {
        folders.iter().any(|folder| folder.join(MANIFEST).exists())
    }

    /// # Errors
    /// When a folder is no plan's, or another plan's.
    pub fn of(folders: &[PathBuf]) -> Result<PlanParts, JoinError> {
        let mut manifest: Option<(PlanManifest, &PathBuf)> = None;
        for folder in folders {
            let read = PlanManifest::read(folder)?.ok_or_else(|| JoinError::NoPlan(folder.clone()))?;
            match &manifest {
                None => manifest = Some((read, folder)),
                Some((first, one)) if first.without_shard() != read.without_shard() => {
                    let differences = first.differences(&read);
                    return Err(JoinError::Different { one: (*one).clone(), two: folder.clone(), differences });
                }
                Some(_) => {}
            }
        }
        match manifest {
            Some((manifest, _)) => Ok(PlanParts { manifest: manifest.without_shard(), folders: folders.to_vec() }),
            None => Err(JoinError::NoPlan(PathBuf::new())),
        }
    }

    /// Puts all that the parts have simulated into one folder, which the plan of the whole goes on from; how many files there
    /// are.
    ///
    /// # Errors
    /// When the folder cannot be taken, or a file not be read or written.
    pub fn join(&self, path: &Path) -> Result<usize, JoinError> {
        let folder = PlanFolder::open(path, &self.manifest)?;
        let mut count = 0;
        for part in &self.folders {
            for file in tallies(part)? {
                let Tallies { replication, tallies } = read(&file)?;
                folder.keep(replication, &tallies)?;
                count += 1;
            }
        }
        Ok(count)
    }
}

/// Why parts are not joined.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    #[error("the folder {path} is no plan's: it has no {MANIFEST}\n  help: give folders that breakeven plan wrote", path = .0.display())]
    NoPlan(PathBuf),
    #[error("{two} is of another plan than {one}:\n{}\n  help: give the parts of one plan", .differences.iter().map(|line| format!("  - {line}")).collect::<Vec<_>>().join("\n"), one = .one.display(), two = .two.display())]
    Different { one: PathBuf, two: PathBuf, differences: Vec<String> },
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Failed(#[from] Error),
}
