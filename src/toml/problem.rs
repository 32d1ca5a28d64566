//! Mistakes in a scenario, all of them at once, each with its place and its mend.

use std::fmt;
use std::ops::Range;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, Severity, SourceCode};

use textwrap::{WordSeparator, WordSplitter};

use super::place::{Place, SourceText};

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The path as the user gave it, or the flag that the mistake is in.
    pub file: String,
    /// From 1; `None` for a mistake of the whole file.
    pub line: Option<usize>,
    /// In characters, from 1.
    pub column: Option<usize>,
    /// The bytes at fault.
    pub span: Option<Range<usize>>,
    pub found: String,
    pub expected: String,
    /// What to write instead.
    pub mend: String,
    source: usize,
}

/// All mistakes of a scenario, in the order of the file, then those of the overrides. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems {
    list: Vec<Problem>,
    sources: Vec<SourceText>,
}

/// A mistake as the reading functions find it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub place: Option<Place>,
    pub found: String,
    pub expected: String,
    pub mend: String,
}

impl Problems {
    /// No more than this many are told: each costs a look at the whole text, and nobody mends more at once.
    pub const MOST: usize = 1_000;

    pub(crate) fn new(mut findings: Vec<Finding>, sources: Vec<SourceText>) -> Problems {
        findings.sort_by_key(|finding| finding.place);
        // A value that several fleets are made with is read once for each.
        findings.dedup();
        findings.truncate(Problems::MOST);
        let list = findings.into_iter().map(|finding| Problem::new(finding, &sources)).collect();
        Problems { list, sources }
    }

    #[must_use]
    pub fn list(&self) -> &[Problem] {
        &self.list
    }

    /// Each of them with the offending text underlined, 80 columns wide.
    #[must_use]
    pub fn excerpts(&self, colour: bool) -> Vec<String> {
        let excerpt = |problem: &Problem| {
            let label = problem.span.clone().map(|span| (problem.source, span));
            let message = format!("found {}, expected {}", problem.found, problem.expected);
            let mut text = String::new();
            Excerpt::new(Severity::Error, message, Some(problem.mend.clone()), label, &self.sources)
                .render(colour, &mut text);
            text
        };
        self.list.iter().map(excerpt).collect()
    }

    /// What messages call the scenario file.
    #[must_use]
    pub fn file(&self) -> &str {
        self.sources.first().map_or("", |source| &source.name)
    }

    /// All of them with the offending text underlined, 80 columns wide, and a last line that counts them.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        let mut text = self.excerpts(colour).concat();
        let count = match self.list.len() {
            1 => "1 mistake".to_owned(),
            count => format!("{count} mistakes"),
        };
        text.push_str(&format!("{count} in {}; nothing was run\n", self.file()));
        text
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Problems {}

impl Problem {
    fn new(finding: Finding, sources: &[SourceText]) -> Problem {
        let source = finding.place.map_or(0, |place| place.source);
        let position = finding.place.map(|place| sources[source].line_and_column(place.start));
        Problem {
            file: sources[source].name.clone(),
            line: position.map(|(line, _)| line),
            column: position.map(|(_, column)| column),
            span: finding.place.map(|place| place.start..place.end),
            found: finding.found,
            expected: finding.expected,
            mend: finding.mend,
            source,
        }
    }
}

/// A message with the text that it is about.
#[derive(Debug)]
pub(crate) struct Excerpt {
    severity: Severity,
    message: String,
    help: Option<String>,
    /// The text, and the range of it that is underlined.
    text: Option<(NamedSource<String>, Range<usize>)>,
}

impl Excerpt {
    pub fn new(
        severity: Severity,
        message: String,
        help: Option<String>,
        label: Option<(usize, Range<usize>)>,
        sources: &[SourceText],
    ) -> Excerpt {
        let text = label.map(|(source, range)| {
            let source = &sources[source];
            (NamedSource::new(&source.name, source.text.clone()), range)
        });
        Excerpt { severity, message, help, text }
    }

    /// Appends the message as it is shown on a terminal, and a blank line.
    pub fn render(&self, colour: bool, out: &mut String) {
        const WIDTH: usize = 80;
        let theme = match colour {
            true => GraphicalTheme::unicode(),
            false => GraphicalTheme::unicode_nocolor(),
        };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(WIDTH)
            .with_break_words(false)
            // Only at spaces: `"$4/h"` and `--set` are to be copied.
            .with_word_separator(WordSeparator::AsciiSpace)
            .with_word_splitter(WordSplitter::NoHyphenation)
            .with_context_lines(1);
        let mut text = String::new();
        if handler.render_report(&mut text, self).is_err() {
            text.push_str(&self.message);
        }
        for line in text.trim_matches('\n').lines() {
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out.push('\n');
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Excerpt {}

impl Diagnostic for Excerpt {
    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.text.as_ref().map(|(source, _)| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (_, range) = self.text.as_ref()?;
        Some(Box::new(std::iter::once(LabeledSpan::underline(range.clone()))))
    }
}
