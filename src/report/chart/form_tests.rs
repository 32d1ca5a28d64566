//! Charts of lines and maps are drawn for ordinary and for odd data, in both kinds of file.

use super::tests::assert_chart_drawn;
use super::*;

fn axis(title: &str, scale: AxisScale, unit: Unit) -> Axis {
    Axis { title: title.to_owned(), scale, unit }
}

fn logarithmic(title: &str, unit: Unit) -> Axis {
    axis(title, AxisScale::Logarithmic, unit)
}

/// Values from `low` to `high`, evenly spaced on a logarithmic scale.
fn spaced(low: f64, high: f64, count: u32) -> Vec<f64> {
    let part = |index: u32| f64::from(index) / f64::from(count.max(2) - 1);
    (0..count).map(|index| low * (high / low).powf(part(index))).collect()
}

/// A month's requests.
fn volumes() -> Vec<f64> {
    spaced(1e4, 1e7, 25)
}

fn line(name: &str, index: usize, points: &[f64], y: impl Fn(f64) -> f64, solid_to: f64) -> Line {
    let point = |&x: &f64| {
        let (y, half) = (y(x), 0.06 + 2.0 / x.max(1.0).sqrt());
        LinePoint { x, y, low: Some(y * (1.0 - half)), high: Some(y * (1.0 + half)), solid: x <= solid_to }
    };
    Line { name: name.to_owned(), index, points: points.iter().map(point).collect(), ..Line::default() }
}

fn crossing(x: f64, y: f64, label: &str) -> CrossingMark {
    CrossingMark { x, y, low: Some(x * 0.9), high: Some(x * 1.12), label: label.to_owned() }
}

fn per_request(volume: f64) -> f64 {
    volume * 0.002
}

fn instances(volume: f64) -> f64 {
    2_880.0 * (volume / 1.3e6).ceil()
}

/// Three fleets, what the formula says of two of them, and where they cross.
fn cost_chart() -> LineChart {
    let thin = |line: Line| Line { thin: true, ..line };
    let staircase = Line { steps: true, ..line("dedicated", 1, &volumes(), instances, f64::MAX) };
    let hybrid = |volume: f64| 1_500.0 + volume * 0.000_9;
    LineChart {
        name: "cost",
        title: "Cost a month, by volume".to_owned(),
        subtitle: "Variable API: mean of 10 replications and its 95% interval; logarithmic".to_owned(),
        x: logarithmic("requests a month", Unit::Count),
        panels: vec![LinePanel {
            y: logarithmic("US dollars a month of 720 hours, logarithmic", Unit::Dollars),
            lines: vec![
                line("serverless", 0, &volumes(), |volume| 40.0 + per_request(volume) * 1.12, 3e6),
                staircase,
                line("hybrid", 2, &volumes(), hybrid, f64::MAX),
                thin(line("serverless", 0, &volumes(), per_request, f64::MAX)),
                thin(line("dedicated", 1, &volumes(), |_| 2_880.0, f64::MAX)),
            ],
            limit: None,
            crossings: vec![
                crossing(0.9e6, 2_300.0, "0.90M/month"),
                crossing(2.3e6, 5_400.0, "2.31M/month"),
                crossing(4.1e6, 9_400.0, "4.12M/month"),
            ],
        }],
    }
}

fn latency_chart() -> LineChart {
    let panel = |name: &str, factor: f64, limit: Option<f64>| LinePanel {
        y: logarithmic(&format!("{name} of latency, logarithmic"), Unit::Seconds),
        lines: vec![
            line("serverless", 0, &volumes(), |volume| factor * (2.0 + 30.0 / (1.0 + volume / 2e5)), f64::MAX),
            line("dedicated", 1, &volumes(), |volume| factor * (2.0 + (volume / 2.5e6).powi(3)), 2e6),
            line("hybrid", 2, &volumes(), |volume| factor * (2.1 + 5.0 / (1.0 + volume / 1e5)), f64::MAX),
        ],
        limit: limit.map(|value| Limit { value, label: format!("objective: {name} within {value} s") }),
        crossings: Vec::new(),
    };
    LineChart {
        name: "latency",
        title: "Latency, by volume".to_owned(),
        subtitle: "Variable API".to_owned(),
        x: logarithmic("requests a month", Unit::Count),
        panels: vec![panel("p50", 1.0, None), panel("p95", 2.2, Some(15.0)), panel("p99", 4.0, None)],
    }
}

