//! Trains the tagger, and says how well it tags.
//!
//! ```console
//! $ cargo run --release --example train_tagger -- train ewt-train.tsv.gz english.model masc_tagged wordnet
//! $ cargo run --release --example train_tagger -- test ewt-dev.tsv.gz english.model
//! ```
//!
//! A treebank is a file of one token a line, form, lemma, universal tag and Penn tag apart by tabs; an empty line ends a
//! sentence, `#` begins a comment. It may be compressed by gzip. The folder named next holds text in lines of
//! `form_TAG form_TAG ...` with Penn tags, as MASC has it: words are learned from it, and no contexts. The last
//! folder holds the database files of `WordNet`. The same files give the same model, byte for byte.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use relscan::language::{Category, KnownLemma, Language, Tag, TagSet, TrainingToken, train};

const PROFILE: &str = include_str!("../patterns/language/english.toml");

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["train", treebank, model] => fs::write(model, train(&read(treebank)?, &[], &[]).to_bytes())?,
        ["train", treebank, model, others, wordnet] => {
            let mut sentences = Vec::new();
            read_folder(Path::new(others), &mut sentences)?;
            let dictionary = read_wordnet(Path::new(wordnet))?;
            fs::write(model, train(&read(treebank)?, &sentences, &dictionary).to_bytes())?;
        }
        ["agree", folder, model] => {
            let mut sentences = Vec::new();
            read_folder(Path::new(folder), &mut sentences)?;
            agree(&Language::new(PROFILE, &fs::read(model)?)?, &sentences);
        }
        ["test", treebank, model] => test(&Language::new(PROFILE, &fs::read(model)?)?, &read(treebank)?),
        _ => {
            return Err(
                "usage: train_tagger train TREEBANK MODEL [OTHERS WORDNET] | test TREEBANK MODEL | agree OTHERS MODEL"
                    .into(),
            );
        }
    }
    Ok(())
}

/// Reads the single words of `WordNet`, with how often each was met in its own tagged text.
fn read_wordnet(folder: &Path) -> Result<Vec<KnownLemma>, Box<dyn Error>> {
    let open = |name: &str| {
        let path = folder.join(name);
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    // A word that was never met counts for half of one that was met once.
    let mut counts: BTreeMap<(String, Category), f64> = BTreeMap::new();
    let files = [
        ("index.noun", Category::Noun),
        ("index.verb", Category::Verb),
        ("index.adj", Category::Adjective),
        ("index.adv", Category::Adverb),
    ];
    let is_word =
        |lemma: &str| !lemma.is_empty() && lemma.chars().all(|letter| letter.is_alphabetic() || letter == '-');
    for (name, category) in files {
        let index = open(name)?;
        for lemma in index.lines().filter(|line| !line.starts_with(' ')).filter_map(|line| line.split(' ').next()) {
            if is_word(lemma) {
                counts.insert((lemma.to_owned(), category), 0.5);
            }
        }
    }
    for line in open("cntlist.rev")?.lines() {
        let mut fields = line.split(' ');
        let Some((lemma, sense)) = fields.next().and_then(|key| key.split_once('%')) else { continue };
        let category = match sense.as_bytes().first() {
            Some(b'1') => Category::Noun,
            Some(b'2') => Category::Verb,
            Some(b'3' | b'5') => Category::Adjective,
            _ => Category::Adverb,
        };
        let count: f64 = fields.nth(1).and_then(|count| count.parse().ok()).unwrap_or(0.0);
        if let Some(sum) = counts.get_mut(&(lemma.to_owned(), category)) {
            *sum += count;
        }
    }
    Ok(counts.into_iter().map(|((lemma, category), count)| KnownLemma { lemma, category, count }).collect())
}

/// Reads the sentences of every file in a folder and those below it, in the order of their names.
fn read_folder(folder: &Path, sentences: &mut Vec<Vec<TrainingToken>>) -> Result<(), Box<dyn Error>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        paths.push(entry?.path());
    }
    paths.sort();
    for path in paths {
        if path.is_dir() {
            read_folder(&path, sentences)?;
            continue;
        }
        for line in String::from_utf8_lossy(&fs::read(path)?).lines() {
            let tokens = line.split_whitespace().filter_map(|token| token.rsplit_once('_'));
            sentences.push(
                tokens
                    .map(|(form, tag)| TrainingToken {
                        form: form.to_owned(),
                        tags: penn(form, tag),
                        lemma: String::new(),
                    })
                    .collect(),
            );
        }
    }
    Ok(())
}

