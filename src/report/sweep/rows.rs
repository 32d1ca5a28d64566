//! The rows of `sweep.parquet`: those of a run's `fleets.parquet`, with the cell and the varied values before them.

use std::path::Path;

use polars::prelude::{Column, DataFrame, ParquetCompression, ParquetReader, ParquetWriter, PolarsResult, SerReader};
use polars_io::parquet::read::ParallelStrategy;
use polars_io::parquet::write::StatisticsOptions;

use crate::experiment::{Axis, Grid, Trial, Unit};

use crate::report::Error;
use crate::report::parquet::{column, fleet_columns};

/// The rows of a cell, as a Parquet file.
pub(super) fn of_cell(grid: &Grid, cell: u64, trial: &Trial) -> Result<Vec<u8>, Error> {
    let fleets = fleet_columns(&trial.scenario, &trial.replications);
    let rows = trial.scenario.fleets.len() * trial.replications.len();
    let mut columns = vec![column("cell", std::iter::repeat_n(cell, rows))];
    for (axis, index) in grid.axes().iter().zip(grid.position(cell)) {
        columns.extend(axis_columns(axis, index, rows));
    }
    columns.extend(fleets);
    written(columns).map_err(|cause| Error::Parquet { path: format!("cell {cell}").into(), cause })
}

/// Neither compressed nor with statistics: a file of few rows is not worth it, and it is read but once.
fn written(columns: Vec<Column>) -> PolarsResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut frame = DataFrame::new_infer_height(columns)?;
    let writer = ParquetWriter::new(&mut bytes).set_parallel(false);
    let plain = writer.with_compression(ParquetCompression::Uncompressed).with_statistics(StatisticsOptions::empty());
    plain.finish(&mut frame)?;
    Ok(bytes)
}

/// The rows of a cell, read again.
pub(super) fn read(path: &Path) -> Result<DataFrame, Error> {
    let failed = |cause: String| Error::Read { path: path.to_owned(), cause };
    let file = std::fs::File::open(path).map_err(|error| failed(error.to_string()))?;
    let frame: PolarsResult<DataFrame> = ParquetReader::new(file).read_parallel(ParallelStrategy::None).finish();
    frame.map_err(|error| failed(error.to_string()))
}

/// A value of an axis in every row: as it is written, and as a number where it has a unit. Plain numbers are one column.
fn axis_columns(axis: &Axis, index: usize, rows: usize) -> Vec<Column> {
    let path = axis.path.as_str();
    let written = || column(path, std::iter::repeat_n(axis.values[index].as_str(), rows));
    match axis.numbers() {
        Some((Unit::Plain, numbers)) if numbers.iter().all(Option::is_some) => {
            let whole = axis.values.iter().map(|value| value.parse().ok()).collect::<Option<Vec<i64>>>();
            vec![match whole {
                Some(whole) => column(path, std::iter::repeat_n(whole[index], rows)),
                None => column(path, std::iter::repeat_n(numbers[index], rows)),
            }]
        }
        Some((unit, numbers)) if unit != Unit::Plain => {
            let name = format!("{path}{}", unit.suffix());
            vec![written(), column(&name, std::iter::repeat_n(numbers[index], rows))]
        }
        _ => vec![written()],
    }
}
