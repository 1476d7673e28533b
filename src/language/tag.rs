//! Parts of speech.

use std::fmt;

/// The part of speech of a token: the universal tags of Universal Dependencies, with verbs told apart by their form.
///
/// `INTJ`, `SYM` and `X` of Universal Dependencies are one tag here, [`Tag::Other`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Tag {
    /// An adjective: `red`.
    Adjective,
    /// A preposition or a verb's particle: `in`, `up`.
    Adposition,
    /// An adverb: `often`.
    Adverb,
    /// An auxiliary or modal verb, the copula among them: `has`, `may`, `is`.
    Auxiliary,
    /// A coordinating conjunction: `and`.
    Coordinator,
    /// A determiner: `the`.
    Determiner,
    /// A common noun: `rain`.
    Noun,
    /// A number: `42`, `seven`.
    Number,
    /// A particle: `to` before a verb, `not`, the possessive `'s`.
    Particle,
    /// A pronoun: `it`, `who`.
    Pronoun,
    /// A proper noun: `London`.
    Name,
    /// A punctuation mark.
    Mark,
    /// A subordinating conjunction: `because`.
    Subordinator,
    /// A verb in its base form: `to cause`.
    VerbBase,
    /// A verb in a finite form: `causes`, `caused`.
    VerbFinite,
    /// A present participle or gerund: `causing`.
    VerbIng,
    /// A past participle: `was caused`.
    VerbParticiple,
    /// An interjection, a symbol, a foreign word.
    Other,
}

impl Tag {
    /// How many tags there are.
    pub const COUNT: usize = Self::ALL.len();

    /// Every tag, in the order of their numbers.
    pub const ALL: [Self; 18] = [
        Self::Adjective,
        Self::Adposition,
        Self::Adverb,
        Self::Auxiliary,
        Self::Coordinator,
        Self::Determiner,
        Self::Noun,
        Self::Number,
        Self::Particle,
        Self::Pronoun,
        Self::Name,
        Self::Mark,
        Self::Subordinator,
        Self::VerbBase,
        Self::VerbFinite,
        Self::VerbIng,
        Self::VerbParticiple,
        Self::Other,
    ];

    /// Returns the tag for a universal tag and a Penn tag, which tells the forms of verbs apart.
    #[must_use]
    pub fn from_treebank(universal: &str, penn: &str) -> Self {
        match universal {
            "ADJ" => Self::Adjective,
            "ADP" => Self::Adposition,
            "ADV" => Self::Adverb,
            "AUX" => Self::Auxiliary,
            "CCONJ" => Self::Coordinator,
            "DET" => Self::Determiner,
            "NOUN" => Self::Noun,
            "NUM" => Self::Number,
            "PART" => Self::Particle,
            "PRON" => Self::Pronoun,
            "PROPN" => Self::Name,
            "PUNCT" => Self::Mark,
            "SCONJ" => Self::Subordinator,
            "VERB" => match penn {
                "VBN" => Self::VerbParticiple,
                "VBG" => Self::VerbIng,
                "VB" => Self::VerbBase,
                _ => Self::VerbFinite,
            },
            _ => Self::Other,
        }
    }

    /// Returns the universal tag: `NOUN`, `VERB`, `X`, ...
    #[must_use]
    pub const fn universal(self) -> &'static str {
        match self {
            Self::VerbBase | Self::VerbFinite | Self::VerbIng | Self::VerbParticiple => "VERB",
            tag => tag.name(),
        }
    }

    /// Returns the short name: the universal tag, or `VB`, `VF`, `VG`, `VN` for the forms of verbs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        const NAMES: [&str; Tag::COUNT] = [
            "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT", "SCONJ", "VB",
            "VF", "VG", "VN", "X",
        ];
        NAMES[self as usize]
    }

    /// Returns the tag that has this number in [`Tag::ALL`].
    pub(super) fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_stand_at_their_numbers() {
        for (number, tag) in Tag::ALL.into_iter().enumerate() {
            assert_eq!(tag as usize, number);
            assert_eq!(Tag::from_number(u8::try_from(number).unwrap()), Some(tag));
        }
        assert_eq!(Tag::from_number(18), None);
    }
}
