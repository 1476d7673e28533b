//! `relscan extract`: documents in, associations out.

use std::io::{self, IsTerminal};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use indicatif::{HumanCount, HumanDuration};
use relscan::io::{Documents, Input, InputFormat, Palette, ReadCounts, RecordFormat, RecordWriter, Skipped};
use relscan::{Association, Engine, Extractor, Sink};

use crate::interrupt::Interrupt;
use crate::outcome::{Failure, Outcome};
use crate::output::{self, Output};
use crate::packs;
use crate::progress::Progress;
use crate::stats::{Associations, Counts, Seconds, Stats};
use crate::stdin;
use crate::values::{Threads, named};

const EXAMPLES: &str = "\
Examples:
  relscan extract notes.txt                            a file, as JSONL
  relscan extract books/ --format text | less          a folder, for eyes
  cat rows.jsonl | relscan extract --input jsonl       rows with \"id\" and \"text\"
  relscan extract posts.jsonl --text-field body        rows with the text in \"body\"
  relscan extract --pack seed --pack mine.toml a.txt   with patterns of your own
  relscan extract books/ -o found.jsonl --stats stats.json

Records come in the order of the documents, and in a document by line, pattern and position.
Spans are [begin, end) in bytes of the document. A record of JSONL, here broken in three:
  {\"id\":\"a.txt\",\"pattern\":\"leads-to\",\"relation\":\"causal\",
   \"source\":\"rain\",\"target\":\"floods\",\"confidence\":0.8,
   \"source_span\":[0,4],\"trigger_span\":[5,13],\"target_span\":[14,20]}

In text that is not valid UTF-8 each invalid sequence is replaced by U+FFFD, which is said once
for each file; spans then count the text with its replacements. A row of JSONL that cannot be
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

    /// What a document is: `text`: a file, its path the id; `lines`: a line, with `path:line` for an id; `jsonl`: the
    /// text of a JSON object, one a line; `auto`: `jsonl` for files called .jsonl or .ndjson, else `text`
    #[arg(long, value_parser = named(&InputFormat::ALL), default_value = "auto")]
    input: InputFormat,

    /// The field of a JSONL row that holds the id, a string or a number; without one the id is `path:line`
    #[arg(long, value_name = "NAME", default_value = "id")]
    id_field: String,

    /// The field of a JSONL row that holds the text
    #[arg(long, value_name = "NAME", default_value = "text")]
    text_field: String,

    /// How associations are written: a JSON object a line, values between tabs under a line of names, or for eyes: the
    /// line with its parts in colour, or as `[source] <trigger> {target}` where there is no colour
    #[arg(long, value_parser = named(&RecordFormat::ALL), default_value = "jsonl")]
    format: RecordFormat,

    /// Write here instead of to standard output. The file is called FILE.partial until it is complete; an interrupted
    /// run leaves whole records under that name, and FILE as it was
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// How many threads scan
    #[arg(long, value_name = "auto|N", default_value = "auto")]
    threads: Threads,

    /// Write statistics here, as JSON
    #[arg(long, value_name = "FILE")]
    stats: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<Outcome, Failure> {
    let started = Instant::now();
    let inputs = inputs(&args.paths)?;
    if args.id_field == args.text_field {
        return Err(Failure::usage("--id-field and --text-field name the same field"));
    }
    let patterns = args.packs.load()?;
    let extractor = Extractor::builder().patterns(patterns).engine(args.engine).build().map_err(Failure::usage)?;
    let interrupt = Interrupt::listen()?;
    let output = Output::open(args.output.as_deref())?;
    let (stderr_is_terminal, to_terminal) = (io::stderr().is_terminal(), output.is_terminal());
    let mut progress = Progress::start(stderr_is_terminal && !to_terminal, &inputs);
    let mut documents = Documents::new(inputs)
        .format(args.input)
        .id_field(&args.id_field)
        .text_field(&args.text_field)
        .stdin(stdin::open(&interrupt));
    for file in output.files() {
        documents.leave_out(file);
    }
    let palette = if output::takes_colour(to_terminal) { Palette::Colour } else { Palette::Plain };
    let mut records = Records::new(args.format, palette, output, &extractor);
    let seconds = extract(&extractor, &mut documents, &mut records, &mut progress, &interrupt)?;
    progress.finish();

    let Records { writer, counts, .. } = records;
    let interrupted = interrupt.is_asked();
    let kept = writer.into_inner().finish(!interrupted)?;
    let read = documents.counts();
    let stats = Stats {
        version: env!("CARGO_PKG_VERSION"),
        packs: &args.packs.packs,
        patterns: extractor.patterns().len(),
        engine: extractor.engine_name(),
        threads: 1,
        read,
        interrupted,
        associations: Associations { extractor: &extractor, counts: &counts },
        seconds: Seconds { wall: started.elapsed().as_secs_f64(), ..seconds },
    };
    if let Some(path) = &args.stats {
        write_stats(path, &stats)?;
    }
    say_what_was_left_out(&progress, read);
    if stderr_is_terminal {
        progress.say(&summary(&stats, counts.total(), started.elapsed()));
    }
    if interrupted {
        let kept = kept.map_or(String::new(), |path| format!("; what was found is in {}", path.display()));
        progress.say(&format!("interrupted{kept}"));
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

/// Extracts from all `documents` into `records`, until the end or an interrupt.
fn extract(
    extractor: &Extractor,
    documents: &mut Documents,
    records: &mut Records,
    progress: &mut Progress,
    interrupt: &Interrupt,
) -> Result<Seconds, Failure> {
    let mut seconds = Seconds::default();
    records.header()?;
    while !interrupt.is_asked() {
        let at = Instant::now();
        let Some(block) = documents.next() else { break };
        seconds.reading += at.elapsed().as_secs_f64();
        match block {
            Ok(block) => {
                let at = Instant::now();
                records.writing = Duration::ZERO;
                if let Err(error) = extractor.extract_document(&block.as_document(), records) {
                    return Err(records.failure(error));
                }
                records.end_block()?;
                seconds.writing += records.writing.as_secs_f64();
                seconds.scanning += at.elapsed().saturating_sub(records.writing).as_secs_f64();
            }
            Err(error) if error.is_warning() => progress.say(&format!("warning: {error}")),
            Err(error) => progress.say(&format!("error: {error}")),
        }
        progress.update(documents.counts().bytes, records.counts.total());
    }
    Ok(seconds)
}

/// Writes and counts associations.
struct Records {
    writer: RecordWriter<Output>,
    format: RecordFormat,
    counts: Counts,
    /// Whether someone waits for each record.
    is_watched: bool,
    /// The time that writing took.
    writing: Duration,
}

impl Records {
    fn new(format: RecordFormat, palette: Palette, output: Output, extractor: &Extractor) -> Self {
        let is_watched = output.is_terminal() || !io::stdin().is_terminal();
        let writer = RecordWriter::new(format, output).palette(palette);
        Records { writer, format, counts: Counts::new(extractor.patterns()), is_watched, writing: Duration::ZERO }
    }

    fn header(&mut self) -> Result<(), Failure> {
        let header = self.format.header();
        let output = self.writer.get_mut();
        let written = io::Write::write_all(output, header.as_bytes()).and_then(|()| output.end_record());
        written.map_err(|error| self.failure(error))
    }

    fn end_block(&mut self) -> Result<(), Failure> {
        if self.is_watched {
            let at = Instant::now();
            io::Write::flush(self.writer.get_mut()).map_err(|error| self.failure(error))?;
            self.writing += at.elapsed();
        }
        Ok(())
    }

    fn failure(&mut self, error: io::Error) -> Failure {
        self.writer.get_mut().failure(error)
    }
}

impl Sink for Records {
    type Error = io::Error;

    fn association(&mut self, association: &Association<'_>) -> io::Result<ControlFlow<()>> {
        let at = Instant::now();
        self.counts.add(association.pattern_id());
        let flow = self.writer.association(association)?;
        self.writer.get_mut().end_record()?;
        self.writing += at.elapsed();
        Ok(flow)
    }
}

fn write_stats(path: &Path, stats: &Stats<'_>) -> Result<(), Failure> {
    let written =
        serde_json::to_string_pretty(stats).map_err(io::Error::from).and_then(|text| std::fs::write(path, text + "\n"));
    written.map_err(|error| Failure::Write { name: path.display().to_string(), error })
}

fn say_what_was_left_out(progress: &Progress, read: ReadCounts) {
    let Skipped { hidden, binary, special, output, .. } = read.skipped;
    let reasons =
        [(hidden, "hidden"), (binary, "binary"), (special, "links or special files"), (output, "the output itself")];
    let reasons: Vec<String> =
        reasons.iter().filter(|(count, _)| *count > 0).map(|(count, reason)| format!("{count} {reason}")).collect();
    if !reasons.is_empty() {
        progress.say(&format!("passed over in folders: {}", reasons.join(", ")));
    }
    if read.files == 0 && read.failed == 0 {
        progress.say("no file was read: the folders hold none");
    }
}

/// One line for a terminal.
#[expect(clippy::cast_precision_loss, reason = "for eyes")]
fn summary(stats: &Stats<'_>, associations: u64, elapsed: Duration) -> String {
    let ReadCounts { documents, bytes, .. } = stats.read;
    let time = if elapsed < Duration::from_secs(10) {
        format!("{:.2} s", elapsed.as_secs_f64())
    } else {
        HumanDuration(elapsed).to_string()
    };
    let rate = bytes as f64 / 1e6 / elapsed.as_secs_f64().max(1e-9);
    format!(
        "{} associations in {} documents, {:.1} MB in {time} ({rate:.1} MB/s, engine {})",
        HumanCount(associations),
        HumanCount(documents as u64),
        bytes as f64 / 1e6,
        stats.engine
    )
}
