//! The extractor and its builder: the one way in.

use std::ops::ControlFlow;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::str::FromStr;
use std::sync::Arc;

use regex_automata::util::pool::{Pool, PoolGuard};

use super::association::Association;
use super::associations::Associations;
use super::compiled::Compiled;
use super::decide::Decider;
use super::document::Document;
use super::memory::{Memory, Workspace};
use super::naive::Naive;
use super::raw::Raw;
use super::ruled::Ruled;
use super::sink::Sink;
use super::threads::Threads;
use super::{Emit, ExampleFailure, Layout, examples, layout};
use crate::argument::{Grammar, Wanted};
use crate::error::BuildError;
use crate::pattern::PatternSet;
use crate::pattern::shape::Shape;
use crate::scan::literal::{Instructions, Literals, Pooled, Unfit};
use crate::scan::{Dfa, Needles, Plan, Portable};

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
    /// For patterns; none if there are only rules.
    strategy: Option<Strategy>,
    rules: Option<Ruled>,
    workspaces: Pool<Workspace, CreateWorkspace>,
    threads: Threads,
    wanted: Wanted,
    min_confidence: f64,
}

type CreateWorkspace = Box<dyn Fn() -> Workspace + Send + Sync + UnwindSafe + RefUnwindSafe>;

/// A workspace that an extractor has lent.
pub(crate) type LentWorkspace<'e> = PoolGuard<'e, Workspace, CreateWorkspace>;

#[derive(Debug)]
enum Strategy {
    Naive(Naive),
    Compiled(Compiled),
    Raw(Box<Raw>),
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
    /// One automaton for the triggers of all patterns, whether literals or regexes; if it would be too large, two.
    Dfa,
    /// A search for literals: the triggers themselves, or literals that a match must hold. Patterns without any are
    /// tried on every line. By [`Simd`](Self::Simd) where that is to be had, else by [`Portable`](Self::Portable).
    Literal,
    /// [`Literal`](Self::Literal) without instructions that not every CPU has, but for those of the aho-corasick crate,
    /// which finds literals if they are few.
    Portable,
    /// [`Literal`](Self::Literal) by our own kernels: the best one that the CPU has.
    Simd,
    /// [`Simd`](Self::Simd) by AVX2.
    Avx2,
    /// [`Simd`](Self::Simd) by AVX-512 with VBMI.
    Avx512,
    /// [`Simd`](Self::Simd) by NEON.
    Neon,
}

impl Engine {
    /// The engines, and what the command line calls them.
    pub const ALL: [(Engine, &'static str); 9] = [
        (Engine::Auto, "auto"),
        (Engine::Naive, "naive"),
        (Engine::Dfa, "dfa"),
        (Engine::Literal, "literal"),
        (Engine::Portable, "portable"),
        (Engine::Simd, "simd"),
        (Engine::Avx2, "avx2"),
        (Engine::Avx512, "avx512"),
        (Engine::Neon, "neon"),
    ];

    /// Those of [`ALL`](Self::ALL) that this CPU can run.
    pub fn available() -> impl Iterator<Item = (Engine, &'static str)> {
        let has_any = |needed: &[Instructions]| needed.is_empty() || needed.iter().any(|some| some.are_available());
        Self::ALL.into_iter().filter(move |(engine, _)| has_any(engine.instructions()))
    }

    /// Of what instructions it needs some, the fastest first; nothing if any CPU will do.
    fn instructions(self) -> &'static [Instructions] {
        match self {
            Engine::Simd => &Instructions::SIMD,
            Engine::Avx2 => &[Instructions::Avx2],
            Engine::Avx512 => &[Instructions::Avx512],
            Engine::Neon => &[Instructions::Neon],
            Engine::Auto | Engine::Naive | Engine::Dfa | Engine::Literal | Engine::Portable => &[],
        }
    }
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
#[error("`{0}` is not an engine; use auto, naive, dfa, literal, portable, simd, avx2, avx512 or neon")]
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
    negated: bool,
    pronouns: bool,
    min_confidence: f64,
}

