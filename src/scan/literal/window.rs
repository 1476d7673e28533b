//! Which four or eight bytes of each needle are looked for, and in which of eight buckets.
//!
//! A *window* is four bytes of a needle that follow one another. Needles share eight *buckets*; a bucket has, for each
//! of the four places of a window, the class of bytes that some window of the bucket has there. A place in the text is
//! a candidate if for some bucket each of the four bytes from there on is in its class. That is less than to say that
//! a window stands there, since the classes of a bucket mix its windows: windows and buckets are chosen so that few
//! places of English prose are candidates.
//!
//! With many needles the classes hold most letters, whatever is chosen. Windows are of eight bytes then: they let fewer
//! places through, and what they let through is told apart by the same eight bytes.

use std::collections::HashMap;

use super::frequency::{self, Class};
use super::keys::hash;
use super::refine::{self, Choice, Placed};

/// Bytes of a window of few needles.
pub(super) const NARROW: usize = 4;
/// Bytes of a window of many needles, and the most that a window has.
pub(super) const WIDE: usize = 8;
/// One bit each in a byte.
pub(super) const BUCKETS: usize = 8;
/// A window begins at most so far into its needle.
const REACH: usize = 24;
/// With more needles than this windows are wide.
pub(super) const FEW: usize = 48;
/// How many bytes of a window are before a pivot.
const BEFORE: usize = 4;
/// What it costs to verify a window that does stand there, in candidates.
const VERIFICATION: f32 = 3.0;
/// For each place of a window and each byte, the buckets whose class has the byte: the text may be in either case. Where
/// windows are narrow the other places are open.
pub(super) type Classes = [[u8; 256]; WIDE];

/// Windows and buckets for a set of needles.
#[derive(Clone, Debug)]
pub(super) struct Windows {
    /// For each needle, where its window begins. A needle shorter than a window is a window with open places.
    pub(super) anchors: Vec<u32>,
    /// How many bytes a window has: [`NARROW`] or [`WIDE`].
    pub(super) width: usize,
    pub(super) classes: Classes,
    /// For each place and bucket, the share of bytes that are in the class.
    shares: [[f32; BUCKETS]; WIDE],
}

impl Windows {
    /// Chooses for `needles`, all lower-case and none empty. Linear in their number, unless few.
    pub(super) fn choose(needles: &[Box<[u8]>]) -> Self {
        if needles.len() <= FEW {
            return Self::rare(needles);
        }
        Self::around_pivots(needles).unwrap_or_else(|| {
            let rare = Self::forward(needles, REACH);
            // Needles mostly begin with a space, and only one place in six has one.
            let first = Self::forward(needles, 1);
            if first.candidates() < rare.candidates() { first } else { rare }
        })
    }

    /// For few needles: rare windows, and such as needles share.
    fn rare(needles: &[Box<[u8]>]) -> Self {
        let mut windows = Windows::none(needles.len(), NARROW);
        for (number, placed) in refine::place(needles, &choices(needles)).into_iter().enumerate() {
            windows.put(number, &needles[number], placed);
        }
        windows
    }

    /// For words: the beginnings of the needles.
    pub(super) fn at_starts(needles: &[Box<[u8]>]) -> Self {
        Self::within(needles, NARROW, |_, choices| choices.push((0, 0.0)))
    }

    /// For many needles: windows that begin before `reach`.
    fn forward(needles: &[Box<[u8]>], reach: usize) -> Self {
        Self::within(needles, WIDE, |needle, choices| {
            choices.extend((0..anchors(needle, WIDE, reach)).map(|anchor| (anchor, 0.0)));
        })
    }

    /// For many needles: windows around a space between words, or whatever stands between the parts of most needles;
    /// `None` if nothing does. How one word ends and how the next begins have little to do with each other, so that the
    /// two together are far rarer than as many bytes of one word.
    fn around_pivots(needles: &[Box<[u8]>]) -> Option<Self> {
        let pivot = pivot(needles)?;
        let sharers = Sharers::new(needles, pivot);
        Some(Self::within(needles, WIDE, |needle, choices| {
            choices.extend(pivots(needle, pivot).map(|at| (at - BEFORE, 0.0)));
            match choices.len() {
                0 => choices.extend((0..anchors(needle, WIDE, REACH)).map(|anchor| (anchor, 0.0))),
                // No choice.
                1 => {}
                _ => choices.iter_mut().for_each(|(anchor, cost)| {
                    let window = window(needle, *anchor, WIDE);
                    *cost = VERIFICATION * frequency::of_long(window) * sharers.of(window);
                }),
            }
        }))
    }

