//! Values of arguments, by name.

use std::num::NonZeroUsize;
use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use indicatif::HumanCount;
use relscan::io::Encoding;
use relscan::{Batch, Workers};

/// Takes the names of `all`, so that what the library gains in values the command line gains too.
pub(crate) fn named<T>(all: &'static [(T, &'static str)]) -> impl TypedValueParser<Value = T>
where
    T: Copy + Send + Sync + 'static,
{
    // The parser has let only names of `all` through; the first stands for what cannot be.
    PossibleValuesParser::new(all.iter().map(|(_, name)| *name))
        .map(|name| all.iter().find(|(_, known)| *known == name).map_or(all[0].0, |(value, _)| *value))
}

/// Takes the names of encodings.
pub(crate) fn encoding(name: &str) -> Result<Encoding, String> {
    Encoding::named(name)
        .ok_or_else(|| "no such encoding; use utf-8, utf-16le, latin1, windows-1252, shift_jis, ...".to_owned())
}

/// `number` of `what`, in words for people.
pub(crate) fn count(number: impl TryInto<u64>, what: &str) -> String {
    let number = number.try_into().unwrap_or(u64::MAX);
    format!("{} {what}{}", HumanCount(number), if number == 1 { "" } else { "s" })
}

/// How many threads are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Threads {
    Auto,
    Count(NonZeroUsize),
}

impl FromStr for Threads {
    type Err = String;

    fn from_str(value: &str) -> Result<Self, Self::Err> {
        match value {
            "auto" => Ok(Threads::Auto),
            number => match number.parse::<NonZeroUsize>() {
                Ok(count) if count.get() <= Batch::MAX_WORKERS => Ok(Threads::Count(count)),
                _ => Err(format!("use `auto` or a number from 1 to {}", Batch::MAX_WORKERS)),
            },
        }
    }
}

impl From<Threads> for Workers {
    fn from(threads: Threads) -> Self {
        match threads {
            Threads::Auto => Workers::Auto,
            Threads::Count(count) => Workers::Exactly(count.get()),
        }
    }
}
