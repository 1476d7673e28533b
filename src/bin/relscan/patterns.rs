//! `relscan patterns`: what is looked for, and whether it finds what it should.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use clap::Subcommand;
use relscan::{ArgumentMode, Direction, Engine, Extractor, Group, Lists, Matcher, Pattern, PatternSet, Reach, Rule};

use crate::explain;
use crate::outcome::{Failure, Outcome, say};
use crate::packs;
use crate::values::count;

const EXAMPLES: &str = "\
Examples:
  relscan patterns list                       the patterns of the English pack
  relscan patterns show cause                 one of them, as it stands in a pattern file
  relscan patterns show > mine.toml           the whole pack, to begin a file of your own
  relscan patterns check mine.toml            does every pattern find what its examples say?
  relscan extract --pack mine.toml notes.txt  use it";

/// List, show and check patterns
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List the patterns of packs: name, relation, confidence and what is matched
    List {
        #[command(flatten)]
        packs: packs::Choice,
    },
    /// Run the examples of pattern files on every engine, and say what came out otherwise than expected
    Check {
        /// Built-in packs or pattern files
        #[arg(value_name = "PACK|FILE", required = true)]
        packs: Vec<String>,
    },
    /// Explain how a sentence is read, and draw what each pattern finds in it
    Explain {
        /// The sentence, or a few
        #[arg(value_name = "SENTENCE")]
        text: String,
        #[command(flatten)]
        packs: packs::Choice,
    },
    /// Show patterns as they stand in a pattern file (TOML)
    Show {
        /// The patterns to show; all of the pack without any
        #[arg(value_name = "NAME")]
        names: Vec<String>,
        #[command(flatten)]
        packs: packs::Choice,
    },
}

pub(crate) fn run(args: &Args) -> Result<Outcome, Failure> {
    match &args.command {
        Command::List { packs } => list(&packs.load()?),
        Command::Check { packs } => check(packs),
        Command::Explain { text, packs } => print(&explain::explain(text, packs.load()?)?),
        Command::Show { names, packs } => show(packs, names),
    }
}

fn list(patterns: &PatternSet) -> Result<Outcome, Failure> {
    let width = |column: fn(&Pattern) -> &str| patterns.iter().map(|pattern| column(pattern).len()).max().unwrap_or(0);
    let (names, relations) = (width(Pattern::name), width(|pattern| pattern.relation().as_str()));
    let mut lines = String::new();
    for pattern in patterns {
        let arrow = match pattern.direction() {
            Direction::Forward => "->",
            Direction::Reversed => "<-",
        };
        let matched = match pattern.matcher() {
            Matcher::Trigger(trigger) => format!("trigger {trigger:?}"),
            Matcher::Regex { regex, .. } => regex.clone(),
            Matcher::Rule(rule) => {
                let parts = [&rule.verbs, &rule.adjectives, &rule.nouns, &rule.sequences];
                parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
            }
            _ => String::new(),
        };
        let (name, relation, confidence) = (pattern.name(), pattern.relation(), pattern.confidence());
        let _ = writeln!(lines, "{name:names$}  {relation:relations$}  {arrow}  {confidence:.2}  {matched}");
    }
    print(&lines)
}

fn check(packs: &[String]) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::Done;
    for name in packs {
        let patterns = match packs::load(name) {
            Ok(patterns) => patterns,
            Err(message) => {
                say(&message);
                outcome = Outcome::SomeFailed;
                continue;
            }
        };
        let failures = failures(&patterns)?;
        let examples: usize = patterns.iter().map(|pattern| pattern.examples().len()).sum();
        for failure in &failures {
            say(&format!("error: {name}: {failure}"));
        }
        let without: Vec<&str> =
            patterns.iter().filter(|pattern| pattern.examples().is_empty()).map(Pattern::name).collect();
        if !without.is_empty() {
            say(&format!("warning: {name}: no examples for {}", without.join(", ")));
        }
        if !failures.is_empty() {
            outcome = Outcome::SomeFailed;
        }
        let verdict =
            if failures.is_empty() { "all as expected".to_owned() } else { format!("{} failed", failures.len()) };
        let (patterns, examples) = (count(patterns.len(), "pattern"), count(examples, "example"));
        print(&format!("{name}: {patterns}, {examples}: {verdict}\n"))?;
    }
    Ok(outcome)
}

/// The examples that did not come out as expected on some engine that this CPU can run, each once.
fn failures(patterns: &PatternSet) -> Result<Vec<String>, Failure> {
    let mut failures: Vec<String> = Vec::new();
    for (engine, _) in Engine::available() {
        let extractor = Extractor::builder().patterns(patterns.clone()).engine(engine).build();
        let extractor = extractor.map_err(Failure::usage)?;
        for failure in extractor.check_examples() {
            let text = failure.to_string();
            if !failures.contains(&text) {
                failures.push(text);
            }
        }
    }
    Ok(failures)
}

