//! Where associations go.

use std::convert::Infallible;
use std::ops::ControlFlow;

use super::association::{Association, OwnedAssociation};

/// Takes associations one after another, in order: by document, line, pattern, position.
///
/// An association borrows from the arena of the extraction and is gone after the call; a sink keeps what it needs.
/// After `Break` or an error nothing more is sent.
///
/// A `Vec` of [`OwnedAssociation`] is a sink, and [`Associations`](crate::Associations) is a compact one;
/// [`sink_fn`] makes one of a closure.
pub trait Sink {
    /// What can go wrong.
    type Error;

    /// Takes the next association, and says whether to go on.
    ///
    /// # Errors
    ///
    /// Whatever the sink cannot cope with; the extraction stops and returns it.
    fn association(&mut self, association: &Association<'_>) -> Result<ControlFlow<()>, Self::Error>;

    /// Whether it mostly reads [`source`](Association::source) and [`target`](Association::target), as it does unless it
    /// says otherwise. Both are right in any case; a sink of spans that says `false` saves lowering them, a sixth of the
    /// time that an association takes or more, and one that reads them all the same pays more.
    fn reads_text(&self) -> bool {
        true
    }
}

impl<S: Sink> Sink for &mut S {
    type Error = S::Error;

    fn reads_text(&self) -> bool {
        (**self).reads_text()
    }

    #[inline]
    fn association(&mut self, association: &Association<'_>) -> Result<ControlFlow<()>, S::Error> {
        (**self).association(association)
    }
}

impl Sink for Vec<OwnedAssociation> {
    type Error = Infallible;

    fn association(&mut self, association: &Association<'_>) -> Result<ControlFlow<()>, Infallible> {
        self.push(association.to_owned());
        Ok(ControlFlow::Continue(()))
    }
}

/// A sink that calls `f` for every association and never stops.
///
/// ```
/// let extractor = relscan::Extractor::seed();
/// let mut sources = Vec::new();
/// let mut sink = relscan::sink_fn(|association| sources.push(association.source().to_owned()));
/// extractor.extract_into("Rust is a language\nHaste causes waste", &mut sink)?;
/// assert_eq!(sources, ["rust", "haste"]);
/// # Ok::<(), std::convert::Infallible>(())
/// ```
pub fn sink_fn<F: FnMut(&Association<'_>)>(f: F) -> SinkFn<F> {
    SinkFn(f)
}

/// The sink that [`sink_fn`] makes.
#[derive(Clone, Debug)]
pub struct SinkFn<F>(F);

impl<F: FnMut(&Association<'_>)> Sink for SinkFn<F> {
    type Error = Infallible;

    #[inline]
    fn association(&mut self, association: &Association<'_>) -> Result<ControlFlow<()>, Infallible> {
        (self.0)(association);
        Ok(ControlFlow::Continue(()))
    }
}