impl Default for ExtractorBuilder {
    fn default() -> Self {
        ExtractorBuilder {
            patterns: None,
            engine: Engine::Auto,
            dfa_size_limit: Self::DFA_SIZE_LIMIT,
            negated: false,
            pronouns: false,
            min_confidence: 0.0,
        }
    }
}

impl ExtractorBuilder {
    /// The limit of [`dfa_size_limit`](Self::dfa_size_limit) unless another is given: 8 MiB.
    pub const DFA_SIZE_LIMIT: usize = 8 << 20;

    /// Whether to give what the text denies, marked as [`negated`](super::Association::negated); not unless asked.
    #[must_use]
    pub fn negated(mut self, give: bool) -> Self {
        self.negated = give;
        self
    }

    /// Whether to give associations whose argument is a pronoun, marked as [`pronoun`](super::Association::pronoun);
    /// not unless asked.
    #[must_use]
    pub fn pronouns(mut self, give: bool) -> Self {
        self.pronouns = give;
        self
    }

    /// The least [confidence](super::Association::confidence) of what is given; 0 unless said otherwise.
    #[must_use]
    pub fn min_confidence(mut self, least: f64) -> Self {
        self.min_confidence = least;
        self
    }

    /// The patterns to find; the English pack unless others are given.
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
    /// [`BuildError`] if the patterns, each sound by itself, are too many or too large together, or if the CPU lacks
    /// the instructions of the engine that was asked for.
    pub fn build(self) -> Result<Extractor, BuildError> {
        let patterns = Arc::new(self.patterns.unwrap_or_else(PatternSet::english));
        let wanted = Wanted { negated: self.negated, pronouns: self.pronouns };
        let rules = Ruled::new(&patterns);
        let has_patterns = patterns.shapes().iter().any(|shape| !matches!(shape, Shape::Rule(_)));
        let strategy = has_patterns.then(|| Strategy::choose(&patterns, wanted, self.engine, self.dfa_size_limit));
        let strategy = strategy.transpose()?;
        let workspaces: Pool<Workspace, CreateWorkspace> = Pool::new(Box::new(Workspace::default));
        Ok(Extractor(Arc::new(Inner {
            patterns,
            strategy,
            rules,
            workspaces,
            threads: Threads::default(),
            wanted,
            min_confidence: self.min_confidence,
        })))
    }
}

impl Strategy {
    /// Chooses how to find what `set` asks for, and tells why:
    /// - the DFA if some pattern has no literal, but has a middle that an automaton can look for;
    /// - else literals, by the best SIMD kernel of this CPU: in the text as it is if all of them are ASCII and every
    ///   pattern has one, else in the lowered text;
    /// - else, without such a kernel or with literals that are too much alike for it, [portably](Self::portable).
    fn choose(set: &PatternSet, wanted: Wanted, engine: Engine, dfa_size_limit: usize) -> Result<Self, BuildError> {
        let (strategy, why) = match engine {
            Engine::Naive => (Strategy::Naive(Naive::new(set)?), "asked for"),
            Engine::Dfa => (Self::dfa(set, wanted, dfa_size_limit)?, "asked for"),
            Engine::Portable => (Self::portable(set, wanted)?, "asked for"),
            Engine::Simd | Engine::Avx2 | Engine::Avx512 | Engine::Neon => {
                Self::literal(set, wanted, engine.instructions())?
            }
            Engine::Literal => Self::best_literal(set, wanted)?,
            Engine::Auto => {
                let by_literals = Plan::count_unfiltered(set, Needles::Literals);
                let by_any = Plan::count_unfiltered(set, Needles::Any);
                if by_any < by_literals {
                    (Self::dfa(set, wanted, dfa_size_limit)?, "a pattern has no literal to look for")
                } else {
                    Self::best_literal(set, wanted)?
                }
            }
        };
        tracing::debug!(engine = strategy.name(), patterns = set.len(), why, "extractor built");
        Ok(strategy)
    }

