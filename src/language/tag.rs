//! Parts of speech.

use std::fmt;

/// The part of speech of a token: the universal tags of Universal Dependencies, with nouns told apart by number
/// and verbs by form.
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
    /// A common noun in the singular: `rain`.
    Noun,
    /// A common noun in the plural: `floods`.
    NounPlural,
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
    /// A verb in the third person of the present: `causes`.
    VerbThird,
    /// A verb in another person of the present: `they cause`.
    VerbPresent,
    /// A verb in the past: `it caused`.
    VerbPast,
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
    pub const ALL: [Self; 21] = [
        Self::Adjective,
        Self::Adposition,
        Self::Adverb,
        Self::Auxiliary,
        Self::Coordinator,
        Self::Determiner,
        Self::Noun,
        Self::NounPlural,
        Self::Number,
        Self::Particle,
        Self::Pronoun,
        Self::Name,
        Self::Mark,
        Self::Subordinator,
        Self::VerbBase,
        Self::VerbThird,
        Self::VerbPresent,
        Self::VerbPast,
        Self::VerbIng,
        Self::VerbParticiple,
        Self::Other,
    ];

    /// Returns the tag for a universal tag and a Penn tag, which tells number and the forms of verbs apart.
    #[must_use]
    pub fn from_treebank(universal: &str, penn: &str) -> Self {
        match universal {
            "ADJ" => Self::Adjective,
            "ADP" => Self::Adposition,
            "ADV" => Self::Adverb,
            "AUX" => Self::Auxiliary,
            "CCONJ" => Self::Coordinator,
            "DET" => Self::Determiner,
            "NOUN" if penn == "NNS" => Self::NounPlural,
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
                "VBD" => Self::VerbPast,
                "VBP" => Self::VerbPresent,
                "VBZ" => Self::VerbThird,
                _ => Self::VerbBase,
            },
            _ => Self::Other,
        }
    }

    /// Returns the universal tag: `NOUN`, `VERB`, `X`, ...
    #[must_use]
    pub const fn universal(self) -> &'static str {
        match self {
            Self::NounPlural => "NOUN",
            tag if tag.is_verb() => "VERB",
            tag => tag.name(),
        }
    }

    /// Returns the short name: the universal tag, or `NOUNS` for nouns in the plural and the Penn tag for verbs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        const NAMES: [&str; Tag::COUNT] = [
            "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "NOUN", "NOUNS", "NUM", "PART", "PRON", "PROPN", "PUNCT",
            "SCONJ", "VB", "VBZ", "VBP", "VBD", "VBG", "VBN", "X",
        ];
        NAMES[self as usize]
    }

    /// Tells whether this is a verb, auxiliaries apart.
    #[must_use]
    pub const fn is_verb(self) -> bool {
        self.is_finite() || matches!(self, Self::VerbBase | Self::VerbIng | Self::VerbParticiple)
    }

    /// Tells whether this is a verb in a finite form, auxiliaries apart.
    #[must_use]
    pub const fn is_finite(self) -> bool {
        matches!(self, Self::VerbThird | Self::VerbPresent | Self::VerbPast)
    }

    /// Tells whether this is a noun or a name.
    #[must_use]
    pub const fn is_nominal(self) -> bool {
        matches!(self, Self::Noun | Self::NounPlural | Self::Name)
    }

    /// Returns the tag that has this number in [`Tag::ALL`].
    pub(super) fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

/// A set of tags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TagSet(u32);

impl TagSet {
    /// Tells whether the set has the tag.
    #[must_use]
    pub const fn contains(self, tag: Tag) -> bool {
        self.0 >> tag as u32 & 1 == 1
    }

    /// Returns the tag of a set that has just one.
    #[must_use]
    pub fn single(self) -> Option<Tag> {
        Tag::ALL.into_iter().find(|tag| self.0 == 1 << *tag as u32)
    }
}

impl From<Tag> for TagSet {
    fn from(tag: Tag) -> Self {
        Self(1 << tag as u32)
    }
}

impl FromIterator<Tag> for TagSet {
    fn from_iter<I: IntoIterator<Item = Tag>>(tags: I) -> Self {
        Self(tags.into_iter().fold(0, |set, tag| set | 1 << tag as u32))
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
        assert_eq!(Tag::from_number(21), None);
    }
}
