//! What kind of word a token is: a set of classes, one bit each.
//!
//! Closed classes (determiners, prepositions, auxiliaries, ...) and kinds of nouns share one set, so that a rule is a
//! single test. The words themselves are data: `closed.tsv` and `lexicon.tsv`.

use std::ops::{BitOr, BitOrAssign};

/// A set of word classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Classes(u64);

impl Classes {
    pub(crate) const NONE: Classes = Classes(0);

    /// Whether the two sets share a class.
    pub(crate) const fn any(self, of: Classes) -> bool {
        self.0 & of.0 != 0
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) const fn bits(self) -> u64 {
        self.0
    }

    pub(crate) const fn is_one(self) -> bool {
        self.0.is_power_of_two()
    }

    pub(crate) const fn or(self, other: Classes) -> Classes {
        Classes(self.0 | other.0)
    }

    pub(crate) const fn and(self, other: Classes) -> Classes {
        Classes(self.0 & other.0)
    }
}

impl BitOr for Classes {
    type Output = Classes;

    fn bitor(self, other: Classes) -> Classes {
        self.or(other)
    }
}

impl BitOrAssign for Classes {
    fn bitor_assign(&mut self, other: Classes) {
        *self = self.or(other);
    }
}

macro_rules! classes {
    ($($(#[$doc:meta])* $name:ident $text:literal;)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[repr(u8)]
        enum Bit { $($name),* }
        $($(#[$doc])* pub(crate) const $name: Classes = Classes(1 << Bit::$name as u8);)*

        /// The class that data files and packs call `name`.
        pub(crate) fn by_name(name: &str) -> Option<Classes> {
            match name { $($text => Some($name),)* _ => None }
        }
    };
}

classes! {
    // What a noun names: the broad categories of WordNet, by the first sense of the noun.
    ACT "act";
    ANIMAL "animal";
    ARTIFACT "artifact";
    ATTRIBUTE "attribute";
    BODY "body";
    COGNITION "cognition";
    COMMUNICATION "communication";
    EVENT "event";
    FEELING "feeling";
    FOOD "food";
    GROUP "group";
    LOCATION "location";
    OBJECT "object";
    PERSON "person";
    PHENOMENON "phenomenon";
    PLANT "plant";
    POSSESSION "possession";
    PROCESS "process";
    QUANTITY "quantity";
    RELATION "relation";
    SHAPE "shape";
    STATE "state";
    SUBSTANCE "substance";
    TIME "time";
    /// Something that holds other things, in one of the two first senses.
    CONTAINER "container";
    /// Something that has members, in one of the two first senses.
    COLLECTION "collection";
    /// Something that is a part of other things, in one of the two first senses.
    PART "part";
    /// Something that can be touched, in one of the three first senses.
    THING "thing";
    // Parts of speech.
    NOUN "noun";
    /// The plural of a noun, or what looks like one.
    PLURAL "plural";
    /// Any form of a verb.
    VERB "verb";
    /// What may be a past form or a past participle: a word in -ed, or an irregular one.
    PAST "past";
    /// The -ing form of a verb.
    ING "gerund";
    ADJECTIVE "adjective";
    ADVERB "adverb";
    /// What may stand before a noun without being the head: an adjective, participle, number or compound.
    MODIFIER "modifier";
    // Closed classes.
    DETERMINER "determiner";
    POSSESSIVE "possessive";
    PRONOUN "pronoun";
    PREPOSITION "preposition";
    CONJUNCTION "conjunction";
    RELATIVE "relative";
    AUXILIARY "auxiliary";
    NEGATION "negation";
    HEDGE "hedge";
    /// An adverb that may stand between the words of a trigger, and within a verb group.
    LIGHT_ADVERB "light-adverb";
    /// A verb that takes another one with `to`: seem, tend, be believed.
    RAISING "raising";
    /// A form of a very common verb.
    COMMON_VERB "common-verb";
    /// A noun that only counts or measures: a number of, a kind of.
    MEASURE "measure";
    /// A noun that only says what kind of thing follows: a type of, a term for, a branch of.
    CLASSIFIER "classifier";
    /// A noun that announces a list: things such as, the following factors.
    GENERIC "generic";
    /// A preposition that may join a noun phrase to the subject before it.
    LINKING "linking";
    COORDINATOR "coordinator";
    NUMERAL "numeral";
    // What the characters of the token say.
    CAPITAL "capital";
    HYPHEN "hyphen";
    DIGIT "digit";
    WORD "word";
    COMMA "comma";
    OPEN "open";
    CLOSE "close";
    QUOTE "quote";
    /// The `'s` of a genitive, or of `it's`.
    APOSTROPHE_S "apostrophe-s";
    /// All classes of the token are known; without it only what its letters say.
    LOOKED_UP "looked-up";
}

/// The classes that a noun phrase does not run over.
pub(crate) const STOP: Classes = DETERMINER
    .or(POSSESSIVE)
    .or(PREPOSITION)
    .or(CONJUNCTION)
    .or(RELATIVE)
    .or(AUXILIARY)
    .or(PRONOUN)
    .or(NEGATION)
    .or(COORDINATOR);

/// The classes of a determiner in the wide sense.
pub(crate) const DETERMINING: Classes = DETERMINER.or(POSSESSIVE);

impl Classes {
    /// A verb form that is no noun, adjective or adverb as well.
    pub(crate) const fn is_verb_only(self) -> bool {
        self.any(VERB) && !self.any(ING.or(NOUN).or(ADJECTIVE).or(ADVERB))
    }

    /// A word that can hardly be anything but a verb.
    pub(crate) const fn is_verb(self) -> bool {
        self.any(COMMON_VERB) || self.is_verb_only()
    }

    /// A past participle, as in `the damage caused by`, unless it is written as a compound.
    pub(crate) const fn is_participle(self) -> bool {
        (self.any(PAST) && !self.any(NOUN.or(HYPHEN))) || self.is_verb_only()
    }

    /// An -ing form that is no noun of its own.
    pub(crate) const fn is_present_participle(self) -> bool {
        self.any(ING) && !self.any(NOUN)
    }

    /// A word that no noun phrase runs over: of a closed class, or a light adverb that is no adjective.
    pub(crate) const fn is_closed_word(self) -> bool {
        self.any(STOP) || self.any(LIGHT_ADVERB) && !self.any(ADJECTIVE)
    }

    /// A word that may belong to a noun phrase.
    pub(crate) const fn is_open_word(self) -> bool {
        self.any(WORD) && !self.any(STOP)
    }
}
