//! The pages of the documentation are true: their examples run, and what they name exists.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use breakeven::catalog::{Catalog, ListedPreset, Preset};
use breakeven::scenario::{self, Overrides};

fn page(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn the_scenario_in_the_readme_loads() {
    let readme = page("README.md");
    let (_, rest) = readme.split_once("```toml\n").expect("the README shows a scenario");
    let (example, _) = rest.split_once("```").unwrap();
    let loaded = scenario::load_text(example, "README.md", Path::new("."), &Overrides::default());
    assert!(loaded.is_ok(), "{}", loaded.unwrap_err().render(false));
}

#[test]
fn the_readme_names_every_embedded_scenario() {
    let readme = page("README.md");
    for embedded in &scenario::SCENARIOS {
        assert!(readme.contains(&format!("`{}`", embedded.name)), "the README does not name {}", embedded.name);
    }
}

#[test]
fn the_architecture_describes_every_folder_and_no_other() {
    let architecture = page("docs/ARCHITECTURE.md");
    let described: BTreeSet<String> =
        architecture.lines().filter_map(|line| line.strip_prefix("### src/")).map(str::to_owned).collect();
    let folders = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let folders = folders.map(|entry| entry.unwrap()).filter(|entry| entry.file_type().unwrap().is_dir());
    let existing: BTreeSet<String> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    assert_eq!(described, existing);
}

#[test]
fn the_page_of_presets_has_every_key_of_every_preset_as_it_is() {
    let page = page("docs/PRESETS.md");
    let (_, sections) = page.split_once("## One by one").expect("a section a preset");
    let sections: Vec<(&str, &str)> = sections
        .split("\n### ")
        .skip(1)
        .map(|section| section.split_once('\n').expect("a heading and a text"))
        .collect();
    let names: Vec<&str> = sections.iter().map(|&(name, _)| name).collect();
    assert_eq!(names, Preset::NAMES);
    for (preset, (name, section)) in Preset::all().iter().zip(sections) {
        let (_, rest) = section.split_once("```toml\n").expect("its keys");
        let (keys, rest) = rest.split_once("\n```").expect("the end of its keys");
        let listed = ListedPreset::new(preset, Catalog::embedded());
        assert_eq!(keys.lines().collect::<Vec<_>>(), listed.written, "{name}");
        for words in [&preset.source, &preset.note, preset.certainty.name(), &preset.as_of.to_string()] {
            assert!(rest.contains(words), "{name}: {words}");
        }
        let row = page.lines().find(|line| line.starts_with(&format!("| [`{name}`]"))).expect("a row of the table");
        let scaler = listed.keys["scale_out"].as_str().or(listed.keys["scale_out"]["kind"].as_str()).unwrap();
        // Where it has none, its scaler takes instances away.
        let keep_alive = listed.keys.get("keep_alive").map_or("", |key| key.as_str().unwrap());
        let of_row = [&listed.preset.as_of, keep_alive, &format!("`{scaler}`"), listed.preset.certainty];
        assert!(of_row.iter().all(|words| row.contains(words)), "{name}: {row}");
    }
}

#[test]
fn the_presets_in_the_readme_and_on_their_page_load() {
    for path in ["README.md", "docs/PRESETS.md"] {
        let text = page(path);
        let fleet = text.split("```toml\n").find(|block| block.starts_with("[[fleet]]") && block.contains("preset"));
        let (fleet, _) = fleet.expect("an example of a preset").split_once("```").unwrap();
        let traffic = "horizon = \"8d\"\n[[traffic]]\nname = \"api\"\nrate = \"1/s\"\nservice_time = \"2s\"\n";
        let loaded = scenario::load_text(&format!("{traffic}{fleet}"), path, Path::new("."), &Overrides::default());
        assert!(loaded.is_ok_and(|loaded| loaded.presets.len() == 1), "{path}");
    }
}

#[test]
fn the_fleets_on_the_page_of_bills_load_without_a_warning() {
    let text = page("docs/BILLING.md");
    let fleets: Vec<&str> =
        text.split("```toml\n").skip(1).filter_map(|rest| Some(rest.split_once("```")?.0)).collect();
    assert!(fleets.len() >= 5, "{fleets:?}");
    let traffic =
        "horizon = \"8d\"\nwarm_up = \"1d\"\n[[traffic]]\nname = \"api\"\nrate = \"1/s\"\nservice_time = \"2s\"\n";
    for fleet in fleets {
        let text = format!("replications = 1\n{traffic}{fleet}");
        let loaded = scenario::load_text(&text, "docs/BILLING.md", Path::new("."), &Overrides::default());
        let loaded = loaded.unwrap_or_else(|problems| panic!("{}", problems.render(false)));
        let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
        // A preset that is in part inferred says so.
        assert!(warnings.iter().all(|warning| warning.contains("preset")), "{warnings:?}");
    }
}

#[test]
fn the_page_of_bills_names_every_line() {
    let text = page("docs/BILLING.md");
    for line in breakeven::bill::Line::ALL {
        assert!(text.contains(&format!("`{}`", line.name())), "{}", line.name());
    }
}
