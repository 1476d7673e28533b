//! A checked set of patterns.

use std::collections::HashMap;

use super::definition::Pattern;
use super::error::{Field, PatternError, PatternErrorKind, PatternErrors};
use super::relation::check_name;
use super::shape::{Shape, TOTAL_LIMIT, shape};

/// Most patterns a set can hold.
pub(crate) const MAX_PATTERNS: usize = 100_000;

/// The place of a pattern in its set, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PatternId(pub(crate) u32);

impl PatternId {
    /// The place as an index.
    #[must_use]
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Patterns that have been checked, in order, with names of their own. Data still: an
/// [`Extractor`](crate::Extractor) compiles it.
///
/// ```
/// use relscan::{Pattern, PatternSet, RelationType};
///
/// let set = PatternSet::new([Pattern::trigger("prevents", RelationType::Causal, "prevents")])?;
/// assert_eq!(set.len(), 1);
///
/// let errors = PatternSet::new([Pattern::regex("echo", RelationType::Causal, r"(\w+) (?=x)(\w+)")]).unwrap_err();
/// assert!(errors.to_string().contains("look-around"));
/// # Ok::<(), relscan::PatternErrors>(())
/// ```
#[derive(Clone, Debug)]
pub struct PatternSet {
    patterns: Vec<Pattern>,
    shapes: Vec<Shape>,
}

impl PatternSet {
    /// Checks `patterns` and makes a set of them.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with any of them: a regex that does not parse, matches the empty string or is too
    /// large, a missing group, a name used twice, a confidence outside 0 to 1, and so on
    /// ([`PatternErrorKind`] lists them).
    pub fn new(patterns: impl IntoIterator<Item = Pattern>) -> Result<Self, PatternErrors> {
        let patterns: Vec<Pattern> = patterns.into_iter().collect();
        let (set, errors) = Self::check(patterns);
        if errors.is_empty() { Ok(set) } else { Err(PatternErrors { origin: None, errors }) }
    }

    /// The 16 patterns of the seed, in order: `(.+?) causes (.+)` and its fifteen siblings.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "it does not panic, for the reason below")]
    pub fn seed() -> Self {
        // The file is a part of the crate and a test reads it: it cannot fail here.
        Self::parse("seed.toml", include_str!("../../patterns/seed.toml")).expect("the seed pack is valid")
    }

    /// The English pack: rules for five relations.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "it does not panic, for the reason below")]
    pub fn english() -> Self {
        // The file is a part of the crate and a test reads it: it cannot fail here.
        Self::parse("english.toml", include_str!("../../patterns/english.toml")).expect("the English pack is valid")
    }

    /// The pack of open triples: whatever a verb says of its subject, its words as the predicate.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "it does not panic, for the reason below")]
    pub fn open() -> Self {
        // The file is a part of the crate and a test reads it: it cannot fail here.
        Self::parse("open.toml", include_str!("../../patterns/open.toml")).expect("the open pack is valid")
    }

    /// The pack for case reports and abstracts: drugs, genes and diseases.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "it does not panic, for the reason below")]
    pub fn biomedical() -> Self {
        // The file is a part of the crate and a test reads it: it cannot fail here.
        Self::parse("biomedical.toml", include_str!("../../patterns/biomedical.toml"))
            .expect("the biomedical pack is valid")
    }

    /// The pack for who works where, owns what and comes from where.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "it does not panic, for the reason below")]
    pub fn organisations() -> Self {
        // The file is a part of the crate and a test reads it: it cannot fail here.
        Self::parse("organisations.toml", include_str!("../../patterns/organisations.toml"))
            .expect("the pack of organisations is valid")
    }

    /// Joins sets into one, in order.
    ///
    /// # Errors
    ///
    /// A name that two of the sets use, or too many patterns.
    pub fn join(sets: impl IntoIterator<Item = PatternSet>) -> Result<Self, PatternErrors> {
        Self::new(sets.into_iter().flat_map(|set| set.patterns))
    }

    /// The set of what is right in `patterns`, and what is wrong in the rest.
    pub(crate) fn check(patterns: Vec<Pattern>) -> (Self, Vec<PatternError>) {
        let mut errors = Vec::new();
        if patterns.is_empty() {
            errors.push(PatternError::new(PatternErrorKind::Empty, Field::Pattern));
        }
        if patterns.len() > MAX_PATTERNS {
            errors.push(PatternError::new(PatternErrorKind::TooMany(MAX_PATTERNS), Field::Pattern));
            return (PatternSet { patterns: Vec::new(), shapes: Vec::new() }, errors);
        }
        let mut shapes = Vec::with_capacity(patterns.len());
        let mut total = 0;
        let mut first_use: HashMap<&str, usize> = HashMap::with_capacity(patterns.len());
        for (index, pattern) in patterns.iter().enumerate() {
            let mut fault = |mut error: PatternError| {
                error.index = Some(index);
                error.pattern = (!pattern.name.is_empty()).then(|| pattern.name.to_string());
                errors.push(error);
            };
            if let Err(invalid) = check_name(&pattern.name) {
                fault(PatternError::new(invalid.into(), Field::Name));
            } else if first_use.insert(&pattern.name, index).is_some() {
                fault(PatternError::new(PatternErrorKind::DuplicateName(pattern.name.to_string()), Field::Name));
            }
            if !(0.0..=1.0).contains(&pattern.confidence) {
                fault(PatternError::new(PatternErrorKind::Confidence(pattern.confidence), Field::Confidence));
            }
            match shape(pattern) {
                Ok((shape, size)) => {
                    shapes.push(shape);
                    total += size;
                    if total > TOTAL_LIMIT {
                        fault(PatternError::new(PatternErrorKind::TotalSize(TOTAL_LIMIT), Field::Regex));
                        break;
                    }
                }
                Err(error) => fault(error),
            }
        }
        (PatternSet { patterns, shapes }, errors)
    }

    /// How many patterns there are; at least one.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a set is never empty")]
    pub fn len(&self) -> usize {
        self.patterns.len()
    }

    /// The patterns in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Pattern> {
        self.patterns.iter()
    }

    /// The pattern at `id`.
    ///
    /// # Panics
    ///
    /// If `id` comes from a larger set.
    #[must_use]
    pub fn get(&self, id: PatternId) -> &Pattern {
        &self.patterns[id.index()]
    }

    /// The pattern called `name`, and its place.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<(PatternId, &Pattern)> {
        self.ids().zip(&self.patterns).find(|(_, pattern)| *pattern.name == *name)
    }

    /// The place of every pattern, in order.
    pub(crate) fn ids(&self) -> impl Iterator<Item = PatternId> + use<> {
        #[expect(clippy::cast_possible_truncation, reason = "there are at most MAX_PATTERNS")]
        let len = self.patterns.len() as u32;
        (0..len).map(PatternId)
    }

    pub(crate) fn shapes(&self) -> &[Shape] {
        &self.shapes
    }
}

impl<'a> IntoIterator for &'a PatternSet {
    type Item = &'a Pattern;
    type IntoIter = std::slice::Iter<'a, Pattern>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