    /// What to look for, and what decides the lines in which it is.
    fn plan(set: &PatternSet, wanted: Wanted, needles: Needles) -> Result<(Plan, Arc<Decider>), BuildError> {
        let grammar = Grammar::new(set, wanted);
        let plan = Plan::new(set, needles, grammar.iter().flat_map(Grammar::anchors));
        Ok((plan, Arc::new(Decider::new(set, grammar)?)))
    }

    fn dfa(set: &PatternSet, wanted: Wanted, size_limit: usize) -> Result<Self, BuildError> {
        let (plan, decider) = Self::plan(set, wanted, Needles::Any)?;
        let scanner = Dfa::new(&plan, size_limit)?;
        Ok(Strategy::Compiled(Compiled::new(plan, Box::new(scanner), decider)))
    }

    /// Literals without instructions of our own choice: by Teddy of aho-corasick, which takes few, else by our search in
    /// plain Rust, else, if they are too much alike for it, by an automaton.
    fn portable(set: &PatternSet, wanted: Wanted) -> Result<Self, BuildError> {
        let (plan, decider) = Self::plan(set, wanted, Needles::Literals)?;
        let scanner = match Portable::teddy(plan.literals()) {
            Some(teddy) => teddy,
            None => match Literals::new(&Self::needles(&plan), Instructions::Plain) {
                Ok(literals) => return Ok(Self::by_literals(plan, literals, decider).0),
                Err(_) => Portable::automaton(plan.literals())?,
            },
        };
        Ok(Strategy::Compiled(Compiled::new(plan, Box::new(scanner), decider)))
    }

    fn best_literal(set: &PatternSet, wanted: Wanted) -> Result<(Self, &'static str), BuildError> {
        match Self::literal(set, wanted, &Instructions::SIMD) {
            Err(BuildError::Instructions) => Ok((Self::portable(set, wanted)?, "this CPU has no SIMD kernel of ours")),
            built => built,
        }
    }

    /// Literals by the first of the `instructions` that the CPU has.
    fn literal(
        set: &PatternSet,
        wanted: Wanted,
        instructions: &[Instructions],
    ) -> Result<(Self, &'static str), BuildError> {
        let (plan, decider) = Self::plan(set, wanted, Needles::Literals)?;
        let needles = Self::needles(&plan);
        let built = instructions.iter().map(|&instructions| Literals::new(&needles, instructions));
        match built.into_iter().find(|built| !matches!(built, Err(Unfit::Cpu))) {
            None => Err(BuildError::Instructions),
            Some(Err(_)) => Ok((Self::portable(set, wanted)?, "the literals do not suit a SIMD kernel")),
            Some(Ok(literals)) => Ok(Self::by_literals(plan, literals, decider)),
        }
    }

    /// What our search has to look for.
    fn needles(plan: &Plan) -> Vec<Box<[u8]>> {
        if Raw::suits(plan) { Raw::needles(plan) } else { plan.literals().to_vec() }
    }

    /// By `literals`, which are the needles of `plan`, compiled.
    fn by_literals(plan: Plan, literals: Literals, decider: Arc<Decider>) -> (Self, &'static str) {
        if Raw::suits(&plan) {
            let why = "every pattern has literals, all ASCII: only lines with one are lowered";
            (Strategy::Raw(Box::new(Raw::new(plan, literals, decider))), why)
        } else {
            let scanner = Pooled::new(literals, plan.literals());
            let why = "literals are found faster, but every line has to be lowered";
            (Strategy::Compiled(Compiled::new(plan, Box::new(scanner), decider)), why)
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Strategy::Naive(_) => "naive",
            Strategy::Compiled(compiled) => compiled.name(),
            Strategy::Raw(raw) => raw.name(),
        }
    }
}

/// Sends what is found on as what it is in the documents of the text, which are several.
struct Settled<'d, E> {
    document: &'d Document<'d>,
    sink: &'d mut dyn Sink<Error = E>,
}

impl<E> Sink for Settled<'_, E> {
    type Error = E;

    fn reads_text(&self) -> bool {
        self.sink.reads_text()
    }

    fn association(&mut self, association: &Association<'_>) -> Result<ControlFlow<()>, E> {
        layout::send(self.document, association, self.sink)
    }
}

