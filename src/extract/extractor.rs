//! The extractor and its builder: the one way in.

use std::ops::ControlFlow;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::str::FromStr;
use std::sync::Arc;

use regex_automata::util::pool::Pool;

use super::associations::Associations;
use super::compiled::{Compiled, Memory};
use super::document::Document;
use super::layout::{Divided, Layout};
use super::naive::Naive;
use super::sink::Sink;
use super::threads::Threads;
use super::{ExampleFailure, examples};
use crate::error::BuildError;
use crate::pattern::PatternSet;
use crate::scan::{Dfa, Literals, Needles, Plan, Scanner};

/// Finds associations in text. Compiled once; cheap to clone; shared freely between threads.
///
/// ```
/// use relscan::Extractor;
///
/// let extractor = Extractor::seed();
/// for a in &extractor.extract("Smoking causes cancer.") {
///     println!("{} -{}-> {} ({})", a.source(), a.relation(), a.target(), a.confidence());
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Extractor(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    patterns: Arc<PatternSet>,
    strategy: Strategy,
    memory: Pool<Memory, CreateMemory>,
    threads: Threads,
}

type CreateMemory = Box<dyn Fn() -> Memory + Send + Sync + UnwindSafe + RefUnwindSafe>;

#[derive(Debug)]
enum Strategy {
    Naive(Naive),
    Compiled(Compiled),
}

/// Which engine finds the triggers. All give the same associations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Engine {
    /// The fastest that suits the patterns.
    #[default]
    Auto,
    /// The oracle: one regex per pattern, one after another. Slow and obviously right.
    Naive,
    /// One automaton for the triggers of all patterns, whether literals or regexes.
    Dfa,
    /// A search for literals: the triggers themselves, or literals that a match must hold. Patterns without any are
    /// tried on every line.
    Literal,
}

impl Engine {
    /// The engines, and what the command line calls them.
    pub const ALL: [(Engine, &'static str); 4] =
        [(Engine::Auto, "auto"), (Engine::Naive, "naive"), (Engine::Dfa, "dfa"), (Engine::Literal, "literal")];
}

impl FromStr for Engine {
    type Err = UnknownEngine;

    fn from_str(name: &str) -> Result<Self, UnknownEngine> {
        let known = Self::ALL.iter().find(|(_, known)| *known == name);
        known.map(|(engine, _)| *engine).ok_or_else(|| UnknownEngine(name.to_owned()))
    }
}

/// A name that is not that of an engine.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an engine; use auto, naive, dfa or literal")]
pub struct UnknownEngine(String);

/// Builds an [`Extractor`].
///
/// ```
/// use relscan::{Engine, Extractor, Pattern, PatternSet, RelationType};
///
/// let patterns = PatternSet::new([Pattern::trigger("prevents", RelationType::Causal, "prevents")])?;
/// let extractor = Extractor::builder().patterns(patterns).engine(Engine::Dfa).build()?;
/// assert_eq!(extractor.extract("Salt prevents ice").len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ExtractorBuilder {
    patterns: Option<PatternSet>,
    engine: Engine,
    dfa_size_limit: usize,
}

impl Default for ExtractorBuilder {
    fn default() -> Self {
        ExtractorBuilder { patterns: None, engine: Engine::Auto, dfa_size_limit: Self::DFA_SIZE_LIMIT }
    }
}

impl ExtractorBuilder {
    /// The limit of [`dfa_size_limit`](Self::dfa_size_limit) unless another is given: 8 MiB.
    pub const DFA_SIZE_LIMIT: usize = 8 << 20;

    /// The patterns to find; the seed pack unless others are given.
    #[must_use]
    pub fn patterns(mut self, patterns: PatternSet) -> Self {
        self.patterns = Some(patterns);
        self
    }

    /// The engine; [`Engine::Auto`] unless another is given.
    #[must_use]
    pub fn engine(mut self, engine: Engine) -> Self {
        self.engine = engine;
        self
    }

    /// The size in bytes up to which an automaton is compiled in full. A larger one is compiled as the text asks for
    /// it, in a cache of about this size.
    #[must_use]
    pub fn dfa_size_limit(mut self, bytes: usize) -> Self {
        self.dfa_size_limit = bytes;
        self
    }

    /// Compiles the patterns.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if the patterns, each sound by itself, are too many or too large together.
    pub fn build(self) -> Result<Extractor, BuildError> {
        let patterns = Arc::new(self.patterns.unwrap_or_else(PatternSet::seed));
        let strategy = Strategy::choose(&patterns, self.engine, self.dfa_size_limit)?;
        let memory: Pool<Memory, CreateMemory> = Pool::new(Box::new(Memory::default));
        Ok(Extractor(Arc::new(Inner { patterns, strategy, memory, threads: Threads::default() })))
    }
}

impl Strategy {
    fn choose(set: &PatternSet, engine: Engine, dfa_size_limit: usize) -> Result<Self, BuildError> {
        let (strategy, why) = match engine {
            Engine::Naive => (Strategy::Naive(Naive::new(set)?), "asked for"),
            Engine::Dfa => (Self::dfa(set, dfa_size_limit)?, "asked for"),
            Engine::Literal => (Self::literal(set)?, "asked for"),
            Engine::Auto => {
                let by_literals = Plan::new(set, Needles::Literals).unfiltered().len();
                let by_any = Plan::new(set, Needles::Any).unfiltered().len();
                if by_any < by_literals {
                    (Self::dfa(set, dfa_size_limit)?, "a pattern has no literal to look for")
                } else {
                    (Self::literal(set)?, "literals are found faster")
                }
            }
        };
        tracing::debug!(engine = strategy.name(), patterns = set.len(), why, "extractor built");
        Ok(strategy)
    }

