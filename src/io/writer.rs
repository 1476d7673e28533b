//! Records out: JSONL and TSV for programs, text for eyes.

use std::io::{self, Write};
use std::ops::{ControlFlow, Range};

use crate::{Association, ParallelSink, Sink, Span, SpanOf};

/// How records are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RecordFormat {
    /// A JSON object a line: `id`, `pattern`, `relation`, `source`, `target`, `confidence`, and the spans
    /// `source_span`, `trigger_span` and `target_span` as `[begin, end]`; where they are known also `source_head` and
    /// `target_head`, and where they are true `negated`, `hedged` and `pronoun`.
    #[default]
    Jsonl,
    /// Values between tabs, a record a line, under a line of names; tab, line feed, carriage return and backslash
    /// within a value are written `\t`, `\n`, `\r` and `\\`. The last value names what is true of `negated`, `hedged`
    /// and `pronoun`, with commas between.
    Tsv,
    /// For eyes: the line, with source, trigger and target marked in it.
    Text,
}

impl RecordFormat {
    /// The formats, and what the command line calls them.
    pub const ALL: [(RecordFormat, &'static str); 3] =
        [(RecordFormat::Jsonl, "jsonl"), (RecordFormat::Tsv, "tsv"), (RecordFormat::Text, "text")];

    /// What stands before the first record.
    #[must_use]
    pub fn header(self) -> &'static str {
        match self {
            RecordFormat::Tsv => {
                "id\tpattern\trelation\tsource\ttarget\tconfidence\tsource_begin\tsource_end\ttrigger_begin\ttrigger_end\ttarget_begin\ttarget_end\tsource_head\ttarget_head\tflags\n"
            }
            RecordFormat::Jsonl | RecordFormat::Text => "",
        }
    }
}

/// How the text format marks the parts of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Palette {
    /// With brackets: `[source] <trigger> {target}`.
    #[default]
    Plain,
    /// With the colours of a terminal: source green, trigger bold yellow, target cyan.
    Colour,
}

/// Writes each record to a [`Write`] as soon as it comes, without a buffer of its own.
#[derive(Debug)]
pub struct RecordWriter<W> {
    format: RecordFormat,
    palette: Palette,
    out: W,
    /// Buffers of parts that were merged.
    spare: Vec<Vec<u8>>,
}

impl<W: Write> RecordWriter<W> {
    /// A writer to `out`, without colours. It does not write the [header](RecordFormat::header) of the format.
    pub fn new(format: RecordFormat, out: W) -> Self {
        RecordWriter { format, palette: Palette::Plain, out, spare: Vec::new() }
    }

    /// Says how the text format marks the parts of a line.
    #[must_use]
    pub fn palette(mut self, palette: Palette) -> Self {
        self.palette = palette;
        self
    }

    /// What is written to.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.out
    }

    /// What was written to.
    pub fn into_inner(self) -> W {
        self.out
    }
}

impl<W: Write> Sink for RecordWriter<W> {
    type Error = io::Error;

    fn association(&mut self, association: &Association<'_>) -> io::Result<ControlFlow<()>> {
        match self.format {
            RecordFormat::Jsonl => {
                serde_json::to_writer(&mut self.out, association)?;
                self.out.write_all(b"\n")?;
            }
            RecordFormat::Tsv => write_tsv(&mut self.out, association)?,
            RecordFormat::Text => write_text(&mut self.out, association, self.palette)?,
        }
        Ok(ControlFlow::Continue(()))
    }
}

impl<W: Write> ParallelSink for RecordWriter<W> {
    type Part = RecordWriter<Vec<u8>>;

    fn part(&mut self) -> RecordWriter<Vec<u8>> {
        RecordWriter::new(self.format, self.spare.pop().unwrap_or_default()).palette(self.palette)
    }

    fn merge(&mut self, part: RecordWriter<Vec<u8>>) -> io::Result<ControlFlow<()>> {
        let mut records = part.out;
        self.out.write_all(&records)?;
        records.clear();
        self.spare.push(records);
        Ok(ControlFlow::Continue(()))
    }
}

