//! All needles, literals and regexes, in one automaton of regex-automata, searched for overlapping matches.

use std::panic::{RefUnwindSafe, UnwindSafe};

use regex_automata::dfa::{Automaton, OverlappingState, dense};
use regex_automata::hybrid;
use regex_automata::nfa::thompson;
use regex_automata::util::pool::Pool;
use regex_automata::{Input, MatchKind};
use regex_syntax::hir::Hir;

use super::{Hit, Plan, Scanner};
use crate::error::BuildError;

/// Scans for any needle.
#[derive(Debug)]
pub(crate) struct Dfa {
    automaton: Kind,
    /// Patterns of the automaton are numbered as the needles of the plan.
    needles: usize,
}

enum Kind {
    /// Compiled in full, where that stays within the limit.
    Dense(Box<dense::DFA<Vec<u32>>>),
    /// Compiled as the text asks for it, in a cache of limited size.
    Lazy(Box<hybrid::dfa::DFA>, Caches),
}

type Caches = Pool<hybrid::dfa::Cache, Box<dyn Fn() -> hybrid::dfa::Cache + Send + Sync + UnwindSafe + RefUnwindSafe>>;

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Kind::Dense(_) => "Dense",
            Kind::Lazy(..) => "Lazy",
        })
    }
}

impl Dfa {
    /// Compiles the needles of `plan`: in full if that takes at most `size_limit` bytes, else lazily with a cache of
    /// about that size.
    pub(crate) fn new(plan: &Plan, size_limit: usize) -> Result<Self, BuildError> {
        let literals = plan.literals().iter().map(|literal| Hir::literal(literal.clone()));
        let needles: Vec<Hir> = literals.chain(plan.regexes().iter().cloned()).collect();
        let config = thompson::Config::new().which_captures(thompson::WhichCaptures::None);
        let nfa = thompson::Compiler::new().configure(config).build_many_from_hir(&needles);
        let nfa = nfa.map_err(|error| BuildError::automaton(&error))?;
        let config = dense::Config::new()
            .match_kind(MatchKind::All)
            .start_kind(regex_automata::dfa::StartKind::Unanchored)
            .dfa_size_limit(Some(size_limit))
            .determinize_size_limit(Some(size_limit));
        let automaton = match dense::Builder::new().configure(config).build_from_nfa(&nfa) {
            Ok(dfa) => Kind::Dense(Box::new(dfa)),
            Err(error) if error.is_size_limit_exceeded() => lazy(&nfa, size_limit)?,
            Err(error) => return Err(BuildError::automaton(&error)),
        };
        Ok(Dfa { automaton, needles: needles.len() })
    }
}

fn lazy(nfa: &thompson::NFA, size_limit: usize) -> Result<Kind, BuildError> {
    // No `minimum_cache_clear_count`: a search that gave up would have to be done again by a slower engine.
    let config = hybrid::dfa::Config::new()
        .match_kind(MatchKind::All)
        .cache_capacity(size_limit)
        .skip_cache_capacity_check(true);
    let dfa = hybrid::dfa::Builder::new().configure(config).build_from_nfa(nfa.clone());
    let dfa = dfa.map_err(|error| BuildError::automaton(&error))?;
    let for_caches = dfa.clone();
    Ok(Kind::Lazy(Box::new(dfa), Pool::new(Box::new(move || for_caches.create_cache()))))
}

/// A search fails only if a quit byte was set, or a limit on cache clears, or an anchored start was asked for; none of
/// that is configured.
const INFALLIBLE: &str = "an unanchored search without quit bytes does not fail";

impl Scanner for Dfa {
    fn name(&self) -> &'static str {
        match self.automaton {
            Kind::Dense(_) => "dfa (dense)",
            Kind::Lazy(..) => "dfa (lazy)",
        }
    }

    fn scan(&self, haystack: &str, found: &mut dyn FnMut(Hit)) {
        if self.needles == 0 {
            return;
        }
        let input = Input::new(haystack);
        match &self.automaton {
            Kind::Dense(dfa) => {
                let mut state = OverlappingState::start();
                loop {
                    dfa.try_search_overlapping_fwd(&input, &mut state).expect(INFALLIBLE);
                    let Some(end) = state.get_match() else { break };
                    found(Hit { needle: end.pattern().as_usize(), end: end.offset() });
                }
            }
            Kind::Lazy(dfa, caches) => {
                let mut cache = caches.get();
                let mut state = hybrid::dfa::OverlappingState::start();
                loop {
                    dfa.try_search_overlapping_fwd(&mut cache, &input, &mut state).expect(INFALLIBLE);
                    let Some(end) = state.get_match() else { break };
                    found(Hit { needle: end.pattern().as_usize(), end: end.offset() });
                }
            }
        }
    }

    fn memory_usage(&self) -> usize {
        match &self.automaton {
            Kind::Dense(dfa) => dfa.memory_usage(),
            Kind::Lazy(dfa, caches) => dfa.get_nfa().memory_usage() + caches.get().memory_usage(),
        }
    }
}
