//! Values of arguments, by name.

use std::num::NonZeroUsize;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use relscan::Workers;

/// Takes the names of `all`, so that what the library gains in values the command line gains too.
pub(crate) fn named<T, const N: usize>(all: &'static [(T, &'static str); N]) -> impl TypedValueParser<Value = T>
where
    T: Copy + Send + Sync + 'static,
{
    // The parser has let only names of `all` through; the first stands for what cannot be.
    PossibleValuesParser::new(all.iter().map(|(_, name)| *name))
        .map(|name| all.iter().find(|(_, known)| *known == name).map_or(all[0].0, |(value, _)| *value))
}

/// The number of threads that `value` asks for.
pub(crate) fn workers(value: &str) -> Result<Workers, &'static str> {
    match value {
        "auto" => Ok(Workers::Auto),
        number => match number.parse::<NonZeroUsize>() {
            Ok(count) => Ok(Workers::Exactly(count.get())),
            Err(_) => Err("use `auto` or a number from 1"),
        },
    }
}