/// The tags that a Penn tag may stand for; the model of the treebank chooses among them.
fn penn(form: &str, tag: &str) -> TagSet {
    const BE: [&str; 11] = ["be", "am", "is", "are", "was", "were", "been", "being", "'s", "'re", "'m"];
    const AUXILIARIES: [&str; 15] = [
        "have", "has", "had", "having", "'ve", "'d", "do", "does", "did", "doing", "done", "get", "got", "gets",
        "getting",
    ];
    let lower = form.to_lowercase();
    if !form.chars().any(char::is_alphanumeric) {
        return [Tag::Mark, Tag::Other].into_iter().collect();
    }
    if tag.starts_with('V') && BE.contains(&lower.as_str()) {
        return Tag::Auxiliary.into();
    }
    let tags: &[Tag] = match tag {
        "NN" => &[Tag::Noun],
        "NNS" => &[Tag::NounPlural],
        "NNP" | "NNPS" => &[Tag::Name],
        "JJ" | "JJR" | "JJS" => &[Tag::Adjective],
        "RB" | "RBR" | "RBS" => &[Tag::Adverb, Tag::Particle],
        "RP" => &[Tag::Adposition],
        "IN" => &[Tag::Adposition, Tag::Subordinator],
        "DT" | "WDT" => &[Tag::Determiner, Tag::Pronoun],
        "PDT" => &[Tag::Determiner],
        "PRP" | "PRP$" | "WP" | "WP$" | "EX" => &[Tag::Pronoun],
        "WRB" => &[Tag::Adverb, Tag::Subordinator],
        "TO" => &[Tag::Particle, Tag::Adposition],
        "POS" => &[Tag::Particle],
        "MD" => &[Tag::Auxiliary],
        "CC" => &[Tag::Coordinator],
        "CD" => &[Tag::Number],
        "VB" => &[Tag::VerbBase],
        "VBD" => &[Tag::VerbPast],
        "VBP" => &[Tag::VerbPresent],
        "VBZ" => &[Tag::VerbThird],
        "VBG" => &[Tag::VerbIng],
        "VBN" => &[Tag::VerbParticiple],
        _ => &[Tag::Other],
    };
    let auxiliary = (tag.starts_with('V') && AUXILIARIES.contains(&lower.as_str())).then_some(Tag::Auxiliary);
    tags.iter().copied().chain(auxiliary).collect()
}

fn read(path: &str) -> Result<Vec<Vec<TrainingToken>>, Box<dyn Error>> {
    let file = fs::File::open(path).map_err(|error| format!("{path}: {error}"))?;
    let is_gzip = fs::read(path)?.starts_with(&[0x1f, 0x8b]);
    let bytes: Box<dyn Read> = if is_gzip { Box::new(flate2::read::MultiGzDecoder::new(file)) } else { Box::new(file) };
    let mut sentences = vec![Vec::new()];
    for (number, line) in (1..).zip(BufReader::new(bytes).lines()) {
        let line = line?;
        let columns: Vec<&str> = line.split('\t').collect();
        match columns.as_slice() {
            [""] => sentences.push(Vec::new()),
            [form, lemma, universal, penn, ..] => {
                let token = TrainingToken {
                    form: (*form).to_owned(),
                    tags: Tag::from_treebank(universal, penn).into(),
                    lemma: (*lemma).to_owned(),
                };
                sentences.last_mut().ok_or("no sentence")?.push(token);
            }
            [comment] if comment.starts_with('#') => {}
            _ => return Err(format!("{path}:{number}: four columns, apart by tabs, are wanted").into()),
        }
    }
    sentences.retain(|sentence| !sentence.is_empty());
    Ok(sentences)
}

/// Prints how often the tagger gives a tag that the others allow, marks left out.
fn agree(language: &Language, sentences: &[Vec<TrainingToken>]) {
    let [mut right, mut total] = [0; 2];
    for sentence in sentences {
        let mut tags = Vec::new();
        language.tag_words(sentence.iter().map(|token| token.form.as_str()), &mut tags);
        for (token, tag) in sentence.iter().zip(tags).filter(|(token, _)| !token.tags.contains(Tag::Mark)) {
            total += 1;
            right += usize::from(token.tags.contains(tag));
        }
    }
    println!("{total} words, agreeing: {:.4}", share(right, total));
}

fn test(language: &Language, sentences: &[Vec<TrainingToken>]) {
    // By name of the tag: right, wanted, found.
    let mut table: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let [mut right, mut universal, mut merged, mut all, mut total] = [0; 5];
    let mut tags = Vec::new();
    for sentence in sentences {
        tags.clear();
        language.tag_words(sentence.iter().map(|token| token.form.as_str()), &mut tags);
        for (token, found) in sentence.iter().zip(&tags) {
            let Some(wanted) = token.tags.single() else { continue };
            total += 1;
            right += usize::from(merge(wanted, false) == merge(*found, false));
            all += usize::from(wanted == *found);
            universal += usize::from(wanted.universal() == found.universal());
            merged += usize::from(merge(wanted, true) == merge(*found, true));
            table.entry(wanted.name()).or_default()[1] += 1;
            table.entry(found.name()).or_default()[2] += 1;
            table.entry(found.name()).or_default()[0] += usize::from(wanted == *found);
        }
    }
    println!("tag    precision recall  wanted");
    for (name, [right, wanted, found]) in table {
        println!("{name:6} {:9.3} {:6.3} {wanted:7}", share(right, found), share(right, wanted));
    }
    println!("{total} tokens");
    println!("21 tags:                   {:.4}", share(all, total));
    println!("17 tags, names with nouns: {:.4}", share(merged, total));
    println!("18 tags, names apart:      {:.4}", share(right, total));
    println!("universal tags:            {:.4}", share(universal, total));
}

#[expect(clippy::cast_precision_loss, reason = "a treebank has fewer than 2^52 tokens")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// The tag with number and person left out, and `names` taken for nouns if asked.
fn merge(tag: Tag, names: bool) -> Tag {
    match tag {
        Tag::NounPlural => Tag::Noun,
        Tag::Name if names => Tag::Noun,
        Tag::VerbPast | Tag::VerbPresent => Tag::VerbThird,
        tag => tag,
    }
}