    fn dfa(set: &PatternSet, size_limit: usize) -> Result<Self, BuildError> {
        let plan = Plan::new(set, Needles::Any);
        let scanner: Box<dyn Scanner> = Box::new(Dfa::new(&plan, size_limit)?);
        Ok(Strategy::Compiled(Compiled::new(set, plan, scanner)?))
    }

    fn literal(set: &PatternSet) -> Result<Self, BuildError> {
        let plan = Plan::new(set, Needles::Literals);
        let scanner: Box<dyn Scanner> = Box::new(Literals::new(plan.literals())?);
        Ok(Strategy::Compiled(Compiled::new(set, plan, scanner)?))
    }

    fn name(&self) -> &'static str {
        match self {
            Strategy::Naive(_) => "naive",
            Strategy::Compiled(compiled) => compiled.name(),
        }
    }
}

impl Extractor {
    /// Begins to build one.
    #[must_use]
    pub fn builder() -> ExtractorBuilder {
        ExtractorBuilder::default()
    }

    /// One for the seed pack, on the fastest engine.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "it does not panic, for the reason below")]
    pub fn seed() -> Self {
        // The seed pack is a part of the crate, and tests build it on every engine: it cannot fail here.
        Self::builder().build().expect("the seed pack compiles")
    }

    /// Finds the associations of `text`, in order of line, pattern and position.
    ///
    /// Linear in the text, whatever it holds. Allocates for what it returns; [`extract_into`](Self::extract_into)
    /// does not.
    #[must_use]
    pub fn extract(&self, text: &str) -> Associations {
        let mut found = Associations::new();
        match self.extract_into(text, &mut found) {
            Ok(_) => found,
            Err(never) => match never {},
        }
    }

    /// Sends the associations of `text` to `sink`, in order of line, pattern and position. `Break` if the sink stopped.
    ///
    /// # Errors
    ///
    /// What the sink returns, if it fails.
    pub fn extract_into<S: Sink>(&self, text: &str, sink: &mut S) -> Result<ControlFlow<()>, S::Error> {
        self.extract_document(&Document::new(text), sink)
    }

    /// Sends the associations of `document` to `sink`, in order of line, pattern and position. `Break` if the sink
    /// stopped.
    ///
    /// # Errors
    ///
    /// What the sink returns, if it fails.
    pub fn extract_document<S: Sink>(
        &self,
        document: &Document<'_>,
        sink: &mut S,
    ) -> Result<ControlFlow<()>, S::Error> {
        let memory = &mut self.0.memory.get();
        match document.layout {
            Layout::One => self.extract_with(memory, document, sink),
            _ => self.extract_with(memory, document, &mut Divided { document, sink }),
        }
    }

    /// As [`extract_document`](Self::extract_document), in the caller's own memory, and with the text as one document
    /// whatever its layout.
    pub(crate) fn extract_with<S: Sink>(
        &self,
        memory: &mut Memory,
        document: &Document<'_>,
        sink: &mut S,
    ) -> Result<ControlFlow<()>, S::Error> {
        let mut failure = None;
        let mut emit = |association: &super::Association<'_>| match sink.association(association) {
            Ok(flow) => flow,
            Err(error) => {
                failure = Some(error);
                ControlFlow::Break(())
            }
        };
        let set = &self.0.patterns;
        let flow = match &self.0.strategy {
            Strategy::Naive(naive) => naive.extract(set, document, &mut emit),
            Strategy::Compiled(compiled) => compiled.extract(set, memory, document, &mut emit),
        };
        match failure {
            Some(error) => Err(error),
            None => Ok(flow),
        }
    }

    /// The threads that batches use.
    pub(crate) fn threads(&self) -> &Threads {
        &self.0.threads
    }

    /// The patterns.
    #[must_use]
    pub fn patterns(&self) -> &PatternSet {
        &self.0.patterns
    }

    /// What the engine is called, for messages and statistics: the text may change from version to version.
    #[must_use]
    pub fn engine_name(&self) -> &'static str {
        self.0.strategy.name()
    }

    /// Bytes that the compiled triggers take.
    #[must_use]
    pub fn memory_usage(&self) -> usize {
        match &self.0.strategy {
            Strategy::Naive(_) => 0,
            Strategy::Compiled(compiled) => compiled.memory_usage(),
        }
    }

    /// Runs the examples of every pattern and returns those that did not come out as expected.
    ///
    /// Only the associations of the example's own pattern count.
    #[must_use]
    pub fn check_examples(&self) -> Vec<ExampleFailure> {
        examples::check(self)
    }
}
