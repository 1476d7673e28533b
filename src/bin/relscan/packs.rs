//! The pattern packs that are named on the command line: built-in ones and files.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use relscan::PatternSet;

use crate::diagnostics;
use crate::outcome::Failure;

/// A pack that needs no file.
struct BuiltIn {
    name: &'static str,
    patterns: fn() -> PatternSet,
}

/// The first is the one that is used unless another is named.
const BUILT_IN: &[BuiltIn] = &[
    BuiltIn { name: "english", patterns: PatternSet::english },
    BuiltIn { name: "open", patterns: PatternSet::open },
    BuiltIn { name: "biomedical", patterns: PatternSet::biomedical },
    BuiltIn { name: "organisations", patterns: PatternSet::organisations },
    BuiltIn { name: "seed", patterns: PatternSet::seed },
];

/// The largest pattern file that is read; a mistaken name may be that of something endless.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// What `--pack` means, for each subcommand that has it.
#[derive(clap::Args)]
pub(crate) struct Choice {
    #[arg(long = "pack", value_name = "PACK|FILE", default_value = BUILT_IN[0].name, help = Choice::help())]
    pub(crate) packs: Vec<String>,
}

impl Choice {
    pub(crate) fn help() -> String {
        format!(
            "Patterns to look for: a built-in pack ({}) or a pattern file. Given several times, they are joined in order",
            built_in()
        )
    }

    /// The packs that are files.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        let is_file = |name: &&String| BUILT_IN.iter().all(|pack| pack.name != **name);
        self.packs.iter().filter(is_file).map(Path::new)
    }

    /// All patterns of the packs, joined.
    pub(crate) fn load(&self) -> Result<PatternSet, Failure> {
        let sets = self.packs.iter().map(|name| load(name)).collect::<Vec<_>>();
        // What is wrong with any of them is said at once.
        let (sets, faults): (Vec<_>, Vec<_>) = sets.into_iter().partition(Result::is_ok);
        if !faults.is_empty() {
            let messages = faults.into_iter().filter_map(Result::err);
            return Err(Failure::Usage(messages.collect::<Vec<_>>().join("\n")));
        }
        let mut sets: Vec<PatternSet> = sets.into_iter().flatten().collect();
        match sets.pop() {
            Some(only) if sets.is_empty() => Ok(only),
            last => {
                sets.extend(last);
                self.join(sets)
            }
        }
    }

    fn join(&self, sets: Vec<PatternSet>) -> Result<PatternSet, Failure> {
        let mut owners: HashMap<&str, &str> = HashMap::new();
        for (set, pack) in sets.iter().zip(&self.packs) {
            for pattern in set {
                if let Some(first) = owners.insert(pattern.name(), pack) {
                    let name = pattern.name();
                    return Err(Failure::usage(format_args!(
                        "the packs `{first}` and `{pack}` both have a pattern `{name}`; rename one of them"
                    )));
                }
            }
        }
        PatternSet::join(sets).map_err(Failure::usage)
    }
}

/// The names of the built-in packs.
fn built_in() -> String {
    BUILT_IN.iter().map(|pack| pack.name).collect::<Vec<_>>().join(", ")
}

/// The pack called `name`, or what is wrong with it, as it is to be printed.
pub(crate) fn load(name: &str) -> Result<PatternSet, String> {
    if let Some(pack) = BUILT_IN.iter().find(|pack| pack.name == name) {
        return Ok((pack.patterns)());
    }
    let text = read(name)?;
    PatternSet::parse(name, &text).map_err(|errors| diagnostics::render(&errors, &text))
}

fn read(name: &str) -> Result<String, String> {
    let mut bytes = Vec::new();
    let outcome = File::open(name).and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes));
    if let Err(error) = outcome {
        return Err(format!("error: the pack `{name}` is neither built in ({}) nor a file: {error}", built_in()));
    }
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(format!("error: {name} is larger than {MAX_FILE_BYTES} bytes: not a pattern file"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].split(|byte| *byte == b'\n').count();
        format!("error: {name}:{line}: not valid UTF-8 at byte {at}; save the file as UTF-8")
    })
}
