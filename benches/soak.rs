//! A stream for hours: memory stays flat, nothing is lost, no thread is left. Linux only.
//!
//! `cargo bench --bench soak -- 50` streams 50 GB of generated documents (1 GB unless told) and fails if
//! - the associations found are not as many as the oracle counts,
//! - resident memory, on average over a GB, grows by more than 5% after the first GB, or at any time beyond 100 MB,
//! - a thread is left when the extractor is gone.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs;
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use relscan::{AsDocument, Document, Engine, Extractor, PatternSet, Workers, replay, sink_fn};

const GB: u64 = 1_000_000_000;

/// Bytes of a piece, at most: as a reader would, the generator cuts a large document at line ends.
const PIECE_BYTES: usize = 64 << 10;

/// Texts that nobody uses, by their capacity. The generator fills them again: what is measured is the batch, and not how
/// the allocator copes with texts of all sizes.
type Spare = Arc<Mutex<BTreeMap<usize, Vec<String>>>>;

/// A document, or a part of one.
struct Page {
    text: String,
    index: usize,
    offset: usize,
    line: usize,
    spare: Spare,
}

impl AsDocument for Page {
    fn as_document(&self) -> Document<'_> {
        Document::new(&self.text).with_id("generated").with_index(self.index).starting_at(self.offset, self.line)
    }
}

/// When the batch is done with a page, its text goes back to the generator.
impl Drop for Page {
    fn drop(&mut self) {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        if let Ok(mut spare) = self.spare.lock() {
            spare.entry(text.capacity()).or_default().push(text);
        }
    }
}

/// Makes documents of very different sizes out of the lines of a text.
struct Generator {
    lines: Vec<&'static str>,
    /// How many associations there are in the lines before each.
    before: Vec<u64>,
    /// The lines of the document that is being made, and where it has got to.
    rest: Range<usize>,
    offset: usize,
    line: usize,
    spare: Spare,
    state: u64,
    documents: usize,
    bytes: u64,
    associations: u64,
}

impl Generator {
    fn new() -> Self {
        let lines: Vec<&str> = include_str!("../examples/data/jargon.txt").lines().collect();
        let oracle =
            Extractor::builder().patterns(PatternSet::seed()).engine(Engine::Naive).build().expect("the seed compiles");
        let mut before = vec![0];
        for line in &lines {
            before.push(before[before.len() - 1] + oracle.extract(line).len() as u64);
        }
        Generator {
            lines,
            before,
            rest: 0..0,
            offset: 0,
            line: 1,
            spare: Spare::default(),
            state: 0x9e37_79b9_7f4a_7c15,
            documents: 0,
            bytes: 0,
            associations: 0,
        }
    }

    /// A number below `limit`, by xorshift.
    fn below(&mut self, limit: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state % limit as u64).unwrap_or(0)
    }

    /// An empty text with room for so many bytes.
    fn text(&self, bytes: usize) -> String {
        let capacity = bytes.next_power_of_two();
        let spare = self.spare.lock().ok().and_then(|mut spare| spare.get_mut(&capacity)?.pop());
        spare.unwrap_or_else(|| String::with_capacity(capacity))
    }

    /// The next page of the document, or the first of a new one.
    fn page(&mut self) -> Page {
        if self.rest.is_empty() {
            // Mostly a line or a page, now and then the whole text.
            let most = [1, 1, 5, 50, 500, self.lines.len()][self.below(6)];
            let count = 1 + self.below(most);
            let first = self.below(self.lines.len() - count + 1);
            self.rest = first..first + count;
            (self.offset, self.line) = (0, 1);
            self.documents += 1;
            self.associations += self.before[first + count] - self.before[first];
        }
        let (offset, line) = (self.offset, self.line);
        let mut bytes = 0;
        let fits = |line: &&&str| {
            bytes += line.len() + 1;
            bytes <= PIECE_BYTES
        };
        let lines = &self.lines[self.rest.clone()];
        let lines = &lines[..lines.iter().take_while(fits).count()];
        let bytes = lines.iter().map(|line| line.len() + 1).sum::<usize>();
        let mut text = self.text(bytes);
        for line in lines {
            text.push_str(line);
            text.push('\n');
        }
        self.rest.start += lines.len();
        self.line += lines.len();
        self.offset += text.len();
        self.bytes += text.len() as u64;
        Page { text, index: self.documents - 1, offset, line, spare: Arc::clone(&self.spare) }
    }
}

/// Resident memory in KB, or how many threads there are.
fn status(key: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix(key)).expect("Linux says so");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

fn main() {
    let gigabytes = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(1_u64);
    let threads = status("Threads:");
    let generator = RefCell::new(Generator::new());
    let pieces = std::iter::from_fn(|| {
        let mut generator = generator.borrow_mut();
        (generator.bytes < gigabytes * GB || !generator.rest.is_empty()).then(|| Ok::<_, Infallible>(generator.page()))
    });

    let begin = Instant::now();
    // Resident memory, looked at a hundred times a second: in this GB, and on average in each before.
    let (mut samples, mut averages, mut worst, mut next) = (Vec::new(), Vec::new(), 0, GB);
    let extractor = Extractor::seed();
    let mut batch = extractor.batch().workers(Workers::Exactly(2)).progress(|progress| {
        samples.push(status("VmRSS:"));
        if progress.bytes >= next {
            let average = samples.iter().sum::<u64>() / samples.len() as u64;
            let most = samples.iter().copied().max().unwrap_or(0);
            println!(
                "{:4} GB in {:6.1} s, {} documents, {} associations, {average} KB resident, {most} at most",
                progress.bytes / GB,
                begin.elapsed().as_secs_f64(),
                progress.documents,
                progress.associations
            );
            averages.push(average);
            worst = worst.max(most);
            samples.clear();
            next += GB;
        }
    });
    let mut last = 0;
    let mut sink = replay(sink_fn(|association| {
        assert!(association.document_index() >= last, "out of order");
        last = association.document_index();
    }));
    let report = batch.stream(pieces, &mut sink).unwrap_or_else(|error| match error.error {});
    drop(batch);
    drop(extractor);

    let generator = generator.into_inner();
    assert_eq!(report.failed, 0);
    assert_eq!((report.documents, report.bytes), (generator.documents as u64, generator.bytes));
    assert_eq!(report.associations, generator.associations, "the oracle counts otherwise");
    if let Some((first, others)) = averages.split_first() {
        let highest = others.iter().max().unwrap_or(first);
        assert!(highest * 100 <= first * 105, "memory grew from {first} KB to {highest} KB");
    }
    assert!(worst < 100_000, "{worst} KB are more than 100 MB");
    let begin = Instant::now();
    while status("Threads:") > threads {
        assert!(begin.elapsed() < Duration::from_secs(10), "threads are left");
        std::thread::sleep(Duration::from_millis(1));
    }
    println!(
        "{} bytes, {:.2} GB/s, {:.2} processors, {} KB resident at most, no thread left",
        report.bytes,
        report.bytes_per_second() / 1e9,
        report.processors_used(),
        worst
    );
}