    /// One needle after another gets the window, among its choices, and the bucket that cost least.
    fn within<'n>(needles: &'n [Box<[u8]>], width: usize, mut choose: impl FnMut(&'n [u8], &mut Vec<Choice>)) -> Self {
        let mut windows = Windows::none(needles.len(), width);
        let mut choices = Vec::with_capacity(REACH);
        // Open places would spoil the bucket of other windows: whatever comes later keeps away from it.
        for short in [true, false] {
            let all = needles.iter().zip(0_usize..).filter(|(needle, _)| (needle.len() < width) == short);
            for (needle, number) in all {
                choices.clear();
                choose(needle, &mut choices);
                let placed = windows.cheapest(needle, &choices);
                windows.put(number, needle, placed);
            }
        }
        windows
    }

    /// For so many needles, none of which has a window yet.
    fn none(needles: usize, width: usize) -> Self {
        Windows {
            anchors: vec![0; needles],
            width,
            classes: std::array::from_fn(|place| if place < width { [0; 256] } else { [0xff; 256] }),
            shares: [[0.0; BUCKETS]; WIDE],
        }
    }

    /// Gives a needle its window.
    fn put(&mut self, number: usize, needle: &[u8], placed: Placed) {
        self.add(window(needle, placed.anchor, self.width), placed.bucket);
        self.anchors[number] = u32::try_from(placed.anchor).unwrap_or(0);
    }

    fn cheapest(&self, needle: &[u8], choices: &[Choice]) -> Placed {
        let (mut best, mut least) = (Placed { anchor: 0, bucket: 0 }, f32::INFINITY);
        for &(anchor, own) in choices {
            let window = window(needle, anchor, self.width);
            for (bucket, growth) in self.growths(window).into_iter().enumerate() {
                let cost = own + growth;
                if cost < least {
                    (best, least) = (Placed { anchor, bucket }, cost);
                }
            }
            if least <= 0.0 {
                break;
            }
        }
        best
    }

    /// For each bucket, how much larger a share of places are candidates once `window` is in it.
    fn growths(&self, window: &[u8]) -> [f32; BUCKETS] {
        let (mut before, mut after) = ([1.0; BUCKETS], [1.0; BUCKETS]);
        for (place, shares) in self.shares[..self.width].iter().enumerate() {
            let byte = window.get(place).copied();
            let buckets = byte.map_or(0, |byte| self.classes[place][usize::from(byte)]);
            let more = byte.map_or(1.0, frequency::of_byte);
            for bucket in 0..BUCKETS {
                let share = shares[bucket];
                before[bucket] *= share;
                let grown = if buckets >> bucket & 1 == 0 { share + more } else { share };
                after[bucket] *= if byte.is_some() { grown } else { 1.0 };
            }
        }
        std::array::from_fn(|bucket| after[bucket] - before[bucket])
    }

    fn add(&mut self, window: &[u8], bucket: usize) {
        for place in 0..self.width {
            let Some(&byte) = window.get(place) else {
                self.classes[place].iter_mut().for_each(|buckets| *buckets |= 1 << bucket);
                self.shares[place][bucket] = 1.0;
                continue;
            };
            if self.classes[place][usize::from(byte)] >> bucket & 1 == 0 {
                self.shares[place][bucket] += frequency::of_byte(byte);
                self.classes[place][usize::from(byte)] |= 1 << bucket;
                self.classes[place][usize::from(byte.to_ascii_uppercase())] |= 1 << bucket;
            }
        }
    }

    /// The share of places that are candidates in English prose.
    fn candidates(&self) -> f32 {
        let class = |place: usize, bucket: usize| {
            let mut class = Class::NONE;
            let has = |byte: &u8| self.classes[place][usize::from(*byte)] >> bucket & 1 != 0;
            (0..=255).filter(|byte: &u8| !byte.is_ascii_uppercase()).filter(has).for_each(|byte| class.add(byte));
            class
        };
        let classes = |bucket| (0..self.width).map(|place| class(place, bucket)).collect::<Vec<_>>();
        (0..BUCKETS).map(|bucket| frequency::of_classes(&classes(bucket))).sum()
    }
}

/// Where the narrow window of each needle may begin, the cheapest first.
fn choices(needles: &[Box<[u8]>]) -> Vec<Vec<Choice>> {
    let places = |needle: &[u8]| 0..anchors(needle, NARROW, REACH);
    let mut sharers = HashMap::new();
    for needle in needles {
        places(needle).for_each(|anchor| *sharers.entry(window(needle, anchor, NARROW)).or_insert(0.0) += 1.0);
    }
    let choice = |needle, anchor| {
        let window = window(needle, anchor, NARROW);
        // Needles that share a window share its cost.
        (anchor, VERIFICATION * frequency::of_window(window) / sharers[window])
    };
    let of = |needle| {
        let mut choices: Vec<Choice> = places(needle).map(|anchor| choice(needle, anchor)).collect();
        choices.sort_by(|one, other| one.1.total_cmp(&other.1));
        choices
    };
    needles.iter().map(|needle| of(needle)).collect()
}