fn write_tsv(out: &mut impl Write, association: &Association<'_>) -> io::Result<()> {
    let texts = [
        association.document(),
        association.pattern(),
        association.relation().as_str(),
        association.source(),
        association.target(),
    ];
    for text in texts {
        write_value(out, text)?;
        out.write_all(b"\t")?;
    }
    write!(out, "{}", association.confidence())?;
    for span in [association.source_span(), association.trigger_span(), association.target_span()] {
        write!(out, "\t{}\t{}", span.start, span.end)?;
    }
    for head in [association.source_head(), association.target_head()] {
        out.write_all(b"\t")?;
        write_value(out, head.unwrap_or_default())?;
    }
    out.write_all(b"\t")?;
    for (number, flag) in flags(association).enumerate() {
        write!(out, "{}{flag}", if number > 0 { "," } else { "" })?;
    }
    out.write_all(b"\n")
}

/// What is to be said of an association besides.
fn flags(association: &Association<'_>) -> impl Iterator<Item = &'static str> + use<> {
    let flags = [
        ("negated", association.negated()),
        ("hedged", association.hedged()),
        ("pronoun", association.pronoun()),
        ("span_of_text", association.span_of() == SpanOf::Text),
    ];
    flags.into_iter().filter(|(_, set)| *set).map(|(flag, _)| flag)
}

/// Writes `text` so that it is one value of a line.
fn write_value(out: &mut impl Write, text: &str) -> io::Result<()> {
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| b"\t\n\r\\".contains(byte)) {
        out.write_all(&rest[..at])?;
        out.write_all(match rest[at] {
            b'\t' => br"\t",
            b'\n' => br"\n",
            b'\r' => br"\r",
            _ => br"\\",
        })?;
        rest = &rest[at + 1..];
    }
    out.write_all(rest)
}

/// The parts of a line, the more telling first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Trigger,
    Source,
    Target,
}

/// So many bytes of a line are shown before and after the parts of an association.
const SURROUNDINGS: usize = 100;

const RESET: &str = "\x1b[0m";
const DIM: &str = "\x1b[2m";

impl Part {
    const ALL: [Part; 3] = [Part::Trigger, Part::Source, Part::Target];

    fn colour(self) -> &'static str {
        match self {
            Part::Trigger => "\x1b[1;33m",
            Part::Source => "\x1b[32m",
            Part::Target => "\x1b[36m",
        }
    }

    fn brackets(self) -> (&'static str, &'static str) {
        match self {
            Part::Trigger => ("<", ">"),
            Part::Source => ("[", "]"),
            Part::Target => ("{", "}"),
        }
    }

    /// Where it is in the text that holds the line.
    fn span(self, association: &Association<'_>) -> Span {
        match self {
            Part::Trigger => association.spans.trigger,
            Part::Source => association.spans.source,
            Part::Target => association.spans.target,
        }
    }
}

