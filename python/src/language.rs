//! How a text is read: sentences, tokens, parts of speech.

use pyo3::prelude::*;
use relscan::language::{Analysis, Language};

use crate::offsets::Offsets;
use crate::rows;
use crate::watch::guarded;

/// A token: text, tag, start and end in characters.
type Token = (String, String, usize, usize);

/// The tokens of each sentence of an English text.
#[pyfunction]
pub(crate) fn tag(text: &Bound<'_, PyAny>) -> PyResult<Vec<Vec<Token>>> {
    let (_, text) = rows::string(text, "text")?;
    guarded(|| {
        let mut analysis = Analysis::default();
        Language::english().read(text, &mut analysis);
        let offsets = Offsets::of(text);
        let token = |token: relscan::language::TaggedToken| {
            let word = text.get(token.span.clone()).unwrap_or("").to_owned();
            let place = |at| offsets.character(text, at);
            (word, token.tag.to_string(), place(token.span.start), place(token.span.end))
        };
        let count = analysis.sentences().len();
        (0..count).map(|sentence| analysis.tokens(sentence).map(token).collect()).collect()
    })
}
