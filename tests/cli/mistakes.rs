//! `breakeven mistakes`.

use serde_json::Value;

use super::{Workspace, names};

#[test]
fn the_json_of_the_mistakes_is_their_file_and_those_that_were_asked_for() {
    let workspace = Workspace::new();
    let arguments = ["mistakes", "cold-starts", "serverless-training", "--replications", "3", "--json", "--out", "out"];
    let output = workspace.run(&arguments, 0);
    assert_eq!(names(&workspace.path("out")), [".breakeven", "mistakes.json"]);
    assert_eq!(std::fs::read(workspace.path("out/mistakes.json")).unwrap(), output.stdout);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mistakes = document["mistakes"].as_array().unwrap();
    let named: Vec<&str> = mistakes.iter().map(|mistake| mistake["name"].as_str().unwrap()).collect();
    assert_eq!(named, ["serverless-training", "cold-starts"], "in the guide's order");
    assert_eq!(mistakes[0]["scenario"]["replications"], 3);
    assert!(mistakes.iter().all(|mistake| mistake["because"].as_str().is_some_and(|words| !words.is_empty())));
}

#[test]
fn the_mistakes_are_the_same_bytes_on_any_number_of_threads() {
    let workspace = Workspace::new();
    let of = |threads: &str| {
        workspace.stdout(&["mistakes", "dedicated-sporadic", "--seed", "7", "--threads", threads, "--json", "--quiet"])
    };
    assert_eq!(of("1"), of("3"));
    let other = workspace.stdout(&["mistakes", "dedicated-sporadic", "--seed", "8", "--json", "--quiet"]);
    assert_ne!(of("1"), other);
}

#[test]
fn fails_on_a_mistake_that_is_none_with_their_names() {
    let workspace = Workspace::new();
    let message = workspace.wrong(&["mistakes", "too-cheap"]);
    assert!(message.contains("over-provisioned") && message.contains("cold-starts"), "{message}");
}
