//! What a word is asked by: its key in lower case, whether its capital says something, its shape and its endings.

/// What a word looks like, where the lexicon does not know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Shape {
    /// Digits only: `1998`.
    Digits,
    /// Digits and the marks of numbers: `1,200.50`.
    Number,
    /// No letter and no digit.
    Marks,
    /// A capital first, where a sentence does not begin.
    Capital,
    /// Letters and digits: `B12`.
    Mixed,
    /// Any other word.
    Lower,
}

impl Shape {
    pub(super) const ALL: [Self; 6] =
        [Self::Digits, Self::Number, Self::Marks, Self::Capital, Self::Mixed, Self::Lower];

    pub(super) fn of(word: &str, capital: bool) -> Self {
        let mut letters = word.chars();
        if word.bytes().all(|byte| byte.is_ascii_digit()) {
            Self::Digits
        } else if word.bytes().all(|byte| byte.is_ascii_digit() || b".,:/%-".contains(&byte))
            && word.bytes().any(|byte| byte.is_ascii_digit())
        {
            Self::Number
        } else if !letters.any(char::is_alphanumeric) {
            Self::Marks
        } else if capital {
            Self::Capital
        } else if word.chars().any(char::is_numeric) {
            Self::Mixed
        } else {
            Self::Lower
        }
    }

    /// The shape of a word of ASCII letters.
    pub(super) fn of_ascii(word: &[u8], capital: bool) -> Self {
        let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
        if digits == word.len() {
            Self::Digits
        } else if digits > 0 && word.iter().all(|byte| byte.is_ascii_digit() || b".,:/%-".contains(byte)) {
            Self::Number
        } else if !word.iter().any(u8::is_ascii_alphanumeric) {
            Self::Marks
        } else if capital {
            Self::Capital
        } else if digits > 0 {
            Self::Mixed
        } else {
            Self::Lower
        }
    }
}

/// A token as the lexicon is asked for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct WordKey {
    /// The word in lower case, with a plain apostrophe for a typographic one.
    pub(super) word: String,
    /// Whether it has a capital that the start of a sentence does not explain.
    pub(super) capital: bool,
}

impl WordKey {
    pub(super) fn new(word: &str, first: bool) -> Self {
        let capital = Self::is_capital(word, first);
        let mut key: String = word.chars().filter(|letter| *letter != '\u{ad}' && *letter != '\u{200b}').collect();
        key = key.to_lowercase().replace('’', "'");
        Self { word: key, capital }
    }

    /// Tells whether a word has a capital that says something; `first` says that it opens its sentence.
    pub(super) fn is_capital(word: &str, first: bool) -> bool {
        let mut letters = word.chars();
        let capital = letters.next().is_some_and(char::is_uppercase);
        // `NATO` says something wherever it stands.
        capital && (!first || letters.next().is_some_and(char::is_uppercase))
    }
}

/// The longest ending that is asked for, in characters.
pub(super) const MAX_ENDING: usize = 5;

/// The endings of a word, from the longest that is asked for down to the empty one.
pub(super) fn endings(word: &str) -> impl Iterator<Item = &str> {
    let mut starts: Vec<usize> = word.char_indices().rev().take(MAX_ENDING).map(|(at, _)| at).collect();
    starts.reverse();
    starts.into_iter().chain([word.len()]).map(|at| &word[at..])
}
