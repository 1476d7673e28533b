//! `relscan patterns explain`: how a sentence is read, and what each rule and pattern finds in it.

use std::fmt::Write as _;

use relscan::language::{Analysis, ItemKind, Language, Phrase, Predicate, SentenceView, Syntax, VerbForm};
use relscan::{Extractor, OwnedAssociation, PatternSet};

use crate::outcome::Failure;

/// What there is to say of `text`, sentence by sentence.
pub(crate) fn explain(text: &str, patterns: PatternSet) -> Result<String, Failure> {
    let english = Language::english();
    let mut analysis = Analysis::default();
    english.read(text, &mut analysis);
    let mut out = String::new();
    let mut syntax = Syntax::default();
    for sentence in 0..analysis.sentences().len() {
        syntax.read(text, &analysis, sentence);
        tokens(&mut out, text, &analysis, sentence);
        phrases(&mut out, &syntax.view(text));
        for predicate in syntax.predicates() {
            clause(&mut out, &syntax.view(text), predicate);
        }
    }
    let extractor =
        Extractor::builder().patterns(patterns).negated(true).pronouns(true).build().map_err(Failure::usage)?;
    let mut found: Vec<OwnedAssociation> = Vec::new();
    match extractor.extract_into(text, &mut found) {
        Ok(_) => {}
        Err(never) => match never {},
    }
    if found.is_empty() {
        out.push_str("no pattern matches\n");
    }
    for association in &found {
        drawn(&mut out, text, association);
    }
    Ok(out)
}

/// Each token over its tag.
fn tokens(out: &mut String, text: &str, analysis: &Analysis, sentence: usize) {
    let (mut words, mut tags) = (String::new(), String::new());
    for token in analysis.tokens(sentence) {
        let word = text[token.span].to_owned();
        let tag = token.tag.name();
        let width = word.chars().count().max(tag.len()) + 1;
        let _ = write!(words, "{word:width$}");
        let _ = write!(tags, "{tag:width$}");
    }
    let _ = writeln!(out, "tokens   {}\ntags     {}", words.trim_end(), tags.trim_end());
}

fn phrases(out: &mut String, view: &SentenceView<'_>) {
    out.push_str("phrases ");
    for item in view.items {
        let words: Vec<_> = item.tokens.clone().map(|token| view.word(token)).collect();
        let words = words.join(" ");
        let _ = match item.kind {
            ItemKind::Noun(_) => write!(out, " [{words}]"),
            ItemKind::Verb(_) => write!(out, " <{words}>"),
            _ => write!(out, " {words}"),
        };
    }
    out.push('\n');
}

fn clause(out: &mut String, view: &SentenceView<'_>, predicate: &Predicate) {
    let said = |phrases: &[Phrase]| {
        let texts: Vec<_> = phrases.iter().map(|phrase| &view.text[view.span(*phrase)]).collect();
        if texts.is_empty() { "-".to_owned() } else { texts.join(" + ") }
    };
    let Some(verb) = view.verb(predicate.verb) else { return };
    let form = match verb.form {
        VerbForm::Finite => "",
        VerbForm::Infinitive => " infinitive",
        VerbForm::Ing => " -ing",
        VerbForm::Participle => " participle",
    };
    let flags = [
        (verb.passive, " passive"),
        (predicate.negated, " negated"),
        (predicate.hedged, " hedged"),
        (predicate.question, " question"),
    ];
    let flags: String = flags.iter().filter(|(set, _)| *set).map(|(_, name)| *name).collect();
    let _ = write!(out, "clause   {}{form}{flags}: subject {}", view.word(verb.verb), said(&predicate.subjects));
    let _ = write!(out, "; object {}", said(&predicate.objects));
    if let Some(adjective) = predicate.adjective {
        let _ = write!(out, "; adjective {}", view.word(view.items[adjective].tokens.start));
    }
    for (preposition, phrases) in &predicate.complements {
        let _ = write!(out, "; {} {}", view.word(view.items[*preposition].tokens.start), said(phrases));
    }
    out.push('\n');
}

/// The text with the parts of an association marked below.
fn drawn(out: &mut String, text: &str, association: &OwnedAssociation) {
    let parts = [
        (association.source_span, '^', "source"),
        (association.trigger_span, '=', "trigger"),
        (association.target_span, '~', "target"),
    ];
    let mut marks = String::new();
    for (at, letter) in text.char_indices() {
        let part = parts.iter().find(|(span, ..)| span.range().contains(&at));
        marks.push(if letter == '\n' { '\n' } else { part.map_or(' ', |(_, mark, _)| *mark) });
    }
    let _ = write!(out, "\n{} ({}, {:.2}", association.pattern, association.relation, association.confidence);
    let flags = [(association.negated, "negated"), (association.hedged, "hedged"), (association.pronoun, "pronoun")];
    for (_, name) in flags.iter().filter(|(set, _)| *set) {
        let _ = write!(out, ", {name}");
    }
    out.push_str(")\n");
    for (line, marks) in text.lines().zip(marks.split('\n')) {
        let _ = writeln!(out, "  {line}\n  {}", marks.trim_end());
    }
}
