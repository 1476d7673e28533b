//! All needles, literals and regexes, in one automaton of regex-automata, searched for overlapping matches; or, where
//! that grows too large, the literals in an automaton of their own.
//!
//! A lazy DFA that does not fit its cache is compiled again and again as the text is read, from an NFA in which thousands
//! of literals are alive at once: slower by thousands of times. That of aho-corasick grows with the literals and no more.

use std::panic::{RefUnwindSafe, UnwindSafe};

use aho_corasick::AhoCorasick;
use regex_automata::dfa::{Automaton, OverlappingState, dense};
use regex_automata::hybrid;
use regex_automata::nfa::thompson;
use regex_automata::util::pool::Pool;
use regex_automata::{Input, MatchKind};
use regex_syntax::hir::Hir;

use super::{Hit, Plan, Scanner};
use crate::error::BuildError;

/// So many literals are left to a lazy DFA however small its cache is.
const FEW: usize = 100;
/// What the states of a lazy DFA take for each byte of many literals, on prose: a cache for 500 pairs of words is enough
/// with 8 MB, one for 1,000 is not.
const STATES_PER_BYTE: usize = 800;

/// Scans for any needle.
#[derive(Debug)]
pub(crate) struct Dfa {
    /// The literals, if they are apart.
    literals: Option<AhoCorasick>,
    /// The other needles, if there are any.
    automaton: Option<Kind>,
    /// The number of its first one in the plan.
    first: usize,
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
    /// about that size, and without the literals if they are many.
    pub(crate) fn new(plan: &Plan, size_limit: usize) -> Result<Self, BuildError> {
        let literals = plan.literals().iter().map(|literal| Hir::literal(literal.clone()));
        let needles: Vec<Hir> = literals.chain(plan.regexes().iter().cloned()).collect();
        if needles.is_empty() {
            return Ok(Dfa { literals: None, automaton: None, first: 0 });
        }
        let nfa = nfa(&needles)?;
        match dense(&nfa, size_limit)? {
            Some(dense) => Ok(Dfa { literals: None, automaton: Some(dense), first: 0 }),
            None if fills_a_cache(plan.literals(), size_limit) => Self::apart(plan, size_limit),
            None => Ok(Dfa { literals: None, automaton: Some(lazy(&nfa, size_limit)?), first: 0 }),
        }
    }

    /// The literals of `plan` apart from the regexes.
    fn apart(plan: &Plan, size_limit: usize) -> Result<Self, BuildError> {
        let literals = AhoCorasick::new(plan.literals()).map_err(|error| BuildError::automaton(&error))?;
        let automaton = if plan.regexes().is_empty() {
            None
        } else {
            let nfa = nfa(plan.regexes())?;
            let dense = dense(&nfa, size_limit)?;
            Some(dense.map_or_else(|| lazy(&nfa, size_limit), Ok)?)
        };
        Ok(Dfa { literals: Some(literals), automaton, first: plan.literals().len() })
    }
}

/// Whether a lazy DFA for `literals` would clear a cache of `size_limit` bytes again and again.
fn fills_a_cache(literals: &[Box<[u8]>], size_limit: usize) -> bool {
    let bytes: usize = literals.iter().map(|literal| literal.len()).sum();
    literals.len() > FEW && bytes.saturating_mul(STATES_PER_BYTE) > size_limit
}

fn nfa(needles: &[Hir]) -> Result<thompson::NFA, BuildError> {
    let config = thompson::Config::new().which_captures(thompson::WhichCaptures::None);
    let nfa = thompson::Compiler::new().configure(config).build_many_from_hir(needles);
    nfa.map_err(|error| BuildError::automaton(&error))
}

