//! Words with the phrases that belong to them: which is the source and which the target.

use super::definition::RulePart;

/// A verb, adjective or noun of a rule, with what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The word in its base form.
    pub(crate) word: String,
    /// The noun that is the object of a verb whatever the sentence says: `rise` of `give rise to`.
    pub(crate) noun: Option<String>,
    /// The prepositions, in order.
    pub(crate) prepositions: Vec<String>,
    pub(crate) source: Slot,
    pub(crate) target: Slot,
}

/// A phrase that belongs to a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// The subject of an active verb, what stands with `by` of a passive one; of a noun or adjective, what it is said of.
    Subject,
    /// The object of an active verb, the subject of a passive one.
    Object,
    /// The object with what it does or comes to be: `cause people to move`.
    Event,
    /// What is said of the object: `call the city Paris`.
    Complement,
    /// Who has what a noun names: `the storm's effect`.
    Possessor,
    /// The word of the rule with its own phrase.
    Word,
    /// What stands with a preposition.
    Preposition(String),
    /// The first of several that is filled.
    Or(Vec<Slot>),
}

/// Prepositions and particles that entries of verbs may name.
const PREPOSITIONS: [&str; 31] = [
    "about", "across", "after", "against", "among", "around", "as", "at", "before", "behind", "between", "by",
    "during", "for", "from", "in", "into", "like", "of", "off", "on", "onto", "out", "over", "through", "to", "under",
    "up", "upon", "with", "within",
];

impl Slot {
    pub(crate) fn parse(name: &str) -> Result<Self, String> {
        if name.contains('|') {
            return name.split('|').map(Self::parse).collect::<Result<_, _>>().map(Self::Or);
        }
        match name {
            "preposition" => Ok(Self::Preposition(String::new())),
            "subject" => Ok(Self::Subject),
            "object" => Ok(Self::Object),
            "event" => Ok(Self::Event),
            "complement" => Ok(Self::Complement),
            "possessor" => Ok(Self::Possessor),
            "word" => Ok(Self::Word),
            name if PREPOSITIONS.contains(&name) => Ok(Self::Preposition(name.to_owned())),
            name => Err(format!(
                "`{name}` is no phrase of a rule; use subject, object, event, complement, possessor, word, preposition, or a preposition itself"
            )),
        }
    }
}

impl Frame {
    /// Reads `give rise to`: the word, the noun that goes with a verb, prepositions.
    pub(crate) fn parse(
        text: &str,
        part: RulePart,
        source: Option<Slot>,
        target: Option<Slot>,
    ) -> Result<Self, String> {
        let mut words = text.split_whitespace();
        let word = words.next().ok_or("an entry is empty; write a word")?.to_owned();
        let (mut noun, mut prepositions) = (None, Vec::new());
        for next in words {
            if PREPOSITIONS.contains(&next) {
                prepositions.push(next.to_owned());
            } else if part == RulePart::Verbs && noun.is_none() && prepositions.is_empty() {
                noun = Some(next.to_owned());
            } else {
                return Err(format!("`{next}` is no preposition; an entry is a word with its prepositions"));
            }
        }
        let last = prepositions.last().cloned().map(Slot::Preposition);
        // `preposition` is the last one, whichever it is.
        let named = |slot: Option<Slot>| match slot {
            Some(Slot::Preposition(word)) if word.is_empty() => last.clone(),
            slot => slot,
        };
        let (source, target) = (named(source), named(target));
        Ok(Self {
            word,
            noun,
            prepositions,
            source: source.unwrap_or(Slot::Subject),
            target: target.or(last).unwrap_or(Slot::Object),
        })
    }

    /// Tells whether prepositions belong to the frame, or an argument stands with one.
    pub(crate) fn uses_prepositions(&self) -> bool {
        let with = |slot: &Slot| matches!(slot, Slot::Preposition(_) | Slot::Or(_));
        !self.prepositions.is_empty() || with(&self.source) || with(&self.target)
    }

    /// The words of the frame, as its entry has them.
    pub(crate) fn words(&self) -> String {
        let more = self.noun.iter().chain(&self.prepositions);
        more.fold(self.word.clone(), |words, word| words + " " + word)
    }

    /// Tells whether an argument is the object of the verb.
    pub(crate) fn takes_object(&self) -> bool {
        let is_object = |slot: &Slot| matches!(slot, Slot::Object | Slot::Event | Slot::Complement);
        [&self.source, &self.target].into_iter().any(|slot| match slot {
            Slot::Or(slots) => slots.iter().any(is_object),
            slot => is_object(slot),
        })
    }

    /// Tells whether the slot is what stands with one of the frame's own prepositions.
    pub(crate) fn owns(&self, slot: &Slot) -> bool {
        matches!(slot, Slot::Preposition(word) if self.prepositions.contains(word))
    }
}
