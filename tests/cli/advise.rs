//! `breakeven advise`: answers of a file, of flags and of a scenario.

use serde_json::Value;

use super::Workspace;

const ANSWERS: &str = "training = false\ntask_length = \"50ms\"\nlatency = \"500ms\"\npredictable = true\nutilization = 0.6\n\
                       requests_per_month = 1440000\n";

fn workspace() -> Workspace {
    let workspace = Workspace::new();
    workspace.write("answers.toml", ANSWERS);
    workspace
}

fn json(workspace: &Workspace, arguments: &[&str]) -> Value {
    let text = workspace.stdout(&[&["advise", "--json"], arguments].concat());
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_file_and_flags_give_the_same_advice_and_flags_go_over_the_file() {
    let workspace = workspace();
    let of_file = json(&workspace, &["--answers", "answers.toml"]);
    let flags = "--training false --task-length 50ms --latency 500ms --predictable true --utilization 0.6 --requests-per-month 1440000";
    let of_flags = json(&workspace, &flags.split(' ').collect::<Vec<_>>());
    assert_eq!(of_file, of_flags);
    assert_eq!((&of_file["schema"], &of_file["agrees"]), (&"breakeven.advise/1".into(), &true.into()));
    assert_eq!(of_file["simulated"]["cheapest_meeting_slo"], "dedicated");
    let over = json(&workspace, &["--answers", "answers.toml", "--utilization", "0.1", "--rules-only"]);
    assert_eq!((&over["flowchart"]["recommendation"], &over["simulated"]), (&"serverless".into(), &Value::Null));
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_any_number_of_threads() {
    let workspace = workspace();
    let of = |threads| workspace.stdout(&["advise", "--answers", "answers.toml", "--json", "--threads", threads]);
    assert_eq!(of("1"), of("3"));
    let other =
        json(&workspace, &["--answers", "answers.toml", "--seed", "2", "--replications", "3", "--horizon", "8h"]);
    let scenario = &other["simulated"]["scenario"];
    assert_eq!((&scenario["seed"], &scenario["replications"]), (&2.into(), &3.into()));
    assert_eq!(scenario["overrides"].as_array().map(Vec::len), Some(3));
}

#[test]
fn a_scenario_is_read_and_simulated_itself() {
    let workspace = workspace();
    let document = json(&workspace, &["small.toml", "--set", "fleet.dedicated.instances=4"]);
    assert_eq!((&document["observed"]["scenario"], &document["observed"]["instances"]), (&"Small".into(), &4.into()));
    let names: Vec<&str> = document["simulated"]["fleets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fleet| fleet["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["dedicated", "serverless", "hybrid"]);
    let jobs = json(&workspace, &["fine-tune"]);
    assert_eq!((&jobs["flowchart"]["recommendation"], &jobs["simulated"]), (&"dedicated".into(), &Value::Null));
}

#[test]
fn the_screen_goes_to_standard_output_alone_and_without_colour_into_a_file() {
    let workspace = workspace();
    let output = workspace.run(&["advise", "--answers", "answers.toml"], 0);
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.starts_with("Flowchart\n") && shown.contains("◀ here") && !shown.contains('\u{1b}'), "{shown}");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(std::fs::read_dir(workspace.folder.path()).unwrap().count() == 2, "nothing is written");
}

#[test]
fn fails_without_an_answer_where_there_is_no_terminal_and_asks_nothing() {
    let message = workspace().wrong(&["advise"]);
    assert!(message.contains("no question is answered") && message.contains("--answers FILE.toml"), "{message}");
}

#[test]
fn fails_on_wrong_answers_with_their_place_and_their_mend() {
    let workspace = workspace();
    workspace.write("broken.toml", "latency = 500\n");
    let message = workspace.wrong(&["advise", "--answers", "broken.toml", "--growth", "none"]);
    for words in ["broken.toml:1:11", "--growth:1:1", "\"uncertain\", \"clear\"", "2 mistakes"] {
        assert!(message.contains(words), "{words}: {message}");
    }
    let message = workspace.wrong(&["advise", "--answers", "missing.toml"]);
    assert!(message.contains("cannot read the answers missing.toml"), "{message}");
    let message = workspace.wrong(&["advise", "variable-apy"]);
    assert!(message.contains("did you mean `variable-api`?"), "{message}");
}
