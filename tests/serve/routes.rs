//! Every route, and that its answer is the command line's.

use std::process::Command;

use serde_json::{Value, json};

use super::client::{Answer, Served, ask, events, get, post, served};
use super::program;

/// Quick to simulate.
const SHORT: [&str; 2] = ["warm_up=1h", "horizon=4h"];

/// A body about an embedded scenario, short.
fn short(name: &str, replications: u32) -> String {
    json!({ "embedded": name, "set": SHORT, "seed": 7, "replications": replications }).to_string()
}

/// What the command line prints for the same.
fn printed(command: &str, name: &str, replications: u32) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut line = Command::new(program());
    line.args([command, name, "--json", "--quiet", "--seed", "7", "--replications", &replications.to_string()]);
    line.args(SHORT.iter().flat_map(|set| ["--set", set]));
    if command != "advise" {
        line.arg("--no-charts").arg("--out").arg(folder.path().join("out"));
    }
    let output = line.output().expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[track_caller]
fn assert_same(answer: &Answer, printed: &[u8]) {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.text(), String::from_utf8_lossy(printed));
}

#[test]
fn a_run_a_curve_a_matrix_and_advice_are_the_command_lines_byte_for_byte() {
    let server = served(|_| ());
    for command in ["run", "curve", "matrix", "advise"] {
        let answer = post(server.address, &format!("/api/{command}"), &short("variable-api", 2));
        assert_same(&answer, &printed(command, "variable-api", 2));
    }
    assert_same(&post(server.address, "/api/run", &short("fine-tune", 2)), &printed("run", "fine-tune", 2));
}

#[test]
fn a_scenario_as_toml_with_a_query_is_the_same_as_one_in_json() {
    let server = served(|_| ());
    let text = get(server.address, "/api/scenarios/bursty");
    assert_eq!((text.status, text.headers["content-type"].as_str()), (200, "application/toml"));
    let path = "/api/run?set=warm_up%3D1h&set=horizon%3D4h&seed=7&replications=2";
    let by_toml = ask(server.address, "POST", path, &[("Content-Type", "application/toml")], text.text());
    assert_same(&by_toml, &post(server.address, "/api/run", &short("bursty", 2)).body);
}

#[test]
fn the_catalogue_and_the_presets_are_the_command_lines() {
    let server = served(|_| ());
    for (path, flags) in [("/api/catalog", &["--json"][..]), ("/api/presets", &["--presets", "--json"])] {
        let output = Command::new(program()).arg("catalog").args(flags).output().expect("the program runs");
        assert_same(&get(server.address, path), &output.stdout);
    }
}

#[test]
fn the_scenarios_are_listed_the_default_first_and_each_can_be_had_and_checked() {
    let server = served(|_| ());
    let list = get(server.address, "/api/scenarios").json();
    let list = list.as_array().expect("a list");
    assert_eq!(list[0]["name"], "variable-api");
    assert_eq!(list.len(), breakeven::scenario::SCENARIOS.len());
    for listed in list {
        let name = listed["name"].as_str().expect("a name");
        assert!(listed["description"].as_str().is_some_and(|text| !text.is_empty()), "{name}");
        let text = get(server.address, &format!("/api/scenarios/{name}"));
        assert_eq!(Some(text.text()), breakeven::scenario::Embedded::named(name).map(|embedded| embedded.text));
    }
    let use_case = get(server.address, "/api/scenarios/use-cases/chatbot");
    assert_eq!(use_case.status, 200);
    assert_eq!(get(server.address, "/api/scenarios/nothing").status, 404);
}

