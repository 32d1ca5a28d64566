//! `--html` and `breakeven report`: one file that says the answer first, loads nothing and does no harm.

use std::fs;

use super::{SMALL, Workspace, contents};

/// A small one of each command, and what its page begins with.
const COMMANDS: [(&str, &[&str], &str); 8] = [
    ("run", &["run", "small.toml"], "cheapest fleet"),
    ("curve", &["curve", "small.toml", "--from", "50k/month", "--to", "2M/month", "--points", "4"], "cheapest fleet"),
    (
        "matrix",
        &["matrix", "small.toml", "--utilization", "20%..80%:2", "--duration", "1s..20s:2"],
        "the guide and the simulation",
    ),
    ("sweep", &["sweep", "small.toml", "--over", "traffic.chat.rate=360/h,720/h,1440/h"], "the cheapest"),
    ("plan", &["plan", "small.toml", "--max-replications", "4"], "Buy "),
    ("use-cases", &["use-cases", "fine-tuning"], "is the cheapest"),
    ("advise", &["advise", "small.toml"], "The flowchart ends at serverless"),
    ("jobs", &["run", "use-cases/fine-tuning"], "fine"),
];

fn page(workspace: &Workspace, folder: &str) -> String {
    fs::read_to_string(workspace.path(folder).join("report.html")).unwrap()
}

/// The text of the first element of this name.
fn element<'a>(html: &'a str, name: &str) -> &'a str {
    let from = html.find(&format!("<{name}>")).unwrap_or_else(|| panic!("no {name}")) + name.len() + 2;
    &html[from..from + html[from..].find(&format!("</{name}>")).unwrap()]
}

/// Addresses are text or links that somebody may follow; nothing is loaded.
fn assert_loads_nothing(html: &str) {
    for tag in
        ["<link", "<img", "<iframe", "<object", "<embed", "<base", "@import", "<form", "<script src", "<use", "<image"]
    {
        assert!(!html.contains(tag), "{tag}");
    }
    for (at, _) in html.match_indices("url(") {
        assert!(html[at..].starts_with("url(data:"), "{}", &html[at..at + 60]);
    }
    for (at, _) in html.match_indices("href=") {
        let tag = &html[html[..at].rfind('<').unwrap()..];
        assert!(tag.starts_with("<a ") && tag[..tag.find('>').unwrap()].contains("rel=\"noopener"), "{}", &tag[..80]);
    }
    for address in ["http://", "https://", " src=", "srcset="] {
        for (at, _) in html.match_indices(address) {
            let tag = html[..at].rfind('<').unwrap();
            let is_within_a_tag = html[..at].rfind('>').is_none_or(|end| end < tag);
            assert!(!is_within_a_tag || html[tag..].starts_with("<a "), "{}", &html[tag..at + 20]);
        }
    }
}

#[test]
fn every_command_writes_a_page_that_begins_with_the_answer_and_loads_nothing() {
    let workspace = Workspace::new();
    for (name, arguments, begins) in COMMANDS {
        workspace.run(&[arguments, &["--html", "--quiet", "--threads", "1", "--out", name]].concat(), 0);
        let html = page(&workspace, name);
        assert!(html.len() < 2_000_000, "{name}: {} bytes", html.len());
        assert!(html.starts_with("<!DOCTYPE html>") && html.ends_with("</html>\n"), "{name}");
        let body = &html[html.find("<main>").unwrap()..];
        let answer = element(body, "h1");
        assert!(body.starts_with("<main>\n<header>\n<h1>") && answer.contains(begins), "{name} begins with {answer}");
        assert_loads_nothing(&html);
        assert_eq!(html.matches("<section").count(), html.matches("</section>").count(), "{name}");
        let again = format!("<code>breakeven {}", arguments[..2].join(" "));
        assert!(html.contains(&again), "{name} does not say how it is made again");
        assert!(!html.contains("--threads") && !html.contains("--html"), "{name}: what changes nothing is told");
    }
}

