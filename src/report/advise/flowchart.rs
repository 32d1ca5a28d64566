//! The flowchart, with the path taken drawn in it.

use anstyle::{AnsiColor, Style};

use super::AdviseDocument;
use crate::guide::{Branch, Flowchart};
use crate::report::table::Look;
use crate::report::text::styled;

/// The questions from the top to the bottom, their ends at the right. Heavy lines are the path taken.
pub(in crate::report) fn drawn(document: &AdviseDocument, look: Look) -> String {
    let path = &document.flowchart.path;
    let questions = &Flowchart::QUESTIONS;
    let column = questions.iter().map(|question| question.question.chars().count()).max().unwrap_or(0) + 2;
    let mut text = String::new();
    for (index, question) in questions.iter().enumerate() {
        let answer = path.get(index).map(|step| step.answer == "yes");
        let is_reached = index <= path.len()
            && path
                .iter()
                .take(index)
                .enumerate()
                .all(|(index, step)| questions[index].way(step.answer == "yes") == Branch::On);
        // The answer that leads away to the right; the last question leads both ways.
        let aside = matches!(question.yes, Branch::End(..));
        let ending = end(question.way(aside));
        let taken = answer == Some(aside);
        let words = format!("{:<column$}", question.question);
        let head = if is_reached { Style::new().bold() } else { Style::new().dimmed() };
        let mark = if is_reached && answer.is_none() { "?" } else { " " };
        text.push_str(&format!("{mark} {}", styled(&words, head, look)));
        text.push_str(&branch(&format!("{} ", if aside { "yes" } else { "no " }), ending, taken, look));
        text.push('\n');
        let on = answer == Some(!aside);
        let way = question.way(!aside);
        let line = if on { "┃" } else { "│" };
        let word = if aside { "no" } else { "yes" };
        match way {
            Branch::On => text.push_str(&format!("  {}\n", stroke(&format!("{line} {word}"), on, look))),
            Branch::End(_, words) => {
                let corner = if on { "┗━▶" } else { "└─→" };
                let end = format!("{corner} {word}: {words}");
                let here = if on { HERE } else { "" };
                text.push_str(&format!("  {}{}\n", stroke(&end, on, look), stroke(here, on, look)));
            }
        }
    }
    text.truncate(text.trim_end_matches('\n').len());
    text
}

/// What stands beside the end of the path.
const HERE: &str = "  ◀ here";

fn end(way: Branch) -> &'static str {
    match way {
        Branch::End(_, words) => words,
        Branch::On => "",
    }
}

fn branch(answer: &str, ending: &str, taken: bool, look: Look) -> String {
    let arrow = if taken { "━▶" } else { "─→" };
    let here = if taken { HERE } else { "" };
    stroke(&format!("{answer}{arrow} {ending}{here}"), taken, look)
}

fn stroke(words: &str, taken: bool, look: Look) -> String {
    let style = if taken { AnsiColor::Green.on_default().bold() } else { Style::new().dimmed() };
    if words.is_empty() { String::new() } else { styled(words, style, look) }
}