#[test]
fn a_check_tells_warnings_and_every_mistake_with_its_place() {
    let server = served(|_| ());
    let checked = |set: &[&str]| {
        post(server.address, "/api/check", &json!({ "embedded": "variable-api", "set": set }).to_string())
    };
    assert_eq!(checked(&[]).json(), json!({ "warnings": [] }));
    let wrong = checked(&["traffic.api.rate=fast", "fleet.dedicated.instances=0"]);
    assert_eq!(wrong.status, 422);
    let wrong = wrong.json();
    let problems = wrong["problems"].as_array().expect("problems");
    assert_eq!(problems.len(), 2, "{wrong}");
    for problem in problems {
        for key in ["file", "found", "expected", "mend"] {
            assert!(problem[key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {problem}");
        }
        assert_eq!((&problem["line"], problem["file"].as_str()), (&json!(1), Some("--set")));
    }
    let text = wrong["text"].as_str().expect("as the terminal shows it");
    assert!(text.contains("2 mistakes in") && !text.contains('\u{1b}'), "{text}");
}

#[test]
fn every_knob_can_be_set_to_what_it_is_and_to_both_ends() {
    let server = served(|_| ());
    for name in ["variable-api", "container-platforms", "kubernetes", "two-regions", "fine-tune"] {
        let answer = post(server.address, "/api/knobs", &json!({ "embedded": name }).to_string()).json();
        let knobs = answer["knobs"].as_array().expect("knobs");
        assert_eq!(answer["shape"].as_array().map(Vec::len), Some(7 * 24));
        assert!(knobs.len() > 5, "{name}: {knobs:?}");
        let values = knobs.iter().map(|knob| (knob, knob["value"].as_str().expect("a value").to_owned()));
        let ends = knobs.iter().filter(|knob| knob["kind"] != "choice").flat_map(|knob| {
            let written = |number: &Value| {
                let sign = if knob["kind"] == "price" { "$" } else { "" };
                let number = number.as_f64().expect("a number");
                format!("{sign}{number}{}", knob["unit"].as_str().expect("a unit"))
            };
            [(knob, written(&knob["least"])), (knob, written(&knob["most"]))]
        });
        for (knob, value) in values.chain(ends) {
            let path = knob["path"].as_str().expect("a path");
            let set = format!("{path}={value}");
            let checked = post(server.address, "/api/check", &json!({ "embedded": name, "set": [set] }).to_string());
            // A number that is moved alone may go beyond another: then the mistake says so.
            let alone = checked.status == 200 || (checked.status == 422 && BOUND.iter().any(|key| path.ends_with(key)));
            assert!(alone, "{name} {set}: {}", checked.text());
        }
    }
}

/// Keys whose bounds are other keys'.
const BOUND: [&str; 7] =
    ["instances", "arrivals.on", "arrivals.off", "min_instances", "max_instances", "slots", "boot"];

#[test]
fn what_a_knob_sets_is_what_the_scenario_has_then() {
    let server = served(|_| ());
    let body =
        json!({ "embedded": "variable-api", "set": ["traffic.api.rate=4/s", "fleet.hybrid.pool.burst.keep_alive=5s"] });
    let answer = post(server.address, "/api/knobs", &body.to_string()).json();
    let value = |path: &str| {
        answer["knobs"].as_array()?.iter().find(|knob| knob["path"] == path).map(|knob| knob["value"].clone())
    };
    assert_eq!(value("traffic.api.rate"), Some(json!("4/s")));
    assert_eq!(value("fleet.hybrid.pool.burst.keep_alive"), Some(json!("5s")));
    let resolved = post(server.address, "/api/resolved", &body.to_string());
    assert_eq!(resolved.headers["content-disposition"], "attachment; filename=\"variable-api.toml\"");
    assert!(resolved.text().contains("rate = \"4/s\"") && resolved.text().contains("keep_alive = \"5s\""));
    // It loads to the same scenario.
    let again = ask(server.address, "POST", "/api/resolved", &[("Content-Type", "application/toml")], resolved.text());
    assert_eq!(again.text(), resolved.text());
}

#[test]
fn a_page_is_told_an_estimate_then_sharper_figures_then_the_curve() {
    let server = served(|_| ());
    let answer = post(server.address, "/api/explore", &short("variable-api", 5));
    assert_eq!((answer.status, answer.headers["content-type"].as_str()), (200, "text/event-stream"));
    let events = events(answer.text());
    let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["estimate", "refined", "refined", "refined", "curve", "done"]);
    for ((_, look), replications) in events.iter().zip([1, 2, 4, 5]) {
        assert_eq!(look["replications"], replications);
        assert!(look["answer"].as_str().is_some_and(|answer| answer.ends_with('.')));
        assert_eq!(look["document"]["schema"], "breakeven.run/1");
        for (index, fleet) in ["dedicated", "serverless", "hybrid"].into_iter().enumerate() {
            let line = &look["timeline"][index];
            assert_eq!((&line["fleet"], &look["latency"][index]["fleet"]), (&json!(fleet), &json!(fleet)));
            let bins = line["start_s"].as_array().map(Vec::len);
            for key in ["arrivals", "busy", "idle", "starting", "waiting"] {
                assert_eq!(line[key].as_array().map(Vec::len), bins, "{key}");
            }
        }
    }
    let run = post(server.address, "/api/run", &short("variable-api", 5)).json();
    assert_eq!(events[3].1["document"], run, "what is known in the end is the run");
    let curve = &events[4].1;
    assert_eq!(curve["document"]["fleets"][0]["points"].as_array().map(Vec::len), Some(9));
    assert!(curve["sentence"].as_str().is_some_and(|sentence| sentence.ends_with('.')), "{}", curve["sentence"]);
}

#[test]
fn the_page_of_jobs_is_told_of_jobs() {
    let server = served(|_| ());
    let answer =
        post(server.address, "/api/explore", &json!({ "embedded": "fine-tune", "replications": 2 }).to_string());
    let events = events(answer.text());
    let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["estimate", "refined", "done"]);
    assert!(events[1].1["document"]["jobs"].as_array().is_some_and(|jobs| !jobs.is_empty()));
    assert!(events[1].1["answer"].as_str().is_some_and(|answer| !answer.is_empty()));
}

