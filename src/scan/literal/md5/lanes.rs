//! The rounds of MD5 (RFC 1321), written once over vectors of lanes.

use super::{Digests, GROUP, Message};

/// A vector with a word of a different text in each lane.
///
/// # Safety
///
/// All methods: the CPU has the instructions of the vector.
pub(super) trait Lanes: Copy {
    const LANES: usize;
    unsafe fn splat(word: u32) -> Self;
    /// The words from number `first` on, of which there are at least [`LANES`](Self::LANES).
    unsafe fn load(words: &[u32; GROUP], first: usize) -> Self;
    /// Writes where [`load`](Self::load) reads.
    unsafe fn store(self, words: &mut [u32; GROUP], first: usize);
    unsafe fn add(self, other: Self) -> Self;
    unsafe fn rotate<const LEFT: i32, const RIGHT: i32>(self) -> Self;
    /// `(x & y) | (!x & z)`, the function of the first round; with `z` as `x`, that of the second.
    unsafe fn choose(x: Self, y: Self, z: Self) -> Self;
    /// `x ^ y ^ z`, the function of the third round.
    unsafe fn parity(x: Self, y: Self, z: Self) -> Self;
    /// `y ^ (x | !z)`, the function of the fourth round.
    unsafe fn last(x: Self, y: Self, z: Self) -> Self;
}

const START: [u32; 4] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];

/// What is added in each step: the digits of sines.
#[rustfmt::skip]
const SINES: [u32; 64] = [
    0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee, 0xf57c_0faf, 0x4787_c62a, 0xa830_4613, 0xfd46_9501,
    0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be, 0x6b90_1122, 0xfd98_7193, 0xa679_438e, 0x49b4_0821,
    0xf61e_2562, 0xc040_b340, 0x265e_5a51, 0xe9b6_c7aa, 0xd62f_105d, 0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8,
    0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed, 0xa9e3_e905, 0xfcef_a3f8, 0x676f_02d9, 0x8d2a_4c8a,
    0xfffa_3942, 0x8771_f681, 0x6d9d_6122, 0xfde5_380c, 0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70,
    0x289b_7ec6, 0xeaa1_27fa, 0xd4ef_3085, 0x0488_1d05, 0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665,
    0xf429_2244, 0x432a_ff97, 0xab94_23a7, 0xfc93_a039, 0x655b_59c3, 0x8f0c_cc92, 0xffef_f47d, 0x8584_5dd1,
    0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1, 0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb, 0xeb86_d391,
];

/// The first two words of the digest of each text, whose blocks are in `messages`: `SIDES` vectors of texts side by side,
/// and if these are not all of a group, the next after them.
///
/// # Safety
///
/// The CPU has the instructions of `L`, and the lanes of a group are some times `SIDES` times those of a vector.
#[inline(always)]
pub(super) unsafe fn digests<L: Lanes, const SIDES: usize>(messages: &[Message]) -> Digests {
    let mut digests = [[0; GROUP]; 2];
    for first in (0..GROUP).step_by(SIDES * L::LANES) {
        // SAFETY: the caller answers for the CPU, here and below.
        let mut state = unsafe { START.map(|word| [L::splat(word); SIDES]) };
        for message in messages {
            // SAFETY: as above; `SIDES` vectors of a group follow the first lane.
            unsafe { compress(&mut state, message, first) };
        }
        for (words, vectors) in digests.iter_mut().zip(state) {
            for (side, vector) in vectors.into_iter().enumerate() {
                // SAFETY: as above; side < SIDES.
                unsafe { vector.store(words, first + side * L::LANES) };
            }
        }
    }
    digests
}

/// Compresses a block of each text from lane `first` on.
///
/// # Safety
///
/// The CPU has the instructions of `L`, and `SIDES` vectors of a group follow the first lane.
#[inline(always)]
unsafe fn compress<L: Lanes, const SIDES: usize>(state: &mut [[L; SIDES]; 4], message: &Message, first: usize) {
    let [mut a, mut b, mut c, mut d] = *state;
    // A step of each side: `a = b + rotate(a + f(b, c, d) + word + sine)`.
    macro_rules! step {
        ($f:expr, $a:ident $b:ident $c:ident $d:ident, $word:expr, $sine:expr, $left:literal) => {
            for side in 0..SIDES {
                let f = $f($b[side], $c[side], $d[side]);
                let sum = $a[side].add(L::load(&message[$word], first + side * L::LANES)).add(L::splat(SINES[$sine]));
                $a[side] = sum.add(f).rotate::<$left, { 32 - $left }>().add($b[side]);
            }
        };
    }
    // Sixteen steps: step i takes word `$first + i * $stride` of the message.
    macro_rules! round {
        ($f:expr, $number:literal, $first:literal, $stride:literal, $r0:literal $r1:literal $r2:literal $r3:literal) => {
            for four in 0..4 {
                let (i, word) = (4 * four, |i: usize| ($first + i * $stride) % 16);
                step!($f, a b c d, word(i), 16 * $number + i, $r0);
                step!($f, d a b c, word(i + 1), 16 * $number + i + 1, $r1);
                step!($f, c d a b, word(i + 2), 16 * $number + i + 2, $r2);
                step!($f, b c d a, word(i + 3), 16 * $number + i + 3, $r3);
            }
        };
    }
    // SAFETY: the caller answers for the CPU; side < SIDES, so every load is within the group.
    unsafe {
        round!(|x, y, z| L::choose(x, y, z), 0, 0, 1, 7 12 17 22);
        round!(|x, y, z| L::choose(z, x, y), 1, 1, 5, 5 9 14 20);
        round!(|x, y, z| L::parity(x, y, z), 2, 5, 3, 4 11 16 23);
        round!(|x, y, z| L::last(x, y, z), 3, 0, 7, 6 10 15 21);
        for (before, after) in state.iter_mut().zip([a, b, c, d]) {
            for side in 0..SIDES {
                before[side] = before[side].add(after[side]);
            }
        }
    }
}