/// `None` if it would be larger than `size_limit`.
fn dense(nfa: &thompson::NFA, size_limit: usize) -> Result<Option<Kind>, BuildError> {
    let config = dense::Config::new()
        .match_kind(MatchKind::All)
        .start_kind(regex_automata::dfa::StartKind::Unanchored)
        .dfa_size_limit(Some(size_limit))
        .determinize_size_limit(Some(size_limit));
    match dense::Builder::new().configure(config).build_from_nfa(nfa) {
        Ok(dfa) => Ok(Some(Kind::Dense(Box::new(dfa)))),
        Err(error) if error.is_size_limit_exceeded() => Ok(None),
        Err(error) => Err(BuildError::automaton(&error)),
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

impl Kind {
    /// Calls `found` for every match, in the order of their ends.
    fn scan(&self, haystack: &str, found: &mut dyn FnMut(Hit)) {
        let input = Input::new(haystack);
        match self {
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
}

impl Scanner for Dfa {
    fn name(&self) -> &'static str {
        match (&self.literals, &self.automaton) {
            (Some(_), None) => "dfa (Aho-Corasick)",
            (Some(_), Some(Kind::Dense(_))) => "dfa (Aho-Corasick, dense)",
            (Some(_), Some(Kind::Lazy(..))) => "dfa (Aho-Corasick, lazy)",
            (None, Some(Kind::Lazy(..))) => "dfa (lazy)",
            (None, _) => "dfa (dense)",
        }
    }

    fn scan(&self, haystack: &str, found: &mut dyn FnMut(Hit)) {
        let literals = self.literals.iter().flat_map(|literals| literals.find_overlapping_iter(haystack));
        let literals = literals.map(|literal| Hit { needle: literal.pattern().as_usize(), end: literal.end() });
        let mut literals = literals.peekable();
        if let Some(automaton) = &self.automaton {
            automaton.scan(haystack, &mut |hit| {
                while let Some(literal) = literals.next_if(|literal| literal.end <= hit.end) {
                    found(literal);
                }
                found(Hit { needle: self.first + hit.needle, ..hit });
            });
        }
        literals.for_each(found);
    }

    fn memory_usage(&self) -> usize {
        let automaton = match &self.automaton {
            Some(Kind::Dense(dfa)) => dfa.memory_usage(),
            Some(Kind::Lazy(dfa, caches)) => dfa.get_nfa().memory_usage() + caches.get().memory_usage(),
            None => 0,
        };
        automaton + self.literals.as_ref().map_or(0, AhoCorasick::memory_usage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Engine;
    use crate::scan::Needles;
    use crate::{Extractor, Pattern, PatternSet, RelationType};

    /// Patterns of `literals` triggers, and two whose middles are regexes.
    fn set(literals: usize, regexes: bool) -> PatternSet {
        let trigger = |number| Pattern::trigger(format!("t{number}"), RelationType::Semantic, format!("w{number} of"));
        let regexes =
            [r"(.+?) is\s+like (.+)", r"(.+?) w1[0-9]+ of every (.+)"].into_iter().take(2 * usize::from(regexes));
        let regexes =
            regexes.zip(0..).map(|(regex, number)| Pattern::regex(format!("r{number}"), RelationType::Semantic, regex));
        PatternSet::new((0..literals).map(trigger).chain(regexes)).expect("they are different and compile")
    }

    /// Every way to hold the needles gives the same hits, in the order of their ends.
    #[test]
    fn many_literals_are_held_apart() {
        let text = "a w17 of every b is  like w3 of c\nd w149 of e w100 of every f\nis like g w0 of w1 of w2 of h";
        for regexes in [false, true] {
            let plan = Plan::new(&set(150, regexes), Needles::Any, std::iter::empty());
            let scan = |limit| {
                let dfa = Dfa::new(&plan, limit).expect("it compiles");
                let mut hits = Vec::new();
                dfa.scan(text, &mut |hit| hits.push(hit));
                assert!(hits.is_sorted_by_key(|hit| hit.end), "{}", dfa.name());
                hits.sort_unstable_by_key(|hit| (hit.end, hit.needle));
                (dfa.name(), hits)
            };
            let (dense, want) = scan(64 << 20);
            let (small, got) = scan(64 << 10);
            let (least, lazy) = scan(1 << 10);
            let names = if regexes {
                ["dfa (dense)", "dfa (Aho-Corasick, dense)", "dfa (Aho-Corasick, lazy)"]
            } else {
                ["dfa (dense)", "dfa (Aho-Corasick)", "dfa (Aho-Corasick)"]
            };
            assert_eq!([dense, small, least], names);
            assert_eq!(got, want);
            assert_eq!(lazy, want);
            assert!(want.len() >= 7);
        }
    }

    #[test]
    fn thousands_of_literals_do_not_fill_a_cache() {
        let extractor =
            |engine| Extractor::builder().patterns(set(3_000, true)).engine(engine).build().expect("it builds");
        let dfa = extractor(Engine::Dfa);
        assert!(dfa.engine_name().starts_with("dfa (Aho-Corasick"), "{}", dfa.engine_name());
        let lines = (0..3_000).step_by(7).map(|number| format!("One w{number} of it is like two.\n"));
        let text = lines.collect::<Vec<_>>().concat();
        let want = extractor(Engine::Literal).extract(&text);
        let found = dfa.extract(&text);
        assert!(found.iter().eq(want.iter()) && found.len() > 400);
    }
}
