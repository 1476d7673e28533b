//! `relscan extract`: documents in, associations out.

use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::{self, IsTerminal, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use indicatif::{DecimalBytes, HumanDuration};
use relscan::io::{Block, Documents, Input, Palette, ReadCounts, Skipped};
use relscan::{Batch, DocumentError, Engine, Extractor, Report};

use crate::interrupt::Interrupt;
use crate::outcome::{Failure, Outcome, say};
use crate::output::{self, Output};
use crate::packs;
use crate::progress::Progress;
use crate::reading::Reading;
use crate::records::{Format, Records};
use crate::stats::{Associations, Seconds, Stats};
use crate::stdin;
use crate::values::{Threads, count, named};

const EXAMPLES: &str = "\
Examples:
  relscan extract notes.txt                            a file, as JSONL
  relscan extract books/ --format text | less          a folder, for eyes
  relscan extract notes.md page.html old.txt.gz        the text in them, whatever they are
  cat rows.jsonl | relscan extract --input jsonl       rows with \"id\" and \"text\"
  relscan extract table.csv --text-column abstract     a column of a table
  relscan extract posts.jsonl --text-field body        rows with the text in \"body\"
  relscan extract --pack seed --pack mine.toml a.txt   with patterns of your own
  relscan extract books/ -o found.jsonl --stats stats.json

Records come in the order of the documents, and in a document by line, pattern and position.
Spans are [begin, end) in bytes of the document as it is, in its encoding and with its markup;
where they cannot be, in bytes of the extracted text, and the record has \"span_of\":\"text\". A record of JSONL, here broken in four:
  {\"id\":\"a.txt\",\"pattern\":\"cause\",\"relation\":\"causal\",
   \"source\":\"heavy rain\",\"target\":\"floods\",\"confidence\":0.98,
   \"source_span\":[0,10],\"trigger_span\":[11,17],\"target_span\":[18,24],
   \"source_head\":\"rain\",\"target_head\":\"floods\"}
Heads are there where an argument is a noun phrase, and \"negated\":true, \"hedged\":true and
\"pronoun\":true where the text says so.

Text in another encoding than UTF-8 is decoded. In UTF-8 that is damaged each invalid sequence is
replaced by U+FFFD, which is said once for each file; spans then count the replaced text. A row of JSONL that cannot be
read is an error with its line, and the rest goes on.

Exit status: 0 done, 1 some inputs failed (each named on standard error), 2 wrong usage,
130 interrupted.";

/// Extract associations from text
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Files, folders or `-` for standard input, which is also read if there are none. Folders are read with all that
    /// is in them, in the order of the names; hidden and binary files are passed over
    #[arg(value_name = "PATH|-")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    packs: packs::Choice,

    /// What finds the triggers. All engines find the same; `naive` is the slow one that the others are tested against
    #[arg(long, value_parser = named(&Engine::ALL), default_value = "auto")]
    engine: Engine,

    #[command(flatten)]
    reading: Reading,

    /// How associations are written: a JSON object a line, values between tabs under a line of names, for eyes (the line with
    /// its parts in colour, or as `[source] <trigger> {target}` where there is no colour), or a table of Parquet. Without it
    /// as the name of the output ends, or else as JSON
    #[arg(long, value_parser = named(Format::ALL))]
    format: Option<Format>,

    /// Write here instead of to standard output. The file is called FILE.partial until it is complete; an interrupted
    /// run leaves whole records under that name, and FILE as it was
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Also give what the text denies (`does not cause`), marked as negated
    #[arg(long)]
    negated: bool,

    /// Also give associations with a pronoun for an argument (`it causes`), marked as such
    #[arg(long)]
    pronouns: bool,

    /// Leave out what is less to be trusted than this, from 0 to 1
    #[arg(long, value_name = "P", default_value_t = 0.0)]
    min_confidence: f64,

    /// How many threads scan; `auto`: as many as there are processors that other programs leave free
    #[arg(long, value_name = "auto|N", default_value = "auto")]
    threads: Threads,

    /// Write statistics here, as JSON
    #[arg(long, value_name = "FILE")]
    stats: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<Outcome, Failure> {
    let started = Instant::now();
    let inputs = inputs(&args.paths)?;
    let reads_stdin = inputs.contains(&Input::Stdin);
    args.reading.check()?;
    let patterns = args.packs.load()?;
    let extractor = Extractor::builder()
        .patterns(patterns)
        .engine(args.engine)
        .negated(args.negated)
        .pronouns(args.pronouns)
        .min_confidence(args.min_confidence)
        .build()
        .map_err(Failure::usage)?;
    let format = args.format.unwrap_or_else(|| Format::of(args.output.as_deref()));
    let interrupt = Interrupt::listen()?;
    let read = || args.paths.iter().map(PathBuf::as_path).chain(args.packs.files());
    let output = Output::open(args.output.as_deref(), read())?;
    let checked = args.stats.as_deref().map(|path| check_stats(path, read(), args.output.as_deref())).transpose();
    let stats_file = match checked {
        Ok(file) => file.flatten(),
        Err(failure) => {
            output.discard();
            return Err(failure);
        }
    };
    let (stderr_is_terminal, to_terminal) = (io::stderr().is_terminal(), output.is_terminal());
    if to_terminal && format.is_binary() {
        return Err(Failure::usage(
            "a table is nothing for a terminal; name a file with --output, or another --format",
        ));
    }
    let progress = Progress::start(stderr_is_terminal && !to_terminal, &inputs);
    let by_line = !extractor.reads_paragraphs();
    let mut documents = args.reading.documents(inputs).by_line(by_line).stdin(stdin::open_with_pauses(&interrupt));
    for file in output.files().into_iter().chain(stats_file) {
        documents.leave_out(file);
    }
    let palette = if output::takes_colour(to_terminal) { Palette::Colour } else { Palette::Plain };
    let output = RefCell::new(output);
    let bytes = Cell::new(0);
    let mut reader = Reader {
        documents,
        output: &output,
        progress: &progress,
        is_watched: to_terminal || reads_stdin,
        bytes: &bytes,
        time: Duration::ZERO,
        failure: None,
    };
    let about = [("packs", args.packs.packs.join(",")), ("patterns", extractor.patterns().len().to_string())];
    let records =
        Records::new(format, palette, &output, &about.each_ref().map(|(name, value)| (*name, value.as_str())));
    let mut records = records.map_err(|error| output.borrow().failure(error))?;
    let mut batch = extractor
        .batch()
        .workers(args.threads.into())
        .cancel(interrupt.token())
        .progress(|done| progress.update(bytes.get(), done.associations));
    let extracted = extract(&mut batch, &mut reader, &mut records);
    progress.finish();
    let (report, seconds) =
        extracted.and_then(|done| records.finish().map(|()| done)).map_err(|error| output.borrow().failure(error))?;
    let read = reader.documents.counts();
    drop((reader, batch));

    let interrupted = interrupt.is_asked();
    let kept = output.into_inner().finish(!interrupted)?;
    let stats = Stats {
        version: env!("CARGO_PKG_VERSION"),
        packs: &args.packs.packs,
        patterns: extractor.patterns().len(),
        engine: extractor.engine_name(),
        threads: report.workers,
        threads_because: &report.reason.to_string(),
        read,
        interrupted,
        associations: Associations { patterns: extractor.patterns(), report: &report },
        seconds: Seconds { wall: started.elapsed().as_secs_f64(), ..seconds },
    };
    if let Some(path) = &args.stats {
        write_stats(path, &stats)?;
    }
    say_what_was_left_out(read);
    if stderr_is_terminal {
        say(&summary(&stats, report.associations));
    }
    if interrupted {
        let kept = kept.map_or(String::new(), |path| format!("; what was found is in {}", path.display()));
        say(&format!("interrupted{kept}"));
        return Ok(Outcome::Interrupted);
    }
    Ok(if read.failed > 0 { Outcome::SomeFailed } else { Outcome::Done })
}

/// The inputs that `paths` name.
pub(crate) fn inputs(paths: &[PathBuf]) -> Result<Vec<Input>, Failure> {
    if paths.is_empty() {
        if io::stdin().is_terminal() {
            return Err(Failure::usage("nothing to read: name files or folders, or pipe text in (see --help)"));
        }
        return Ok(vec![Input::Stdin]);
    }
    if paths.iter().filter(|path| is_stdin(path)).count() > 1 {
        return Err(Failure::usage("standard input can be read only once, but `-` is given several times"));
    }
    Ok(paths.iter().map(|path| if is_stdin(path) { Input::Stdin } else { path.clone().into() }).collect())
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Reads the documents, and says what is wrong with them.
struct Reader<'r> {
    documents: Documents,
    output: &'r RefCell<Output>,
    progress: &'r Progress,
    /// Whether someone waits for each record.
    is_watched: bool,
    /// Bytes read, where the progress of the batch can see them.
    bytes: &'r Cell<u64>,
    /// The time that reading took.
    time: Duration,
    /// Why there is no use in reading on.
    failure: Option<io::Error>,
}

impl Reader<'_> {
    fn next_block(&mut self) -> Option<Block> {
        loop {
            match self.documents.next()? {
                Ok(block) => return Some(block),
                Err(error) if error.is_warning() => self.progress.say(&format!("warning: {error}")),
                Err(error) => self.progress.say(&format!("error: {error}")),
            }
        }
    }
}

impl Iterator for Reader<'_> {
    type Item = Result<Block, DocumentError>;

    fn next(&mut self) -> Option<Self::Item> {
        // What was found does not wait for what may come late.
        if self.is_watched
            && let Err(error) = self.output.borrow_mut().flush()
        {
            self.failure = Some(error);
            return None;
        }
        let begin = Instant::now();
        let block = self.next_block();
        self.time += begin.elapsed();
        self.bytes.set(self.documents.counts().bytes);
        block.map(Ok)
    }
}

