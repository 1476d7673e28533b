//! `relscan learn`: contents in, concepts and associations into a store.

use std::io::{self, IsTerminal};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use relscan::graph::{FactStore, InputProgress, LearnConfig, Lesson, Store, StoreLearner};
use relscan::io::{Content, ContentPosition, ContentStep, Contents, Encoding, InputFormat};
use relscan::{Engine, Extractor};

use super::facts;
use crate::extract::{inputs, say_what_was_skipped};
use crate::interrupt::Interrupt;
use crate::outcome::{Failure, Outcome};
use crate::packs;
use crate::progress::Progress;
use crate::stdin;
use crate::values::{Threads, encoding, named};

const EXAMPLES: &str = "\
Examples:
  relscan learn --store graph.db books/               what documents say; again: what changed
  relscan learn --store s.db --profile sutra a.txt    every line a concept
  relscan learn --store s.db --resume facts.jsonl     after a crash: goes on where it was
  relscan learn --store s.db --stats facts.jsonl      says where the time went

In the profile graph a document is learned as a whole: learned again it takes the place of what it
said before, and `relscan forget` takes it away. However a run ends, the store holds whole documents.

In the profile sutra contents are learned in the order of the inputs, and saved a batch at a time, with
how far the inputs have been read. However a run ends, the store holds whole batches; --resume with the
same inputs goes on after the last of them. Without --resume everything is learned again: what is known
grows stronger. --resume, --no-central-links, --no-cooccurrence, --threads, --batch and --stats are for
this profile only.

Exit status: 0 done, 1 some inputs failed (each named on standard error) or the store could not be
used, 2 wrong usage, 130 interrupted.";

/// Learn concepts and associations into a store
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Args {
    /// Files, folders or `-` for standard input, which is also read if there are none. Folders are read with all that
    /// is in them, in the order of the names; hidden and binary files are passed over
    #[arg(value_name = "PATH|-")]
    pub(super) paths: Vec<PathBuf>,

    /// The store: a file, which is made if it is not there
    #[arg(long, value_name = "FILE")]
    pub(super) store: PathBuf,

    /// Go on after what the last run saved, and pass over what it read
    #[arg(long)]
    pub(super) resume: bool,

    /// What is learned: `graph`: what whole documents say, each edge with the sentences that say it; `sutra`: contents as
    /// concepts, with associations by their words besides. Without it that of the store, and of a new one `graph`
    #[arg(long, value_parser = named(Profile::ALL))]
    profile: Option<Profile>,

    /// Patterns to look for: built-in packs or pattern files, as for `extract`. Without it `english`, and in the profile sutra
    /// `seed`
    #[arg(long = "pack", value_name = "PACK|FILE")]
    pub(super) packs: Vec<String>,

    /// What finds the triggers. All engines find the same
    #[arg(long, value_parser = named(&Engine::ALL), default_value = "auto")]
    pub(super) engine: Engine,

    /// What the files are, as for `extract`. A row is a content, of everything else a line that is not empty; or, as `text`, a
    /// whole file
    #[arg(long, value_parser = named(InputFormat::ALL), default_value = "auto")]
    pub(super) input: InputFormat,

    /// The encoding of the texts, as `latin1` or `shift_jis`; without it that which they declare or look like
    #[arg(long, value_name = "NAME", value_parser = encoding)]
    pub(super) encoding: Option<Encoding>,

    /// The field of a row, or the column, that holds the content; without it the first that is there of `text`, `content` and
    /// `body`. Of JSONL `source` and `category` are read besides
    #[arg(long, visible_alias = "text-column", value_name = "NAME")]
    pub(super) text_field: Option<String>,

    /// Do not link what is learned to the arguments of its associations
    #[arg(long)]
    pub(super) no_central_links: bool,

    /// Do not associate concepts because their words stand close together
    #[arg(long)]
    pub(super) no_cooccurrence: bool,

    /// How many threads read texts ahead of the graph; `auto` leaves one processor to the graph
    #[arg(long, value_name = "auto|N", default_value = "auto")]
    threads: Threads,

    /// How many contents are saved at a time. What is learned does not depend on it
    #[arg(long, value_name = "N", default_value = "16384")]
    batch: NonZeroUsize,

    /// Say on standard error where the time went
    #[arg(long)]
    pub(super) stats: bool,
}

/// What is learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Profile {
    Graph,
    Sutra,
}