fn map(columns: u32, rows: u32) -> HeatMap {
    let x_values: Vec<f64> = (0..columns).map(|index| 0.05 + 0.9 * f64::from(index) / 11.0).collect();
    let y_values = spaced(1.0, 3_600.0, rows);
    let cells = (0..columns as usize).flat_map(|column| (0..rows as usize).map(move |row| (column, row)));
    let cell = |(column, row): (usize, usize)| {
        let edge = column as f64 / 11.0 + row as f64 / 40.0 - 0.6;
        let winner = match column + row {
            0 => None,
            _ if edge > 0.0 => Some(1),
            _ if row > 9 => Some(2),
            _ => Some(0),
        };
        let text = format!("{:.0}%", edge.abs() * 100.0);
        HeatCell { column, row, winner, strength: edge.abs() * 1.4, text, unsure: edge.abs() < 0.06 }
    };
    HeatMap {
        name: "matrix",
        title: "The cheapest fleet that meets the objective".to_owned(),
        subtitle: "Variable API: by how much it is cheaper than the next one".to_owned(),
        x: axis("utilisation of a dedicated instance", AxisScale::Linear, Unit::Share),
        y: logarithmic("request duration, logarithmic", Unit::Seconds),
        cells: cells.map(cell).collect(),
        x_values,
        y_values,
        fleets: ["serverless", "dedicated", "hybrid"].map(str::to_owned).to_vec(),
        no_winner: "no fleet meets the objective".to_owned(),
        guides: vec![
            Guide { axis: GuideAxis::X, value: 0.3, label: "30%".to_owned() },
            Guide { axis: GuideAxis::X, value: 0.5, label: "50%".to_owned() },
            Guide { axis: GuideAxis::Y, value: 60.0, label: "1 min".to_owned() },
            Guide { axis: GuideAxis::Y, value: 600.0, label: "10 min".to_owned() },
        ],
        quadrants: Quadrants {
            upper_left: "consider both".to_owned(),
            upper_right: "dedicated".to_owned(),
            lower_left: "serverless".to_owned(),
            lower_right: "dedicated, scheduled".to_owned(),
        },
    }
}

fn names(svg: &str, names: &[&str]) {
    for name in names {
        assert!(svg.contains(&format!("\n{name}\n")), "{name} is not in the chart");
    }
}

/// Draws a chart in both kinds of file; returns the SVG.
fn drawn(chart: &impl Chart) -> String {
    let folder = tempfile::tempdir().unwrap();
    save(chart, folder.path()).unwrap();
    let svg = assert_chart_drawn(folder.path(), chart.name());
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "what is not a number is written");
    svg
}

/// A cost chart of these lines only.
fn chart_of(lines: Vec<Line>) -> LineChart {
    let mut chart = cost_chart();
    chart.panels[0].lines = lines;
    chart.panels[0].crossings.clear();
    chart
}

/// How many shapes of a kind are drawn.
fn count(svg: &str, shape: &str) -> usize {
    svg.matches(shape).count()
}

#[test]
fn a_chart_of_lines_names_its_fleets_its_axes_and_its_crossings() {
    let svg = drawn(&cost_chart());
    names(&svg, &["serverless", "dedicated", "hybrid", "dotted: misses the objective", "thin: by the formula"]);
    names(&svg, &["requests a month", "10k", "1M", "$1k", "0.90M/month", "2.31M/month", "4.12M/month"]);
    assert_eq!(svg, super::svg(&cost_chart()).unwrap(), "the same bytes every time");
}

#[test]
fn the_legend_tells_only_what_is_drawn() {
    let only = line("only", 0, &volumes(), per_request, f64::MAX);
    let svg = drawn(&chart_of(vec![only.clone()]));
    names(&svg, &["only"]);
    assert!(!svg.contains("dotted") && !svg.contains("thin") && !svg.contains("crossing"));
    let formula = Line { thin: true, ..line("of the same fleet", 0, &volumes(), per_request, 0.0) };
    let svg = drawn(&chart_of(vec![only, formula]));
    names(&svg, &["only", "thin: by the formula"]);
    assert!(!svg.contains("dotted") && !svg.contains("of the same fleet"));
}

#[test]
fn panels_share_their_horizontal_axis_and_have_their_own_objectives() {
    let svg = drawn(&latency_chart());
    names(&svg, &["p50 of latency, logarithmic", "p99 of latency, logarithmic", "objective: p95 within 15 s"]);
    assert_eq!(count(&svg, "\n100k\n"), 1, "volumes are written once");
    assert_eq!(count(&svg, "\n10 s\n"), 3, "latencies at every panel");
}

#[test]
fn a_line_that_misses_the_objective_is_drawn_in_dots() {
    let pieces =
        |solid_to: f64| count(&drawn(&chart_of(vec![line("a", 0, &volumes(), per_request, solid_to)])), "<polyline");
    assert!(pieces(0.0) > pieces(f64::MAX) + 50);
}

#[test]
fn one_point_no_points_equal_values_and_zeros_are_drawn() {
    drawn(&chart_of(vec![line("one", 0, &[1e5], per_request, f64::MAX)]));
    drawn(&chart_of(vec![line("equal", 0, &volumes(), |_| 7.0, f64::MAX)]));
    let mut linear = chart_of(vec![line("zeros", 0, &volumes(), |_| 0.0, f64::MAX)]);
    linear.panels[0].y.scale = AxisScale::Linear;
    drawn(&linear);
    for nothing in
        [Vec::new(), vec![line("none", 0, &[], per_request, 0.0)], vec![line("zeros", 0, &volumes(), |_| 0.0, 0.0)]]
    {
        let svg = drawn(&chart_of(nothing));
        names(&svg, &["There is nothing to draw."]);
    }
    let panels = Vec::new();
    names(&drawn(&LineChart { panels, ..cost_chart() }), &["There is nothing to draw."]);
}

