//! What is particular to a language in the cutting of sentences and tokens, as data.

use std::collections::BTreeMap;

use foldhash::{HashMap, HashSet};
use serde::Deserialize;

/// Abbreviations, openings and clitics of a language, read from TOML.
#[derive(Clone, Debug)]
pub struct Profile {
    continuing: HashSet<String>,
    closing: HashSet<String>,
    openings: HashSet<String>,
    clitics: Vec<String>,
    contractions: Vec<(String, usize)>,
    /// Whether a clitic has no apostrophe.
    bare_clitics: bool,
    /// How long contractions are, a bit for each length.
    contraction_lens: u64,
    roles: HashMap<String, Roles>,
}

/// What a word of a closed class does in a phrase. The profile says which words have which role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Role {
    /// A form of `be`.
    Be,
    /// A form of `have`.
    Have,
    /// A form of `do`.
    Do,
    /// A form of `get`.
    Get,
    /// `may`, `will`.
    Modal,
    /// Makes what is said doubtful: `may`, `possibly`.
    Hedge,
    /// Denies what is said: `not`, `never`.
    Negation,
    /// Denies what it determines: `no`.
    Denying,
    /// `his`.
    Possessive,
    /// `a`.
    Indefinite,
    /// `the`.
    Definite,
    /// `which`.
    Relative,
    /// A noun that measures what follows `of`: `lot`.
    Measure,
    /// A verb whose infinitive does not happen: `fail`.
    Failing,
    /// A verb whose infinitive only may happen: `seem`.
    Seeming,
    /// Makes what it modifies one of its kind: `first`.
    Unique,
    /// A verb that says what its subject is, as `be` does: `become`.
    Linking,
    /// A participle that can have an object though it modifies: `called`, `given`.
    Naming,
    /// A noun that stands before a name as a title, in capitals too: `Minister`.
    Title,
    /// Opens a clause of its own that says what or how: `how music is defined`.
    Interrogative,
    /// A noun that says when, without a preposition: `this week`.
    Time,
    /// `by`, which names who does what a passive says.
    By,
    /// A participle that is used as a preposition: `following`.
    Prepositional,
    /// Makes `not` deny only a part: `only` of `not only`.
    Restricting,
    /// A noun that says which day by itself: `today`.
    Today,
    /// Makes a possessor of the noun before it: `'s`.
    Genitive,
    /// Says of the noun before it how much of it: `all` of `they all left`.
    Floating,
    /// An auxiliary in the singular: `is`.
    Singular,
    /// A preposition that hangs on the noun before it rather than on the verb: `in` of `a rise in prices`.
    Nominal,
}

/// The roles of a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles(u32);

impl Roles {
    /// No role.
    pub(super) const NONE: Self = Self(0);

    /// Tells whether the word has a role.
    #[must_use]
    pub const fn has(self, role: Role) -> bool {
        self.0 >> role as u32 & 1 == 1
    }
}

/// A profile that cannot be read: where, and what is wrong.
#[derive(Debug, thiserror::Error)]
#[error("the profile of the language cannot be read: {0}")]
pub struct ProfileError(#[from] toml::de::Error);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    continuing: Vec<String>,
    closing: Vec<String>,
    openings: Vec<String>,
    clitics: Vec<String>,
    contractions: Vec<(String, usize)>,
    #[serde(default)]
    words: BTreeMap<Role, Vec<String>>,
}

impl Profile {
    /// Reads a profile; `patterns/language/english.toml` is one, and says what each of its lists means.
    ///
    /// # Errors
    /// If `toml` is not TOML, or lacks a list, or has one that is unknown.
    pub fn from_toml(toml: &str) -> Result<Self, ProfileError> {
        let file: File = toml::from_str(toml)?;
        let mut roles: HashMap<String, Roles> = HashMap::default();
        for (role, words) in file.words {
            for word in words {
                roles.entry(word).or_default().0 |= 1 << role as u32;
            }
        }
        Ok(Self {
            continuing: file.continuing.into_iter().collect(),
            closing: file.closing.into_iter().collect(),
            openings: file.openings.into_iter().collect(),
            bare_clitics: file.clitics.iter().any(|clitic| !clitic.contains('\'')),
            contraction_lens: file.contractions.iter().fold(0, |lens, (whole, _)| lens | len_bit(whole.len())),
            clitics: file.clitics,
            contractions: file.contractions,
            roles,
        })
    }

    /// Returns every word that has a role.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.roles.keys().map(String::as_str)
    }

    /// Returns the roles of a word in lower case.
    pub(super) fn roles(&self, word: &str) -> Roles {
        self.roles.get(word).copied().unwrap_or_default()
    }

    /// Tells whether a stop after this abbreviation, in lower case, never ends a sentence.
    pub(super) fn continues(&self, abbreviation: &str) -> bool {
        self.continuing.contains(abbreviation)
    }

    /// Tells whether this word, in lower case, is an abbreviation that may close a sentence.
    pub(super) fn may_close(&self, abbreviation: &str) -> bool {
        self.closing.contains(abbreviation)
    }

    /// Tells whether a word of ASCII letters is an abbreviation, letter case left out.
    pub(super) fn is_abbreviation(&self, word: &[u8]) -> bool {
        let mut short = [0; 16];
        let Some(lower) = short.get_mut(..word.len()) else {
            return str::from_utf8(word)
                .is_ok_and(|word| self.continues(&word.to_lowercase()) || self.may_close(&word.to_lowercase()));
        };
        lower.copy_from_slice(word);
        lower.make_ascii_lowercase();
        str::from_utf8(lower).is_ok_and(|lower| self.continues(lower) || self.may_close(lower))
    }

    /// Tells whether a word without an apostrophe may be cut into two tokens.
    pub(super) fn may_be_cut(&self, word: &[u8]) -> bool {
        self.bare_clitics
            || self.contraction_lens & len_bit(word.len()) != 0
                && self.contractions.iter().any(|(whole, _)| word.eq_ignore_ascii_case(whole.as_bytes()))
    }

    /// Tells whether this word, in lower case, often opens a sentence.
    pub(super) fn opens(&self, word: &str) -> bool {
        self.openings.contains(word)
    }

    /// Returns the length of the clitic that `word` ends with, if there is a word before it. Letter case does not count,
    /// and a typographic apostrophe is one.
    pub(super) fn clitic(&self, word: &str) -> Option<usize> {
        self.clitics.iter().find_map(|clitic| {
            let mut letters = word.char_indices().rev();
            let mut start = word.len();
            for wanted in clitic.chars().rev() {
                let (at, letter) = letters.next()?;
                let same = match wanted {
                    '\'' => matches!(letter, '\'' | '’'),
                    wanted => letter.eq_ignore_ascii_case(&wanted),
                };
                if !same {
                    return None;
                }
                start = at;
            }
            (start > 0).then_some(word.len() - start)
        })
    }

    /// Returns where the second token of a word begins that is written as one and read as two: `can|not`.
    pub(super) fn contraction(&self, word: &str) -> Option<usize> {
        self.contractions.iter().find(|(whole, _)| word.eq_ignore_ascii_case(whole)).map(|(_, at)| *at)
    }
}

/// A bit for a length, one for all that are long.
fn len_bit(len: usize) -> u64 {
    1 << len.min(63)
}
