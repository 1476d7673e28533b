//! Batches: when several threads pay, how much, and against the original worker.
//!
//! `cargo bench --bench batch [-- SECTION]`, where a section is `threshold`, `sizes`, `scaling`, `documents`, `cancel`
//! or `python`; `english` measures the English pack instead of the seed. Every figure is the least of many runs, taken in
//! turn with those that it is compared with, so that what else the machine does meets all alike; ratios are what counts.
//! Set `RELSCAN_CORPUS` to a text file to measure on it instead of the example text.

#![expect(clippy::cast_precision_loss, reason = "figures for eyes")]

use std::convert::Infallible;
use std::hint::black_box;
use std::ops::ControlFlow;
use std::process::Command;
use std::time::{Duration, Instant};

use relscan::{
    AsDocument, Association, Batch, CancelToken, Extractor, Outcome, ParallelSink, PatternSet, Piece, Sink, Threshold,
    Workers,
};

/// Adds up what it is sent, so that nothing but the batch is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    count: u64,
    checksum: u64,
}

impl Sink for Sum {
    type Error = Infallible;

    fn association(&mut self, a: &Association<'_>) -> Result<ControlFlow<()>, Infallible> {
        self.count += 1;
        let place = a.source_span().start + 31 * a.target_span().end + 1_009 * a.line() + 65_537 * a.document_index();
        self.checksum = self.checksum.wrapping_add(place as u64);
        Ok(ControlFlow::Continue(()))
    }
}

impl ParallelSink for Sum {
    type Part = Sum;

    fn part(&mut self) -> Sum {
        Sum::default()
    }

    fn merge(&mut self, part: Sum) -> Result<ControlFlow<()>, Infallible> {
        self.count += part.count;
        self.checksum = self.checksum.wrapping_add(part.checksum);
        Ok(ControlFlow::Continue(()))
    }
}

fn run<D: AsDocument + Sync>(mut batch: Batch<'_>, documents: &[D]) -> Sum {
    let mut sum = Sum::default();
    match batch.run(documents, &mut sum) {
        Ok(_) => sum,
        Err(error) => match error.error {},
    }
}

/// One document after another, without a batch.
fn one_by_one<D: AsDocument>(extractor: &Extractor, documents: &[D]) -> Sum {
    let mut sum = Sum::default();
    for (index, document) in documents.iter().enumerate() {
        let Ok(_) = extractor.extract_document(&document.as_document().with_index(index), &mut sum);
    }
    sum
}

fn sequential(extractor: &Extractor) -> Batch<'_> {
    extractor.batch().workers(Workers::Exactly(1))
}

/// By several threads, whatever the size.
fn parallel(extractor: &Extractor) -> Batch<'_> {
    extractor.batch().workers(Workers::Exactly(2)).parallel_threshold(Threshold::Bytes(0))
}

/// As by default, but for the load, which would stop it on a machine that is busy.
fn default(extractor: &Extractor) -> Batch<'_> {
    extractor.batch().workers(Workers::Exactly(2))
}

/// Runs `ways` in turn for `time`, and checks that they agree; the least seconds of each.
fn compare<T: PartialEq + std::fmt::Debug>(time: Duration, ways: &mut [&mut dyn FnMut() -> T]) -> Vec<f64> {
    let mut least = vec![f64::MAX; ways.len()];
    let begin = Instant::now();
    let mut rounds = 0;
    while rounds < 5 || begin.elapsed() < time {
        let mut first = None;
        for (way, least) in ways.iter_mut().zip(&mut least) {
            let begin = Instant::now();
            let result = black_box(way());
            *least = least.min(begin.elapsed().as_secs_f64());
            match &first {
                None => first = Some(result),
                Some(first) => assert_eq!(first, &result, "the ways differ"),
            }
        }
        rounds += 1;
    }
    least
}

/// What to measure, the text to measure on, and sentences of it.
struct Corpus {
    extractor: Extractor,
    text: String,
    concepts: Vec<String>,
}