#[test]
fn a_panel_without_data_says_so_beside_others_that_have_some() {
    let mut chart = latency_chart();
    chart.panels[2].lines.clear();
    let svg = drawn(&chart);
    assert_eq!(count(&svg, "There is nothing to draw."), 1);
    names(&svg, &["requests a month", "p99 of latency, logarithmic"]);
}

#[test]
fn values_without_a_place_interrupt_a_line_and_its_interval() {
    let odd = |at: usize, value: f64| {
        let mut odd = line("odd", 0, &volumes(), per_request, f64::MAX);
        odd.points[at].y = value;
        odd.points[20].low = Some(0.0);
        odd.points[21].high = Some(f64::INFINITY);
        odd.points[22].x = -1.0;
        drawn(&chart_of(vec![odd]))
    };
    let svg = odd(10, 0.0);
    assert_eq!(svg, odd(10, f64::NAN));
    assert_eq!(svg, odd(10, f64::NEG_INFINITY));
    assert_ne!(svg, odd(10, 90.0));
}

#[test]
fn twelve_fleets_with_long_names_and_markup_are_drawn() {
    let fleet = |index: usize| {
        let name = format!("<fleet> & {index} {}", "of many words ".repeat(if index == 3 { 30 } else { 0 }));
        line(&name, index, &volumes(), |volume| (index as f64 + 1.0) * volume.sqrt(), 1e6)
    };
    let svg = drawn(&chart_of((0..12).map(fleet).collect()));
    for index in 0..12 {
        assert!(svg.contains(&format!("&lt;fleet&gt; &amp; {index} ")), "fleet {index} is not named");
    }
}

#[test]
fn twenty_crossings_are_numbered_and_listed_under_the_plot() {
    let mut chart = cost_chart();
    let volume = |index: u32| 5e5 * 1.15_f64.powi(index as i32);
    let label = |index: u32| format!("serverless/dedicated {index}M");
    chart.panels[0].crossings =
        (0..20).map(|index| crossing(volume(index), per_request(volume(index)), &label(index))).collect();
    let svg = drawn(&chart);
    assert!(chart.size().1 > cost_chart().size().1, "the list has room");
    assert_eq!(count(&svg, "\n20\n"), 2, "the last is numbered in the plot and in the list");
    (0..20).for_each(|index| names(&svg, &[&label(index)]));
}

#[test]
fn values_that_are_not_numbers_are_told_by_their_labels() {
    let labels = ["newest", "oldest", "a name that goes on and on and on and on and on and on"];
    let mut chart = chart_of(vec![line("a", 0, &[0.0, 1.0, 2.0, 3.0], |x| 5.0 + x, f64::MAX)]);
    chart.x.scale = AxisScale::Labels(labels.map(str::to_owned).to_vec());
    let svg = drawn(&chart);
    names(&svg, &labels[..2]);
    assert!(svg.contains("a name that goes on"));
}

#[test]
fn a_map_names_its_fleets_its_guides_and_its_quadrants() {
    let svg = drawn(&map(12, 12));
    names(&svg, &["serverless", "dedicated", "hybrid", "– no fleet meets the objective", "~ not significant"]);
    names(&svg, &["30%", "50%", "1 min", "10 min", "consider both", "dedicated, scheduled"]);
    names(&svg, &["5%", "13.2%", "1 s", "1 h", "~5%"]);
}

#[test]
fn a_map_of_small_cells_keeps_its_markers_and_leaves_out_texts() {
    let svg = drawn(&map(60, 60));
    assert!(!svg.contains("\n~5%\n"), "no cell has room");
    let markers = |map: &HeatMap| count(&super::svg(map).unwrap(), "<polygon");
    assert!(markers(&map(60, 60)) > 1_000);
}

#[test]
fn odd_maps_are_drawn() {
    drawn(&map(1, 1));
    drawn(&map(1, 12));
    let mut equal = map(3, 3);
    equal.x_values = vec![0.5; 3];
    equal.y_values = vec![0.0, -1.0, f64::NAN];
    equal.cells.push(HeatCell { column: 9, row: usize::MAX, ..HeatCell::default() });
    equal.cells[4].strength = f64::NAN;
    equal.cells[5].winner = Some(1_000);
    equal.fleets = vec!["a fleet of many words ".repeat(30); 12];
    equal.guides[0].label = "a guide of many words ".repeat(30);
    equal.guides[2].value = 1e9;
    equal.quadrants.upper_left = "a quadrant of many words ".repeat(30);
    drawn(&equal);
    let cells = Vec::new();
    names(&drawn(&HeatMap { cells, ..map(3, 3) }), &["There is nothing to draw."]);
    names(&drawn(&map(0, 0)), &["There is nothing to draw."]);
}