/// Sends what is wanted to a sink, until that fails.
struct ToSink<'s, S: Sink> {
    wanted: Wanted,
    min_confidence: f64,
    sink: &'s mut S,
    failure: Option<S::Error>,
}

impl<S: Sink> Emit for ToSink<'_, S> {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the fast path knows its receiver then")]
    fn emit(&mut self, association: &Association<'_>) -> ControlFlow<()> {
        let wanted = self.wanted.holds(association.negated(), association.pronoun());
        if !wanted || association.confidence < self.min_confidence {
            return ControlFlow::Continue(());
        }
        match self.sink.association(association) {
            Ok(flow) => flow,
            Err(error) => {
                self.failure = Some(error);
                ControlFlow::Break(())
            }
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
        Self::builder().patterns(PatternSet::seed()).build().expect("the seed pack compiles")
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
        let memory = &mut self.lend_workspace().memory;
        match document.layout {
            Layout::One => self.extract_with(memory, document, sink),
            _ => self.extract_with(memory, document, &mut Settled { document, sink }),
        }
    }

    /// As [`extract_document`](Self::extract_document), in the caller's own memory, and without regard to the layout of
    /// the document: what is sent has yet to go through [`layout::send`].
    pub(crate) fn extract_with<S: Sink>(
        &self,
        memory: &mut Memory,
        document: &Document<'_>,
        sink: &mut S,
    ) -> Result<ControlFlow<()>, S::Error> {
        memory.reads_text = sink.reads_text();
        let mut emit = ToSink { wanted: self.0.wanted, min_confidence: self.0.min_confidence, sink, failure: None };
        let set = &self.0.patterns;
        let patterns = |memory: &mut Memory, document: &Document<'_>, emit: &mut ToSink<'_, S>| match &self.0.strategy {
            None => ControlFlow::Continue(()),
            Some(Strategy::Naive(naive)) => naive.extract(set, document, emit),
            Some(Strategy::Compiled(compiled)) => compiled.extract(set, memory, document, emit),
            Some(Strategy::Raw(raw)) => raw.extract(set, memory, document, emit),
        };
        let flow = match &self.0.rules {
            None => patterns(memory, document, &mut emit),
            Some(rules) => layout::blocks(document).try_for_each(|block| {
                patterns(memory, &block, &mut emit)?;
                let Memory { paper, hits, .. } = memory;
                rules.extract(set, paper, hits, &block, &mut emit)
            }),
        };
        match emit.failure {
            Some(error) => Err(error),
            None => Ok(flow),
        }
    }

    /// A workspace, which goes back when it is dropped.
    #[inline]
    pub(crate) fn lend_workspace(&self) -> LentWorkspace<'_> {
        self.0.workspaces.get()
    }

    /// Very roughly, how many bytes of prose one thread scans in a microsecond.
    #[inline]
    pub(crate) fn bytes_per_microsecond(&self) -> usize {
        match &self.0.strategy {
            Some(Strategy::Naive(_)) => 25,
            _ if self.0.rules.is_some() => 50,
            Some(Strategy::Compiled(compiled)) if compiled.reads_sentences() => 150,
            Some(Strategy::Compiled(_)) | None => 500,
            Some(Strategy::Raw(raw)) if raw.reads_sentences() => 250,
            Some(Strategy::Raw(raw)) if raw.is_plain() => 500,
            Some(Strategy::Raw(_)) => 10_000,
        }
    }

    /// Whether what is found in a paragraph depends on all of it, as with [rules](crate::Rule): then text may be cut at blank
    /// lines only. Else it may be cut at any line end.
    #[must_use]
    #[inline]
    pub fn reads_paragraphs(&self) -> bool {
        self.0.rules.is_some()
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
        self.0.strategy.as_ref().map_or("rules", Strategy::name)
    }

    /// Bytes that the compiled triggers take.
    #[must_use]
    pub fn memory_usage(&self) -> usize {
        match &self.0.strategy {
            Some(Strategy::Naive(_)) | None => 0,
            Some(Strategy::Compiled(compiled)) => compiled.memory_usage(),
            Some(Strategy::Raw(raw)) => raw.memory_usage(),
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