/// Extracts from everything that `reader` reads, until the end or an interrupt.
fn extract(batch: &mut Batch<'_>, reader: &mut Reader<'_>, records: &mut Records<'_>) -> io::Result<(Report, Seconds)> {
    let report = batch.stream(&mut *reader, records).map_err(|failed| failed.error)?;
    if let Some(error) = reader.failure.take() {
        return Err(error);
    }
    let busy: f64 = report.busy.iter().sum();
    let seconds = Seconds {
        wall: report.wall_seconds,
        user: report.user_seconds,
        system: report.system_seconds,
        reading: reader.time.as_secs_f64(),
        scanning: (busy * report.wall_seconds - records.time.as_secs_f64()).max(0.0),
        writing: reader.output.borrow().time.as_secs_f64(),
    };
    Ok((report, seconds))
}

/// Finds out before the work begins whether there can be statistics at `path`; the file, so that it is not read.
fn check_stats<'p>(
    path: &Path,
    read: impl IntoIterator<Item = &'p Path>,
    output: Option<&Path>,
) -> Result<Option<same_file::Handle>, Failure> {
    output::keep(path, read)?;
    if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        // A pipe is opened once.
        return Ok(None);
    }
    let is_output = |output: &Path| output == path || same_file::is_same_file(output, path).unwrap_or(false);
    if output.is_some_and(is_output) {
        return Err(Failure::usage("--output and --stats name the same file"));
    }
    let opened = File::options().write(true).create(true).truncate(false).open(path);
    let handle = opened.and_then(same_file::Handle::from_file);
    handle.map(Some).map_err(|error| Failure::usage(format_args!("{} cannot be written: {error}", path.display())))
}