fn write_text(out: &mut impl Write, association: &Association<'_>, palette: Palette) -> io::Result<()> {
    let (begin, end) = match palette {
        Palette::Plain => ("", ""),
        Palette::Colour => (DIM, RESET),
    };
    out.write_all(begin.as_bytes())?;
    write_harmless(out, association.document())?;
    if !association.is_of_line_document() {
        write!(out, ":{}", association.line())?;
    }
    write!(out, ": {}/{}", association.relation(), association.pattern())?;
    for flag in flags(association) {
        write!(out, ", {flag}")?;
    }
    write!(out, ":{end} ")?;
    let Some((offset, line)) = association.context() else {
        // An association that was kept has no line.
        write_harmless(out, association.source())?;
        out.write_all(b" -> ")?;
        write_harmless(out, association.target())?;
        return out.write_all(b"\n");
    };
    let parts = Part::ALL.map(|part| {
        let span = part.span(association);
        (part, span.start - offset, span.end - offset)
    });
    let mut cuts = [parts[0].1, parts[0].2, parts[1].1, parts[1].2, parts[2].1, parts[2].2, 0, 0];
    cuts[..6].sort_unstable();
    let shown = surroundings(line, cuts[0]..cuts[5]);
    cuts[6..].copy_from_slice(&[shown.start, shown.end]);
    cuts.sort_unstable();
    if shown.start > 0 {
        out.write_all("… ".as_bytes())?;
    }
    for pair in cuts.windows(2).filter(|pair| pair[0] < pair[1]) {
        let [start, end] = [pair[0], pair[1]];
        let text = &line[start..end];
        match palette {
            Palette::Colour => match parts.iter().find(|(_, from, to)| *from <= start && end <= *to) {
                Some((part, ..)) => {
                    out.write_all(part.colour().as_bytes())?;
                    write_harmless(out, text)?;
                    out.write_all(RESET.as_bytes())?;
                }
                None => write_harmless(out, text)?,
            },
            Palette::Plain => {
                for (part, ..) in parts.iter().filter(|(_, from, to)| *from == start && from < to) {
                    out.write_all(part.brackets().0.as_bytes())?;
                }
                write_harmless(out, text)?;
                for (part, ..) in parts.iter().filter(|(_, from, to)| *to == end && from < to) {
                    out.write_all(part.brackets().1.as_bytes())?;
                }
            }
        }
    }
    out.write_all(if shown.end < line.len() { " …\n" } else { "\n" }.as_bytes())
}

/// What is shown of a `line` with an association in `parts` of it: a line may be a whole book.
fn surroundings(line: &str, parts: Range<usize>) -> Range<usize> {
    let from = line.floor_char_boundary(parts.start.saturating_sub(SURROUNDINGS));
    let to = line.ceil_char_boundary(parts.end.saturating_add(SURROUNDINGS));
    // Whole words.
    let start = if from == 0 { 0 } else { line[from..parts.start].find(' ').map_or(from, |space| from + space + 1) };
    let end = if to == line.len() { to } else { line[parts.end..to].rfind(' ').map_or(to, |space| parts.end + space) };
    start..end
}

