//! What is wrong with a pattern file, shown in the file.

use std::fmt::Write as _;
use std::io::IsTerminal;
use std::ops::Range;

use ariadne::{CharSet, Config, IndexType, Label, Report, ReportKind, Source};
use relscan::{PatternError, PatternErrors};

/// A line longer than this is not shown: it would bury the message.
const MAX_LINE_BYTES: usize = 500;
/// More lines than these are cut to the first of them.
const MAX_LINES: usize = 12;

/// So many errors are shown.
const MAX_SHOWN: usize = 50;

/// The first errors with the lines of `text`, the file, that they are in; then how many there are.
pub(crate) fn render(errors: &PatternErrors, text: &str) -> String {
    let origin = errors.origin().unwrap_or("patterns");
    let in_colour = crate::output::takes_colour(std::io::stderr().is_terminal());
    let mut message = String::new();
    let source = Source::from(text);
    for error in errors.errors().iter().take(MAX_SHOWN) {
        let shown = excerpt(error, text).and_then(|span| show(error, origin, &source, span, in_colour));
        message.push_str(&shown.unwrap_or_else(|| plain(error, origin)));
    }
    let count = errors.errors().len();
    let _ = write!(message, "error: {origin} has {count} error{}", if count == 1 { "" } else { "s" });
    if count > MAX_SHOWN {
        let _ = write!(message, "; the first {MAX_SHOWN} are shown");
    }
    message
}

/// The bytes to point at, if the lines they are in can be shown.
fn excerpt(error: &PatternError, text: &str) -> Option<Range<usize>> {
    let Range { start, end } = error.location()?.span;
    let mut line_start = text.get(..start)?.rfind('\n').map_or(0, |feed| feed + 1);
    let mut shown_end = start;
    for line in text[line_start..].split_inclusive('\n').take(MAX_LINES) {
        if line.len() > MAX_LINE_BYTES {
            return None;
        }
        shown_end = start.max(line_start + line.trim_end().len());
        if end <= shown_end {
            return Some(start..end);
        }
        line_start += line.len();
    }
    Some(start..shown_end)
}

fn show(
    error: &PatternError,
    origin: &str,
    source: &Source<&str>,
    span: Range<usize>,
    in_colour: bool,
) -> Option<String> {
    let config = Config::new().with_index_type(IndexType::Byte).with_color(in_colour).with_char_set(CharSet::Unicode);
    let kind = error.kind().to_string();
    let report = Report::build(ReportKind::Error, (origin, span.clone()))
        .with_config(config)
        .with_message(headline(error))
        .with_label(Label::new((origin, span)).with_message(&kind))
        .with_help(error.remedy())
        .finish();
    let mut shown = Vec::new();
    report.write((origin, source), &mut shown).ok()?;
    String::from_utf8(shown).ok()
}

/// Which pattern it is about.
fn headline(error: &PatternError) -> String {
    match (error.pattern(), error.index()) {
        (Some(name), _) => format!("pattern `{name}`"),
        (None, Some(index)) => format!("pattern {}", index + 1),
        (None, None) => "pattern file".to_owned(),
    }
}

fn plain(error: &PatternError, origin: &str) -> String {
    let place = error.location().map_or(String::new(), |at| format!(":{}:{}", at.line, at.column));
    format!("Error: {origin}{place}: {error}\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use relscan::PatternSet;

    use super::*;

    const FILE: &str = include_str!("../../../tests/cmd/wrong.toml");

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        /// However a file is spoilt, every error is shown, or at least said.
        #[test]
        fn spoilt_files(
            edits in prop::collection::vec((any::<prop::sample::Index>(), 0..12_usize, "[\"'\\[\\]=(){}\\\\#é汉\t\r\n\u{85}]{0,3}|[a-z ]{600}|\\PC"), 0..6)
        ) {
            let mut text = FILE.to_owned();
            for (at, removed, added) in edits {
                let start = text.floor_char_boundary(at.index(text.len() + 1));
                let end = text.ceil_char_boundary((start + removed).min(text.len()));
                text.replace_range(start..end, &added);
            }
            if let Err(errors) = PatternSet::parse("spoilt.toml", &text) {
                let shown = render(&errors, &text);
                prop_assert_eq!(shown.matches("Error: ").count(), errors.errors().len().min(MAX_SHOWN), "{}", shown);
                prop_assert!(shown.contains("spoilt.toml has "));
            }
        }
    }
}
