//! What every engine hands its associations to: added up when it is timed, kept when it is checked.

use std::convert::Infallible;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::ops::{ControlFlow, Range};

use relscan::{Association, ParallelSink, Sink};

/// An association as a peer found it. Spans are bytes of the original text, texts are lower-cased and stripped.
pub struct Match<'a> {
    pub pattern: u32,
    pub source: Range<usize>,
    pub trigger: Range<usize>,
    pub target: Range<usize>,
    pub source_text: &'a str,
    pub target_text: &'a str,
}

/// An association that was kept to be compared; its texts as hashes, since those of a long line are long.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Record {
    source: (usize, usize),
    pattern: u32,
    trigger: (usize, usize),
    target: (usize, usize),
    texts: (u64, u64),
}

/// Counts associations, with a sum over their places that does not depend on their order.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub count: u64,
    places: u64,
    /// Whether only spans are read, so that no argument has to be lowered.
    pub spans_only: bool,
    kept: Option<Vec<Record>>,
}

impl Tally {
    /// One that keeps what it is given.
    pub fn keeping() -> Self {
        Tally { kept: Some(Vec::new()), ..Tally::default() }
    }

    /// One that reads spans and no texts.
    pub fn of_spans() -> Self {
        Tally { spans_only: true, ..Tally::default() }
    }

    /// What was kept, in one order for all engines.
    pub fn into_records(self) -> Vec<Record> {
        let mut records = self.kept.unwrap_or_default();
        records.sort_unstable();
        records
    }

    /// The count and the sum, to be compared.
    pub fn sums(&self) -> (u64, u64) {
        (self.count, self.places)
    }

    #[inline]
    pub fn add(&mut self, found: &Match<'_>) {
        self.count += 1;
        let texts = found.source_text.len() + 3 * found.target_text.len();
        let places = found.source.start + 31 * found.trigger.end + 1_009 * found.target.end + 65_537 * texts;
        self.places = self.places.wrapping_add(places as u64 ^ u64::from(found.pattern));
        if self.kept.is_some() {
            self.keep(found);
        }
    }

    #[cold]
    fn keep(&mut self, found: &Match<'_>) {
        let hash = |text: &str| BuildHasherDefault::<DefaultHasher>::default().hash_one(text);
        let span = |range: &Range<usize>| (range.start, range.end);
        self.kept.get_or_insert_default().push(Record {
            source: span(&found.source),
            pattern: found.pattern,
            trigger: span(&found.trigger),
            target: span(&found.target),
            texts: (hash(found.source_text), hash(found.target_text)),
        });
    }
}

impl Sink for Tally {
    type Error = Infallible;

    fn reads_text(&self) -> bool {
        !self.spans_only
    }

    #[inline]
    fn association(&mut self, found: &Association<'_>) -> Result<ControlFlow<()>, Infallible> {
        self.add(&Match {
            pattern: u32::try_from(found.pattern_id().index()).unwrap_or(u32::MAX),
            source: found.source_span().range(),
            trigger: found.trigger_span().range(),
            target: found.target_span().range(),
            source_text: if self.spans_only { "" } else { found.source() },
            target_text: if self.spans_only { "" } else { found.target() },
        });
        Ok(ControlFlow::Continue(()))
    }
}

impl ParallelSink for Tally {
    type Part = Tally;

    fn part(&mut self) -> Tally {
        let kept = self.kept.as_ref().map(|_| Vec::new());
        Tally { kept, spans_only: self.spans_only, ..Tally::default() }
    }

    fn merge(&mut self, part: Tally) -> Result<ControlFlow<()>, Infallible> {
        self.count += part.count;
        self.places = self.places.wrapping_add(part.places);
        if let (Some(kept), Some(more)) = (&mut self.kept, part.kept) {
            kept.extend(more);
        }
        Ok(ControlFlow::Continue(()))
    }
}
