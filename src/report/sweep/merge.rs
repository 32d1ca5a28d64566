//! The parts of a sweep, made on several machines, joined again.

use std::path::{Path, PathBuf};

use crate::experiment::{Grid, Shard};

use super::layout::{MANIFEST, done};
use super::manifest::Manifest;
use crate::report::Error;

/// Missing cells that a message names.
const NAMED: usize = 8;

/// Parts that together have every cell of one sweep.
#[derive(Debug)]
pub struct Parts {
    /// Of the whole sweep.
    pub manifest: Manifest,
    pub grid: Grid,
    folders: Vec<PathBuf>,
    /// For each cell, which of the folders has it.
    places: Vec<usize>,
}

/// Why parts are not joined.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    #[error("the folder {path} is no sweep's: it has no {MANIFEST}\n  help: give folders that breakeven sweep wrote", path = .0.display())]
    NoSweep(PathBuf),
    #[error("{two} is of another sweep than {one}:\n{}\n  help: give the parts of one sweep", .differences.iter().map(|line| format!("  - {line}")).collect::<Vec<_>>().join("\n"), one = .one.display(), two = .two.display())]
    Different { one: PathBuf, two: PathBuf, differences: Vec<String> },
    #[error("{cells} missing: {why}\n  help: give every part, each finished")]
    Missing { cells: String, why: String },
    #[error(transparent)]
    Failed(#[from] Error),
}

impl Parts {
    /// # Errors
    /// When a folder is no sweep's or another sweep's, or when a cell is in none of them.
    pub fn of(folders: &[PathBuf]) -> Result<Parts, MergeError> {
        let mut manifests = Vec::new();
        for folder in folders {
            manifests.push(Manifest::read(folder)?.ok_or_else(|| MergeError::NoSweep(folder.clone()))?);
        }
        let (Some(first), Some(manifest)) = (folders.first(), manifests.first()) else {
            return Err(MergeError::Missing { cells: "all cells are".to_owned(), why: "no part was given".to_owned() });
        };
        for (folder, other) in folders.iter().zip(&manifests).skip(1) {
            let differences = manifest.differences(other);
            if !differences.is_empty() {
                return Err(MergeError::Different { one: first.clone(), two: folder.clone(), differences });
            }
        }
        let grid = manifest.grid(first)?;
        let mut places: Vec<Option<usize>> = vec![None; grid.cells() as usize];
        for (index, folder) in folders.iter().enumerate() {
            for cell in done(folder)? {
                if let Some(place) = places.get_mut(cell as usize) {
                    place.get_or_insert(index);
                }
            }
        }
        let missing: Vec<u64> = (0..).zip(&places).filter(|(_, place)| place.is_none()).map(|(cell, _)| cell).collect();
        if !missing.is_empty() {
            return Err(missing_cells(&missing, folders, &manifests)?);
        }
        let places = places.into_iter().flatten().collect();
        Ok(Parts { manifest: manifest.without_shard(), grid, folders: folders.to_vec(), places })
    }

    /// Every cell in order, and the folder that has it.
    pub fn cells(&self) -> impl Iterator<Item = (u64, &Path)> {
        (0..).zip(&self.places).map(|(cell, &place)| (cell, self.folders[place].as_path()))
    }
}

fn missing_cells(missing: &[u64], folders: &[PathBuf], manifests: &[Manifest]) -> Result<MergeError, Error> {
    let shards = folders.iter().zip(manifests).map(|(folder, manifest)| manifest.shard(folder));
    let shards = shards.collect::<Result<Vec<Option<Shard>>, Error>>()?;
    let parts = shards.iter().flatten().next().map(|shard| shard.parts());
    let why = match parts.filter(|&parts| shards.iter().flatten().all(|shard| shard.parts() == parts)) {
        Some(parts) => missing_shards(missing, parts, folders, &shards),
        None => format!("{} not done", words(folders.iter().map(|folder| folder.display().to_string()).collect())),
    };
    let cells = match missing {
        [one] => format!("cell {one} is"),
        _ => {
            let mut names: Vec<String> = missing.iter().take(NAMED).map(u64::to_string).collect();
            if missing.len() > NAMED {
                names.push(format!("{} more", missing.len() - NAMED));
            }
            format!("cells {} are", joined(&names))
        }
    };
    Ok(MergeError::Missing { cells, why })
}

/// Which shards the missing cells belong to, and whether these were given.
fn missing_shards(missing: &[u64], parts: u64, folders: &[PathBuf], shards: &[Option<Shard>]) -> String {
    let mut lacking: Vec<Shard> = missing.iter().map(|&cell| Shard::of_cell(cell, parts)).collect();
    lacking.sort_unstable();
    lacking.dedup();
    let (mut absent, mut unfinished) = (Vec::new(), Vec::new());
    for shard in lacking {
        match shards.iter().position(|given| *given == Some(shard)) {
            Some(index) => unfinished.push(format!("shard {shard} ({})", folders[index].display())),
            None => absent.push(format!("shard {shard}")),
        }
    }
    let mut why = Vec::new();
    if !absent.is_empty() {
        let were = if absent.len() == 1 { "was" } else { "were" };
        why.push(format!("{} {were} not given", joined(&absent)));
    }
    if !unfinished.is_empty() {
        why.push(format!("{} not done", words(unfinished)));
    }
    why.join("; ")
}

/// `a is`, `a and b are`.
fn words(names: Vec<String>) -> String {
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", joined(&names))
}

/// `a, b and c`.
fn joined(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}