impl Corpus {
    fn read(extractor: Extractor) -> Self {
        let text = std::env::var("RELSCAN_CORPUS").map_or_else(
            |_| include_str!("../examples/data/jargon.txt").to_owned(),
            |path| std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}")),
        );
        let sentences = text.lines().flat_map(|line| line.split_inclusive(". ")).map(str::trim);
        let concepts = sentences.filter(|sentence| (40..200).contains(&sentence.len())).map(str::to_owned).collect();
        Corpus { extractor, text, concepts }
    }

    /// So many concepts, from the beginning again when there are no more.
    fn concepts(&self, count: usize) -> Vec<&str> {
        self.concepts.iter().map(String::as_str).cycle().take(count).collect()
    }
}

fn bytes<D: AsDocument>(documents: &[D]) -> usize {
    documents.iter().map(|document| document.as_document().text().len()).sum()
}

/// From which size on several threads are faster.
fn threshold(corpus: &Corpus) {
    println!("\nWhen several threads pay (2 workers against 1, microseconds)");
    println!("document   batch      bytes |        1        2  ratio | default  ratio");
    let extractor = &corpus.extractor;
    let whole = corpus.concepts(200_000).join("\n");
    for size in [100, 1_000, 10_000, 100_000] {
        let mut crossover = None;
        for batch in [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000] {
            if batch * size > 20_000_000 {
                break;
            }
            let documents: Vec<&str> = lines_of(&whole, size).take(batch).collect();
            let mut sequential = || run(sequential(extractor), &documents);
            // Two by two: threads that look for more work when a batch is over would slow the next.
            let halves = [
                compare(
                    Duration::from_millis(75),
                    &mut [&mut sequential, &mut || run(parallel(extractor), &documents)],
                ),
                compare(Duration::from_millis(75), &mut [&mut sequential, &mut || run(default(extractor), &documents)]),
            ];
            let [[before, two], [again, by_default]] = halves.map(|times| [times[0], times[1]]);
            let bytes = bytes(&documents);
            if two < before {
                crossover.get_or_insert(bytes);
            } else {
                crossover = None;
            }
            println!(
                "{size:8} {:7} {bytes:10} | {:8.1} {:8.1} {:6.2} | {:7.1} {:6.2}",
                documents.len(),
                before * 1e6,
                two * 1e6,
                before / two,
                by_default * 1e6,
                again / by_default
            );
        }
        let default = default(extractor).collect::<&str>(&[]).report().threshold_bytes;
        println!("{size:8}: faster from {crossover:?} bytes on; the default is {default}");
    }
}

/// Pieces of about `size` bytes, each of whole lines, from the beginning again when there are no more.
fn lines_of(text: &str, size: usize) -> impl Iterator<Item = &str> {
    let mut start = 0;
    std::iter::repeat_with(move || {
        if start + size >= text.len() {
            start = 0;
        }
        let end = text.as_bytes()[start + size..].iter().position(|&byte| byte == b'\n');
        let end = end.map_or(text.len(), |at| start + size + at);
        let part = &text[start..end];
        start = (end + 1).min(text.len());
        part
    })
}

/// The batch sizes of the original's table.
fn sizes(corpus: &Corpus) {
    println!("\nThe original's batch sizes, concepts of about 100 bytes (nanoseconds a concept; ratio to one by one)");
    println!("concepts   | one by one | batch of 1 worker |   as by default");
    let extractor = &corpus.extractor;
    let ones = [1_usize, 2, 5].map(|count| (count, count));
    let ranges = [(1, 10), (10, 20), (20, 50), (50, 100), (100, 1_000), (1_000, 100_000)];
    for (from, to) in ones.into_iter().chain(ranges) {
        // Three sizes stand for a range.
        let sizes: &[usize] = if from == to { &[from] } else { &[from, from.midpoint(to), to] };
        let batches: Vec<Vec<&str>> = sizes.iter().map(|&count| corpus.concepts(count)).collect();
        let count: usize = batches.iter().map(Vec::len).sum();
        let ways: &mut [&mut dyn FnMut() -> Vec<Sum>] = &mut [
            &mut || batches.iter().map(|batch| one_by_one(extractor, batch)).collect(),
            &mut || batches.iter().map(|batch| run(sequential(extractor), batch)).collect(),
            &mut || batches.iter().map(|batch| run(extractor.batch(), batch)).collect(),
        ];
        let times = compare(Duration::from_millis(500), ways);
        let each = |time: f64| time * 1e9 / count as f64;
        println!(
            "{from:4}-{to:6}| {:10.0} | {:10.0} {:6.2} | {:10.0} {:6.2}",
            each(times[0]),
            each(times[1]),
            times[0] / times[1],
            each(times[2]),
            times[0] / times[2]
        );
    }
}

