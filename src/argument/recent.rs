//! What was found out lately about words: few words make up most of a text.
//!
//! Of a word eight bytes are kept: what its place does not tell of its hash, and the number of what it is. What words
//! are is kept once for all that are the same, as few sets of classes are those of most words.

use std::cell::Cell;

use super::class::Classes;
use super::head::Answers;
use super::lexicon::{index, mixed};
use super::named::Named;

/// What a word is, but for what its first letter says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) classes: Classes,
    /// What it answers as a head, if that was asked.
    pub(super) answers: Answers,
    /// The lists that it is of.
    pub(super) named: Named,
}

/// The words that were looked up lately, by their keys.
#[derive(Debug)]
pub(crate) struct Recent {
    /// The bits of the hash of a word above those that choose its place, and below them the number of its kind, 0 if
    /// the place is free. No two keys have one hash.
    words: Box<[Cell<u64>]>,
    /// The kinds by number, in the order in which they were met, so that frequent ones are near each other.
    kinds: Box<[Cell<Kind>]>,
    /// How many there are.
    count: Cell<usize>,
    /// The numbers of the kinds, by classes and answers; 0 where there is none.
    numbers: Box<[Cell<u16>]>,
    /// Whether a kind is that of words which a question names.
    asked: Box<[Cell<bool>]>,
}

const WORDS: usize = 1 << 16;
/// More are not kept: all is forgotten then.
const KINDS: usize = 1 << 12;
const NUMBERS: usize = 2 * KINDS;

impl Default for Recent {
    fn default() -> Self {
        Recent {
            words: vec![Cell::default(); WORDS].into(),
            kinds: vec![Cell::default(); KINDS].into(),
            count: Cell::new(1),
            numbers: vec![Cell::default(); NUMBERS].into(),
            asked: vec![Cell::default(); KINDS].into(),
        }
    }
}

impl Recent {
    /// What the word with this key is, if it was looked up lately.
    #[inline]
    pub(super) fn get(&self, key: u64) -> Option<Kind> {
        let hash = mixed(key);
        let word = self.words[index(hash, WORDS)].get();
        let number = index(word, WORDS);
        ((word ^ hash) < WORDS as u64 && number != 0).then(|| self.kinds[number % KINDS].get())
    }

    /// Keeps what the word with this key is, and gives it: of these classes and lists, and with these answers if a
    /// question names it. The answers that all other words of its classes have are asked for if they are not known.
    pub(super) fn set(
        &self,
        key: u64,
        (classes, named, answers): (Classes, Named, Option<Answers>),
        ask: impl FnOnce() -> Answers,
    ) -> Kind {
        if self.count.get() == KINDS {
            self.forget();
        }
        let salt = named.bits() ^ answers.unwrap_or_default().bits().rotate_left(32);
        let mut place = index(mixed(classes.bits() ^ salt), NUMBERS);
        let number = loop {
            let number = usize::from(self.numbers[place].get());
            if number == 0 {
                let number = self.count.get();
                self.count.set(number + 1);
                self.numbers[place].set(u16::try_from(number).unwrap_or_default());
                self.kinds[number].set(Kind { classes, answers: answers.unwrap_or_else(ask), named });
                self.asked[number].set(answers.is_some());
                break number;
            }
            let kind = self.kinds[number].get();
            let same = answers.is_none_or(|answers| answers == kind.answers) && named == kind.named;
            if same && kind.classes == classes && answers.is_some() == self.asked[number].get() {
                break number;
            }
            place = (place + 1) % NUMBERS;
        };
        let hash = mixed(key);
        let place = index(hash, WORDS);
        self.words[place].set((hash ^ place as u64) | number as u64);
        self.kinds[number].get()
    }

    #[cold]
    fn forget(&self) {
        self.words.iter().for_each(|word| word.set(0));
        self.numbers.iter().for_each(|number| number.set(0));
        self.count.set(1);
    }
}

#[cfg(test)]
mod tests {
    use super::super::class;
    use super::*;

    #[test]
    fn words_are_told_apart_and_forgotten() {
        let recent = Recent::default();
        let named = Answers::default();
        let noun = recent.set(1, (class::NOUN, Named::NONE, None), Answers::default);
        assert_eq!(recent.get(1), Some(noun));
        assert_eq!([0, 2, 1 << 63].map(|key| recent.get(key)), [None; 3]);
        recent.set(2, (class::VERB, Named::NONE, Some(named)), || unreachable!("the answers are known"));
        assert_eq!(recent.get(2).map(|kind| kind.classes), Some(class::VERB));
        // More kinds than there is room for.
        let all = (0..5000).flat_map(|i| [class::NOUN, class::VERB].map(|class| (i, class)));
        for (i, class) in all {
            let classes = if i % 2 == 0 { class } else { class.or(class::WORD) };
            let lists = super::super::named::LISTS;
            let list = lists[i % lists.len()].0.or(lists[i / lists.len() % lists.len()].0);
            let kind = recent.set(3 + i as u64, (classes, list, None), Answers::default);
            assert_eq!(recent.get(3 + i as u64), Some(kind));
            assert_eq!((kind.classes, kind.named), (classes, list));
        }
    }
}
