//! `relscan learn --profile graph`: documents in, edges with their evidence into a store.

use std::io::{self, IsTerminal};

use md5::{Digest, Md5};
use relscan::graph::{DocumentOutcome, FactStore, FoundFact, LearnedDocument};
use relscan::io::{Block, Documents};
use relscan::{Extractor, sink_fn};

use super::learn::Args;
use crate::extract::{inputs, say_what_was_skipped};
use crate::interrupt::Interrupt;
use crate::outcome::{Failure, Outcome, say};
use crate::packs;
use crate::progress::Progress;
use crate::stdin;

pub(super) fn run(args: &Args) -> Result<Outcome, Failure> {
    if args.resume || args.no_central_links || args.no_cooccurrence || args.stats {
        return Err(Failure::usage(
            "--resume, --no-central-links, --no-cooccurrence and --stats belong to --profile sutra; in the profile \
             graph, learning again is an update, and nothing is linked but what a text says",
        ));
    }
    let inputs = inputs(&args.paths)?;
    let packs = if args.packs.is_empty() { vec!["english".to_owned()] } else { args.packs.clone() };
    let patterns = packs::Choice { packs }.load()?;
    let extractor =
        Extractor::builder().patterns(patterns).engine(args.engine).negated(true).build().map_err(Failure::usage)?;
    let interrupt = Interrupt::listen()?;
    let store = FactStore::open(&args.store)?;
    let progress = Progress::start(io::stderr().is_terminal(), &inputs);
    let by_line = !extractor.reads_paragraphs();
    let mut documents = Documents::new(inputs).format(args.input).by_line(by_line).stdin(stdin::open(&interrupt));
    if let Some(field) = &args.text_field {
        documents = documents.text_field(field);
    }
    if let Some(encoding) = args.encoding {
        documents = documents.encoding(encoding);
    }
    if let Ok(file) = same_file::Handle::from_path(&args.store) {
        documents.leave_out(file);
    }
    let mut run = Run { store, pending: None, tally: Tally::default(), progress };
    run.learn(&mut documents, &extractor, &interrupt)?;
    run.progress.finish();
    say_what_was_skipped(documents.counts().skipped);
    let Tally { new, changed, unchanged, failed } = run.tally;
    say(&format!("documents: {new} new, {changed} changed, {unchanged} as they were"));
    if interrupt.is_asked() {
        say("interrupted; the documents before are learned, and learning again goes on with the rest");
        return Ok(Outcome::Interrupted);
    }
    Ok(if failed > 0 { Outcome::SomeFailed } else { Outcome::Done })
}

/// A run: the document that is being read, and what became of those before.
struct Run {
    store: FactStore,
    pending: Option<Pending>,
    tally: Tally,
    progress: Progress,
}

/// A document that may go on in the next block.
struct Pending {
    index: usize,
    hash: Md5,
    document: LearnedDocument,
}

#[derive(Default)]
struct Tally {
    new: usize,
    changed: usize,
    unchanged: usize,
    failed: usize,
}

impl Run {
    fn learn(
        &mut self,
        documents: &mut Documents,
        extractor: &Extractor,
        interrupt: &Interrupt,
    ) -> Result<(), Failure> {
        while let Some(next) = documents.next() {
            if interrupt.is_asked() {
                return Ok(());
            }
            match next {
                Ok(block) => self.read(&block, extractor)?,
                Err(error) if error.is_warning() => self.progress.say(&format!("warning: {error}")),
                Err(error) => {
                    // Of a document that broke off no part is learned: it would take the place of the whole.
                    self.pending.take_if(|pending| pending.document.name == error.path());
                    self.tally.failed += 1;
                    self.progress.say(&format!("error: {error}"));
                }
            }
            self.progress.update(documents.counts().bytes, 0);
        }
        // An interrupt breaks standard input off.
        if interrupt.is_asked() { Ok(()) } else { self.settle() }
    }

    fn read(&mut self, block: &Block, extractor: &Extractor) -> Result<(), Failure> {
        let mut found: Vec<(usize, FoundFact)> = Vec::new();
        let mut sink = sink_fn(|association| {
            found.extend(FoundFact::of(association).map(|fact| (association.document_index(), fact)));
        });
        match extractor.extract_document(&block.as_document(), &mut sink) {
            Ok(_) => {}
            Err(never) => match never {},
        }
        let mut found = found.into_iter().peekable();
        for part in block.parts() {
            if self.pending.as_ref().is_none_or(|pending| pending.index != part.index) {
                self.settle()?;
                let document = LearnedDocument { name: part.id.clone().into_owned(), ..LearnedDocument::default() };
                self.pending = Some(Pending { index: part.index, hash: Md5::new(), document });
            }
            if let Some(pending) = &mut self.pending {
                pending.hash.update(part.text);
                pending.document.bytes += part.text.len() as u64;
                while let Some((_, fact)) = found.next_if(|(index, _)| *index == part.index) {
                    pending.document.facts.push(fact);
                }
            }
        }
        debug_assert!(found.next().is_none(), "found in a document that the block does not hold");
        Ok(())
    }

    /// Learns the document that has been read to its end.
    fn settle(&mut self) -> Result<(), Failure> {
        let Some(Pending { hash, mut document, .. }) = self.pending.take() else { return Ok(()) };
        let hash: [u8; 16] = hash.finalize().into();
        document.hash = format!("{:032x}", u128::from_be_bytes(hash));
        match self.store.learn(&document)? {
            DocumentOutcome::New => self.tally.new += 1,
            DocumentOutcome::Changed => self.tally.changed += 1,
            DocumentOutcome::Unchanged => self.tally.unchanged += 1,
            DocumentOutcome::Repeated => {
                self.tally.failed += 1;
                let name = &document.name;
                self.progress.say(&format!(
                    "error: {name}: a document of that name was learned in this run; give each an id of its own"
                ));
            }
        }
        Ok(())
    }
}