#[test]
fn the_page_of_a_finished_folder_has_the_bytes_of_the_one_that_its_command_wrote_on_any_number_of_threads() {
    let workspace = Workspace::new();
    for (name, arguments, _) in COMMANDS {
        let (with, without) = (format!("{name}-with"), format!("{name}-without"));
        workspace.run(&[arguments, &["--html", "--quiet", "--threads", "1", "--out", &with]].concat(), 0);
        if name == "advise" {
            workspace.run(&[arguments, &["--html", "--quiet", "--threads", "3", "--out", &without]].concat(), 0);
            fs::remove_file(workspace.path(&without).join("report.html")).unwrap();
        } else {
            workspace.run(&[arguments, &["--quiet", "--threads", "3", "--out", &without]].concat(), 0);
        }
        assert!(!workspace.path(&without).join("report.html").exists(), "{name}: nobody asked for a page");
        let said = workspace.stdout(&["report", &without]);
        assert!(said.contains("report.html"), "{said}");
        assert!(page(&workspace, &with) == page(&workspace, &without), "{name}: the pages differ");
    }
}

#[test]
fn the_answer_is_that_of_the_terminal() {
    let workspace = Workspace::new();
    let shown = workspace.stdout(&["run", "small.toml", "--html"]);
    let html = page(&workspace, "output/small");
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(&shown).contains(&words(element(&html, "h1"))), "{shown}");
}

#[test]
fn a_scenario_that_wants_to_do_harm_does_none() {
    let workspace = Workspace::new();
    let harm = "</script><script>alert(1)</script><img src=x>&";
    let text = SMALL
        .replace("\"Small\"", &format!("\"{harm}\""))
        .replace("\"serverless\"\nkind", &format!("\"{harm}\"\nkind"));
    assert_eq!(text.matches(harm).count(), 2);
    workspace.write("harm.toml", &text);
    workspace.run(&["run", "harm.toml", "--html", "--out", "run"], 0);
    let curve =
        ["curve", "harm.toml", "--from", "50k/month", "--to", "2M/month", "--points", "3", "--html", "--out", "curve"];
    workspace.run(&curve, 0);
    for folder in ["run", "curve"] {
        let html = page(&workspace, folder);
        assert!(html.contains("&lt;script&gt;alert(1)"), "{folder}: the name is told");
        assert!(!html.contains("alert(1)</script>") && !html.contains("<img"), "{folder}");
        assert_loads_nothing(&html);
    }
}

#[test]
fn without_charts_a_page_has_none_and_a_joined_sweep_has_the_page_of_the_whole() {
    let workspace = Workspace::new();
    workspace.run(&["run", "small.toml", "--html", "--no-charts"], 0);
    assert!(!page(&workspace, "output/small").contains("<svg"));
    let sweep = ["sweep", "small.toml", "--over", "traffic.chat.rate=360/h,720/h,1440/h", "--quiet"];
    workspace.run(&[&sweep[..], &["--html", "--out", "whole"]].concat(), 0);
    for part in ["1/2", "2/2"] {
        workspace.run(&[&sweep[..], &["--shard", part, "--out", &part[..1]]].concat(), 0);
    }
    workspace.run(&["merge", "1", "2", "--html", "--quiet", "--out", "joined"], 0);
    assert!(page(&workspace, "whole") == page(&workspace, "joined"), "the pages differ");
    assert!(page(&workspace, "whole").contains("<svg"));
}

#[test]
fn fails_on_a_folder_without_a_report_with_what_to_do() {
    let workspace = Workspace::new();
    fs::create_dir(workspace.path("foreign")).unwrap();
    assert!(workspace.wrong(&["report", "foreign"]).contains("not a folder that breakeven filled"));
    assert!(workspace.wrong(&["report", "absent"]).contains("help: name the folder"));
    workspace.run(&["run", "small.toml", "--no-charts", "--out", "old"], 0);
    let report = workspace.path("old/report.json");
    let text = fs::read_to_string(&report).unwrap();
    fs::write(&report, text.replace("breakeven.report/1", "breakeven.report/9")).unwrap();
    assert!(workspace.wrong(&["report", "old"]).contains("breakeven.report/9"));
    fs::remove_file(&report).unwrap();
    assert!(workspace.wrong(&["report", "old"]).contains("help: do it again"));
    assert!(!contents(&workspace.path("old")).contains_key("report.html"));
}