/// What a second thread gains, and what it can gain at most.
fn scaling(corpus: &Corpus) {
    println!("\nWhat a second thread gains (GB/s)");
    println!("text                         |       1       2  gain");
    let extractor = &corpus.extractor;
    let mut text = corpus.text.clone();
    while text.len() < 64 << 20 {
        text.push_str(&corpus.text);
    }
    let two = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("two threads");
    for (name, size) in [("2 MB in the cache", 2 << 20), ("1 MB 64 times", 1 << 20), ("64 MB in memory", 64 << 20)] {
        let size = (0..size).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        let text = &text[..size];
        // Documents of 32 KB; of those of the second, 64 times the same, all but the first time is in the cache.
        let bytes_wanted = if name.contains("times") { 64 << 20 } else { size };
        let documents: Vec<&str> = lines_of(text, 32 << 10).take(bytes_wanted / (32 << 10)).collect();
        let total = bytes(&documents);
        let rare = |text: &str| memchr::memchr_iter(0, text.as_bytes()).count();
        let (left, right) = documents.split_at(documents.len() / 2);
        let count = |part: &[&str]| part.iter().map(|text| rare(text)).sum::<usize>();
        let times = compare(
            Duration::from_secs(2),
            &mut [&mut || count(&documents), &mut || {
                let (left, right) = two.install(|| rayon::join(|| count(left), || count(right)));
                left + right
            }],
        );
        print_gain(&format!("memchr, {name}"), total, &times);
        let times = compare(
            Duration::from_secs(3),
            &mut [&mut || run(sequential(extractor), &documents), &mut || run(default(extractor), &documents)],
        );
        print_gain(&format!("documents, {name}"), total, &times);
        if name.contains("times") {
            continue;
        }
        let giant = [text];
        let times = compare(
            Duration::from_secs(3),
            &mut [&mut || run(sequential(extractor), &giant), &mut || run(default(extractor), &giant)],
        );
        print_gain(&format!("one document of {} MB", size >> 20), size, &times);
    }
}

fn print_gain(name: &str, bytes: usize, times: &[f64]) {
    let rate = |time: f64| bytes as f64 / time / 1e9;
    println!("{name:28} | {:7.2} {:7.2} {:5.2}", rate(times[0]), rate(times[1]), times[0] / times[1]);
}

/// What a small document costs.
fn documents(corpus: &Corpus) {
    println!("\nWhat a small document costs on one thread (nanoseconds)");
    println!("   bytes | one by one |   batch | its bytes as one text");
    let extractor = &corpus.extractor;
    let whole = corpus.concepts(100_000).join("\n");
    // Concepts are a line each; the others, of at least so many bytes, may be several.
    let concepts = [("concepts".to_owned(), corpus.concepts(40_000))];
    let sizes = [20, 100, 500, 2_000, 8_000].map(|size| {
        let documents: Vec<&str> = lines_of(&whole, size).take(4_000_000 / size).collect();
        (size.to_string(), documents)
    });
    for (size, documents) in concepts.into_iter().chain(sizes) {
        let joined = documents.join("\n");
        let ways: &mut [&mut dyn FnMut() -> u64] = &mut [
            &mut || one_by_one(extractor, &documents).count,
            &mut || run(sequential(extractor), &documents).count,
            &mut || one_by_one(extractor, &[&joined]).count,
        ];
        let times = compare(Duration::from_secs(1), ways);
        let each = |time: f64| time * 1e9 / documents.len() as f64;
        println!("{size:>8} | {:10.0} | {:7.0} | {:7.0}", each(times[0]), each(times[1]), each(times[2]));
    }
}