#[test]
fn the_page_and_its_files_are_served_and_not_again_to_who_has_them() {
    let server = served(|_| ());
    for (path, kind) in [("/", "text/html"), ("/page/app.js", "text/javascript"), ("/page/style.css", "text/css")] {
        let file = get(server.address, path);
        assert_eq!(file.status, 200, "{path}");
        assert!(file.headers["content-type"].starts_with(kind), "{path}: {:?}", file.headers);
        assert!(file.headers["content-security-policy"].contains("script-src 'self'"));
        assert_eq!(file.headers["x-content-type-options"], "nosniff");
        assert_eq!(file.headers["referrer-policy"], "no-referrer");
        let again = ask(server.address, "GET", path, &[("If-None-Match", &file.headers["etag"])], "");
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        let head = ask(server.address, "HEAD", path, &[], "");
        assert_eq!(head.headers["content-length"], file.body.len().to_string());
    }
}

#[test]
fn every_route_is_described_and_every_route_that_is_described_answers() {
    let server: Served = served(|_| ());
    let described = get(server.address, "/api/openapi.json").json();
    let api = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/API.md")).expect("docs/API.md");
    let routes = include_str!("../../src/serve/routes.rs");
    let paths = described["paths"].as_object().expect("paths");
    assert_eq!(routes.matches(".route(").count(), paths.len());
    for (path, methods) in paths {
        let route = path.replace("{file}", "{*file}").replace("{name}", "{*name}");
        assert!(routes.contains(&format!("\"{route}\"")), "{path}");
        assert!(api.contains(path.split('{').next().expect("a path")), "docs/API.md does not name {path}");
        let path = path.replace("{file}", "app.js").replace("{name}", "starter");
        let (right, wrong) = if methods.get("get").is_some() { ("GET", "PUT") } else { ("POST", "GET") };
        let answer = ask(server.address, right, &path, &[("Content-Type", "application/json")], "");
        // Without a body a post is not understood; a report is not there yet.
        let expected = if right == "GET" { 200 } else { 400 };
        assert!(answer.status == expected || path == "/api/report", "{path}: {} {}", answer.status, answer.text());
        let refused = ask(server.address, wrong, &path, &[], "");
        assert_eq!(refused.status, 405, "{wrong} {path}");
        assert!(refused.headers["allow"].contains(right), "{:?}", refused.headers);
        assert_eq!(refused.json()["error"], "method");
    }
}
