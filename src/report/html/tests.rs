//! Pages of documents that are made up, with names that would do harm if they could.

use crate::measure::Estimate;
use crate::report::chart::{Chart, CostChart, svg_text};
use crate::report::fixture;
use crate::summary::RunDocument;

use super::page::{Block, Page, Section};
use super::{Figure, page_of_run, skeleton};

const HARMFUL: &str = "</script><script>alert('x')</script>\"><img src=x onerror=alert(1)>&";

fn html(page: &Page) -> String {
    skeleton::html(page, |_| Ok(String::new())).unwrap()
}

/// Every text of it is of somebody who wants to do harm.
fn harmful() -> RunDocument {
    let mut document = fixture::three_fleets();
    document.scenario.name = HARMFUL.to_owned();
    document.scenario.overrides = vec![HARMFUL.to_owned()];
    document.warnings = vec![HARMFUL.to_owned()];
    for fleet in &mut document.fleets {
        fleet.name = format!("{HARMFUL} {}", fleet.name);
        fleet.warnings = vec![HARMFUL.to_owned()];
    }
    document.cheapest = Some(document.fleets[0].name.clone());
    document
}

#[test]
fn no_name_gets_out_of_its_place() {
    let document = harmful();
    let chart = CostChart::new(&document);
    let drawing = svg_text(&chart).unwrap();
    let figures = vec![Figure::new(&chart, HARMFUL)];
    let page = page_of_run(&document, None, figures, (HARMFUL, HARMFUL));
    let html = skeleton::html(&page, |_| Ok(drawing.clone())).unwrap();
    assert!(html.contains("&lt;script&gt;alert(&#39;x&#39;)"), "the name is told");
    assert!(!html.contains("alert('x')") && !html.contains("<img"), "a name became a tag");
    assert!(!html.contains("<script"), "a chart without lines needs no script, and there is no other");
}

#[test]
fn data_for_the_script_cannot_end_its_element() {
    let document = harmful();
    let mut figure = Figure::new(&CostChart::new(&document), "a chart");
    figure.data.plots = vec![crate::report::chart::PlotData { title: HARMFUL.to_owned(), ..Default::default() }];
    let page = Page { figures: vec![figure], ..Page::new("run", "a scenario") };
    let html = html(&page);
    let from = html.find("<script type=\"application/json\">").unwrap() + "<script type=\"application/json\">".len();
    let json = &html[from..from + html[from..].find("</script>").unwrap()];
    let data: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(data["plots"][0]["title"], HARMFUL);
}

#[test]
fn the_page_begins_with_the_answer_and_ends_with_what_it_rests_on() {
    let document = fixture::three_fleets();
    let page = page_of_run(&document, None, Vec::new(), ("name = \"x\"", "breakeven run x.toml"));
    let html = html(&page);
    let order = [
        "<main>\n<header>\n<h1>",
        "<p class=\"about\">",
        "<h2>Fleets</h2>",
        "<h2>Bills</h2>",
        "breakeven run x.toml",
        "<details>",
    ];
    let places: Vec<usize> = order.iter().map(|part| html.find(part).unwrap_or_else(|| panic!("{part}"))).collect();
    assert!(places.is_sorted(), "{places:?}");
    assert!(html.contains(&crate::report::answer::answer(&document, None).replace('\'', "&#39;")));
}

#[test]
fn a_page_is_the_same_when_it_is_read_again() {
    let document = fixture::three_fleets();
    let chart = CostChart::new(&document);
    let page = page_of_run(&document, None, vec![Figure::new(&chart, chart.name())], ("", "breakeven run"));
    let kept = serde_json::to_string(&page).unwrap();
    assert_eq!(serde_json::from_str::<Page>(&kept).unwrap(), page);
}

#[test]
fn the_lines_of_a_bill_are_of_a_month_and_sum_to_its_total() {
    let document = fixture::three_fleets();
    for fleet in &document.fleets {
        let table = super::run::bill(&fleet.cost.lines, &fleet.cost.per_month_usd, document.scenario.window_s);
        assert_eq!(table.rows.len(), fleet.cost.lines.len() + 1);
        let total = table.rows.last().unwrap();
        assert_eq!(
            total[1],
            crate::report::number::or_dash(fleet.cost.per_month_usd.mean, crate::report::number::dollars)
        );
    }
    let exact = Estimate::exact(10.0);
    let half = crate::unit::Span::MONTH.seconds() / 2.0;
    let lines = [crate::summary::CostLine { line: "free-tier", usd: Estimate::exact(-5.0) }];
    let table = super::run::bill(&lines, &exact, half);
    assert_eq!(table.rows[0][..2], ["free tier".to_owned(), "-$10.00".to_owned()], "of two half months");
    assert_eq!(table.rows[0][3], "-100%");
}

#[test]
fn parts_stand_under_the_section_before_them() {
    let words = |text: &str| vec![Block::Words(text.to_owned())];
    let sections =
        vec![Section::new("One", words("a")), Section::part("Two", words("b")), Section::new("Three", words("c"))];
    let html = html(&Page { sections, ..Page::new("run", "x") });
    assert_eq!(html.matches("<section").count(), html.matches("</section>").count());
    assert!(html.contains("<h2>One</h2>") && html.contains("<h3>Two</h3>") && html.contains("<h2>Three</h2>"));
}
