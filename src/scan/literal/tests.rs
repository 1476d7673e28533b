//! Every kernel against a search that is obviously right.

use std::ops::ControlFlow;

use proptest::prelude::*;

use super::kernel::{BLOCK, BLOCKS, Kernel, Task, Words, classify};
use super::phases::STRIP;
use super::table::Occurrence;
use super::window::Windows;
use super::words::WordTable;
use super::{Hit, Instructions, Kernels, Line, Literals, Scratch, Unfit};

const SEED: [&str; 20] = [
    " causes ",
    " leads to ",
    " results in ",
    " is a ",
    " is an ",
    " are a ",
    " are an ",
    " are type of ",
    " are types of ",
    " contains ",
    " includes ",
    " consists of ",
    " refers to ",
    " means ",
    " involves ",
    " similar to ",
    " related to ",
    " before ",
    " after ",
    " follows ",
];

/// Needles that are short, long, alike, not ASCII, or have bytes that folding the case could mix up.
const SETS: [&[&str]; 9] = [
    &SEED,
    &["a"],
    &["=", "==", "@", "`", "[", "{", "x=y"],
    &["\u{212a}", "\u{130}", " like ", "hi"],
    &["é", "汉字", " ist für ", "ß"],
    &["a needle that is longer than the thirty-two bytes of a head", "a needle that is longer than the thirty"],
    &["abab", "bab", "ab", "aba", "b"],
    &["\0", "\0\0\0\0\0", "\r", "-", "\u{7f}"],
    &["12345678", "1234567", "123456", "12345", "1234", "123", "12", "1"],
];

fn boxed<S: AsRef<str>>(needles: &[S]) -> Vec<Box<[u8]>> {
    needles.iter().map(|needle| needle.as_ref().as_bytes().into()).collect()
}

/// Each line that has a needle, with its needles in order.
type Found = Vec<(Line, Vec<Occurrence>)>;

/// The needles of each line by comparing at every place.
fn naive(needles: &[Box<[u8]>], text: &[u8]) -> Found {
    let mut found = Vec::new();
    let mut start = 0;
    for (feeds, part) in text.split(|&byte| byte == b'\n').enumerate() {
        let line = Line { start, end: start + part.len(), feeds };
        let mut here = Vec::new();
        for at in 0..part.len() {
            for (number, needle) in (0..).zip(needles) {
                if part[at..].get(..needle.len()).is_some_and(|text| text.eq_ignore_ascii_case(needle)) {
                    here.push(Occurrence { start: start + at, needle: number });
                }
            }
        }
        if !here.is_empty() {
            found.push((line, here));
        }
        start = line.end + 1;
    }
    found
}

/// The same by a kernel.
fn scan(literals: &Literals, text: &[u8]) -> Found {
    let mut found: Found = Vec::new();
    let mut searched = 0;
    let flow = literals.scan_all(text, &mut Scratch::default(), &mut |hits, to| {
        assert!(!hits.is_empty() && hits.iter().all(|hit| hit.line.end >= searched), "all of a line before {searched}");
        searched = to;
        for Hit { start, needle, line } in hits.iter().copied() {
            match found.last_mut() {
                Some((last, all)) if *last == line => all.push(Occurrence { start, needle }),
                _ => found.push((line, vec![Occurrence { start, needle }])),
            }
        }
        ControlFlow::Continue(())
    });
    assert_eq!(flow, ControlFlow::Continue(()));
    for (_, occurrences) in &mut found {
        occurrences.sort_unstable();
    }
    found
}

/// `needles` for every kind of instructions that this CPU has.
fn compiled(needles: &[Box<[u8]>]) -> Vec<(Instructions, Literals)> {
    let compile = |instructions| match Literals::new(needles, instructions) {
        Err(Unfit::Cpu) => None,
        literals => Some((instructions, literals.expect("needles that suit the search"))),
    };
    Instructions::ALL.into_iter().filter_map(compile).collect()
}

