#![doc = include_str!("../README.md")]
#![deny(clippy::print_stdout, clippy::print_stderr, clippy::exit, clippy::dbg_macro)]

mod argument;
mod batch;
mod error;
mod extract;
pub mod graph;
#[cfg(feature = "io")]
pub mod io;
pub mod language;
mod pattern;
mod rule;
mod scan;
mod text;

pub use batch::{
    AsDocument, Batch, BatchError, CancelToken, Collected, DocumentError, Failure, Mode, Outcome, ParallelSink, Piece,
    Progress, Reason, Recording, Replay, Report, Tally, Threshold, Workers, replay,
};
pub use error::BuildError;
pub use extract::{
    Association, Associations, Document, Engine, ExampleFailure, Extractor, ExtractorBuilder, Iter, OwnedAssociation,
    Sink, SinkFn, Span, SpanOf, UnknownEngine, sink_fn,
};
pub use pattern::{
    ArgumentMode, Direction, Example, Field, Group, InvalidName, Lists, Location, Matcher, Pattern, PatternError,
    PatternErrorKind, PatternErrors, PatternId, PatternSet, Reach, RelationType,
};
pub use rule::{Polarity, Rule};
pub use text::{clean_text, extract_words, word_overlap};

/// Doors for the fuzz targets to rooms that are not public.
#[cfg(fuzzing)]
#[doc(hidden)]
#[allow(missing_docs)]
pub mod fuzzing {
    use std::ops::Range;

    /// Where `needles` occur in `text`, as each kernel of this CPU finds them: start and number, in order. `None` if the
    /// needles do not suit the search.
    pub fn scan(needles: &[Box<[u8]>], text: &[u8]) -> Option<Vec<(&'static str, Vec<(usize, usize)>)>> {
        use crate::scan::literal::{Instructions, Literals, Scratch, Unfit};
        let mut found = Vec::new();
        for instructions in Instructions::ALL {
            let literals = match Literals::new(needles, instructions) {
                Err(Unfit::Cpu) => continue,
                literals => literals.ok()?,
            };
            let mut here = Vec::new();
            let mut last = 0;
            let flow = literals.scan_all(text, &mut Scratch::default(), &mut |hits, searched| {
                assert!(hits.iter().all(|hit| hit.line.end >= last));
                last = searched;
                for hit in hits {
                    let line = hit.line;
                    assert!(
                        (line.start..line.end).contains(&hit.start) && !text[line.start..line.end].contains(&b'\n')
                    );
                    assert!(line.start == 0 || text[line.start - 1] == b'\n');
                    assert!(line.end == text.len() || text[line.end] == b'\n');
                    assert_eq!(line.feeds, text[..line.start].iter().filter(|byte| **byte == b'\n').count());
                    here.push((hit.start, hit.needle as usize));
                }
                std::ops::ControlFlow::Continue(())
            });
            assert!(flow.is_continue());
            here.sort_unstable();
            found.push((literals.name(), here));
        }
        Some(found)
    }

    /// The `spans` of `text` in lower case by each kernel of this CPU, those within `ahead` lowered together; `None` where
    /// one is long or other characters than ASCII change.
    pub fn lower_short(text: &str, ahead: Range<usize>, spans: &[Range<usize>]) -> Vec<Vec<Option<String>>> {
        use crate::scan::literal::{Buffer, Instructions, Literals};
        let needles = [b"a".as_slice().into()];
        let literals =
            Instructions::ALL.into_iter().filter_map(|instructions| Literals::new(&needles, instructions).ok());
        let lower = |literals: Literals| {
            let mut buffer = Buffer::default();
            literals.hold(&mut buffer, text, ahead.clone());
            let lower = |span: &Range<usize>| {
                let held = literals.lower(&mut buffer, text, span.clone());
                held.map(|held| held.get(span.clone()).to_owned())
            };
            spans.iter().map(lower).collect()
        };
        literals.map(lower).collect()
    }

    /// The ids of `texts`, by each way to compute them that this CPU has; the last one is the `md-5` crate.
    pub fn ids(texts: &[&[u8]]) -> Vec<Vec<u64>> {
        use crate::scan::literal::md5::Hasher;
        Hasher::available().into_iter().map(|hasher| hasher.ids(texts.iter().copied())).collect()
    }

    /// Takes the text out of `markup`, Markdown or HTML, and asserts that every character of it leads back.
    #[cfg(all(feature = "markdown", feature = "html"))]
    pub fn markup(markup: &str, is_html: bool, is_xml: bool, with_code: bool) {
        crate::io::extracted::check_markup(markup, is_html, is_xml, with_code);
    }

    /// The lowered text, and for each of its bytes the original bytes it stands for.
    pub fn lower(text: &str) -> (String, Vec<Range<usize>>) {
        let arena = bumpalo::Bump::new();
        let lowered = crate::text::lower_in(&arena, text);
        let spans = (0..lowered.text.len()).map(|at| lowered.map.original(&(at..at + 1)));
        (lowered.text.to_owned(), spans.collect())
    }
}
