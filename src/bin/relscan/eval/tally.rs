//! Counts of what was found, wrong and missed, and what is printed of them.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::Prediction;

/// What the gold says of a prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Right,
    Wrong,
}

/// Counts for one measure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) found: usize,
    pub(super) wrong: usize,
    pub(super) missed: usize,
}

impl Counts {
    #[allow(clippy::cast_precision_loss)] // counts of rows
    fn ratio(part: usize, rest: usize) -> f64 {
        if part == 0 { 0.0 } else { part as f64 / (part + rest) as f64 }
    }

    pub(super) fn precision(self) -> f64 {
        Self::ratio(self.found, self.wrong)
    }

    pub(super) fn recall(self) -> f64 {
        Self::ratio(self.found, self.missed)
    }

    pub(super) fn f1(self) -> f64 {
        let (precision, recall) = (self.precision(), self.recall());
        if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 }
    }
}

/// Something that came out otherwise than the gold says.
#[derive(Clone, Debug)]
struct Error {
    prediction: Option<Prediction>,
    /// What the gold says.
    gold: String,
    text: String,
}

/// All that was counted.
#[derive(Default)]
pub(super) struct Report {
    /// By the name of the measure, in the order of the names.
    measures: BTreeMap<String, Counts>,
    patterns: BTreeMap<String, Counts>,
    errors: Vec<Error>,
}

impl Report {
    pub(super) fn measure(&mut self, name: &str) -> &mut Counts {
        self.measures.entry(name.to_owned()).or_default()
    }

    /// Counts a verdict on what a pattern found.
    pub(super) fn pattern(&mut self, name: &str, verdict: Verdict) {
        let counts = self.patterns.entry(name.to_owned()).or_default();
        match verdict {
            Verdict::Right => counts.found += 1,
            Verdict::Wrong => counts.wrong += 1,
        }
    }

    /// Keeps an error to be listed: a wrong prediction, or a gold pair that none found.
    pub(super) fn error(&mut self, prediction: Option<&Prediction>, gold: String, text: &str) {
        self.errors.push(Error { prediction: prediction.cloned(), gold, text: text.to_owned() });
    }

    pub(super) fn to_json(&self) -> String {
        let of = |counts: &Counts| {
            json!({
                "precision": counts.precision(), "recall": counts.recall(), "f1": counts.f1(),
                "found": counts.found, "wrong": counts.wrong, "missed": counts.missed,
            })
        };
        let measures: Map<String, Value> = self.measures.iter().map(|(name, c)| (name.clone(), of(c))).collect();
        let pattern = |c: &Counts| json!({ "precision": c.precision(), "found": c.found, "wrong": c.wrong });
        let patterns: Map<String, Value> = self.patterns.iter().map(|(name, c)| (name.clone(), pattern(c))).collect();
        format!("{}\n", json!({ "measures": measures, "patterns": patterns }))
    }

    /// A table, and up to `limit` errors of each kind.
    pub(super) fn to_text(&self, limit: usize) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write_text(&mut text, limit);
        text
    }

    fn write_text(&self, text: &mut String, limit: usize) -> std::fmt::Result {
        for (name, c) in &self.measures {
            let (p, r, f1) = (c.precision(), c.recall(), c.f1());
            write!(text, "{name:22} precision {p:.3} recall {r:.3} F1 {f1:.3}")?;
            writeln!(text, "  (found {}, wrong {}, missed {})", c.found, c.wrong, c.missed)?;
        }
        let mut patterns: Vec<_> = self.patterns.iter().collect();
        patterns.sort_by_key(|(_, c)| std::cmp::Reverse(c.found + c.wrong));
        writeln!(text, "\npattern                precision   right   wrong")?;
        for (name, c) in patterns {
            writeln!(text, "{name:22} {:9.3} {:7} {:7}", c.precision(), c.found, c.wrong)?;
        }
        let (mut wrong, missed): (Vec<&Error>, Vec<&Error>) = self.errors.iter().partition(|e| e.prediction.is_some());
        let confidence = |error: &Error| error.prediction.as_ref().map_or(0.0, |prediction| prediction.confidence);
        wrong.sort_by(|a, b| confidence(b).total_cmp(&confidence(a)));
        for (title, errors) in [("wrong", wrong), ("missed", missed)] {
            writeln!(text, "\n{title}: {} of {}", limit.min(errors.len()), errors.len())?;
            for error in errors.into_iter().take(limit) {
                if let Some(p) = &error.prediction {
                    let (pattern, confidence) = (&p.pattern, p.confidence);
                    writeln!(text, "  {} -{}-> {}  ({pattern}, {confidence:.2})", p.source, p.relation, p.target)?;
                }
                writeln!(text, "    gold: {}\n    {}", error.gold, error.text.trim())?;
            }
        }
        Ok(())
    }
}