/// How long it takes to end after a cancel.
fn cancel(corpus: &Corpus) {
    println!("\nHow long a batch goes on after it was cancelled (milliseconds)");
    let extractor = &corpus.extractor;
    // What a reader takes to make a piece counts too, so pieces are small.
    let text = &corpus.text[..corpus.text.floor_char_boundary(400_000)];
    for workers in [1, 2] {
        let mut worst = Duration::ZERO;
        for round in 0..50_u32 {
            let token = CancelToken::new();
            let pieces = (0..).map(|index| Ok::<_, Infallible>(Piece::new("", index, text)));
            let (canceller, mut batch) =
                (token.clone(), extractor.batch().workers(Workers::Exactly(workers)).cancel(&token));
            let begin = Instant::now();
            let delay = Duration::from_millis(20) + Duration::from_micros(137) * round;
            let canceller = std::thread::spawn(move || {
                std::thread::sleep(delay);
                canceller.cancel();
                begin.elapsed()
            });
            let report = batch.stream(pieces, &mut Sum::default()).unwrap_or_else(|_| unreachable!());
            let end = begin.elapsed();
            assert_eq!(report.outcome, Outcome::Cancelled);
            worst = worst.max(end.saturating_sub(canceller.join().expect("it only sleeps")));
        }
        println!("{workers} workers: at worst {:.2}", worst.as_secs_f64() * 1e3);
    }
}

/// Against the original's worker.
fn python(corpus: &Corpus) {
    println!("\n984 concepts: concepts a second");
    let extractor = &corpus.extractor;
    let concepts = corpus.concepts(984);
    let file = std::env::temp_dir().join(format!("relscan-concepts-{}", std::process::id()));
    std::fs::write(&file, concepts.join("\n")).expect("the temporary folder takes a file");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/seed_worker.py");
    let output = Command::new("python3").arg(script).arg(&file).arg("10").output();
    let _ = std::fs::remove_file(&file);
    let times = compare(
        Duration::from_secs(2),
        &mut [&mut || run(sequential(extractor), &concepts), &mut || run(default(extractor), &concepts)],
    );
    let mut rows = vec![("relscan, 1 worker", times[0]), ("relscan, default, 2 workers", times[1])];
    match output {
        Ok(output) if output.status.success() => {
            let result: serde_json::Value = serde_json::from_slice(&output.stdout).expect("the script prints JSON");
            let count = run(sequential(extractor), &concepts).count;
            assert_eq!(result["associations"].as_u64(), Some(count), "the original finds something else");
            rows.insert(0, ("Python, one process", result["sequential"].as_f64().expect("a number")));
            rows.insert(1, ("Python, pool of two", result["pool"].as_f64().expect("a number")));
        }
        other => println!("no Python to compare with: {other:?}"),
    }
    for (name, time) in &rows {
        println!("{name:28} {:12.0} {:8.1} times", concepts.len() as f64 / time, rows[0].1 / time);
    }
}

type Section = fn(&Corpus);

fn main() {
    let mut wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let english = wanted.iter().position(|it| it == "english").map(|at| wanted.remove(at)).is_some();
    let pack = if english { PatternSet::english() } else { PatternSet::seed() };
    let corpus = Corpus::read(Extractor::builder().patterns(pack).build().expect("the packs compile"));
    let sections: [(&str, Section); 6] = [
        ("threshold", threshold),
        ("sizes", sizes),
        ("scaling", scaling),
        ("documents", documents),
        ("cancel", cancel),
        ("python", python),
    ];
    let (bytes, concepts) = (corpus.text.len(), corpus.concepts.len());
    println!("{bytes} bytes of text, {concepts} concepts, engine {}", corpus.extractor.engine_name());
    for (name, section) in sections {
        if wanted.is_empty() || wanted.iter().any(|it| it == name) {
            section(&corpus);
        }
    }
}
