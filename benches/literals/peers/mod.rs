//! What we are compared with: each peer as somebody who knows it would use it, with the same result as ours.

mod automata;
#[cfg(feature = "bench-hyperscan")]
pub mod hyperscan;
mod regexes;

use relscan::{Engine, Extractor, Pattern, PatternSet, RelationType};

pub use automata::{Automaton, Daachorse, Teddy};
pub use regexes::{Naive, Set};

use super::tally::{Record, Tally};

/// Finds the associations of a text.
pub trait Finder {
    fn find(&mut self, text: &str, tally: &mut Tally);
}

impl Finder for Extractor {
    fn find(&mut self, text: &str, tally: &mut Tally) {
        let Ok(_) = self.extract_into(text, tally);
    }
}

/// A finder and what it is called.
pub struct Named {
    pub name: &'static str,
    pub finder: Box<dyn Finder>,
    /// Whether it is so slow that it is timed on a part of the text.
    pub slow: bool,
}

impl Named {
    fn new(name: &'static str, finder: impl Finder + 'static) -> Self {
        Named { name, finder: Box::new(finder), slow: false }
    }

    pub fn records(&mut self, text: &str) -> Vec<Record> {
        let mut tally = Tally::keeping();
        self.finder.find(text, &mut tally);
        tally.into_records()
    }
}

/// Patterns of the form `(.+?) MIDDLE (.+)`, as each peer wants them.
pub struct Patterns {
    pub set: PatternSet,
    /// The regex of each pattern.
    pub regexes: Vec<String>,
    /// The regex of the middle of each pattern.
    pub middles: Vec<String>,
    /// Every literal that is a middle, and the number of its pattern.
    pub literals: Vec<(String, u32)>,
}

impl Patterns {
    /// The seed pack.
    pub fn seed() -> Self {
        let middles: [(&str, &[&str]); 16] = [
            (" causes ", &[" causes "]),
            (" leads to ", &[" leads to "]),
            (" results in ", &[" results in "]),
            (" is (?:a|an) ", &[" is a ", " is an "]),
            (" are (?:a|an|types? of) ", &[" are a ", " are an ", " are type of ", " are types of "]),
            (" contains ", &[" contains "]),
            (" includes ", &[" includes "]),
            (" consists of ", &[" consists of "]),
            (" refers to ", &[" refers to "]),
            (" means ", &[" means "]),
            (" involves ", &[" involves "]),
            (" similar to ", &[" similar to "]),
            (" related to ", &[" related to "]),
            (" before ", &[" before "]),
            (" after ", &[" after "]),
            (" follows ", &[" follows "]),
        ];
        let literals = (0..)
            .zip(&middles)
            .flat_map(|(pattern, (_, literals))| literals.iter().map(move |literal| ((*literal).to_owned(), pattern)));
        Patterns {
            set: PatternSet::seed(),
            regexes: middles.iter().map(|(middle, _)| format!("(.+?){middle}(.+)")).collect(),
            literals: literals.collect(),
            middles: middles.iter().map(|(middle, _)| (*middle).to_owned()).collect(),
        }
    }

    /// One pattern for each trigger.
    pub fn of_triggers(triggers: &[String]) -> Self {
        let middles: Vec<String> = triggers.iter().map(|trigger| format!(" {trigger} ")).collect();
        Patterns {
            set: Self::check(triggers),
            regexes: middles.iter().map(|middle| format!("(.+?){}(.+)", regex::escape(middle))).collect(),
            literals: middles.iter().cloned().zip(0..).collect(),
            middles,
        }
    }

    /// The set of one pattern for each trigger.
    pub fn check(triggers: &[String]) -> PatternSet {
        let pattern = |(number, trigger)| Pattern::trigger(format!("t{number}"), RelationType::Semantic, trigger);
        PatternSet::new(triggers.iter().enumerate().map(pattern)).expect("the triggers are different words")
    }

    pub fn extractor(&self, engine: Engine) -> Option<Extractor> {
        Extractor::builder().patterns(self.set.clone()).engine(engine).build().ok()
    }

    /// Our engines, those that this CPU has.
    pub fn ours(&self) -> Vec<Named> {
        let engines = [
            ("relscan auto", Engine::Auto),
            ("relscan avx2", Engine::Avx2),
            ("relscan portable", Engine::Portable),
            ("relscan dfa", Engine::Dfa),
        ];
        let built = engines.into_iter().map(|(name, engine)| Some(Named::new(name, self.extractor(engine)?)));
        built.flatten().collect()
    }

    /// The peers that search for literals.
    pub fn literal_peers(&self) -> Vec<Named> {
        vec![
            #[cfg(feature = "bench-hyperscan")]
            Named::new("hyperscan", hyperscan::Hyperscan::new(&self.literals)),
            Named::new("aho-corasick", Automaton::new(&self.literals)),
            Named::new("daachorse", Daachorse::new(&self.literals)),
        ]
    }

    /// Those that search text of either case and lower only what they found.
    pub fn of_raw_text(&self) -> Vec<Named> {
        let mut finders = self.ours();
        finders.extend(self.literal_peers());
        finders.retain(|named| ["relscan auto", "relscan avx2", "hyperscan", "aho-corasick"].contains(&named.name));
        finders
    }

    /// Ours, and every peer.
    pub fn all(&self) -> Vec<Named> {
        let mut all = self.ours();
        all.extend(self.literal_peers());
        all.push(Named::new("aho-corasick teddy", Teddy::new(&self.literals)));
        all.push(Named { slow: true, ..Named::new("regex set", Set::new(&self.regexes, &self.middles)) });
        all.push(Named { slow: true, ..Named::new("naive regex", Naive::new(&self.regexes)) });
        all
    }
}