/// For each of the `needles`, none of which is empty, where the four bytes of it begin that are best looked for alone.
/// Linear in their number.
pub(crate) fn rare_places(needles: &[Box<[u8]>]) -> impl Iterator<Item = usize> {
    choices(needles).into_iter().map(|choices| choices.first().map_or(0, |(anchor, _)| *anchor))
}

/// At how many places of `needle`, before `reach`, a window may begin that has `behind` bytes from there on, or whatever
/// there is.
fn anchors(needle: &[u8], behind: usize, reach: usize) -> usize {
    needle.len().saturating_sub(behind - 1).clamp(1, reach)
}

/// What mostly stands between the parts of `needles`, with room for a window around it: a space, if they are words.
fn pivot(needles: &[Box<[u8]>]) -> Option<u8> {
    let mut having = [0_usize; 256];
    for needle in needles {
        let mut seen = [false; 256];
        for &byte in around(needle) {
            having[usize::from(byte)] += usize::from(!std::mem::replace(&mut seen[usize::from(byte)], true));
        }
    }
    let is_pivot = |byte: &u8| byte.is_ascii() && !byte.is_ascii_alphanumeric();
    let pivot = (0..=255).filter(is_pivot).max_by_key(|&byte| having[usize::from(byte)])?;
    (having[usize::from(pivot)] >= needles.len() - needles.len() / 8).then_some(pivot)
}

/// Where `pivot` is in `needle` with a whole window around it.
fn pivots(needle: &[u8], pivot: u8) -> impl Iterator<Item = usize> {
    memchr::memchr_iter(pivot, around(needle)).map(move |at| BEFORE + at).take(REACH)
}

/// The bytes of `needle` that can have a whole window around them.
fn around(needle: &[u8]) -> &[u8] {
    needle.get(BEFORE..(needle.len() + BEFORE + 1).saturating_sub(WIDE)).unwrap_or_default()
}

/// How many of the needles could have a window, about.
struct Sharers {
    /// By hash: windows that meet are taken for one.
    counts: Vec<u16>,
    shift: u32,
}

impl Sharers {
    fn new(needles: &[Box<[u8]>], pivot: u8) -> Self {
        let size = (8 * needles.len()).next_power_of_two();
        let mut sharers = Sharers { counts: vec![0; size], shift: 64 - size.trailing_zeros() };
        for needle in needles {
            for at in pivots(needle, pivot) {
                let at = sharers.at(window(needle, at - BEFORE, WIDE));
                sharers.counts[at] = sharers.counts[at].saturating_add(1);
            }
        }
        sharers
    }

    fn at(&self, window: &[u8]) -> usize {
        let word = window.first_chunk().map_or(0, |window| u64::from_le_bytes(*window));
        (hash(word) >> self.shift) as usize
    }

    fn of(&self, window: &[u8]) -> f32 {
        f32::from(self.counts[self.at(window)])
    }
}

/// The window of `needle` at `anchor`; shorter than `width` if the needle is.
pub(super) fn window(needle: &[u8], anchor: usize, width: usize) -> &[u8] {
    &needle[anchor..needle.len().min(anchor + width)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(needles: &[&str]) -> Vec<Box<[u8]>> {
        needles.iter().map(|needle| needle.as_bytes().into()).collect()
    }

    #[test]
    fn every_window_is_in_the_classes_in_both_cases() {
        let many: Vec<String> = (0..400).map(|i| format!(" needle {i} é")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        for needles in [&["a", " is a ", "é", "x=", " causes ", "汉字"][..], &many] {
            let needles = boxed(needles);
            let windows = Windows::choose(&needles);
            for (needle, &anchor) in needles.iter().zip(&windows.anchors) {
                let window = window(needle, anchor as usize, windows.width);
                assert_eq!(window.len(), needle.len().min(windows.width));
                for upper in [false, true] {
                    let shared = (0..WIDE).fold(0xff, |buckets, place| match window.get(place) {
                        None => buckets,
                        Some(&byte) if upper => {
                            buckets & windows.classes[place][usize::from(byte.to_ascii_uppercase())]
                        }
                        Some(&byte) => buckets & windows.classes[place][usize::from(byte)],
                    });
                    assert_ne!(shared, 0, "{needle:?}");
                }
            }
        }
    }

    #[test]
    fn rare_windows_are_preferred() {
        let windows = Windows::choose(&boxed(&[" is a ", " involves "]));
        assert_ne!(windows.anchors[0], 0, "` is ` is the most common of them");
        assert!((3..=5).contains(&windows.anchors[1]), "`volv` is rare: {windows:?}");
    }

    #[test]
    fn a_bucket_stays_narrow() {
        let windows = Windows::choose(&boxed(&[" causes ", " before ", " after ", " means "]));
        assert!(windows.candidates() < 1e-4, "{}", windows.candidates());
    }
}
