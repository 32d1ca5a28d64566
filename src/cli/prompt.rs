//! The questions of `advise`, asked at the terminal. Every one may be skipped.

use std::io;

use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};
use dialoguer::{Input, Select};

use crate::guide::Answers;
use crate::scenario::{ANSWERS, read_answers};

use super::exit::Failure;
use super::{flags, interrupt, terminal};

/// What may be answered.
enum Form {
    YesOrNo,
    OneOf([&'static str; 2]),
    /// A value as an answers file has it, without quotes.
    Written,
}

/// The question of a key.
fn question(key: &str) -> (&'static str, Form) {
    match key {
        "training" => ("Is the work training, of any kind?", Form::YesOrNo),
        "task_length" => ("How long does one request or task take on a warm GPU?", Form::Written),
        "latency" => ("Within what time is an answer needed?", Form::Written),
        "predictable" => ("Can the traffic be foreseen?", Form::YesOrNo),
        "utilization" => ("What share of the time do you expect a GPU to be busy (0 to 1)?", Form::Written),
        "expertise" => ("What does the team know of infrastructure?", Form::OneOf(["limited", "strong"])),
        "control" => ("How much control of the machines do you need?", Form::OneOf(["full", "standard"])),
        "devops" => ("Who runs the service?", Form::OneOf(["limited", "team"])),
        "budget" => ("May the bill vary, or is it fixed?", Form::OneOf(["variable", "fixed"])),
        "compliance" => ("How strictly must the work be isolated?", Form::OneOf(["strict", "standard"])),
        "growth" => ("What is known of next year's traffic?", Form::OneOf(["uncertain", "clear"])),
        "cold_start_ok" => ("May some requests wait for a cold start?", Form::YesOrNo),
        "requests_per_month" => ("How many requests a month?", Form::Written),
        _ => ("What may all GPUs cost a month?", Form::Written),
    }
}

/// Asks every question.
///
/// # Errors
/// When the terminal is gone, or Ctrl-C was pressed.
pub fn ask() -> Result<Answers, Failure> {
    let theme: Box<dyn Theme> =
        if terminal::color_of_errors() { Box::<ColorfulTheme>::default() } else { Box::new(SimpleTheme) };
    let _cursor = interrupt::Prompting::begin();
    let mut pairs: Vec<(&'static str, String)> = Vec::new();
    for (key, example) in ANSWERS {
        let (words, form) = question(key);
        let answer = match form {
            Form::YesOrNo => one_of(&*theme, words, &["yes", "no"])?.map(|index| (index == 0).to_string()),
            Form::OneOf(choices) => one_of(&*theme, words, &choices)?.map(|index| choices[index].to_owned()),
            Form::Written => written(&*theme, key, words, example)?,
        };
        pairs.extend(answer.map(|answer| (key, answer)));
    }
    read_answers(None, &pairs).map_err(|problems| flags::wrong(&problems))
}

/// The index of the choice; `None`: skipped, by the last item or Escape.
fn one_of(theme: &dyn Theme, words: &str, choices: &[&str]) -> Result<Option<usize>, Failure> {
    let items = [choices, &["skip"]].concat();
    let chosen = Select::with_theme(theme).with_prompt(words).items(&items).default(choices.len()).interact_opt();
    Ok(chosen.map_err(failure)?.filter(|&index| index < choices.len()))
}

/// What was typed, once it can be read; `None` for an empty line.
fn written(theme: &dyn Theme, key: &'static str, words: &str, example: &str) -> Result<Option<String>, Failure> {
    let prompt = format!("{words} Such as {}; empty to skip", example.trim_matches('"'));
    let check = |text: &String| match text.trim() {
        "" => Ok(()),
        text => read_answers(None, &[(key, text.to_owned())]).map(drop).map_err(|problems| {
            let first = problems.list().first();
            first.map_or_else(String::new, |problem| format!("expected {}; {}", problem.expected, problem.mend))
        }),
    };
    let input = Input::<String>::with_theme(theme).with_prompt(prompt).allow_empty(true).validate_with(check);
    let text = input.interact_text().map_err(failure)?;
    Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
}

fn failure(error: dialoguer::Error) -> Failure {
    let dialoguer::Error::IO(error) = error;
    match error.kind() {
        io::ErrorKind::Interrupted => Failure::Interrupted,
        _ => Failure::Failed(format!("error: cannot ask at the terminal: {error}")),
    }
}
