//! Pairs of nouns, each pair with the relation that holds between them.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::tally::{Report, Verdict};
use super::{OncePerRow, Prediction, holds, words};

/// The relations that the rows judge.
const JUDGED: [&str; 2] = ["causal", "compositional"];
/// Most words of an argument in the strict measure.
const STRICT_WORDS: usize = 6;

#[derive(Deserialize)]
pub(super) struct Row {
    text: String,
    e1: (usize, usize),
    e2: (usize, usize),
    r#type: Option<String>,
    source: Option<String>,
}

impl super::Row for Row {
    fn text(&self) -> &str {
        &self.text
    }

    fn judge(&self, predictions: &[Prediction], report: &mut Report) -> Result<(), String> {
        let noun = |(start, end): (usize, usize)| {
            self.text.get(start..end).ok_or_else(|| format!("bytes {start}..{end} are no part of the text"))
        };
        let nouns = [("e1", noun(self.e1)?), ("e2", noun(self.e2)?)];
        let gold = self.r#type.as_deref().zip(self.source.as_deref());
        for (measure, limit) in [("loose", usize::MAX), ("strict", STRICT_WORDS)] {
            let mut hits: BTreeSet<(&str, &str)> = BTreeSet::new();
            let mut verdicts = OncePerRow::default();
            for prediction in predictions.iter().filter(|p| JUDGED.contains(&p.relation.as_str())) {
                if words(&prediction.source).len() > limit || words(&prediction.target).len() > limit {
                    continue;
                }
                for (source, target) in [(nouns[0], nouns[1]), (nouns[1], nouns[0])] {
                    if !(holds(&prediction.source, source.1) && holds(&prediction.target, target.1)) {
                        continue;
                    }
                    let hit = (prediction.relation.as_str(), source.0);
                    hits.insert(hit);
                    let right = gold == Some(hit);
                    verdicts.note(prediction, source.0, if right { Verdict::Right } else { Verdict::Wrong });
                    if !right && measure == "strict" {
                        report.error(Some(prediction), shown(nouns, gold), &self.text);
                    }
                }
            }
            for hit in hits.iter().filter(|hit| gold != Some(**hit)) {
                report.measure(&format!("{measure} {}", hit.0)).wrong += 1;
            }
            if let Some(gold) = gold {
                let counts = report.measure(&format!("{measure} {}", gold.0));
                if hits.contains(&gold) {
                    counts.found += 1;
                } else {
                    counts.missed += 1;
                }
            }
            if measure == "strict" {
                verdicts.add_to(report);
                if gold.is_some_and(|gold| !hits.contains(&gold)) {
                    report.error(None, shown(nouns, gold), &self.text);
                }
            }
        }
        Ok(())
    }
}

/// What the row says, to be read.
fn shown(nouns: [(&str, &str); 2], gold: Option<(&str, &str)>) -> String {
    let [first, second] = nouns.map(|(_, noun)| noun);
    match gold {
        Some((relation, "e1")) => format!("{first} -{relation}-> {second}"),
        Some((relation, _)) => format!("{second} -{relation}-> {first}"),
        None => format!("{first}, {second}: none of the relations"),
    }
}
