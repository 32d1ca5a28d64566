//! The pages of the documentation are true: their examples run, and what they name exists.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use breakeven::catalog::{Catalog, ListedPreset, Preset};
use breakeven::guide::{Favours, QUICK_REFERENCE, Question, Stage};
use breakeven::guide::{PORTFOLIOS, USE_CASES};
use breakeven::scenario::{self, FleetKind, Overrides, PoolKind, ScaleOut};

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
fn every_use_case_of_the_guide_has_its_scenario() {
    let named: Vec<String> = USE_CASES.iter().map(|use_case| format!("use-cases/{}", use_case.name)).collect();
    assert_eq!(named, scenario::USE_CASE_SCENARIOS.map(|embedded| embedded.name.to_owned()));
}

#[test]
fn every_workload_of_a_stage_has_its_scenario_with_the_fleet_of_the_plan() {
    let mut named = Vec::new();
    for portfolio in &PORTFOLIOS {
        for workload in portfolio.workloads {
            let name = format!("stages/{}/{}", portfolio.stage, workload.name);
            let embedded = scenario::Embedded::named(&name).expect("a scenario");
            let loaded = scenario::load(&scenario::Origin::Embedded(embedded.name), &Overrides::default()).unwrap();
            assert!(loaded.scenario.fleets.iter().any(|fleet| fleet.name == workload.plan), "{name}");
            named.push(name);
        }
    }
    assert_eq!(named, scenario::STAGE_SCENARIOS.map(|embedded| embedded.name.to_owned()));
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
fn the_page_of_scalers_has_every_key_of_every_kind_with_its_default() {
    let page = page("docs/SCALERS.md");
    let (table, rest) = page.split_once("## One by one").expect("a section a kind");
    let (sections, _) = rest.split_once("\n## ").expect("another section");
    let sections: Vec<(&str, &str)> = sections
        .split("\n### ")
        .skip(1)
        .map(|section| section.split_once('\n').expect("a heading and a text"))
        .collect();
    let names: Vec<&str> = sections.iter().map(|&(name, _)| name).collect();
    assert_eq!(names, ScaleOut::KINDS);
    for (kind, section) in sections {
        let (_, rest) = section.split_once("```toml\n").expect("an example");
        let (example, _) = rest.split_once("\n```").expect("the end of the example");
        let beside = match ScaleOut::of_kind(kind, 1).expect("a kind") {
            scaler if scaler.removes_instances() => "",
            _ => "keep_alive = \"60s\"\n",
        };
        let text = format!(
            "horizon = \"8d\"\n[[traffic]]\nname = \"api\"\nrate = \"1/s\"\nservice_time = \"2s\"\n[[fleet]]\n\
             name = \"s\"\nkind = \"serverless\"\ncold_start = \"9s\"\nprice = \"$1/h\"\n{beside}{example}\n"
        );
        let loaded = scenario::load_text(&text, "docs/SCALERS.md", Path::new("."), &Overrides::default());
        let scenario = loaded.unwrap_or_else(|problems| panic!("{}", problems.render(false))).scenario;
        let FleetKind::Single(PoolKind::Serverless(pool)) = &scenario.fleets[0].kind else {
            panic!("a serverless fleet")
        };
        assert_eq!(Some(pool.scale_out), ScaleOut::of_kind(kind, 1), "{kind}");
        // As it is written out, every key is there.
        let resolved = scenario::write_resolved(&scenario, Path::new("."));
        let line = resolved.lines().find(|line| line.starts_with("scale_out")).expect("a scaler");
        let alone = format!("scale_out = \"{kind}\"");
        assert_eq!(
            if line == alone { format!("scale_out = {{ kind = \"{kind}\" }}") } else { line.to_owned() },
            example
        );
        assert!(table.contains(&format!("| `{kind}` |")), "{kind}");
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

/// The keys that a message about an unknown one says are known.
fn known_keys(text: &str) -> BTreeSet<String> {
    let problems = scenario::load_text(text, "keys.toml", Path::new("."), &Overrides::default()).unwrap_err();
    let rendered = problems.render(false);
    let mut keys = BTreeSet::new();
    for part in rendered.split("known here:").skip(1) {
        let (list, _) = part.split_once("\n\n").unwrap_or((part, ""));
        let list: Vec<&str> = list.lines().take_while(|line| !line.contains('×')).collect();
        keys.extend(list.join(" ").split(',').map(|key| key.trim().to_owned()).filter(|key| !key.is_empty()));
    }
    keys
}

#[test]
fn every_key_of_a_scenario_is_described() {
    let unknown = "qqqqqqqqqqqq = 1\n";
    let text = format!(
        "{unknown}horizon = \"1h\"\n[slo]\n{unknown}p95 = \"1s\"\n[plan]\n{unknown}\
         [[jobs]]\nname = \"j\"\nwork = \"1h\"\n{unknown}\
         [[traffic]]\nname = \"a\"\nrate = \"1/s\"\nservice_time = \"1s\"\n{unknown}retry = {{ limit = 1, {unknown_inline} }}\n\
         [[traffic]]\nname = \"b\"\ntrace = {{ file = \"x\", arrival = \"y\", {unknown_inline} }}\nservice_time = \"1s\"\n\
         [[fleet]]\nname = \"s\"\nkind = \"serverless\"\nkeep_alive = \"1s\"\n{unknown}\
         start = {{ allocate = \"1s\", {unknown_inline} }}\nfree_tier = {{ requests = 1, {unknown_inline} }}\n\
         cpu = {{ cores = 1, price = \"$1/h\", {unknown_inline} }}\nmemory = {{ gib = 1, price = \"$1/h\", {unknown_inline} }}\n\
         [[fleet]]\nname = \"d\"\nkind = \"dedicated\"\ninstances = 1\nprice = \"$1/h\"\npurchase = \"spot\"\n{unknown}\
         interruptions = {{ every = \"1h\", {unknown_inline} }}\nfailures = {{ every = \"1h\", repair = \"1h\", {unknown_inline} }}\n\
         schedule = {{ hours = \"Mon\", {unknown_inline} }}\nstorage = {{ gigabytes = 1, price = \"$1/month\", {unknown_inline} }}\n\
         [[fleet.region]]\nname = \"r\"\ninstances = 1\nshare = 0.5\n{unknown}\
         [[fleet]]\nname = \"h\"\nkind = \"hybrid\"\n{unknown}\
         [[fleet.pool]]\nname = \"p\"\nkind = \"dedicated\"\ninstances = 1\nprice = \"$1/h\"\n{unknown}\
         [[fleet.pool]]\nname = \"q\"\nkind = \"dedicated\"\ninstances = 1\nprice = \"$1/h\"\n",
        unknown_inline = unknown.trim_end()
    );
    let keys = known_keys(&text);
    for key in [
        "horizon",
        "p95",
        "work",
        "retry",
        "limit",
        "volume",
        "overflow",
        "cached",
        "share",
        "pool",
        "every",
        "gib",
        "indifference",
    ] {
        // `cached` is of a table that has no mistake here.
        assert_eq!(keys.contains(key), key != "cached", "{key}: {keys:?}");
    }
    let pages: String =
        ["SCENARIO", "BILLING", "SCALERS", "JOBS", "PLAN"].map(|name| page(&format!("docs/{name}.md"))).concat();
    let words: BTreeSet<&str> = pages.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    let missing: Vec<&String> = keys.iter().filter(|key| !words.contains(key.as_str())).collect();
    assert!(missing.is_empty(), "no page says what these keys are: {missing:?}");
}

#[test]
fn the_examples_on_the_page_of_the_scenario_load() {
    let page = page("docs/SCENARIO.md");
    let block = |start: &str| {
        let (_, rest) = page.split_once(start).expect("an example");
        format!("{start}{}", rest.split_once("```").unwrap().0)
    };
    let head = "horizon = \"1d\"\n[[traffic]]\nname = \"api\"\nrate = \"1/s\"\nservice_time = \"2s\"\n[[fleet]]\nname = \"f\"\n";
    let serverless = format!("{head}kind = \"serverless\"\nkeep_alive = \"60s\"\n{}", block("[fleet.start]"));
    let spot = format!(
        "{head}kind = \"dedicated\"\ninstances = 2\npurchase = \"spot\"\nprice = \"$1/h\"\n{}",
        block("[fleet.interruptions]")
    );
    for text in [serverless, spot] {
        let loaded = scenario::load_text(&text, "SCENARIO.md", Path::new("."), &Overrides::default());
        assert!(loaded.is_ok(), "{}", loaded.unwrap_err().render(false));
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

#[test]
fn the_page_of_the_guide_has_its_rules_as_they_are_computed() {
    let page = page("docs/GUIDE.md");
    let (_, rest) = page.split_once("```toml\n").expect("an answers file");
    let (text, _) = rest.split_once("```").unwrap();
    let file = scenario::AnswersFile { name: "docs/GUIDE.md".to_owned(), text: text.to_owned() };
    let answers =
        scenario::read_answers(Some(&file), &[]).unwrap_or_else(|problems| panic!("{}", problems.render(false)));
    for (key, _) in scenario::ANSWERS {
        assert!(text.lines().any(|line| line.starts_with(&format!("{key} = "))), "{key}");
    }
    for question in Question::ALL {
        let row = page.lines().find(|line| line.starts_with(&format!("| `{}` |", question.id))).expect("a row");
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        // The columns: key, serverless, dedicated, either.
        let column = match question.favours(&answers).expect("every question is answered") {
            Favours::Serverless => 2,
            Favours::Dedicated => 3,
            Favours::Either => 4,
        };
        assert!(!cells[column].is_empty(), "{row}");
    }
    for factor in QUICK_REFERENCE {
        let row = format!("| {} | {} | {} |", factor.factor, factor.serverless, factor.dedicated);
        assert!(page.contains(&row.replace('%', " %")), "{row}");
    }
    for stage in Stage::ALL {
        let plan = stage.plan();
        let words = [Some(plan.development), plan.testing, plan.training, Some(plan.production)];
        for words in words.into_iter().flatten() {
            assert!(page.contains(words), "{}: {words}", stage.name());
        }
    }
}
