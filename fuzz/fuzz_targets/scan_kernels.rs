//! Needles and text from bytes: every kernel must find what comparing at every place finds.
#![no_main]

mod guard;

use arbitrary::Arbitrary;
use guard::Guarded;
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Case {
    needles: Vec<Vec<u8>>,
    /// Needles of few letters, so that many overlap.
    alike: Vec<Vec<bool>>,
    /// So many more needles, all different, and how they are alike.
    more: u8,
    form: Form,
    text: Vec<Part>,
    /// Bytes before the text, which move it within the blocks.
    before: u8,
}

/// Of more than 48 needles other bytes are looked for than of few, around a space if they have one.
#[derive(Arbitrary, Debug)]
enum Form {
    Words,
    Beginnings(u8),
    Ends(u8),
    Short,
}

impl Form {
    fn needle(&self, number: u8) -> String {
        match self {
            Form::Words => format!("{} of {}", number % 7, number / 7),
            Form::Beginnings(len) => format!("{} the{number}", &"tion of "[..usize::from(*len) % 9]),
            Form::Ends(len) => format!("{number:x}ing the {}", &"most of "[..usize::from(*len) % 9]),
            Form::Short => format!("{number:b}"),
        }
    }
}

#[derive(Arbitrary, Debug)]
enum Part {
    Needle(u8, bool),
    Bytes(Vec<u8>),
    Run(u8, u16),
}

fn needles(case: &Case) -> Vec<Box<[u8]>> {
    let alike = case.alike.iter().map(|letters| letters.iter().map(|&a| if a { b'a' } else { b' ' }).collect());
    let mut needles: Vec<Box<[u8]>> =
        case.needles.iter().map(|needle| needle.to_ascii_lowercase().into()).chain(alike).collect();
    needles.extend((0..case.more % 128).map(|number| case.form.needle(number).into_bytes().into_boxed_slice()));
    needles.retain(|needle: &Box<[u8]>| (1..=256).contains(&needle.len()) && !needle.contains(&b'\n'));
    needles.sort_unstable();
    needles.dedup();
    needles
}

fuzz_target!(|case: Case| {
    let needles = needles(&case);
    let mut text = vec![b'-'; usize::from(case.before)];
    for part in &case.text {
        match part {
            Part::Needle(number, upper) => {
                let Some(needle) = needles.get(usize::from(*number) % needles.len().max(1)) else { continue };
                text.extend(needle.iter().map(|b| if *upper { b.to_ascii_uppercase() } else { *b }));
            }
            Part::Bytes(bytes) => text.extend(bytes),
            Part::Run(byte, len) => text.resize(text.len() + usize::from(*len) % 5_000, *byte),
        }
    }
    let guarded = Guarded::new(&text);
    let text = guarded.bytes();
    if let Some(found) = relscan::fuzzing::scan(&needles, text) {
        let mut want = Vec::new();
        for at in 0..text.len() {
            for (number, needle) in needles.iter().enumerate() {
                if text[at..].get(..needle.len()).is_some_and(|text| text.eq_ignore_ascii_case(needle)) {
                    want.push((at, number));
                }
            }
        }
        for (name, found) in found {
            assert_eq!(found, want, "{name}");
        }
    }
    if let Ok(text) = std::str::from_utf8(text) {
        // The lines, some of them lowered ahead, and the whole.
        let feeds = text.match_indices('\n').map(|(at, _)| at).chain([text.len()]);
        let mut spans: Vec<_> = feeds.scan(0, |start, end| Some(std::mem::replace(start, end + 1)..end)).collect();
        spans.retain(|span| !span.is_empty());
        let (first, last) = (usize::from(case.before) % 8, usize::from(case.more) % 32);
        let ahead = spans
            .get(first)
            .map_or(0..0, |line| line.start..spans.get(first + last).map_or(text.len(), |line| line.end));
        spans.push(0..text.len());
        for lowered in relscan::fuzzing::lower_short(text, ahead.clone(), &spans) {
            for (lowered, span) in lowered.iter().zip(&spans) {
                let original = &text[span.clone()];
                let must = original.is_ascii() && (1..=131_072).contains(&original.len());
                assert!(!must || lowered.is_some());
                assert!(lowered.as_ref().is_none_or(|lowered| *lowered == original.to_lowercase()), "{span:?}");
            }
        }
    }
});
