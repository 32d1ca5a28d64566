//! `breakeven validate`.

use serde_json::Value;

use super::Workspace;

#[test]
fn every_check_agrees_and_says_what_it_rests_on() {
    let workspace = Workspace::new();
    let checks: Vec<Value> = serde_json::from_str(&workspace.stdout(&["validate", "--json"])).unwrap();
    assert!(checks.len() >= 19, "{} checks", checks.len());
    for check in &checks {
        assert_eq!(check["verdict"], "agrees", "{check}");
        assert!(check["measured"]["mean"].is_number() && check["expected"].is_number(), "{check}");
        assert!(
            ["what", "formula", "source"].iter().all(|key| check[key].as_str().is_some_and(|text| !text.is_empty()))
        );
    }
    assert!(checks.iter().any(|check| check["relation"] == "within" && check["measured"]["low"].is_number()));
}

#[test]
fn fails_on_a_seed_that_no_scenario_can_have() {
    let workspace = Workspace::new();
    assert!(workspace.wrong(&["validate", "--seed=-1"]).contains("--seed"));
}
