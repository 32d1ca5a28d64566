//! The answers that are documents: each is made by the functions that the command line calls, and is the same bytes.

use std::path::Path;

use serde_json::json;

use crate::advice::{self, AdviseError};
use crate::experiment::{self, CurvePlan, LoadError, Loads, MatrixPlan, VolumeError, Volumes};
use crate::report::advise::AdviseDocument;
use crate::report::curve::CurveDocument;
use crate::report::matrix::MatrixDocument;
use crate::report::{files, html};
use crate::scenario::{AnswersFile, Loaded, read_answers, write_resolved};
use crate::summary::Provenance;

use super::body::Asked;
use super::limits::Limits;
use super::refusal::Refusal;
use super::work::Asker;

/// The warnings of a scenario that has no mistake.
pub(super) fn check(asked: &Asked) -> Result<String, Refusal> {
    let loaded = asked.load()?;
    let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
    Ok(files::json(&json!({ "warnings": warnings }))?)
}

/// The scenario with every default written out, and the name of its file.
pub(super) fn resolved(asked: &Asked) -> Result<(String, String), Refusal> {
    let loaded = asked.load()?;
    // No data file of it lies in a folder.
    let text = write_resolved(&loaded.scenario, Path::new("/"));
    Ok((text, file_name(&loaded.scenario.name)))
}

/// Letters, digits and dashes, whatever a scenario is called.
pub(super) fn file_name(name: &str) -> String {
    const LONGEST: usize = 60;
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    let name: String = name.chars().take(LONGEST).map(plain).collect();
    match name.trim_matches('-') {
        "" => "scenario".to_owned(),
        name => name.to_owned(),
    }
}

/// As `breakeven run --json`.
pub(super) fn run(asked: &Asked, limits: Limits, asker: &Asker) -> Result<String, Refusal> {
    let loaded = asked.load()?;
    limits.check_run(&loaded.scenario)?;
    let trial = experiment::simulate(&loaded.scenario, &Provenance::from(&loaded), None, asker);
    Ok(files::json(&trial.map_err(|error| asker.refusal(&error))?.document)?)
}

/// The report that `breakeven run --html` writes, and the name of its file.
pub(super) fn report(asked: &Asked, limits: Limits, asker: &Asker) -> Result<(String, String), Refusal> {
    let loaded = asked.load()?;
    limits.check_run(&loaded.scenario)?;
    let trial = experiment::simulate(&loaded.scenario, &Provenance::from(&loaded), None, asker);
    let trial = trial.map_err(|error| asker.refusal(&error))?;
    // No data file of it lies in a folder.
    let resolved = write_resolved(&trial.scenario, Path::new("/"));
    let name = file_name(&trial.scenario.name);
    let command = format!("breakeven run {name}.toml --html");
    let page = html::run_page(&trial.document, &trial.scenario, &trial.replications, &resolved, &command)?;
    Ok((page, name))
}

/// As `breakeven curve --json`.
pub(super) fn curve(asked: &Asked, limits: Limits, asker: &Asker) -> Result<String, Refusal> {
    let loaded = asked.load()?;
    needs_requests(&loaded)?;
    limits.check_run(&loaded.scenario)?;
    let plan = CurvePlan::default();
    limits.check_curve(&Volumes::new(&loaded.scenario, None)?, &plan)?;
    let document = CurveDocument::simulate(&loaded.scenario, None, &Provenance::from(&loaded), &plan, asker);
    let document = document.map_err(|error| match error {
        VolumeError::Trace(error) => asker.refusal(&error),
        wrong => wrong.into(),
    })?;
    Ok(files::json(&document)?)
}

/// As `breakeven matrix --json`.
pub(super) fn matrix(asked: &Asked, limits: Limits, asker: &Asker) -> Result<String, Refusal> {
    let loaded = asked.load()?;
    needs_requests(&loaded)?;
    limits.check_run(&loaded.scenario)?;
    let plan = MatrixPlan::default();
    limits.check_matrix(&Loads::new(&loaded.scenario)?, &plan)?;
    let document = MatrixDocument::simulate(&loaded.scenario, &Provenance::from(&loaded), &plan, asker);
    let document = document.map_err(|error| match error {
        LoadError::Trace(error) => asker.refusal(&error),
        wrong => wrong.into(),
    })?;
    Ok(files::json(&document)?)
}

/// As `breakeven advise SCENARIO --json`.
pub(super) fn advise(asked: &Asked, limits: Limits, asker: &Asker) -> Result<String, Refusal> {
    let loaded = asked.load()?;
    limits.check_run(&loaded.scenario)?;
    let file = asked.answers.as_ref().map(|text| AnswersFile { name: "answers".to_owned(), text: text.clone() });
    let typed = read_answers(file.as_ref(), &[])?;
    let advice = advice::advise_scenario(&typed, &loaded, true, asker).map_err(|error| match error {
        AdviseError::Problems(problems) => problems.into(),
        AdviseError::Trace(error) => asker.refusal(&error),
    })?;
    Ok(files::json(&AdviseDocument::new(&advice))?)
}

/// A curve and a matrix are about requests.
fn needs_requests(loaded: &Loaded) -> Result<(), Refusal> {
    match loaded.scenario.traffic.is_empty() {
        false => Ok(()),
        true => Err(Refusal::Wrong("the scenario has jobs and no [[traffic]], and this is about requests".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_file_name_has_nothing_that_a_header_or_a_folder_would_mistake() {
        assert_eq!(file_name("Variable API"), "variable-api");
        assert_eq!(file_name("../../etc/\"passwd\"\r\n"), "etc--passwd");
        assert_eq!(file_name("Straße ☃"), "stra-e");
        assert_eq!(file_name("☃"), "scenario");
    }
}
