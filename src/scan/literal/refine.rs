//! Windows and buckets for few needles: each needle gets the best for it as long as the others keep theirs, in turn, and
//! again until nothing is gained. What is best is told by the windows that the classes of a bucket let in together,
//! which are not those that letters taken one by one suggest: `fter` and `ntai` let in `nter`.

use super::frequency::{self, Class};
use super::window::{BUCKETS, NARROW, window};

/// Each needle gets its turn so many times at most.
const ROUNDS: usize = 2;

/// Where the window of a needle may begin, and what that costs besides the places that become candidates.
pub(super) type Choice = (usize, f32);

/// A window of a needle, in a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) anchor: usize,
    pub(super) bucket: usize,
}

/// The window and the bucket of each of the `needles`, by their `choices`, the cheapest first, of which each has one.
/// Quadratic in the number of needles.
pub(super) fn place(needles: &[Box<[u8]>], choices: &[Vec<Choice>]) -> Vec<Placed> {
    let mut placed: Vec<Option<Placed>> = vec![None; needles.len()];
    for _ in 0..ROUNDS {
        let before = placed.clone();
        for number in 0..needles.len() {
            placed[number] = None;
            placed[number] = best(needles, &placed, &needles[number], &choices[number]);
        }
        if placed == before {
            break;
        }
    }
    placed.into_iter().flatten().collect()
}

/// The best for `needle` beside those that are `placed`.
fn best(needles: &[Box<[u8]>], placed: &[Option<Placed>], needle: &[u8], choices: &[Choice]) -> Option<Placed> {
    let mut buckets = [const { Bucket::EMPTY }; BUCKETS];
    for (needle, placed) in needles.iter().zip(placed) {
        if let Some(Placed { anchor, bucket }) = *placed {
            buckets[bucket].add(window(needle, anchor, NARROW));
        }
    }
    let shares = buckets.each_ref().map(Bucket::share);
    // One that is empty is like the other.
    let empty = buckets.iter().position(Bucket::is_empty);
    let mut least = f32::INFINITY;
    let mut best = None;
    for &(anchor, own) in choices {
        for bucket in (0..BUCKETS).filter(|&bucket| !buckets[bucket].is_empty() || Some(bucket) == empty) {
            // What a bucket lets in never becomes less.
            if own >= least {
                return best;
            }
            let mut grown = buckets[bucket].clone();
            grown.add(window(needle, anchor, NARROW));
            let cost = own + grown.share() - shares[bucket];
            if cost < least {
                (least, best) = (cost, Some(Placed { anchor, bucket }));
            }
        }
    }
    best
}

/// The classes of a bucket.
#[derive(Clone, Debug)]
struct Bucket {
    classes: [Class; NARROW],
    /// How many places tell: those behind the end of the shortest window are open.
    len: usize,
}

impl Bucket {
    const EMPTY: Bucket = Bucket { classes: [Class::NONE; NARROW], len: NARROW };

    /// Whether it has no window: each has a first byte.
    fn is_empty(&self) -> bool {
        self.classes[0].is_empty()
    }

    fn add(&mut self, window: &[u8]) {
        self.len = self.len.min(window.len());
        for (class, &byte) in self.classes.iter_mut().zip(window) {
            class.add(byte);
        }
    }

    /// The share of places that it lets in.
    fn share(&self) -> f32 {
        frequency::of_classes(&self.classes[..self.len])
    }
}
