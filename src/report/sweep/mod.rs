//! A sweep as it is read: the folder that it works in, its files, and what a person at a terminal sees.

pub mod chart;
pub mod document;
pub mod files;
pub mod folder;
pub mod layout;
pub mod manifest;
pub mod merge;
pub mod overview;
mod rows;
mod table;
mod text;