fn show(packs: &packs::Choice, names: &[String]) -> Result<Outcome, Failure> {
    let patterns = packs.load()?;
    let mut missing = Vec::new();
    let mut shown: Vec<&Pattern> = Vec::new();
    for name in names {
        match patterns.find(name) {
            Some((_, pattern)) => shown.push(pattern),
            None => missing.push(format!("`{name}`")),
        }
    }
    if !missing.is_empty() {
        let message = format!(
            "no pattern {} in {}; `relscan patterns list` lists them",
            missing.join(", "),
            packs.packs.join(", ")
        );
        return Err(Failure::usage(message));
    }
    if names.is_empty() {
        shown.extend(&patterns);
    }
    let tables: Vec<String> = shown.into_iter().map(as_toml).collect();
    print(&tables.join("\n"))
}

/// The pattern as a table of a pattern file; what is not said there has its default.
fn as_toml(pattern: &Pattern) -> String {
    let table = if matches!(pattern.matcher(), Matcher::Rule(_)) { "rule" } else { "pattern" };
    let mut lines = format!("[[{table}]]\nname = {}\n", quoted(pattern.name()));
    let mut line = |key: &str, value: &str| {
        let _ = writeln!(lines, "{key} = {value}");
    };
    line("relation", &quoted(pattern.relation().as_str()));
    match pattern.matcher() {
        Matcher::Trigger(trigger) => line("trigger", &quoted(trigger)),
        Matcher::Regex { regex, source, target } => {
            line("regex", &quoted(regex));
            for (key, group, default) in [("source", source, 1), ("target", target, 2)] {
                match group {
                    Group::Number(number) if *number == default => {}
                    Group::Number(number) => line(key, &number.to_string()),
                    Group::Name(name) => line(key, &quoted(name)),
                }
            }
        }
        Matcher::Rule(rule) => rule_lines(rule, &mut line),
        _ => {}
    }
    if pattern.direction() == Direction::Reversed {
        line("direction", &quoted("reversed"));
    }
    let name_of = |argument| ArgumentMode::ALL.iter().find(|(mode, _)| *mode == argument).map_or("", |(_, name)| *name);
    if pattern.argument() != ArgumentMode::Line {
        line("argument", &quoted(name_of(pattern.argument())));
    }
    if let Some((_, name)) = Reach::ALL.iter().find(|(reach, _)| Some(*reach) == pattern.reach()) {
        line("reach", &quoted(name));
    }
    if let Some((_, name)) = Lists::ALL.iter().find(|(lists, _)| *lists == pattern.lists() && *lists != Lists::Both) {
        line("lists", &quoted(name));
    }
    if pattern.unwrap() {
        line("unwrap", "true");
    }
    for (key, text) in [("left", pattern.left()), ("right", pattern.right()), ("reference", pattern.reference())] {
        if let Some(text) = text {
            line(key, &quoted(text));
        }
    }
    line("confidence", &format!("{:?}", pattern.confidence()));
    if let Some(evidence) = pattern.evidence() {
        line("evidence", &evidence.to_string());
    }
    if !pattern.examples().is_empty() {
        let examples = pattern.examples().iter().map(|example| {
            let pairs =
                example.expect.iter().map(|(source, target)| format!("[{}, {}]", quoted(source), quoted(target)));
            let pairs: Vec<String> = pairs.collect();
            format!("    {{ text = {}, expect = [{}] }},\n", quoted(&example.text), pairs.join(", "))
        });
        line("examples", &format!("[\n{}]", examples.collect::<String>()));
    }
    lines
}

/// The keys of a rule.
fn rule_lines(rule: &Rule, line: &mut impl FnMut(&str, &str)) {
    let lists = [
        ("verbs", &rule.verbs),
        ("adjectives", &rule.adjectives),
        ("nouns", &rule.nouns),
        ("sequences", &rule.sequences),
        ("through", &rule.through),
    ];
    for (key, words) in lists.into_iter().filter(|(_, words)| !words.is_empty()) {
        let words: Vec<_> = words.iter().map(|word| quoted(word)).collect();
        line(key, &format!("[{}]", words.join(", ")));
    }
    let texts = [
        ("source", &rule.source),
        ("target", &rule.target),
        ("source-is", &rule.source_is),
        ("target-is", &rule.target_is),
        ("predicate", &rule.predicate),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            line(key, &quoted(text));
        }
    }
    if let Some(polarity) = rule.polarity {
        line("polarity", &quoted(polarity.as_str()));
    }
}

/// A TOML string; literal where it would need escapes, so that a regex reads as it is.
fn quoted(text: &str) -> String {
    let plain = |c: char| !c.is_control() && c != '\\' && c != '"';
    if text.chars().all(plain) {
        return format!("\"{text}\"");
    }
    if !text.chars().any(|c| c == '\'' || c.is_control()) {
        return format!("'{text}'");
    }
    let mut escaped = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => escaped.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(escaped, "\\u{:04X}", u32::from(c));
            }
            c => escaped.push(c),
        }
    }
    escaped.push('"');
    escaped
}

fn print(text: &str) -> Result<Outcome, Failure> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(Failure::stdout)?;
    Ok(Outcome::Done)
}
