//! The page around its parts, in their order: the answer, what to beware of, charts, tables, what all of it rests on.

use std::fmt::Write as _;

use crate::report::Error;

use super::escape::{escape, with_links};
use super::figure;
use super::page::{Block, Page, Section};
use super::typeface;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// The page as HTML; `drawing` gives the text of the SVG file of a name.
pub(super) fn html(page: &Page, drawing: impl Fn(&str) -> Result<String, Error>) -> Result<String, Error> {
    let title = escape(&format!("{} – breakeven {}", page.title, page.of));
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <style>\n{}{STYLE}</style>\n</head>\n<body>\n<main>\n",
        typeface::faces()
    );
    head(&mut html, page);
    for of_page in &page.figures {
        html.push_str(&figure::html(of_page, &drawing(&of_page.name)?)?);
    }
    sections(&mut html, &page.sections);
    html.push_str(&page.assumptions.html(&page.version));
    let has_data = page.figures.iter().any(|figure| !figure.data.plots.is_empty());
    let script = if has_data { format!("<script>\n{SCRIPT}</script>\n") } else { String::new() };
    let _ = write!(html, "</main>\n{script}</body>\n</html>\n");
    Ok(html)
}

/// The answer first.
fn head(html: &mut String, page: &Page) {
    html.push_str("<header>\n");
    let mut answer = page.answer.iter();
    if let Some(first) = answer.next() {
        let _ = writeln!(html, "<h1>{}</h1>", escape(first));
    }
    for words in answer {
        let _ = writeln!(html, "<p class=\"answer\">{}</p>", escape(words));
    }
    let (title, of) = (escape(&page.title), escape(&page.of));
    let _ =
        writeln!(html, "<p class=\"about\"><strong>{title}</strong> · breakeven {of} · {}</p>", escape(&page.about));
    warnings(html, &page.warnings);
    html.push_str("</header>\n");
}

fn warnings(html: &mut String, warnings: &[String]) {
    if warnings.is_empty() {
        return;
    }
    html.push_str("<ul class=\"warnings\">\n");
    for warning in warnings {
        let _ = writeln!(html, "<li>{}</li>", with_links(warning));
    }
    html.push_str("</ul>\n");
}

fn sections(html: &mut String, sections: &[Section]) {
    for (index, section) in sections.iter().enumerate() {
        if !section.is_part {
            html.push_str(if index > 0 { "</section>\n<section>\n" } else { "<section>\n" });
        } else if index == 0 {
            html.push_str("<section>\n");
        }
        let level = if section.is_part { "h3" } else { "h2" };
        html.push_str("<div class=\"part\">\n");
        let _ = writeln!(html, "<{level}>{}</{level}>", escape(&section.title));
        section.blocks.iter().for_each(|of_section| block(html, of_section));
        html.push_str("</div>\n");
    }
    if !sections.is_empty() {
        html.push_str("</section>\n");
    }
}

fn block(html: &mut String, block: &Block) {
    let _ = match block {
        Block::Words(words) => writeln!(html, "<p>{}</p>", with_links(words)),
        Block::Note(words) => writeln!(html, "<p class=\"note\">{}</p>", with_links(words)),
        Block::Warning(words) => writeln!(html, "<ul class=\"warnings\"><li>{}</li></ul>", with_links(words)),
        Block::Table(table) => write!(html, "{}", table.html()),
        Block::Drawing(text) => writeln!(html, "<pre class=\"drawing\" tabindex=\"0\">{}</pre>", escape(text)),
    };
}
