//! Lanes of 64-bit ARM: four of NEON.

use std::arch::aarch64::*;
use std::arch::is_aarch64_feature_detected;

use super::lanes::{Lanes, digests};
use super::{Digests, GROUP, Message};

pub(super) fn has_neon() -> bool {
    is_aarch64_feature_detected!("neon")
}

/// # Safety
///
/// The CPU has NEON.
#[target_feature(enable = "neon")]
pub(super) unsafe fn digests_neon(messages: &[Message]) -> Digests {
    // SAFETY: the caller answers for NEON; a group is two times four times four lanes.
    unsafe { digests::<Four, 4>(messages) }
}

#[derive(Clone, Copy)]
struct Four(uint32x4_t);

// In each method: the caller of the trait answers for NEON.
impl Lanes for Four {
    const LANES: usize = 4;

    #[inline(always)]
    unsafe fn splat(word: u32) -> Self {
        // SAFETY: touches no memory.
        unsafe { Four(vdupq_n_u32(word)) }
    }

    #[inline(always)]
    unsafe fn load(words: &[u32; GROUP], first: usize) -> Self {
        debug_assert!(first + Self::LANES <= GROUP);
        // SAFETY: the caller says that four words follow the first.
        unsafe { Four(vld1q_u32(words.as_ptr().add(first))) }
    }

    #[inline(always)]
    unsafe fn store(self, words: &mut [u32; GROUP], first: usize) {
        debug_assert!(first + Self::LANES <= GROUP);
        // SAFETY: the caller says that four words follow the first.
        unsafe { vst1q_u32(words.as_mut_ptr().add(first), self.0) }
    }

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        // SAFETY: touches no memory.
        unsafe { Four(vaddq_u32(self.0, other.0)) }
    }

    #[inline(always)]
    unsafe fn rotate<const LEFT: i32, const RIGHT: i32>(self) -> Self {
        // SAFETY: touches no memory.
        unsafe { Four(vsriq_n_u32::<RIGHT>(vshlq_n_u32::<LEFT>(self.0), self.0)) }
    }

    #[inline(always)]
    unsafe fn choose(x: Self, y: Self, z: Self) -> Self {
        // SAFETY: touches no memory.
        unsafe { Four(vbslq_u32(x.0, y.0, z.0)) }
    }

    #[inline(always)]
    unsafe fn parity(x: Self, y: Self, z: Self) -> Self {
        // SAFETY: touches no memory.
        unsafe { Four(veorq_u32(veorq_u32(x.0, y.0), z.0)) }
    }

    #[inline(always)]
    unsafe fn last(x: Self, y: Self, z: Self) -> Self {
        // SAFETY: touches no memory.
        unsafe { Four(veorq_u32(y.0, vornq_u32(x.0, z.0))) }
    }
}
