//! Every chart is drawn for ordinary and for odd documents, in both kinds of file.

use jiff::civil::{DateTime, date};

use crate::bill::Line;
use crate::report::fixture;
use crate::scenario::Slo;
use crate::summary::RunDocument;
use crate::traffic::RateBin;
use crate::unit::Span;

use super::*;

fn starts() -> DateTime {
    date(2026, 1, 5).at(0, 0, 0, 0)
}

fn objective() -> Slo {
    Slo {
        latency: Some(Span::from_nanos(12_000_000_000)),
        attainment: Some(0.99),
        p50: Some(Span::from_nanos(2_000_000_000)),
        ..Slo::default()
    }
}

/// Draws all charts of a document into a folder.
fn save_all(document: &RunDocument, completed: u64, slo: Option<&Slo>, folder: &Path) {
    let curves = fixture::curves(document, completed);
    let movements = fixture::movements(document);
    save(&CostChart::new(document), folder).unwrap();
    save(&LatencyChart::new(document, &curves, slo), folder).unwrap();
    save(&TimelineChart::new(document, &movements, starts()), folder).unwrap();
    let hour = |index: u64| RateBin {
        start: Span::from_nanos(index * Span::HOUR.nanos()),
        expected_per_s: Some(2.0),
        observed_per_s: 1.0 + (index % 24) as f64 / 12.0,
    };
    let week: Vec<RateBin> = (0..168).map(hour).collect();
    save(&RateChart::new("Variable API", &week, Span::WEEK.seconds(), starts()), folder).unwrap();
}

const NAMES: [&str; 4] = ["cost", "latency", "timeline", "rate"];

/// The pixels of a PNG, and its width.
fn pixels(path: &Path) -> (Vec<u8>, u32) {
    let decoder = png::Decoder::new(std::io::BufReader::new(fs::File::open(path).unwrap()));
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size()];
    let info = reader.next_frame(&mut pixels).unwrap();
    (pixels, info.width)
}

/// Checks that tags are closed in the order in which they were opened, and that nothing unescaped is left.
fn assert_well_formed(svg: &str) {
    let mut open = Vec::new();
    let mut rest = svg;
    while let Some(begin) = rest.find('<') {
        let (text, after) = rest.split_at(begin);
        assert!(!text.contains('>'), "an unescaped > in {text}");
        let end = after.find('>').expect("a tag that ends");
        let tag = &after[1..end];
        assert_eq!(tag.matches('"').count() % 2, 0, "an open quote in {tag}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "closed in order");
        } else if !tag.ends_with('/') {
            open.push(tag.split_whitespace().next().unwrap());
        }
        rest = &after[end + 1..];
    }
    assert!(open.is_empty(), "{open:?} are never closed");
}

fn assert_drawn(folder: &Path) {
    for name in NAMES {
        assert_chart_drawn(folder, name);
    }
}

/// Checks both files of a chart; returns the SVG.
pub(super) fn assert_chart_drawn(folder: &Path, name: &str) -> String {
    let svg = fs::read_to_string(folder.join(name).with_extension("svg")).unwrap();
    assert_well_formed(&svg);
    let (pixels, width) = pixels(&folder.join(name).with_extension("png"));
    assert_eq!(width, 1920, "{name} is drawn at twice its size");
    let inked = pixels.chunks(3).filter(|pixel| *pixel != [255, 255, 255]).count();
    assert!(inked > 2_000, "{name} is blank: {inked} pixels");
    svg
}

#[test]
fn charts_name_every_fleet_and_are_well_formed() {
    let folder = tempfile::tempdir().unwrap();
    let document = fixture::three_fleets();
    save_all(&document, 1_000_000, Some(&objective()), folder.path());
    assert_drawn(folder.path());
    for name in ["cost", "latency", "timeline"] {
        let svg = fs::read_to_string(folder.path().join(name).with_extension("svg")).unwrap();
        for fleet in &document.fleets {
            assert!(svg.contains(&fleet.name), "{name} does not name {}", fleet.name);
        }
    }
}

#[test]
fn charts_are_the_same_bytes_every_time() {
    let document = fixture::three_fleets();
    let chart = CostChart::new(&document);
    assert_eq!(svg(&chart).unwrap(), svg(&chart).unwrap());
    assert_eq!(png(&chart).unwrap(), png(&chart).unwrap());
}

