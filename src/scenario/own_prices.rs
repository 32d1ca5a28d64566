//! A user's own file of prices, which a scenario names at its top: `catalog = "my-prices.toml"`.

use std::path::{Path, PathBuf};

use crate::catalog::{self, Catalog};
use crate::trace::{DataFile, Location};

use super::context::{Context, DataFolder};
use super::place::SourceText;
use super::tree::{Content, Node};

/// The key of the scenario that names the file.
pub(super) const KEY: &str = "catalog";

/// The prices of one loading.
pub(super) enum Prices {
    /// Those that the program carries.
    Embedded,
    /// Those of a user's file over them.
    Own { catalog: Catalog, file: DataFile },
    /// Mistakes in the user's file are reported, and nothing can be asked for.
    Broken,
}

impl Prices {
    /// What there is to choose from; `None` when that cannot be known.
    pub fn catalog(&self) -> Option<&Catalog> {
        match self {
            Prices::Embedded => Some(Catalog::embedded()),
            Prices::Own { catalog, .. } => Some(catalog),
            Prices::Broken => None,
        }
    }

    /// The user's file.
    pub fn file(&self) -> Option<DataFile> {
        match self {
            Prices::Own { file, .. } => Some(file.clone()),
            Prices::Embedded | Prices::Broken => None,
        }
    }
}

/// Reads the file that the scenario names, if it does. Its text becomes one of the context's.
pub(super) fn read(context: &mut Context, root: &Node) {
    let Content::Table(table) = &root.content else { return };
    let Some(entry) = table.get(KEY) else { return };
    context.prices = Prices::Broken;
    let Some(written) = super::values::text(context, &entry.value) else { return };
    let Some(path) = path(&context.data, &written) else {
        let found = context.written(&entry.value);
        let expected = "no file of prices: none is read for a scenario that comes over the network";
        context.report(entry.value.place, found, expected, "leave it out, and write each price where it counts");
        return;
    };
    let text = match catalog::read_file(&path) {
        Ok(text) => text,
        Err(found) => {
            let expected = "a file of prices, its path relative to the scenario file";
            context.report(entry.value.place, format!("{found} ({written})"), expected, "check the path");
            return;
        }
    };
    let source = SourceText { name: path.display().to_string(), text };
    let (entries, findings) = catalog::read_entries(&source, context.sources.len());
    context.sources.push(source);
    if findings.is_empty() {
        let location = Location::Disk(path.canonicalize().unwrap_or(path));
        let file = DataFile { written, location };
        context.prices = Prices::Own { catalog: Catalog::embedded().extended(entries), file };
    }
    findings.into_iter().for_each(|finding| context.push(finding));
}

/// An embedded scenario has no folder: what the command line names for it is relative to the working folder.
fn path(data: &DataFolder, written: &str) -> Option<PathBuf> {
    match data {
        DataFolder::Disk(folder) => Some(folder.join(written)),
        DataFolder::Embedded => Some(Path::new(written).to_path_buf()),
        DataFolder::Sealed => None,
    }
}
