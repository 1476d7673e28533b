//! Coordination: `A, B and C` is three arguments.

use super::class::{self, DETERMINING};
use super::named;
use super::phrase::{Phrase, Sentence};

/// Most items of a list that become arguments.
pub(crate) const ITEMS_LIMIT: usize = 16;

impl Sentence<'_> {
    /// The phrases before `last` in a list that it ends, nearest first; none if there is no list, or none that can be
    /// told from two clauses.
    pub(crate) fn list_left(&self, last: &Phrase) -> Vec<Phrase> {
        let mut items: Vec<Phrase> = Vec::new();
        let Some(mut end) = self.conjunction_before(last.first) else { return items };
        let comma = end > 0 && self.has(end - 1, class::COMMA);
        // `they were poor, and this want caused`, but `the otter, or river dog, is`
        let parts_clauses = comma && self.is(end, named::AND);
        end -= usize::from(comma);
        items.extend(self.item_ending(end).filter(|item| !self.is_modifier_of(item, last)));
        if let Some(item) = items.last() {
            items.extend(self.items_before(item.first));
        }
        let Some(first) = items.last() else { return items };
        // Two items may be the ends of two clauses, unless one determiner stands for both or a clause begins there.
        let shared = first.determiner.is_some() && last.determiner.is_none();
        let agent = first.first.checked_sub(1).is_some_and(|at| self.is(at, named::BY));
        let before = first.first.checked_sub(1).map(|at| self.classes(at));
        let bounded = before.is_none_or(|before| {
            let bounds = class::PREPOSITION.or(class::CONJUNCTION).or(class::RELATIVE).or(class::COORDINATOR);
            before.any(bounds) || before.is_verb() || !before.any(class::WORD)
        });
        let pointed = last.determiner.is_some_and(|at| self.is(at, named::DEMONSTRATIVE));
        if !(items.len() > 1 || !parts_clauses && !pointed && !agent && (shared || bounded)) {
            items.clear();
        }
        items
    }

    /// Whether `item`, which a conjunction joins to `last`, only modifies its head: `economic and political crises`.
    fn is_modifier_of(&self, item: &Phrase, last: &Phrase) -> bool {
        let modifies = class::ADJECTIVE.or(class::PAST).or(class::HYPHEN);
        item.start == item.head
            && self.has(item.head, modifies)
            && !self.has(item.head, class::PLURAL)
            && last.start < last.head
            && last.determiner.is_none()
            && self.has(last.start, class::MODIFIER)
    }

    /// Where the conjunction begins that ends just before token `at`: `and`, `or`, `as well as`.
    fn conjunction_before(&self, at: usize) -> Option<usize> {
        let as_well_as = at.checked_sub(3).filter(|&start| self.are(start, &[named::AS, named::WELL, named::AS]));
        as_well_as.or_else(|| at.checked_sub(1).filter(|&before| self.has(before, class::COORDINATOR)))
    }

    /// The phrases that commas join to one whose first token is `first`, nearest first.
    pub(crate) fn items_before(&self, mut first: usize) -> Vec<Phrase> {
        let mut items = Vec::new();
        while items.len() < ITEMS_LIMIT {
            let comma = first.checked_sub(1).filter(|&at| self.has(at, class::COMMA));
            let Some(item) = comma.and_then(|comma| self.item_ending(comma)) else { break };
            // `in contrast, A and B`
            if item.first <= 1 && self.has(0, class::PREPOSITION) {
                break;
            }
            first = item.first;
            items.push(item);
        }
        items
    }

    fn item_ending(&self, end: usize) -> Option<Phrase> {
        let word = end.checked_sub(1).is_some_and(|at| self.has(at, class::WORD.or(class::QUOTE).or(class::CLOSE)));
        self.left(end).filter(|item| word && !item.pronoun)
    }

    /// The phrases after `first` in a list that it begins. `open` lists need no conjunction; `clause` says that a verb
    /// after an item belongs to a clause of its own, so that the item is none.
    /// `again` is a preposition that may stand before each item: `by rain or by wind`.
    pub(crate) fn list_right(&self, first: &Phrase, open: bool, clause: bool, again: &str) -> Vec<Phrase> {
        let mut items: Vec<Phrase> = Vec::new();
        if self.is_list_within(first) {
            return items;
        }
        let mut closed = false;
        let mut at = first.reach();
        while items.len() < ITEMS_LIMIT && !closed {
            let Some((mut start, conjunction)) = self.separator(self.skip_aside_right(at)) else { break };
            if self.reads(start, again) && self.has(start, class::PREPOSITION) {
                start += 1;
            }
            let verb = self.has(start, class::LIGHT_ADVERB) && self.has(start + 1, class::VERB);
            if verb || self.is(start, named::ENDING_LIST) {
                break;
            }
            let Some(item) = self.right(start, self.len()).filter(|item| !item.pronoun) else { break };
            // `a state of rest and attention`
            let indefinite =
                first.determiner.is_some_and(|at| self.is(at, named::A_OR_AN)) || matches!(again, "a" | "an");
            if items.is_empty() && first.of.is_some() && indefinite && item.determiner.is_none() {
                break;
            }
            // `linked to organs and containing nerves`
            let participial = |phrase: &Phrase| self.classes(phrase.start).is_present_participle();
            if participial(&item) && item.start < item.head && item.determiner.is_none() && !participial(first) {
                break;
            }
            at = item.reach();
            let next = self.classes(at);
            let finite = next.any(class::AUXILIARY) || next.is_verb();
            let participle = next.any(class::ING) || next.any(class::PAST) && self.has(at + 1, class::PREPOSITION);
            // `by smoke and gout caused by wine`
            let described = next.any(class::PAST) && self.is(at + 1, named::BY) && again == "by";
            if items.is_empty() && (clause && finite && !participle || described) {
                break;
            }
            items.push(item);
            closed = conjunction;
        }
        if !(closed || open) {
            items.clear();
        }
        items
    }

    /// Whether what is coordinated after the phrase stands after its `of` as well: `a mixture of sand and lime`.
    fn is_list_within(&self, phrase: &Phrase) -> bool {
        phrase.of.is_some() && self.is(phrase.head, named::JOINING)
    }

    /// The start of what follows a comma, a conjunction or both at `at`, and whether there is a conjunction.
    fn separator(&self, at: usize) -> Option<(usize, bool)> {
        if self.has(at, class::COMMA) {
            let conjunction = self.has(at + 1, class::COORDINATOR);
            return Some((at + 1 + usize::from(conjunction), conjunction));
        }
        if self.has(at, class::COORDINATOR) {
            return Some((at + 1, true));
        }
        self.are(at, &[named::AS, named::WELL, named::AS]).then_some((at + 3, true))
    }

    /// Whether `to` and a verb follow at `at`, or after the rest of a short list: `causes the demand or supply to shift`.
    pub(crate) fn infinitive_follows(&self, at: usize) -> bool {
        let infinitive = |at: usize| {
            self.is(at, named::TO)
                && self.has(at + 1, class::VERB.or(class::AUXILIARY))
                && !self.has(at + 1, class::PLURAL)
        };
        let end = self.skip_aside_right(at);
        infinitive(end)
            || self.has(end, class::COORDINATOR)
                && self.right(end + 1, self.len()).is_some_and(|item| infinitive(item.reach()))
    }

    /// Steps over closing quotes and one parenthesis at `at`.
    fn skip_aside_right(&self, mut at: usize) -> usize {
        while self.has(at, class::QUOTE) {
            at += 1;
        }
        if self.has(at, class::OPEN) {
            let close = (at..self.len()).find(|&i| self.has(i, class::CLOSE));
            return close.map_or(at, |close| close + 1);
        }
        at
    }

    /// The items that a general noun announces: `things such as A and B`, `the following: A, B`.
    pub(crate) fn announced(&self, phrase: &Phrase) -> Option<Vec<Phrase>> {
        if !self.has(phrase.head, class::GENERIC) {
            return None;
        }
        let end = phrase.core_end;
        let comma = usize::from(self.has(end, class::COMMA));
        let start = if self.are(end + comma, &[named::SUCH, named::AS]) {
            end + comma + 2
        } else if self.is(end, named::COLON.or(named::LIKE)) {
            end + 1
        } else {
            return None;
        };
        let first = self.right(start, self.len()).filter(|first| !first.pronoun)?;
        let mut items = vec![first];
        items.extend(self.list_right(&first, true, false, ""));
        Some(items)
    }

    /// Whether the phrase has no determiner that would say which or how many.
    pub(crate) fn is_bare(&self, phrase: &Phrase) -> bool {
        phrase.determiner.is_none_or(|at| !self.has(at, DETERMINING) || self.is(at, named::VAGUE))
    }
}