fn write_stats(path: &Path, stats: &Stats<'_>) -> Result<(), Failure> {
    let written =
        serde_json::to_string_pretty(stats).map_err(io::Error::from).and_then(|text| std::fs::write(path, text + "\n"));
    written.map_err(|error| Failure::Write { name: path.display().to_string(), error })
}

/// Says what was passed over in folders, and if nothing else was there.
fn say_what_was_left_out(read: ReadCounts) {
    say_what_was_skipped(read.skipped);
    if read.files == 0 && read.failed == 0 {
        say("no file was read: the folders hold none that is text");
    }
}

/// Says what was passed over in folders.
pub(crate) fn say_what_was_skipped(skipped: Skipped) {
    let Skipped { hidden, binary, special, output, .. } = skipped;
    let reasons =
        [(hidden, "hidden"), (binary, "binary"), (special, "links or special files"), (output, "the output itself")];
    let reasons: Vec<String> =
        reasons.iter().filter(|(count, _)| *count > 0).map(|(count, reason)| format!("{count} {reason}")).collect();
    if !reasons.is_empty() {
        say(&format!("passed over in folders: {}", reasons.join(", ")));
    }
}

/// One line for a terminal.
fn summary(stats: &Stats<'_>, associations: u64) -> String {
    let ReadCounts { documents, bytes, .. } = stats.read;
    let Seconds { wall, user, system, .. } = stats.seconds;
    let time =
        if wall < 60.0 { format!("{wall:.2} s") } else { HumanDuration(Duration::from_secs_f64(wall)).to_string() };
    let wall = wall.max(1e-6);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "for eyes"
    )]
    let rate = (bytes as f64 / wall) as u64;
    format!(
        "{} in {}, {} in {time}: {}/s, {:.1} processors, {}",
        count(associations, "association"),
        count(documents, "document"),
        DecimalBytes(bytes),
        DecimalBytes(rate),
        (user + system) / wall,
        stats.engine
    )
}