#[test]
fn a_name_with_markup_or_of_great_length_is_drawn() {
    let mut document = fixture::three_fleets();
    document.fleets[0].name = "<b>\"R&D\"</b>".to_owned();
    document.fleets[1].name = "a name that goes on and on ".repeat(12);
    document.scenario.name = "a scenario of many words ".repeat(20);
    let folder = tempfile::tempdir().unwrap();
    save_all(&document, 1_000_000, Some(&objective()), folder.path());
    assert_drawn(folder.path());
    let svg = fs::read_to_string(folder.path().join("cost.svg")).unwrap();
    assert!(svg.contains("&lt;b&gt;") && svg.contains("R&amp;D"), "the name is escaped");
}

#[test]
fn a_single_fleet_of_one_request_at_no_cost_is_drawn() {
    let mut free = fixture::fleet("free", "serverless", 1.0, None, &[(Line::Execute, 0.0)]);
    free.cost.per_month_usd = fixture::exact(0.0);
    let document = fixture::document(vec![free]);
    let folder = tempfile::tempdir().unwrap();
    save_all(&document, 1, None, folder.path());
    assert_drawn(folder.path());
}

#[test]
fn no_completed_request_at_all_is_said() {
    let document = fixture::three_fleets();
    let curves = fixture::curves(&document, 0);
    let text = svg(&LatencyChart::new(&document, &curves, None)).unwrap();
    assert!(text.contains("No request was completed."));
}

#[test]
fn twelve_fleets_are_drawn_and_told_apart() {
    let fleets = (1..=12).map(|index| {
        let name = format!("fleet {index}");
        fixture::fleet(
            &name,
            "dedicated",
            f64::from(index),
            Some(index % 2 == 0),
            &[(Line::Instances, 700.0 * f64::from(index))],
        )
    });
    let document = fixture::document(fleets.collect());
    let folder = tempfile::tempdir().unwrap();
    save_all(&document, 10_000, Some(&objective()), folder.path());
    assert_drawn(folder.path());
    let looks: std::collections::BTreeSet<String> =
        (0..12).map(|index| format!("{:?}", palette::of_fleet(index))).collect();
    assert_eq!(looks.len(), 12, "two fleets have the same line");
}

#[test]
fn equal_latencies_are_drawn() {
    let document = fixture::three_fleets();
    let mut curves = fixture::curves(&document, 1_000);
    for point in curves.iter_mut().flat_map(|curve| &mut curve.points) {
        point.latency_s = Some(2.0);
    }
    let text = svg(&LatencyChart::new(&document, &curves, None)).unwrap();
    assert_well_formed(&text);
    assert!(text.contains("2 s"), "the axis names the latency");
}

#[test]
fn whole_bills_are_drawn_in_families_and_what_is_taken_off_is_hatched() {
    let document = fixture::whole_bills();
    let text = svg(&CostChart::new(&document)).unwrap();
    assert_well_formed(&text);
    let spoken = ["paid by the hour", "serving requests", "cold starts", "CPU and memory", "taken off by free tier"];
    for words in spoken.into_iter().chain(["storage and egress", "fees and operations", "fee per request"]) {
        assert!(text.contains(words), "the legend does not say {words}");
    }
    let plain = svg(&CostChart::new(&fixture::three_fleets())).unwrap();
    assert!(!plain.contains("taken off"), "nothing is taken off");
    let folder = tempfile::tempdir().unwrap();
    save_all(&document, 10_000, Some(&objective()), folder.path());
    assert_drawn(folder.path());
}

#[test]
fn families_of_lines_have_colours_of_their_own() {
    let grey = |color: plotters::style::RGBColor| {
        let linear = |channel: u8| (f64::from(channel) / 255.0).powf(2.2);
        0.2126 * linear(color.0) + 0.7152 * linear(color.1) + 0.0722 * linear(color.2)
    };
    let colors: std::collections::BTreeSet<_> =
        family::Family::ALL.iter().map(|family| family.color()).map(|color| (color.0, color.1, color.2)).collect();
    assert_eq!(colors.len(), family::Family::ALL.len());
    // The two greys lie far from each other.
    let [pale, slate] = [family::Family::Transfer, family::Family::Fees].map(|family| grey(family.color()));
    assert!(pale - slate > 0.3, "{pale} and {slate}");
}
