//! Where the time of a batch went.

use std::fmt;
use std::ops::AddAssign;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A part of the work of learning. More may follow these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Stage {
    /// Finding associations in text.
    Extraction,
    /// Lower-casing, words and ids.
    TextProcessing,
    /// Entering concepts and their words.
    ConceptUpdates,
    /// Making and strengthening associations.
    AssociationUpdates,
    /// Writing to a store.
    Store,
}

impl Stage {
    /// The stages, in the order in which a lesson passes them.
    pub const ALL: [Stage; 5] =
        [Stage::Extraction, Stage::TextProcessing, Stage::ConceptUpdates, Stage::AssociationUpdates, Stage::Store];

    /// The name, for people.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Extraction => "extraction",
            Stage::TextProcessing => "text processing",
            Stage::ConceptUpdates => "concept updates",
            Stage::AssociationUpdates => "association updates",
            Stage::Store => "store",
        }
    }
}

/// What was learned, and how long it took. Reports of several batches add up. Serialisable, for logs and dashboards;
/// times are in seconds then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LearnReport {
    /// Contents learned.
    pub learned: usize,
    /// Concepts that were new, those of arguments included.
    pub new_concepts: usize,
    /// Associations that were extracted, new or not.
    pub extracted: usize,
    /// New associations between the arguments of an extraction.
    pub new_associations: usize,
    /// New links from a learned concept to the arguments of its associations.
    pub new_links: usize,
    /// New associations by co-occurrence.
    pub new_cooccurrences: usize,
    /// Contents that were learned with several threads.
    pub in_parallel: usize,
    /// Time from beginning to end.
    #[serde(rename = "elapsed_seconds", with = "seconds")]
    pub elapsed: Duration,
    /// Time spent in every stage, summed over threads: stages that ran side by side add up to more than `elapsed`.
    #[serde(rename = "stage_seconds", with = "stage_seconds")]
    pub(crate) stages: [Duration; Stage::ALL.len()],
}

impl LearnReport {
    /// New associations of every sort.
    #[must_use]
    pub fn new_of_every_sort(&self) -> usize {
        self.new_associations + self.new_links + self.new_cooccurrences
    }

    /// Time spent in `stage`, summed over threads.
    #[must_use]
    pub fn time(&self, stage: Stage) -> Duration {
        self.stages[stage as usize]
    }

    pub(crate) fn add_time(&mut self, stage: Stage, time: Duration) {
        self.stages[stage as usize] += time;
    }
}

impl AddAssign<&LearnReport> for LearnReport {
    fn add_assign(&mut self, other: &LearnReport) {
        self.learned += other.learned;
        self.new_concepts += other.new_concepts;
        self.extracted += other.extracted;
        self.new_associations += other.new_associations;
        self.new_links += other.new_links;
        self.new_cooccurrences += other.new_cooccurrences;
        self.in_parallel += other.in_parallel;
        self.elapsed += other.elapsed;
        for stage in Stage::ALL {
            self.add_time(stage, other.time(stage));
        }
    }
}

/// A time as its seconds.
mod seconds {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(time.as_secs_f64())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        Duration::try_from_secs_f64(f64::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// The times of stages as their seconds, by name.
mod stage_seconds {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    use crate::graph::report::Stage;

    type Times = [Duration; Stage::ALL.len()];

    #[derive(Deserialize)]
    struct Time(#[serde(with = "crate::graph::report::seconds")] Duration);

    pub(super) fn serialize<S: Serializer>(times: &Times, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(Stage::ALL.map(|stage| (stage, times[stage as usize].as_secs_f64())))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Times, D::Error> {
        let mut times = Times::default();
        for (stage, Time(time)) in BTreeMap::<Stage, Time>::deserialize(deserializer)? {
            times[stage as usize] = time;
        }
        Ok(times)
    }
}

/// A table of the stages: time, share of all time spent, and time per content.
impl fmt::Display for LearnReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let busy: Duration = self.stages.iter().sum();
        let per_second = ratio(self.learned, self.elapsed.as_secs_f64());
        writeln!(f, "{} contents in {:.3} s, {per_second:.0} a second", self.learned, self.elapsed.as_secs_f64())?;
        for stage in Stage::ALL {
            let time = self.time(stage).as_secs_f64();
            let share = if busy.is_zero() { 0.0 } else { 100.0 * time / busy.as_secs_f64() };
            let each = if self.learned == 0 { 0.0 } else { 1e6 / ratio(self.learned, time) };
            writeln!(f, "  {:<20} {time:>9.3} s {share:>5.1}% {each:>9.3} us each", stage.as_str())?;
        }
        write!(
            f,
            "new: {} concepts, {} associations, {} central links, {} by co-occurrence",
            self.new_concepts, self.new_associations, self.new_links, self.new_cooccurrences
        )
    }
}

#[allow(clippy::cast_precision_loss)] // a figure to look at
fn ratio(count: usize, seconds: f64) -> f64 {
    count as f64 / seconds.max(1e-12)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_add_up_and_can_be_read() {
        let mut report = LearnReport { learned: 10, elapsed: Duration::from_millis(500), ..LearnReport::default() };
        report.add_time(Stage::Store, Duration::from_millis(300));
        report.add_time(Stage::Extraction, Duration::from_millis(100));
        let mut total = LearnReport::default();
        total += &report;
        total += &report;
        assert_eq!(total.time(Stage::Store), Duration::from_millis(600));
        let table = total.to_string();
        assert!(table.starts_with("20 contents in 1.000 s, 20 a second\n"), "{table}");
        assert!(table.contains("store                    0.600 s  75.0% 30000.000 us each"), "{table}");
        assert!(!LearnReport::default().to_string().contains("NaN"));
    }

    #[test]
    fn reports_serialise_and_come_back() {
        let mut report =
            LearnReport { learned: 10, elapsed: Duration::from_nanos(500_000_001), ..LearnReport::default() };
        report.add_time(Stage::TextProcessing, Duration::from_millis(250));
        let json = serde_json::to_string(&report).unwrap();
        let times = r#""elapsed_seconds":0.500000001,"stage_seconds":{"extraction":0.0,"text_processing":0.25,"#;
        assert!(json.starts_with(r#"{"learned":10,"new_concepts":0,"#) && json.contains(times), "{json}");
        assert_eq!(serde_json::from_str::<LearnReport>(&json).unwrap(), report);
        let error = serde_json::from_str::<LearnReport>(&json.replace("0.25", "-1.0")).unwrap_err();
        assert!(error.to_string().contains("negative"), "{error}");
    }
}