#[track_caller]
fn check(needles: &[Box<[u8]>], text: &[u8]) {
    let want = naive(needles, text);
    for (instructions, literals) in compiled(needles) {
        assert_eq!(scan(&literals, text), want, "{instructions:?} on {:?}", String::from_utf8_lossy(text));
    }
}

/// Each needle in a line or two, in both cases, and near misses of each.
fn sample(needles: &[Box<[u8]>]) -> Vec<u8> {
    let mut text = Vec::new();
    for needle in needles {
        text.extend_from_slice(needle);
        text.extend_from_slice(&needle.to_ascii_uppercase());
        text.extend_from_slice(b"x\n");
        text.extend_from_slice(&needle[1..]);
        text.extend_from_slice(&needle[..needle.len() - 1]);
        text.extend(needle.iter().map(|byte| byte ^ 0x20));
        text.extend(needle.iter().map(|byte| byte ^ 0x80));
    }
    text
}

#[test]
fn every_set_is_found() {
    for set in SETS {
        let needles = boxed(set);
        check(&needles, b"");
        check(&needles, b"\n\n");
        check(&needles, &sample(&needles));
        for needle in &needles {
            check(&needles, needle);
            check(&needles, &needle[1..]);
        }
    }
}

#[test]
fn any_place_in_a_block_and_any_length_of_the_end() {
    let needles = boxed(&SEED);
    for before in 0..=2 * BLOCK + 3 {
        for after in [0, 1, 2, 3, 4, 31, 32, 33, 63, 64, 65] {
            let text = [&b"-".repeat(before), &b" IS a "[..], &b"\n".repeat(after)].concat();
            check(&needles, &text);
        }
    }
    for set in SETS {
        let needles = boxed(set);
        let text = sample(&needles);
        for end in (0..text.len()).rev().take(150) {
            check(&needles, &text[..end]);
            check(&needles, &text[text.len() - end..]);
        }
    }
}

#[test]
fn needles_and_lines_across_strips() {
    let needles = boxed(&[" is a ", "a needle that is longer than the thirty-two bytes of a head"]);
    for (needle, distances) in [(&needles[0], 0..8), (&needles[1], 0..61)] {
        for distance in distances {
            let mut text = vec![b'-'; STRIP - distance];
            text.extend_from_slice(needle);
            check(&needles, &text);
            text.extend_from_slice(&b"- is A -".repeat(STRIP / 4));
            text.push(b'\n');
            text.extend_from_slice(needle);
            check(&needles, &text);
            for feed in [1, 2, STRIP - distance - 1] {
                text[feed] = b'\n';
                check(&needles, &text);
            }
        }
    }
}

