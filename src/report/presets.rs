//! The list of presets of `breakeven catalog --presets`, and its JSON.

use serde::Serialize;
use textwrap::{Options, WordSeparator, WordSplitter};

use crate::catalog::{Catalog, ListedPreset, Preset};

use super::table::Look;

/// What `breakeven catalog --presets --json` writes: `docs/schema/presets.schema.json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PresetsDocument {
    /// In alphabetical order.
    pub presets: Vec<ListedPreset>,
}

impl PresetsDocument {
    /// The presets that are asked for, with the prices that a catalogue has for them.
    #[must_use]
    pub fn new(catalog: &Catalog, is_asked: impl Fn(&Preset) -> bool) -> PresetsDocument {
        let asked = Preset::all().iter().filter(|preset| is_asked(preset));
        PresetsDocument { presets: asked.map(|preset| ListedPreset::new(preset, catalog)).collect() }
    }
}

/// Keys of at most so many characters are not broken.
const SHORT: usize = 44;
/// A space that is none to break at.
const BOUND: &str = "\u{a0}";

/// A few lines a preset, in their order.
#[must_use]
pub fn presets(document: &PresetsDocument, look: Look) -> String {
    let shown: Vec<String> = document.presets.iter().map(|listed| preset(listed, look)).collect();
    shown.join("\n")
}

fn preset(ListedPreset { preset, gpus, written, .. }: &ListedPreset, look: Look) -> String {
    // A key and its value stay on one line where they have room there.
    let keys: Vec<String> =
        written.iter().map(|key| if key.len() <= SHORT { key.replace(' ', BOUND) } else { key.clone() }).collect();
    let priced = match gpus.is_empty() {
        true => "none: write `price`".to_owned(),
        false => gpus.join(", "),
    };
    let mut text = format!("{}\n", preset.name);
    let dated = format!("{} ({}, {})", preset.source, preset.certainty, preset.as_of);
    for (label, words) in
        [("keys: ", keys.join(", ")), ("GPUs: ", priced), ("source: ", dated), ("note: ", preset.note.clone())]
    {
        let first = format!("  {label}");
        let options = Options::new(usize::from(look.width))
            .initial_indent(&first)
            .word_separator(WordSeparator::AsciiSpace)
            .word_splitter(WordSplitter::NoHyphenation)
            .subsequent_indent("    ");
        text.push_str(&textwrap::fill(&words, options).replace(BOUND, " "));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Catalog, Preset};

    #[test]
    fn every_preset_fits_any_terminal_with_its_keys_and_gpus() {
        let presets_of =
            |catalog: &Catalog| Preset::all().iter().map(|preset| ListedPreset::new(preset, catalog)).collect();
        let document = PresetsDocument { presets: presets_of(Catalog::embedded()) };
        for width in [60, 80, 160] {
            let text = presets(&document, Look { width, color: false });
            for line in text.lines() {
                assert!(textwrap::core::display_width(line) <= usize::from(width), "{width}: {line}");
            }
            for words in ["knative\n", "keep_alive = \"60s\"", "none: write `price`", "2026-08-21", "RTX-PRO-6000"] {
                assert!(text.contains(words), "{width}: {words} is missing from\n{text}");
            }
        }
    }
}
