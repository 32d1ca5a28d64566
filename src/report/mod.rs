//! What people and programs read: the document of a run, tables, Parquet, CSV and charts.

pub mod advise;
pub mod answer;
pub mod chart;
pub mod compare;
pub mod curve;
mod error;
pub mod files;
#[cfg(test)]
mod fixture;
pub mod folder;
pub mod html;
pub mod job_answer;
mod job_files;
mod job_table;
pub mod latency_curve;
pub mod matrix;
pub mod mistakes;
pub mod movement;
pub mod number;
pub mod parquet;
pub mod plan;
pub mod presets;
pub mod prices;
pub mod request_file;
pub mod spreadsheet;
pub mod stages;
pub mod stream_document;
pub mod sweep;
pub mod table;
pub mod text;
pub mod use_cases;
pub mod validation;
pub mod work;

pub use error::Error;
