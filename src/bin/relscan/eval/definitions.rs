//! Sentences that define a term, or only mention it.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::tally::{Report, Verdict};
use super::{OncePerRow, Prediction, holds, words};

/// Words after which the head of a phrase has been passed.
const AFTER_HEAD: [&str; 11] = ["of", "in", "for", "that", "which", "who", "with", "on", "by", "from", "to"];
/// Most words of the arguments whose hypernym is compared.
const TARGET_WORDS: usize = 10;
const SOURCE_WORDS: usize = 8;

#[derive(Deserialize)]
pub(super) struct Row {
    text: String,
    term: String,
    definition: bool,
    hypernyms: Vec<String>,
}

impl super::Row for Row {
    fn text(&self) -> &str {
        &self.text
    }

    fn judge(&self, predictions: &[Prediction], report: &mut Report) -> Result<(), String> {
        let about = |p: &&Prediction| p.relation == "hierarchical" && holds(&p.source, &self.term);
        let about: Vec<&Prediction> = predictions.iter().filter(about).collect();
        let definition = report.measure("definition");
        match (about.is_empty(), self.definition) {
            (false, true) => definition.found += 1,
            (false, false) => definition.wrong += 1,
            (true, true) => definition.missed += 1,
            (true, false) => {}
        }
        let wanted: BTreeSet<String> = self.hypernyms.iter().filter_map(|h| words(h).pop()).map(stem).collect();
        let short = |p: &&&Prediction| words(&p.target).len() <= TARGET_WORDS && words(&p.source).len() <= SOURCE_WORDS;
        let mut verdicts = OncePerRow::default();
        let (mut right, mut heads) = (false, false);
        for prediction in about.iter().filter(short) {
            let head = head(&prediction.target);
            let fits = head.clone().is_some_and(|head| wanted.contains(&stem(head)));
            right |= fits;
            heads = true;
            verdicts.note(prediction, &prediction.target, if fits { Verdict::Right } else { Verdict::Wrong });
            if !fits {
                report.error(Some(prediction), self.shown(), &self.text);
            }
        }
        verdicts.add_to(report);
        let hypernym = report.measure("hypernym");
        if right {
            hypernym.found += 1;
        } else {
            hypernym.wrong += usize::from(heads);
            hypernym.missed += usize::from(self.definition);
        }
        if self.definition && about.is_empty() {
            report.error(None, self.shown(), &self.text);
        }
        Ok(())
    }
}

impl Row {
    fn shown(&self) -> String {
        if self.definition {
            format!("{} is a {}", self.term, self.hypernyms.join(" | "))
        } else {
            format!("no definition of {}", self.term)
        }
    }
}

/// The last word before a preposition, a relative word or a comma.
fn head(target: &str) -> Option<String> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut end = target.find(',').unwrap_or(target.len());
    for word in AFTER_HEAD {
        let mut bounds = target.match_indices(word).map(|(at, _)| at);
        let whole = |at: &usize| {
            let before = target[..*at].chars().next_back();
            let after = target[at + word.len()..].chars().next();
            !before.is_some_and(is_part) && !after.is_some_and(is_part)
        };
        end = end.min(bounds.find(whole).unwrap_or(target.len()));
    }
    words(&target[..end]).pop()
}

/// The word without a plural -s.
fn stem(word: String) -> String {
    match word.strip_suffix('s') {
        Some(singular) if word.chars().count() > 3 => singular.to_owned(),
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads() {
        for (target, want) in [("small bird of prey", Some("bird")), ("mammal, often", Some("mammal")), ("of x", None)]
        {
            assert_eq!(head(target).as_deref(), want, "{target}");
        }
        assert_eq!((stem("gas".into()), stem("birds".into())), ("gas".into(), "bird".into()));
    }
}
