//! The subcommands about graphs: a module for each, with its arguments and what it does.

pub(crate) mod export;
mod facts;
pub(crate) mod forget;
pub(crate) mod learn;
pub(crate) mod show;
pub(crate) mod stats;