#[test]
fn many_needles() {
    for (count, prefix) in [(100, " needle "), (1_000, " n"), (3_000, "")] {
        let words: Vec<String> =
            (0..count).map(|i: u64| format!("{prefix}{:x} ", i.wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect();
        let needles = boxed(&words);
        let text = words
            .iter()
            .step_by(97)
            .fold(String::new(), |text, word| text + &word.to_uppercase() + "\n--" + &word[1..]);
        check(&needles, text.as_bytes());
    }
}

#[test]
fn needles_that_are_words() {
    let mut words: Vec<String> =
        (0..70_u8).map(|i| format!(" {}{} ", char::from(b'a' + i % 26), "xe".repeat(i.into()))).collect();
    let more = ["of", "a-", "ab1", "ab2", "abcdefgh", "abcdefghi", "abcdefghij", "abcdefg", "x-ray", "is"];
    words.extend(more.map(|word| format!(" {word} ")));
    let needles = boxed(&words);
    assert!(WordTable::suits(&needles) && !WordTable::suits(&boxed(&[" of"])));
    let text = [&sample(&needles), " OF  of Of of\n of, is of of".as_bytes(), words.concat().as_bytes()].concat();
    check(&needles, &text);
    for end in 0..200 {
        check(&needles, &text[..end]);
        check(&needles, &text[text.len() - end..]);
    }
}

#[test]
fn many_needles_that_are_much_alike() {
    let words: Vec<String> = (0..50).map(|i: u32| format!("{:x}", i.wrapping_mul(0x9e37_79b9))).collect();
    // All have the same bytes around their spaces; what stands before, after or on both sides of them tells them apart.
    let before = words.iter().map(|word| format!(" {word}ing the "));
    let after = words.iter().map(|word| format!(" is the most {word}"));
    let both = words.iter().zip(words.iter().rev()).map(|(one, other)| format!("{one}tion of the{other}"));
    for alike in [before.collect::<Vec<_>>(), after.collect(), both.collect()] {
        let needles = boxed(&alike);
        check(&needles, alike.concat().to_uppercase().as_bytes());
        check(&needles, &sample(&needles));
        let short = needles.iter().map(|needle| &needle[..needle.len() - 1]).collect::<Vec<_>>();
        check(&needles, &short.concat());
    }
}

#[test]
fn wide_windows_of_needles_that_are_short_or_not_ascii() {
    let mut words: Vec<String> = (0..80).map(|i| format!(" word{i} of text{i} ")).collect();
    words.extend(["a", "no", "x=y", "é", "\u{212a}", "\u{130}", "汉字", "of tex", " word7 "].map(String::from));
    let needles = boxed(&words);
    let text = words.concat().to_uppercase() + &words.concat() + "日本語 \u{212a}\u{130} É é" + &"é".repeat(STRIP);
    for end in (0..text.len().min(600)).chain([text.len()]) {
        check(&needles, &text.as_bytes()[..end]);
    }
}

/// Every place begins with a byte that is not ASCII, and most have the key of a needle as well.
#[test]
fn a_run_that_is_not_ascii() {
    let run = vec![0xb4; 2 * STRIP + 100];
    let needles: Vec<Box<[u8]>> = vec![run[..1].into(), run[..5].into()];
    check(&needles, &run);
    let many = (0..60).map(|i| format!("{i} is a needle").into_bytes().into_boxed_slice());
    check(&needles.into_iter().chain(many).collect::<Vec<_>>(), &run[..STRIP + 70]);
}

#[test]
fn needles_with_one_window_are_refused() {
    let alike: Vec<String> = (0..40).map(|i| format!("aaaa{i}")).collect();
    assert_eq!(Literals::new(&boxed(&alike[..8]), Instructions::Plain).err(), None);
    let same: Vec<String> = (0..40).map(|i| "aaaa".repeat(i + 1)).collect();
    assert_eq!(Literals::new(&boxed(&same), Instructions::Plain).err(), Some(Unfit::Needles));
    for needles in [&[][..], &[""], &["a\nb"], &["A"]] {
        assert_eq!(Literals::new(&boxed(needles), Instructions::Plain).err(), Some(Unfit::Needles), "{needles:?}");
    }
}

#[test]
fn a_break_ends_the_scan() {
    for (instructions, literals) in compiled(&boxed(&SEED)) {
        let mut calls = 0;
        let text = "a is a b\n".repeat(STRIP);
        let flow = literals.scan_all(text.as_bytes(), &mut Scratch::default(), &mut |_, _| {
            calls += 1;
            ControlFlow::Break(())
        });
        assert_eq!((flow, calls), (ControlFlow::Break(()), 1), "{instructions:?}");
    }
}

/// What a kernel says of the blocks of a text, strip by strip.
struct Classified<'t>(&'t [u8]);

impl Task for Classified<'_> {
    type Output = Vec<(Words, Words)>;

    unsafe fn run<K: Kernel>(self, kernel: &K) -> Vec<(Words, Words)> {
        let strip = |start| {
            let (mut candidates, mut feeds) = ([0; BLOCKS], [0; BLOCKS]);
            // SAFETY: the caller answers for the CPU.
            let marked = unsafe { classify(kernel, &self.0[start..], &mut candidates, &mut feeds) };
            assert!((0..).zip(&candidates).all(|(block, &word)| (marked >> block & 1 != 0) == (word != 0)));
            (candidates, feeds)
        };
        (0..self.0.len()).step_by(STRIP).map(strip).collect()
    }
}

