//! A chart on the page: its own drawing, inlined, with what each area says, and its data for the script.

use std::fmt::Write as _;

use crate::report::Error;
use crate::report::chart::SpotData;

use super::escape::{escape, json_in_script};
use super::page::Figure;

/// Bytes of data beyond which a chart has none: the page is to stay small.
const MOST_DATA: usize = 300_000;

/// The figure, `svg` being the text of its file.
pub(super) fn html(figure: &Figure, svg: &str) -> Result<String, Error> {
    let mut html = format!("<figure class=\"chart\" id=\"chart-{}\">\n", escape(&figure.name));
    let drawing = inline(svg, &figure.alt, &spots(figure));
    let _ = writeln!(html, "<div class=\"scroll\" tabindex=\"0\">{drawing}</div>");
    if !figure.data.plots.is_empty() {
        let json = json_in_script(&serde_json::to_string(&figure.data)?);
        if json.len() <= MOST_DATA {
            let _ = writeln!(html, "<script type=\"application/json\">{json}</script>");
        }
    }
    html.push_str("</figure>\n");
    Ok(html)
}

/// An SVG file within HTML: no declaration, no name space, as wide as its place, and told to those who do not see it.
fn inline(svg: &str, alt: &str, spots: &str) -> String {
    let begin = svg.find("<svg").unwrap_or(0);
    let body = &svg[begin..];
    let label = format!("<svg role=\"img\" aria-label=\"{}\" ", escape(alt));
    let body = body.replacen("<svg ", &label, 1).replacen(" xmlns=\"http://www.w3.org/2000/svg\"", "", 1);
    match body.rfind("</svg>") {
        Some(end) => format!("{}{spots}</svg>", &body[..end]),
        None => body,
    }
}

/// Areas that say something when the pointer rests on them, without a script.
fn spots(figure: &Figure) -> String {
    let fine = figure.data.fine;
    let mut svg = String::new();
    for SpotData { rect: [left, top, right, bottom], text } in &figure.data.spots {
        let [x, y, width, height] =
            [*left, *top, right - left, bottom - top].map(|length| (length * fine * 10.0).round() / 10.0);
        let _ = write!(
            svg,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"#fff\" \
             fill-opacity=\"0\"><title>{}</title></rect>",
            escape(text)
        );
    }
    svg
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::chart::ChartData;

    const FILE: &str = "<?xml version=\"1.0\"?>\n<svg width=\"9\" viewBox=\"0 0 36 36\" xmlns=\"http://www.w3.org/2000/svg\">\n\
                        <path/></svg>\n";

    #[test]
    fn a_drawing_loses_what_html_does_not_need_and_gains_what_its_areas_say() {
        let spot = SpotData { rect: [1.0, 2.0, 3.0, 5.0], text: "<b>: $5".to_owned() };
        let figure = Figure {
            name: "cost".to_owned(),
            alt: "\"costs\"".to_owned(),
            data: ChartData { fine: 4.0, spots: vec![spot], ..ChartData::default() },
        };
        let html = html(&figure, FILE).unwrap();
        assert!(!html.contains("http") && !html.contains("<?xml"), "{html}");
        assert!(html.contains("<svg role=\"img\" aria-label=\"&quot;costs&quot;\" width=\"9\""), "{html}");
        let area = "<rect x=\"4\" y=\"8\" width=\"8\" height=\"12\" fill=\"#fff\" fill-opacity=\"0\"><title>&lt;b&gt;: $5</title>";
        assert!(html.contains(area), "{html}");
    }
}
