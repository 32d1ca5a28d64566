//! The files of a sweep, put together from its finished cells one after the other, so that a sweep may be larger than memory.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use polars::prelude::{DataFrame, ParquetWriter, PolarsError, PolarsResult};
use polars_io::parquet::write::BatchedWriter;
use tempfile::NamedTempFile;

use crate::experiment::Grid;

use super::chart::{SweepChart, sweep_chart};
use super::document;
use super::layout::{RESULT, ROWS, json_path, rows_path};
use super::manifest::Manifest;
use super::overview::Overview;
use super::rows;
use crate::report::Error;
use crate::report::chart;
use crate::report::folder::temporary_file;
use crate::report::html::{self, Figure};

/// Rows of a group of the Parquet file: large enough to compress well, and all that is kept in memory.
const GROUP: usize = 1 << 16;

/// The files, being filled. They have their names only in the end.
pub struct Assembly<'a> {
    folder: PathBuf,
    grid: &'a Grid,
    json: BufWriter<NamedTempFile>,
    rows: Rows,
    overview: Overview,
}

impl<'a> Assembly<'a> {
    /// Begins the files of a folder.
    ///
    /// # Errors
    /// When they cannot be made.
    pub fn new(folder: &Path, manifest: &Manifest, grid: &'a Grid) -> Result<Assembly<'a>, Error> {
        let path = folder.join(RESULT);
        let mut json = BufWriter::new(temporary_file(folder).map_err(Error::writing(&path))?);
        json.write_all(document::head(manifest, grid)?.as_bytes()).map_err(Error::writing(&path))?;
        Ok(Assembly {
            folder: folder.to_owned(),
            grid,
            json,
            rows: Rows::new(folder)?,
            overview: Overview::new(manifest, grid),
        })
    }

    /// Adds a cell that is done in a folder; cells come in their order.
    ///
    /// # Errors
    /// When its files cannot be read, or the new ones not be written.
    pub fn add(&mut self, cells: &Path, cell: u64) -> Result<(), Error> {
        let path = json_path(cells, cell);
        let text =
            fs::read_to_string(&path).map_err(|error| Error::Read { path: path.clone(), cause: error.to_string() })?;
        let text = text.trim_end();
        let between = if self.overview.is_empty() { "\n    " } else { ",\n    " };
        self.overview.add(self.grid, text).map_err(|error| Error::Read { path, cause: error.to_string() })?;
        let written = self.json.write_all(between.as_bytes()).and_then(|()| self.json.write_all(text.as_bytes()));
        written.map_err(Error::writing(&self.folder.join(RESULT)))?;
        self.rows.add(rows::read(&rows_path(cells, cell))?)
    }

    /// Gives the files their names, the document last; and draws the chart, where there is one and it is wanted.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn finish(self, chart: bool, made: &Made) -> Result<Overview, Error> {
        let Assembly { folder, mut json, rows, overview, .. } = self;
        let path = folder.join(RESULT);
        json.write_all(document::end(&overview.foundations)?.as_bytes()).map_err(Error::writing(&path))?;
        let json = json.into_inner().map_err(|error| Error::Write { path: path.clone(), cause: error.into_error() })?;
        rows.finish(&folder.join(ROWS))?;
        let figures = if chart { draw(&overview, &folder)? } else { Vec::new() };
        html::keep(&html::sweep_page(&overview, figures, made), &folder)?;
        persist(json, &path)?;
        Ok(overview)
    }
}

fn draw(overview: &Overview, folder: &Path) -> Result<Vec<Figure>, Error> {
    Ok(match sweep_chart(overview) {
        Some(SweepChart::Lines(lines)) => {
            chart::save(&lines, folder)?;
            vec![Figure::new(&lines, &lines.title)]
        }
        Some(SweepChart::Map(map)) => {
            chart::save(&*map, folder)?;
            vec![Figure::new(&*map, &map.title)]
        }
        None => Vec::new(),
    })
}

/// How a sweep is made again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    pub command: String,
    /// The scenario of the first cell, every default written out.
    pub scenarios: Vec<(String, String)>,
}

/// The Parquet file, a group of rows at a time.
struct Rows {
    path: PathBuf,
    file: NamedTempFile,
    /// From the first cell on, whose columns are those of all.
    writer: Option<BatchedWriter<BufWriter<File>>>,
    waiting: Option<DataFrame>,
}

impl Rows {
    fn new(folder: &Path) -> Result<Rows, Error> {
        let path = folder.join(ROWS);
        let file = temporary_file(folder).map_err(Error::writing(&path))?;
        Ok(Rows { path, file, writer: None, waiting: None })
    }

    fn add(&mut self, cell: DataFrame) -> Result<(), Error> {
        match &mut self.waiting {
            Some(rows) => drop(rows.vstack_mut_owned(cell).map_err(refused(&self.path))?),
            None => self.waiting = Some(cell),
        }
        if self.waiting.as_ref().is_some_and(|rows| rows.height() >= GROUP) {
            self.write_group()?;
        }
        Ok(())
    }

    fn write_group(&mut self) -> Result<(), Error> {
        let Some(mut rows) = self.waiting.take() else { return Ok(()) };
        rows.rechunk_mut();
        if self.writer.is_none() {
            let file = self.file.reopen().map_err(Error::writing(&self.path))?;
            self.writer = Some(begin(file, &rows).map_err(refused(&self.path))?);
        }
        self.writer.as_mut().map_or(Ok(()), |writer| writer.write_batch(&rows)).map_err(refused(&self.path))
    }

    fn finish(mut self, path: &Path) -> Result<(), Error> {
        self.write_group()?;
        if let Some(writer) = self.writer.take() {
            writer.finish().map_err(refused(path))?;
        }
        persist(self.file, path)
    }
}

/// One thread, so that the bytes and the number of threads have nothing to do with each other.
fn begin(file: File, rows: &DataFrame) -> PolarsResult<BatchedWriter<BufWriter<File>>> {
    ParquetWriter::new(BufWriter::new(file)).set_parallel(false).batched(rows.schema())
}

fn refused(path: &Path) -> impl Fn(PolarsError) -> Error + '_ {
    move |cause| Error::Parquet { path: path.to_owned(), cause }
}

fn persist(file: NamedTempFile, path: &Path) -> Result<(), Error> {
    file.persist(path).map_err(|error| Error::Write { path: path.to_owned(), cause: error.error })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use polars::prelude::{Column, ParquetReader, SerReader};

    use super::*;
    use crate::report::parquet::column;

    /// The whole numbers from `start` on.
    fn frame(start: u64, height: u64) -> DataFrame {
        let columns: Vec<Column> = vec![column("row", start..start + height)];
        DataFrame::new_infer_height(columns).unwrap()
    }

    #[test]
    fn rows_of_several_groups_read_back_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let height = GROUP as u64 / 2 + 1;
        let mut rows = Rows::new(folder.path()).unwrap();
        for cell in 0..5 {
            rows.add(frame(cell * height, height)).unwrap();
        }
        let path = folder.path().join(ROWS);
        rows.finish(&path).unwrap();
        let mut reader = ParquetReader::new(File::open(&path).unwrap());
        assert_eq!(reader.get_metadata().unwrap().row_groups.len(), 3);
        assert!(reader.finish().unwrap().equals(&frame(0, 5 * height)));
    }
}