#[test]
fn kernels_mark_what_the_plain_one_marks() {
    let text: Vec<u8> = (0..40_000_u32).flat_map(|i| i.wrapping_mul(0x9e37_79b9).to_le_bytes()).collect();
    for set in SETS {
        let windows = Windows::choose(&boxed(set));
        let text = [&sample(&boxed(set)), &text[..]].concat();
        let plain = Kernels::new(&windows, Instructions::Plain).expect("it needs nothing").run(Classified(&text));
        for kernel in Kernels::all(&windows) {
            for ((some, feeds), (all, same_feeds)) in plain.iter().zip(kernel.run(Classified(&text))) {
                assert_eq!(&same_feeds, feeds);
                for (some, all) in some.iter().zip(all) {
                    assert_eq!(some & !all, 0, "{kernel:?} misses a candidate: {set:?}");
                }
            }
        }
    }
}

/// How a kernel counts.
struct Counted<'w>(&'w Words);

impl Task for Counted<'_> {
    type Output = (u64, usize, Words);

    unsafe fn run<K: Kernel>(self, kernel: &K) -> (u64, usize, Words) {
        // SAFETY: the caller answers for the CPU.
        unsafe { (kernel.nonzero(self.0), kernel.ones(self.0), kernel.before(self.0)) }
    }
}

#[test]
fn words_are_counted_as_the_plain_kernel_does() {
    let windows = Windows::choose(&boxed(&SEED));
    let plain = Kernels::new(&windows, Instructions::Plain).expect("it needs nothing");
    let (some, ones, before) = plain.run(Counted(&[7; 64]));
    assert_eq!((some, ones, &before[..3], before[63]), (u64::MAX, 64 * 3, &[0, 3, 6][..], 63 * 3));
    let mixed = |step: u64| std::array::from_fn(|i| (i as u64 % 5).wrapping_mul(step).rotate_left(i as u32));
    for words in [0, 1, 3, 64, 0x9e37_79b9_7f4a_7c15].map(mixed).into_iter().chain([[u64::MAX; BLOCKS]]) {
        let want = plain.run(Counted(&words));
        for kernel in Kernels::all(&windows) {
            assert_eq!(kernel.run(Counted(&words)), want, "{kernel:?}");
        }
    }
}

fn needle() -> impl Strategy<Value = Box<[u8]>> {
    let bytes = prop_oneof![
        3 => prop::collection::vec(prop::sample::select(b"ab =@".to_vec()), 1..12),
        1 => prop::collection::vec(prop::sample::select(b"ab".to_vec()), 30..40),
        1 => prop::collection::vec(any::<u8>().prop_filter("not of a needle", |byte| *byte != b'\n' && !byte.is_ascii_uppercase()), 1..9),
    ];
    bytes.prop_map(Into::into)
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(prop::sample::select(b"aAbB =@`\n".to_vec()), 0..300),
        prop::collection::vec(any::<u8>(), 0..300),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]
    #[test]
    fn any_needles_in_any_text(needles in prop::collection::hash_set(needle(), 1..100), text in text()) {
        let needles: Vec<Box<[u8]>> = needles.into_iter().collect();
        let text = needles.iter().fold(text, |mut text, needle| {
            let at = (needle.len() * 7) % (text.len() + 1);
            text.splice(at..at, needle.iter().copied());
            text
        });
        let want = naive(&needles, &text);
        for instructions in Instructions::ALL {
            match Literals::new(&needles, instructions) {
                Ok(literals) => prop_assert_eq!(scan(&literals, &text), want.clone(), "{:?}", instructions),
                Err(unfit) => prop_assert!(unfit == Unfit::Cpu || needles.len() > 8),
            }
        }
    }
}
