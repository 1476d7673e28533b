//! Lemmas: the form of a word that stands in a dictionary.
//!
//! A tag's endings tell what is taken off and put on (`ies` to `y` for nouns in the plural), as counted in a treebank. Words
//! that follow no rule are listed. Where several rules apply, the one that gives a lemma which is known wins.

use std::collections::BTreeMap;

use super::tag::Tag;

/// What a lemma can be: the part of speech without number, person and tense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Category {
    /// A noun.
    Noun,
    /// A verb.
    Verb,
    /// An adjective.
    Adjective,
    /// An adverb.
    Adverb,
}

impl Category {
    /// How many there are.
    pub(super) const COUNT: usize = 4;

    /// Returns the category of the words with a tag; `None` for closed classes, names and numbers.
    #[must_use]
    pub const fn of(tag: Tag) -> Option<Self> {
        match tag {
            Tag::Noun | Tag::NounPlural => Some(Self::Noun),
            Tag::Adjective => Some(Self::Adjective),
            Tag::Adverb => Some(Self::Adverb),
            tag if tag.is_verb() => Some(Self::Verb),
            _ => None,
        }
    }
}

/// What turns a form into its lemma: an ending, and what stands there instead.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Change {
    pub(super) ending: String,
    pub(super) instead: String,
}

impl Change {
    /// The change between a form and its lemma: what differs after the letters that both begin with.
    fn between(form: &str, lemma: &str) -> Self {
        let same: usize = form.chars().zip(lemma.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
        Self { ending: form[same..].to_owned(), instead: lemma[same..].to_owned() }
    }

    fn apply(&self, form: &str) -> Option<String> {
        let stem = form.strip_suffix(&self.ending).filter(|stem| !stem.is_empty())?;
        Some(format!("{stem}{}", self.instead))
    }
}

/// How often the lemmas are which category, and what gives the lemmas of forms.
#[derive(Clone, Debug, Default)]
pub(super) struct Lemmas {
    known: BTreeMap<String, [f64; Category::COUNT]>,
    listed: BTreeMap<(String, Tag), String>,
    changes: BTreeMap<Tag, Vec<Change>>,
    counts: BTreeMap<Tag, BTreeMap<Change, u32>>,
}

/// A change that fewer forms show is no rule.
const RULE: u32 = 4;

impl Lemmas {
    /// Adds a form of a treebank.
    pub(super) fn count(&mut self, form: &str, tag: Tag, lemma: &str) {
        if Category::of(tag).is_none() || lemma.is_empty() {
            return;
        }
        let (form, lemma) = (form.to_lowercase(), lemma.to_lowercase());
        if form.chars().next() == lemma.chars().next() {
            *self.counts.entry(tag).or_default().entry(Change::between(&form, &lemma)).or_default() += 1;
        }
        self.listed.insert((form, tag), lemma);
    }

    /// Adds to how often a lemma is of a category.
    pub(super) fn know(&mut self, lemma: &str, category: Category, count: f64) {
        self.known.entry(lemma.to_owned()).or_default()[category as usize] += count;
    }

    /// Makes the rules from what was counted.
    pub(super) fn make_rules(&mut self) {
        for (tag, counts) in &self.counts {
            let mut frequent: Vec<_> = counts.iter().filter(|(_, count)| **count >= RULE).collect();
            frequent.sort_by(|a, b| b.0.ending.len().cmp(&a.0.ending.len()).then(b.1.cmp(a.1)).then(a.0.cmp(b.0)));
            self.changes.insert(*tag, frequent.into_iter().map(|(change, _)| change.clone()).collect());
        }
    }

    /// Returns the lemmas that are known to be of a category, in order.
    pub(super) fn of_category(&self, category: Category) -> impl Iterator<Item = &str> {
        let known = self.known.iter().filter(move |(_, counts)| counts[category as usize] > 0.0);
        known.map(|(lemma, _)| lemma.as_str())
    }

    /// Returns the form that a lemma has with this tag, by the rule that lemmas with the same last letters follow.
    pub(super) fn inflect(&self, lemma: &str, tag: Tag) -> Option<String> {
        let counts = self.counts.get(&tag)?;
        let last = |word: &str| word.chars().rev().take(2).collect::<String>();
        let alike = |form: &&(String, Tag), wanted: &str| form.1 == tag && last(&self.listed[*form]) == wanted;
        let wanted = last(lemma);
        let mut votes: BTreeMap<Change, u32> = BTreeMap::new();
        for form in self.listed.keys().filter(|form| alike(form, &wanted)) {
            *votes.entry(Change::between(&form.0, &self.listed[form])).or_default() += 1;
        }
        let best = |votes: &BTreeMap<Change, u32>| {
            votes.iter().max_by_key(|(_, count)| **count).map(|(change, _)| change.clone())
        };
        let change = best(&votes).or_else(|| best(counts))?;
        Some(format!("{}{}", lemma.strip_suffix(&change.instead)?, change.ending))
    }

    /// Returns the lemma that a form would have with this tag, and how often that lemma is of the tag's category; `None` if
    /// no lemma is known that has such a form.
    pub(super) fn find(&self, form: &str, tag: Tag) -> Option<(&str, f64)> {
        let category = Category::of(tag)? as usize;
        let known = |lemma: &str| {
            let (lemma, counts) = self.known.get_key_value(lemma)?;
            (counts[category] > 0.0).then_some((lemma.as_str(), counts[category]))
        };
        if let Some(lemma) = self.listed.get(&(form.to_owned(), tag)) {
            return known(lemma);
        }
        let changes = self.changes.get(&tag)?;
        let found = changes.iter().filter_map(|change| known(&change.apply(form)?));
        found.max_by(|a, b| a.1.total_cmp(&b.1))
    }
}