/// Writes `text` without the control characters that could make a terminal do things.
fn write_harmless(out: &mut impl Write, text: &str) -> io::Result<()> {
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_control() && c != '\t') {
        out.write_all(&rest.as_bytes()[..at])?;
        let control = rest[at..].chars().next().map_or(0, char::len_utf8);
        // The carriage return of a line end is left out, others are shown.
        if &rest[at..] != "\r" {
            out.write_all("\u{fffd}".as_bytes())?;
        }
        rest = &rest[at + control..];
    }
    out.write_all(rest.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::super::{Documents, Input, InputFormat};
    use super::*;
    use crate::{Direction, Extractor, Pattern, PatternSet, RelationType};

    /// What is written for `text`, one document called `-`.
    fn written(extractor: &Extractor, text: &'static str, format: RecordFormat, palette: Palette) -> String {
        let documents = Documents::new([Input::Stdin]).format(InputFormat::Text).stdin(text.as_bytes());
        let mut writer = RecordWriter::new(format, Vec::new()).palette(palette);
        let report = extractor.batch().stream(documents, &mut writer).unwrap();
        assert_eq!((report.documents, report.failed), (1, 0));
        String::from_utf8(writer.into_inner()).unwrap()
    }

    #[test]
    fn jsonl() {
        let found =
            written(&Extractor::seed(), "\n \"Ébène\"\t causes Δ causes B\r\n", RecordFormat::Jsonl, Palette::Plain);
        let want = concat!(
            r#"{"id":"-","pattern":"causes","relation":"causal","source":"\"ébène\"","target":"δ causes b","#,
            r#""confidence":0.8,"source_span":[2,11],"trigger_span":[13,19],"target_span":[20,31]}"#,
            "\n"
        );
        assert_eq!(found, want);
    }

    #[test]
    fn tsv_is_one_line_a_record() {
        let found = written(&Extractor::seed(), "a\tb \\ causes c\rd\u{85}e", RecordFormat::Tsv, Palette::Plain);
        let want = "-\tcauses\tcausal\ta\\tb \\\\\tc\\rd\u{85}e\t0.8\t0\t5\t6\t12\t13\t19\t\t\t\n";
        assert_eq!(found, want);
        assert_eq!(RecordFormat::Tsv.header().split('\t').count(), found.split('\t').count());
    }

    #[test]
    fn what_rules_tell_is_written() {
        let extractor = Extractor::builder().patterns(PatternSet::english()).negated(true).build().unwrap();
        let text = "Heavy rain does not cause floods.";
        let found = written(&extractor, text, RecordFormat::Tsv, Palette::Plain);
        assert!(
            found.starts_with("-\tbring-about\tcausal\theavy rain\tfloods\t")
                && found.ends_with("\train\tfloods\tnegated\n"),
            "{found}"
        );
        let found = written(&extractor, text, RecordFormat::Text, Palette::Plain);
        assert_eq!(found, "-:1: causal/bring-about, negated: [Heavy rain] <does not cause> {floods}.\n");
        let found = written(&extractor, text, RecordFormat::Jsonl, Palette::Plain);
        let end = r#""predicate":"cause","sentence":[0,33],"line":1,"negated":true}"#;
        assert!(
            found.contains(r#""source_head":"rain","target_head":"floods","#) && found.trim_end().ends_with(end),
            "{found}"
        );
    }

    #[test]
    fn text_marks_the_parts() {
        let found = written(&Extractor::seed(), "x\n Rain leads to Floods \r\n", RecordFormat::Text, Palette::Plain);
        assert_eq!(found, "-:2: causal/leads-to:  [Rain] <leads to> {Floods} \n");
        let found = written(&Extractor::seed(), "Rain leads to Floods", RecordFormat::Text, Palette::Colour);
        let want =
            "\x1b[2m-:1: causal/leads-to:\x1b[0m \x1b[32mRain\x1b[0m \x1b[1;33mleads to\x1b[0m \x1b[36mFloods\x1b[0m\n";
        assert_eq!(found, want);
    }

    #[test]
    fn of_a_long_line_what_stands_around_is_shown() {
        let prevents = Pattern::regex("prevents", RelationType::Causal, r"(\w+) prevents (\w+)");
        let extractor = Extractor::builder().patterns(PatternSet::new([prevents]).unwrap()).build().unwrap();
        // Whole words where there are any, and whole characters in any case.
        let cases = [("wörd ", " wörd", 30, 16), ("—", "—", 60, 34), ("a ", " a", 50, 50)];
        for (before, after, count, shown) in cases {
            let line: &'static str = format!("{}Salt prevents ice{}", before.repeat(count), after.repeat(count)).leak();
            let found = written(&extractor, line, RecordFormat::Text, Palette::Plain);
            let [left, right] = if shown < count { ["… ", " …"] } else { [""; 2] };
            let [before, after] = [before, after].map(|word| word.repeat(shown));
            let want = format!("-:1: causal/prevents: {left}{before}[Salt] <prevents> {{ice}}{after}{right}\n");
            assert_eq!(found, want);
        }
    }

    #[test]
    fn parts_within_parts_and_no_trigger() {
        let nested = Pattern::regex("nested", RelationType::Causal, r"(?<all>\w+(?<part>\w)) ends")
            .with_source("all")
            .with_target("part")
            .with_direction(Direction::Reversed);
        let bare = Pattern::regex("bare", RelationType::Causal, r"(\d+)(!)");
        let extractor = Extractor::builder().patterns(PatternSet::new([nested, bare]).unwrap()).build().unwrap();
        let found = written(&extractor, "It ends; 12!", RecordFormat::Text, Palette::Plain);
        assert_eq!(found, "-:1: causal/nested: <{I[t]} ends>; 12!\n-:1: causal/bare: It ends; [12]{!}\n");
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        let found = written(&Extractor::seed(), "a\x1b[31m\rb\u{9b} causes \tc", RecordFormat::Text, Palette::Plain);
        assert_eq!(found, "-:1: causal/causes: [a\u{fffd}[31m\u{fffd}b\u{fffd}] <causes> \t{c}\n");
    }
}
