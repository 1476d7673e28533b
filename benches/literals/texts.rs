//! The texts: prose, and what is made of it.

use std::path::{Path, PathBuf};

use relscan::Extractor;

use super::tally::Tally;

/// Prose as it is, a paragraph a line.
pub fn prose() -> String {
    let (text, from) = match corpus_file() {
        None => (include_str!("../../examples/data/jargon.txt").to_owned(), "the example text".to_owned()),
        Some(path) => {
            let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (text, path.display().to_string())
        }
    };
    let text = first_lines(&text, megabytes()).to_owned();
    eprintln!("prose: {} bytes of {from}", text.len());
    text
}

/// The file that `RELSCAN_CORPUS` names, or the one that `benches/corpus.py` makes; none if there is none.
fn corpus_file() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("RELSCAN_CORPUS") {
        return Some(path.into());
    }
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/corpus/prose.txt");
    made.exists().then_some(made)
}

/// How much text to use at most: `RELSCAN_BENCH_MB`, or 40 MB.
pub fn megabytes() -> usize {
    std::env::var("RELSCAN_BENCH_MB").map_or(40, |mb| mb.parse().expect("RELSCAN_BENCH_MB is a number")) << 20
}

/// The whole lines in the first `bytes` bytes, or the first line if it is longer.
pub fn first_lines(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    let end = memchr::memrchr(b'\n', &text.as_bytes()[..bytes]);
    end.or_else(|| memchr::memchr(b'\n', text.as_bytes())).map_or(text, |feed| &text[..=feed])
}

/// Single sentences, as concepts are.
pub struct Concepts {
    /// 30% with an association, in an order that cannot be foreseen.
    pub mixed: Vec<String>,
    pub hits: Vec<String>,
    pub misses: Vec<String>,
}

impl Concepts {
    /// At most 100,000 sentences of `text`, about 100 bytes each.
    pub fn of(text: &str) -> Self {
        let extractor = Extractor::seed();
        let (mut hits, mut misses) = (Vec::new(), Vec::new());
        for sentence in text.lines().flat_map(|line| line.split_inclusive(". ")).map(str::trim) {
            if !(60..=145).contains(&sentence.len()) {
                continue;
            }
            let mut tally = Tally::default();
            let Ok(_) = extractor.extract_into(sentence, &mut tally);
            if tally.count > 0 { &mut hits } else { &mut misses }.push(sentence.to_owned());
        }
        let count = (hits.len() * 10 / 3).min(misses.len() * 10 / 7).min(100_000);
        hits.truncate(count * 3 / 10);
        misses.truncate(count - hits.len());
        let mut random = Random::default();
        let (mut hit, mut miss) = (hits.iter(), misses.iter());
        let mut mixed = Vec::with_capacity(count);
        loop {
            let left = hit.len() + miss.len();
            let first = left > 0 && random.below(left) < hit.len();
            match if first { hit.next() } else { miss.next() } {
                Some(sentence) => mixed.push(sentence.clone()),
                None => break,
            }
        }
        let bytes: usize = mixed.iter().map(String::len).sum();
        eprintln!("concepts: {} of {} bytes on average", mixed.len(), bytes / mixed.len().max(1));
        Concepts { mixed, hits, misses }
    }
}

/// Numbers that look random and are the same each time.
pub struct Random(u64);

impl Default for Random {
    fn default() -> Self {
        Random(0x9e37_79b9_7f4a_7c15)
    }
}

impl Random {
    /// One less than `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }
}

/// Words that are nearly literals of the seed: each of the `literals` with one letter changed, in lines of about 100
/// bytes. Whatever part of a literal a search looks for first, most of these have it.
pub fn near_misses(literals: &[(String, u32)], bytes: usize) -> String {
    let mut misses = Vec::new();
    for (literal, _) in literals {
        for at in (0..literal.len()).filter(|at| literal.as_bytes()[*at] != b' ') {
            let mut miss = literal.clone();
            let other = if &miss[at..=at] == "x" { "y" } else { "x" };
            miss.replace_range(at..=at, other);
            misses.push(miss);
        }
    }
    let mut random = Random::default();
    let mut text = String::with_capacity(bytes + 200);
    let mut line = 0;
    while text.len() < bytes {
        let miss = misses[random.below(misses.len())].as_str();
        text.push_str(miss);
        line += miss.len();
        if line > 100 {
            text.push('\n');
            line = 0;
        }
    }
    text
}

/// What a search for any of `literals` may look for first: each part of 4 to 6 bytes.
pub fn fragments(literals: &[(String, u32)]) -> Vec<String> {
    let parts = |len: usize| literals.iter().flat_map(move |(literal, _)| literal.as_bytes().windows(len));
    let mut fragments: Vec<&[u8]> = (4..=6).flat_map(parts).collect();
    fragments.sort_unstable();
    fragments.dedup();
    fragments.into_iter().map(|fragment| String::from_utf8_lossy(fragment).into_owned()).collect()
}

/// Lines of about 100 bytes, each of one of the `fragments` again and again.
pub fn repeated<'f>(fragments: impl IntoIterator<Item = &'f str, IntoIter: Clone>, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 200);
    let mut fragments = fragments.into_iter().cycle();
    while let Some(fragment) = fragments.next().filter(|_| text.len() < bytes) {
        text.push_str(&fragment.repeat(100 / fragment.len() + 1));
        text.push('\n');
    }
    text
}

/// `text` with something that is not ASCII in every line: a bullet at its beginning, typographic quotes, and accents in
/// long words, about 1 of 60 bytes. Triggers stay as they are.
pub fn accented(text: &str) -> String {
    let mut accented = String::with_capacity(text.len() + text.len() / 16);
    for line in text.lines() {
        accented.push_str("• ");
        for word in line.split_inclusive(' ') {
            match word.find('e') {
                Some(at) if word.len() > 9 => {
                    accented.push_str(&word[..at]);
                    accented.push('é');
                    accented.push_str(&word[at + 1..].replace('\'', "’"));
                }
                _ => accented.push_str(&word.replace('\'', "’")),
            }
        }
        accented.push('\n');
    }
    assert!(accented.lines().all(|line| !line.is_ascii()));
    accented
}
