//! The document and the screen of advice.

use std::path::Path;

use breakeven::advice::{self, Advice, Source};
use breakeven::experiment::Unwatched;
use breakeven::guide::Answers;
use breakeven::report::advise::{AdviseDocument, advise_report};
use breakeven::report::table::Look;
use breakeven::scenario::{ANSWERS, AnswersFile, Overrides, flag_of, load_text, read_answers};
use serde_json::Value;

use super::schema;

const SCHEMA: &str = include_str!("../../docs/schema/advise.schema.json");

/// The guide's example of volume and length, with every question answered.
const WHOLE: &str = r#"
training = false
task_length = "50ms"
latency = "500ms"
predictable = true
utilization = 0.6
expertise = "limited"
control = "standard"
devops = "limited"
budget = "variable"
compliance = "standard"
growth = "uncertain"
cold_start_ok = true
requests_per_month = 1440000
monthly_gpu_budget = "$5000"
"#;

fn read(text: &str, flags: &[(&'static str, &str)]) -> Answers {
    let file = AnswersFile { name: "answers.toml".to_owned(), text: text.to_owned() };
    let flags: Vec<(&'static str, String)> = flags.iter().map(|&(key, value)| (key, value.to_owned())).collect();
    read_answers(Some(&file), &flags).unwrap_or_else(|problems| panic!("{}", problems.render(false)))
}

fn advised(answers: &Answers) -> Advice {
    advice::advise(answers, &Overrides::default(), &Unwatched).expect("a scenario without mistakes")
}

fn of_scenario(text: &str, answers: &Answers, simulates: bool) -> Advice {
    let loaded = load_text(text, "test.toml", Path::new("."), &Overrides::default());
    let loaded = loaded.unwrap_or_else(|problems| panic!("{problems}"));
    advice::advise_scenario(answers, &loaded, simulates, &Unwatched).expect("no trace is read")
}

fn json(advice: &Advice) -> Value {
    let value = serde_json::to_value(AdviseDocument::new(advice)).expect("a document is JSON");
    let problems = schema::problems(&serde_json::from_str(SCHEMA).expect("the schema is JSON"), &value);
    assert_eq!(problems, [] as [&str; 0]);
    value
}

fn screen(advice: &Advice, width: u16, color: bool) -> String {
    advise_report(advice, &AdviseDocument::new(advice), Look { width, color })
}

/// A fleet of the simulated ones.
fn fleet<'a>(document: &'a Value, name: &str) -> &'a Value {
    let fleets = document["simulated"]["fleets"].as_array().expect("simulated fleets");
    fleets.iter().find(|fleet| fleet["name"] == name).expect("a fleet of that name")
}

#[test]
fn the_document_of_every_kind_of_advice_keeps_to_its_schema() {
    let whole = read(WHOLE, &[]);
    for advice in [
        advised(&whole),
        advised(&Answers::default()),
        advised(&read(WHOLE, &[("compliance", "strict"), ("cold_start_ok", "false"), ("predictable", "false")])),
        advised(&read(WHOLE, &[("training", "true")])),
        advice::rules(&whole, Source::Answers),
        of_scenario(super::VARIABLE, &Answers::default(), true),
        of_scenario(super::VARIABLE, &whole, false),
        of_scenario(super::GUIDE, &Answers::default(), true),
    ] {
        json(&advice);
    }
}

#[test]
fn what_was_not_answered_is_null_and_an_empty_answer_advises_nothing() {
    let document = json(&advised(&Answers::default()));
    for key in ["observed", "matrix", "stage", "recommendation", "simulated", "agrees", "decided_by"] {
        assert!(document[key].is_null(), "{key}");
    }
    assert!(document["answers"].as_object().unwrap().values().all(Value::is_null));
    assert_eq!(document["answers"].as_object().unwrap().len(), ANSWERS.len());
    assert!(
        document["questions"].as_array().unwrap().iter().all(|row| row["answer"].is_null() && row["favours"].is_null())
    );
    assert!(document["quick_reference"].as_array().unwrap().iter().all(|row| row["yours"].is_null()));
    assert_eq!(document["flowchart"]["path"].as_array().map(Vec::len), Some(0));
    assert_eq!(document["flowchart"]["unanswered"], "training");
}

#[test]
fn rules_alone_are_the_same_without_a_simulation() {
    let whole = read(WHOLE, &[]);
    let (rules, both) = (json(&advice::rules(&whole, Source::Answers)), json(&advised(&whole)));
    for key in ["answers", "flowchart", "matrix", "questions", "quick_reference", "stage", "recommendation"] {
        assert_eq!(rules[key], both[key], "{key}");
    }
    assert!(rules["simulated"].is_null() && rules["agrees"].is_null() && both["agrees"].is_boolean());
    assert_eq!(rules["decided_by"], "rules");
    let path: Vec<(&str, &str)> = rules["flowchart"]["path"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| (step["id"].as_str().unwrap(), step["answer"].as_str().unwrap()))
        .collect();
    assert_eq!(path, [("training", "no"), ("latency", "no"), ("predictable", "yes"), ("utilization", "yes")]);
    assert_eq!(
        (&rules["flowchart"]["recommendation"], &rules["matrix"]["guide"]),
        (&"dedicated".into(), &"either".into())
    );
    assert_eq!(rules["stage"]["name"], "startup");
}

#[test]
fn training_ends_at_dedicated_and_no_requests_are_simulated() {
    let document = json(&advised(&read(WHOLE, &[("training", "true")])));
    assert_eq!(document["flowchart"]["recommendation"], "dedicated");
    assert_eq!(document["flowchart"]["path"].as_array().map(Vec::len), Some(1));
    assert!(document["simulated"].is_null());
    assert!(document["because"].as_str().unwrap().contains("training is a job"), "{document}");
}

#[test]
fn hard_constraints_are_never_outvoted_by_price() {
    // Rare requests of patient clients: serverless is a tenth of the price.
    let rare = [("requests_per_month", "3000"), ("latency", "2min"), ("predictable", "false"), ("task_length", "5s")];
    let free = json(&advised(&read(WHOLE, &rare)));
    assert_eq!((&free["simulated"]["cheapest_kind"], &free["agrees"]), (&"serverless".into(), &true.into()));
    for (key, value, words) in [("compliance", "strict", "strict isolation"), ("control", "full", "full control")] {
        let document = json(&advised(&read(WHOLE, &[&rare[..], &[(key, value)]].concat())));
        assert_eq!(document["flowchart"]["recommendation"], "serverless");
        assert_eq!(document["recommendation"], "dedicated");
        let simulated = &document["simulated"];
        assert_eq!(simulated["cheapest_meeting_slo"], "dedicated");
        assert_eq!(simulated["cheapest_without_constraints"], "serverless");
        assert_eq!((&document["decided_by"], &document["agrees"]), (&"constraint".into(), &true.into()));
        let cost = |name| fleet(&document, name)["cost_per_month_usd"]["mean"].as_f64().unwrap();
        assert!(cost("serverless") < cost("dedicated") / 5.0);
        for (name, admitted) in [("serverless", false), ("dedicated", true), ("hybrid", false)] {
            assert_eq!(fleet(&document, name)["admitted"], admitted, "{name}");
        }
        assert!(document["because"].as_str().unwrap().contains(words), "{document}");
    }
}

#[test]
fn where_rules_and_simulation_differ_the_line_of_the_bill_or_the_latency_is_named() {
    // A platform that bills idle time is dearer than a machine, whatever the guide says of 20 % of the time.
    let idle = json(&advised(&read(WHOLE, &[("utilization", "0.2"), ("latency", "2s")])));
    assert_eq!((&idle["recommendation"], &idle["agrees"]), (&"serverless".into(), &false.into()));
    assert_eq!(idle["decided_by"], "bill");
    assert!(idle["because"].as_str().unwrap().contains("more in the line idle"), "{idle}");
    let lines = fleet(&idle, "serverless")["lines"].as_array().unwrap();
    let usd = |name: &str| lines.iter().find(|line| line["line"] == name).unwrap()["usd"]["mean"].as_f64().unwrap();
    assert!(usd("idle") > usd("execute"));
    // Cold starts of some 20 s are more than clients wait, however few requests there are.
    let rare = [("requests_per_month", "3000"), ("latency", "2s"), ("predictable", "false")];
    let cold = json(&advised(&read(WHOLE, &rare)));
    assert_eq!((&cold["recommendation"], &cold["agrees"]), (&"serverless".into(), &false.into()));
    assert_eq!(cold["decided_by"], "latency");
    assert!(cold["because"].as_str().unwrap().contains("complete within 2 s, not 95%"), "{cold}");
    assert_eq!(fleet(&cold, "serverless")["meets_slo"], false);
    // Kept warm, it meets the objective, and the bill decides.
    let warm = json(&advised(&read(WHOLE, &[&rare[..], &[("cold_start_ok", "false")]].concat())));
    assert_eq!(fleet(&warm, "serverless-warm")["meets_slo"], true);
    assert_eq!((&warm["decided_by"], &warm["agrees"]), (&"bill".into(), &false.into()));
}

#[test]
fn a_scenario_answers_for_itself_and_typed_answers_go_over_it() {
    let document = json(&of_scenario(super::VARIABLE, &Answers::default(), true));
    let answers = &document["answers"];
    assert_eq!((&answers["training"], &answers["predictable"]), (&false.into(), &true.into()));
    // 62 requests a minute: 60 of 2 s, 2 of 5 s, on five instances.
    assert_eq!(answers["task_length"], "2097ms");
    assert!((answers["utilization"].as_f64().unwrap() - (60.0 * 2.0 + 2.0 * 5.0) / 60.0 / 5.0).abs() < 1e-3);
    assert_eq!(answers["latency"], "20s");
    assert_eq!(document["observed"]["instances"], 5);
    assert_eq!(document["simulated"]["fleets"].as_array().map(Vec::len), Some(3));
    let typed = read("utilization = 0.9\ngrowth = \"clear\"", &[]);
    let over = json(&of_scenario(super::VARIABLE, &typed, false));
    assert_eq!((&over["answers"]["utilization"], &over["answers"]["growth"]), (&0.9.into(), &"clear".into()));
    assert_eq!(over["answers"]["latency"], "20s");
    assert_eq!(over["flowchart"]["recommendation"], "dedicated");
}

#[test]
fn every_path_is_drawn_in_heavy_lines_to_the_end_that_it_takes() {
    for (answers, heavy, end) in [
        ("training = true", 0, "yes ━▶ dedicated  ◀ here"),
        ("training = false\nlatency = \"499ms\"", 1, "yes ━▶ dedicated, kept warm  ◀ here"),
        ("training = false\nlatency = \"500ms\"\npredictable = false", 2, "no  ━▶ serverless  ◀ here"),
        ("training = false\nlatency = \"1s\"\npredictable = true\nutilization = 0.51", 3, "yes ━▶ dedicated  ◀ here"),
        ("training = false\nlatency = \"1s\"\npredictable = true\nutilization = 0.5", 3, "┗━▶ no: serverless  ◀ here"),
    ] {
        let shown = screen(&advice::rules(&read(answers, &[]), Source::Answers), 80, false);
        let (chart, _) = shown.split_once("Decision matrix").unwrap();
        assert_eq!((chart.matches('┃').count(), chart.matches('▶').count()), (heavy, 1), "{chart}");
        assert!(chart.contains(end), "{chart}");
    }
    let open = screen(&advice::rules(&read("latency = \"1s\"", &[]), Source::Answers), 80, false);
    let (chart, _) = open.split_once("Decision matrix").unwrap();
    assert!(chart.contains("? Is it training?") && !chart.contains(['┃', '▶', '◀']), "{chart}");
}

#[test]
fn every_key_is_read_from_a_file_and_from_its_flag_alike() {
    let file: String = ANSWERS.iter().map(|(key, value)| format!("{key} = {value}\n")).collect();
    let flags: Vec<(&'static str, &str)> = ANSWERS.iter().map(|&(key, value)| (key, value.trim_matches('"'))).collect();
    let answers = read(&file, &[]);
    assert_eq!(read("", &flags), answers);
    assert!(
        json(&advice::rules(&answers, Source::Answers))["answers"]
            .as_object()
            .unwrap()
            .values()
            .all(|value| !value.is_null())
    );
    // An enterprise's budget may be larger than any price.
    let rich = read(&file, &[("monthly_gpu_budget", "$2500000.50")]);
    assert_eq!(rich.monthly_gpu_budget.map(|usd| usd.to_string()).as_deref(), Some("$2500000.50"));
    // A flag goes over the file.
    assert_eq!(read(&file, &[("utilization", "0.1")]).utilization, Some(0.1));
    assert_eq!(flag_of("monthly_gpu_budget"), "--monthly-gpu-budget");
}

#[test]
fn fails_with_every_mistake_of_the_answers_at_once() {
    let text = "training = \"no\"\ntask_lenght = \"50ms\"\nlatency = 500\nutilization = 60\nexpertise = \"limted\"\nbudget = fixed\ndevops \
                = team\nrequests_per_month = \"1.44M\"\nmonthly_gpu_budget = \"5000\"\n";
    let file = AnswersFile { name: "answers.toml".to_owned(), text: text.to_owned() };
    let problems = read_answers(Some(&file), &[("control", "complete".to_owned())]).unwrap_err();
    insta::assert_snapshot!(problems.render(false));
}

#[test]
fn the_screen_of_answers_reads_as_committed_and_fits_80_columns() {
    insta::assert_snapshot!(fits(&advised(&read(WHOLE, &[]))));
}

#[test]
fn the_screen_of_a_hard_constraint_reads_as_committed() {
    let flags = [
        ("compliance", "strict"),
        ("requests_per_month", "3000"),
        ("predictable", "false"),
        ("cold_start_ok", "false"),
    ];
    insta::assert_snapshot!(fits(&advised(&read(WHOLE, &flags))));
}

#[test]
fn the_screen_of_a_scenario_reads_as_committed() {
    insta::assert_snapshot!(fits(&of_scenario(super::VARIABLE, &Answers::default(), true)));
}

#[test]
fn the_screen_of_rules_alone_reads_as_committed() {
    let answers = read("training = false\nlatency = \"2s\"\nmonthly_gpu_budget = \"$100000\"", &[]);
    insta::assert_snapshot!(fits(&advice::rules(&answers, Source::Answers)));
}

#[test]
fn the_screen_of_training_reads_as_committed() {
    insta::assert_snapshot!(fits(&advised(&read("training = true\nmonthly_gpu_budget = \"$250000\"", &[]))));
}

/// The screen at 80 columns, once it is known to fit there and at 120, and that colour changes no word.
fn fits(advice: &Advice) -> String {
    for width in [80, 120] {
        let plain = screen(advice, width, false);
        for line in plain.lines() {
            assert!(textwrap::core::display_width(line) <= usize::from(width), "{width}: {line}");
        }
        let colored = screen(advice, width, true);
        assert!(!plain.contains('\u{1b}') && colored.contains("\u{1b}["));
        // The heads of a table are in colour to the width of their columns.
        let stripped = anstream::adapter::strip_str(&colored).to_string();
        assert!(stripped.lines().map(str::trim_end).eq(plain.lines().map(str::trim_end)), "{stripped}");
    }
    screen(advice, 80, false)
}
