//! Names: which phrases are the same node, and which are none.

use crate::language::Language;

/// What stands before a name and does not belong to it.
const OPENERS: [&str; 12] = ["the", "a", "an", "this", "that", "these", "those", "its", "their", "his", "her", "our"];

/// What names nothing by itself.
const EMPTY: [&str; 52] = [
    "i",
    "you",
    "he",
    "she",
    "it",
    "we",
    "they",
    "me",
    "him",
    "her",
    "us",
    "them",
    "this",
    "that",
    "these",
    "those",
    "who",
    "whom",
    "which",
    "what",
    "one",
    "ones",
    "other",
    "others",
    "another",
    "former",
    "latter",
    "some",
    "any",
    "many",
    "most",
    "all",
    "both",
    "each",
    "none",
    "something",
    "anything",
    "nothing",
    "everything",
    "someone",
    "anyone",
    "everyone",
    "number",
    "thing",
    "things",
    "same",
    "such",
    "rest",
    "there",
    "here",
    "itself",
    "themselves",
];

/// Returns the key by which a phrase is one node: case folded, without an article before it and without the dots of
/// `I.B.M.`, its last word in the singular. `None` if it names nothing, as `this` or `the former`.
///
/// `opens` says that the phrase opens a sentence, where a capital says nothing: else a word with a capital is a name, and
/// keeps its ending (`Williams` is not `William`).
///
/// ```
/// use relscan::graph::name_key;
///
/// assert_eq!(name_key("The whales", true).as_deref(), Some("whale"));
/// assert_eq!(name_key("I.B.M.", false), name_key("IBM", false));
/// assert_eq!(name_key("the former", false), None);
/// ```
#[must_use]
pub fn name_key(phrase: &str, opens: bool) -> Option<String> {
    let mut words: Vec<&str> = phrase.split_whitespace().collect();
    let mut dropped = false;
    while words.len() > 1 && OPENERS.contains(&words[0].to_lowercase().as_str()) {
        words.remove(0);
        dropped = true;
    }
    let last = words.len().checked_sub(1)?;
    let mut key = String::new();
    for (at, word) in words.iter().enumerate() {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric() && !"+#%°.".contains(c));
        let word = undotted(word);
        let word = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(&word);
        let mut folded = word.to_lowercase();
        let is_common = word.chars().all(|c| !c.is_uppercase());
        let after_opening = at == 0 && opens && !dropped && word.chars().skip(1).all(|c| !c.is_uppercase());
        if at == last && (is_common || after_opening) {
            folded = Language::english().singular(&folded);
        }
        if !folded.is_empty() {
            key.push_str(if key.is_empty() { "" } else { " " });
            key.push_str(&folded);
        }
    }
    let names = key.chars().any(char::is_alphanumeric) && !EMPTY.contains(&key.as_str());
    names.then_some(key)
}

/// The form of a phrase that is shown: white space once, without an article.
pub(super) fn shown(phrase: &str) -> String {
    let mut words: Vec<&str> = phrase.split_whitespace().collect();
    while words.len() > 1 && ["the", "a", "an"].contains(&words[0].to_lowercase().as_str()) {
        words.remove(0);
    }
    words.join(" ")
}

/// `I.B.M.` as `IBM`; of other words only a full stop at the end goes.
fn undotted(word: &str) -> String {
    let is_initials = word.len() > 2
        && word.char_indices().all(|(_, c)| c == '.' || c.is_alphabetic())
        && word.trim_end_matches('.').split('.').all(|part| part.chars().count() == 1);
    if is_initials { word.replace('.', "") } else { word.trim_end_matches('.').to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_names_have_one_key() {
        for same in [["whales", "the whale"], ["I.B.M.", "IBM"], ["a heavy  rain", "Heavy rain"]] {
            assert_eq!(name_key(same[0], false), name_key(same[1], false), "{same:?}");
        }
        assert_eq!(name_key("Whales", true).as_deref(), Some("whale"));
    }

    #[test]
    fn other_names_have_others() {
        for two in [["Williams", "William"], ["news", "new"], ["glass", "glas"], ["C++", "C"], ["AIDS", "aids"]] {
            assert_ne!(name_key(two[0], false), name_key(two[1], false), "{two:?}");
        }
    }

    #[test]
    fn what_names_nothing_has_none() {
        for nothing in ["this", "It", "the former", "the number", "...", "", "—"] {
            assert_eq!(name_key(nothing, false), None, "{nothing:?}");
        }
    }
}
