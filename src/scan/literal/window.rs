//! Which four bytes of each needle are looked for, and in which of eight buckets.
//!
//! A *window* is four bytes of a needle that follow one another. Needles share eight *buckets*; a bucket has, for each
//! of the four places of a window, the class of bytes that some window of the bucket has there. A place in the text is
//! a candidate if for some bucket each of the four bytes from there on is in its class. That is less than to say that
//! a window stands there, since the classes of a bucket mix its windows: windows and buckets are chosen so that few
//! places of English prose are candidates.

use std::collections::HashMap;

use super::frequency;

/// Bytes of a window.
pub(super) const WINDOW: usize = 4;
/// One bit each in a byte.
const BUCKETS: usize = 8;
/// A window begins at most so far into its needle.
const REACH: usize = 24;
/// With more needles than this the classes are so full that it may be better to let all windows begin alike, and what
/// they let through has to be told apart by [`WIDE`] bytes from the window on.
pub(super) const FEW: usize = 48;
/// Bytes of a wide key, and of one that is wider still.
pub(super) const WIDE: usize = 8;
pub(super) const WIDER: usize = 12;
/// What it costs to verify a window that does stand there, in candidates.
const VERIFICATION: f32 = 3.0;

/// For each place of a window and each byte, the buckets whose class has the byte: the text may be in either case.
pub(super) type Classes = [[u8; 256]; WINDOW];

/// Windows and buckets for a set of needles.
#[derive(Clone, Debug)]
pub(super) struct Windows {
    /// For each needle, where its window begins. A needle shorter than a window is a window with open places.
    pub(super) anchors: Vec<u32>,
    pub(super) classes: Classes,
    /// For each bucket and place, the share of bytes that are in the class.
    shares: [[f32; WINDOW]; BUCKETS],
}

impl Windows {
    /// Chooses for `needles`, all lower-case and none empty. Linear in their number, unless few.
    pub(super) fn choose(needles: &[Box<[u8]>]) -> Self {
        let rare = Self::within(needles, REACH, &sharers(needles));
        if needles.len() <= FEW {
            return rare;
        }
        // Needles mostly begin with a space, and only one place in six has one.
        let first = Self::within(needles, 1, &HashMap::new());
        if first.candidates() < rare.candidates() { first } else { rare }
    }

    /// One needle after another gets the window, among those that begin before `reach`, and the bucket that add least
    /// to the candidates.
    fn within(needles: &[Box<[u8]>], reach: usize, sharers: &HashMap<&[u8], f32>) -> Self {
        let mut windows = Windows {
            anchors: Vec::with_capacity(needles.len()),
            classes: [[0; 256]; WINDOW],
            shares: [[0.0; WINDOW]; BUCKETS],
        };
        // A window that is not the whole of what tells needles apart leaves room for the rest behind it.
        let behind = if needles.len() > FEW { WIDE } else { WINDOW };
        for needle in needles {
            let (anchor, bucket) = windows.cheapest(needle, places(needle, behind, reach), sharers);
            windows.add(window(needle, anchor), bucket);
            windows.anchors.push(u32::try_from(anchor).unwrap_or(0));
        }
        windows
    }

    fn cheapest(&self, needle: &[u8], places: usize, sharers: &HashMap<&[u8], f32>) -> (usize, usize) {
        let (mut best, mut least) = ((0, 0), f32::INFINITY);
        for anchor in 0..places {
            let window = window(needle, anchor);
            // Needles that share a window share its cost. Where there is no choice of window it does not matter.
            let own = match sharers.get(window) {
                Some(&sharers) => VERIFICATION * frequency::of_window(window) / sharers,
                None => 0.0,
            };
            for bucket in 0..BUCKETS {
                let cost = own + self.growth(window, bucket);
                if cost < least {
                    (best, least) = ((anchor, bucket), cost);
                }
                if cost <= 0.0 {
                    return best;
                }
            }
        }
        best
    }

    /// How much larger a share of places are candidates once `window` is in `bucket`.
    fn growth(&self, window: &[u8], bucket: usize) -> f32 {
        let (mut before, mut after) = (1.0, 1.0);
        for (place, &share) in self.shares[bucket].iter().enumerate() {
            before *= share;
            after *= match window.get(place) {
                None => 1.0,
                Some(&byte) if self.has(bucket, place, byte) => share,
                Some(&byte) => share + frequency::of_byte(byte),
            };
        }
        after - before
    }

    fn has(&self, bucket: usize, place: usize, byte: u8) -> bool {
        self.classes[place][usize::from(byte)] >> bucket & 1 != 0
    }

    fn add(&mut self, window: &[u8], bucket: usize) {
        for place in 0..WINDOW {
            let Some(&byte) = window.get(place) else {
                self.classes[place].iter_mut().for_each(|buckets| *buckets |= 1 << bucket);
                self.shares[bucket][place] = 1.0;
                continue;
            };
            if !self.has(bucket, place, byte) {
                self.shares[bucket][place] += frequency::of_byte(byte);
                self.classes[place][usize::from(byte)] |= 1 << bucket;
                self.classes[place][usize::from(byte.to_ascii_uppercase())] |= 1 << bucket;
            }
        }
    }

    /// The share of places that are candidates in English prose, taking each byte to depend on the one before it.
    fn candidates(&self) -> f32 {
        let bucket = |bucket: usize| {
            frequency::of_classes(
                &self.classes.each_ref().map(|class| move |byte: u8| class[usize::from(byte)] >> bucket & 1 != 0),
            )
        };
        (0..BUCKETS).map(bucket).sum()
    }
}

/// How many windows there are in `needle` that begin before `reach` and have `behind` bytes from there on, or whatever
/// there is.
fn places(needle: &[u8], behind: usize, reach: usize) -> usize {
    needle.len().saturating_sub(behind - 1).clamp(1, reach)
}

/// How many of the needles have a window, if they are few; otherwise nothing.
fn sharers(needles: &[Box<[u8]>]) -> HashMap<&[u8], f32> {
    let mut sharers = HashMap::new();
    if needles.len() <= FEW {
        for needle in needles {
            for anchor in 0..places(needle, WINDOW, REACH) {
                *sharers.entry(window(needle, anchor)).or_insert(0.0) += 1.0;
            }
        }
    }
    sharers
}

/// The window of `needle` at `anchor`; shorter than [`WINDOW`] if the needle is.
pub(super) fn window(needle: &[u8], anchor: usize) -> &[u8] {
    &needle[anchor..needle.len().min(anchor + WINDOW)]
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
                let window = window(needle, anchor as usize);
                assert_eq!(window.len(), needle.len().min(WINDOW));
                for upper in [false, true] {
                    let shared = (0..WINDOW).fold(0xff, |buckets, place| match window.get(place) {
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
