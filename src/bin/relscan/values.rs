//! Values of arguments, by name.

use std::num::NonZeroUsize;
use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};

/// Takes the names of `all`, so that what the library gains in values the command line gains too.
pub(crate) fn named<T, const N: usize>(all: &'static [(T, &'static str); N]) -> impl TypedValueParser<Value = T>
where
    T: Copy + Send + Sync + 'static,
{
    // The parser has let only names of `all` through; the first stands for what cannot be.
    PossibleValuesParser::new(all.iter().map(|(_, name)| *name))
        .map(|name| all.iter().find(|(_, known)| *known == name).map_or(all[0].0, |(value, _)| *value))
}

/// How many threads are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Threads {
    Auto,
    Count(NonZeroUsize),
}

impl FromStr for Threads {
    type Err = &'static str;

    fn from_str(value: &str) -> Result<Self, Self::Err> {
        match value {
            "auto" => Ok(Threads::Auto),
            number => number.parse().map(Threads::Count).map_err(|_| "use `auto` or a number from 1"),
        }
    }
}