impl Profile {
    const ALL: &[(Profile, &'static str)] = &[(Profile::Graph, "graph"), (Profile::Sutra, "sutra")];
}

impl Args {
    /// The profile that is asked for, or that of the store.
    fn profile(&self) -> Result<Profile, Failure> {
        let is_new = self.store.metadata().map_or(true, |metadata| metadata.len() == 0);
        if is_new {
            return Ok(self.profile.unwrap_or(Profile::Graph));
        }
        let of_store = if FactStore::is_at(&self.store) { Profile::Graph } else { Profile::Sutra };
        // What is no store at all says so when it is opened.
        let is_known = of_store == Profile::Graph || Store::open_to_read(&self.store).is_ok();
        match self.profile {
            Some(asked) if asked != of_store && is_known => Err(Failure::usage(format_args!(
                "{} is a store of the other profile; name another file, or leave --profile out",
                self.store.display()
            ))),
            asked => Ok(asked.unwrap_or(of_store)),
        }
    }

    fn config(&self) -> LearnConfig {
        let mut config = LearnConfig::default();
        config.enable_central_links = !self.no_central_links;
        if self.no_cooccurrence {
            config.cooccurrence.window = 0;
        }
        if let Threads::Count(threads) = self.threads {
            config.association_workers = Some(threads);
        }
        config
    }
}

pub(crate) fn run(args: &Args) -> Result<Outcome, Failure> {
    if args.profile()? == Profile::Graph {
        return facts::run(args);
    }
    let inputs = inputs(&args.paths)?;
    let packs = if args.packs.is_empty() { vec!["seed".to_owned()] } else { args.packs.clone() };
    let patterns = packs::Choice { packs }.load()?;
    let extractor = Extractor::builder().patterns(patterns).engine(args.engine).build().map_err(Failure::usage)?;
    let interrupt = Interrupt::listen()?;
    let mut learner = StoreLearner::open(&args.store, extractor, args.config())?;
    let progress = Progress::start(io::stderr().is_terminal(), &inputs);
    let mut contents = Contents::new(inputs).format(args.input).stdin(stdin::open(&interrupt));
    if let Some(field) = &args.text_field {
        contents = contents.text_field(field);
    }
    if let Some(encoding) = args.encoding {
        contents = contents.encoding(encoding);
    }
    if args.resume {
        for input in learner.store().progress()? {
            contents = contents.after(&input.name, input.rows, input.is_done);
        }
    } else {
        learner.forget_progress()?;
    }
    let mut run = Run { learner, batch: Vec::new(), ended: Vec::new(), failed: 0, progress };
    run.learn(&mut contents, args.batch.get(), &interrupt)?;
    run.progress.finish();
    say_what_was_skipped(contents.skipped());
    if args.stats {
        run.progress.say(&run.learner.learner().total_report().to_string());
    }
    if interrupt.is_asked() {
        run.progress.say("interrupted; what was learned is saved, and --resume goes on from there");
        return Ok(Outcome::Interrupted);
    }
    Ok(if run.failed > 0 { Outcome::SomeFailed } else { Outcome::Done })
}

/// A run: what has been read and is to be learned next.
struct Run {
    learner: StoreLearner,
    batch: Vec<Content>,
    /// Inputs that came to their end since the last batch, or broke off.
    ended: Vec<InputProgress>,
    failed: usize,
    progress: Progress,
}

impl Run {
    fn learn(&mut self, contents: &mut Contents, together: usize, interrupt: &Interrupt) -> Result<(), Failure> {
        while !interrupt.is_asked() {
            match contents.next() {
                Some(ContentStep::Content(content)) => {
                    self.batch.push(content);
                    if self.batch.len() >= together {
                        self.save(Some(contents))?;
                    }
                }
                // An interrupt breaks standard input off.
                Some(ContentStep::Fault(fault)) if interrupt.is_asked() && fault.line().is_none() => {}
                Some(ContentStep::End(end)) => self.ended.push(progress(&end, true)),
                Some(ContentStep::BrokenOff(end)) => self.ended.push(progress(&end, false)),
                Some(ContentStep::Fault(fault)) => {
                    let is_warning = fault.is_warning();
                    self.failed += usize::from(!is_warning);
                    self.progress.say(&format!("{}: {fault}", if is_warning { "warning" } else { "error" }));
                }
                Some(_) => {}
                None => return self.save(None),
            }
        }
        self.save(Some(contents))
    }

    /// Learns the batch and saves it, with how far the inputs have been read.
    fn save(&mut self, reading: Option<&Contents>) -> Result<(), Failure> {
        let lessons: Vec<Lesson<'_>> = self
            .batch
            .iter()
            .map(|content| (content.text.as_str(), content.source.as_deref(), content.category.as_deref()))
            .collect();
        let mut reached = std::mem::take(&mut self.ended);
        if let Some(contents) = reading {
            let position = progress(contents.reached(), false);
            // What is known of an input that has ended is not read again.
            if !reached.iter().any(|ended| ended.name == position.name) && !position.name.is_empty() {
                reached.push(position);
            }
        }
        if lessons.is_empty() && reached.is_empty() {
            return Ok(());
        }
        self.learner.learn_batch(&lessons, &reached)?;
        self.batch.clear();
        Ok(())
    }
}

fn progress(position: &ContentPosition, is_done: bool) -> InputProgress {
    InputProgress { name: position.input.to_string(), rows: position.rows, is_done }
}
