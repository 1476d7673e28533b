//! What leads from a candidate place to the needles that stand there.

use super::kernel::Kernel;

/// Bytes of a needle that are compared at once.
pub(super) const HEAD: usize = 32;

/// An occurrence of a needle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Occurrence {
    pub(crate) start: usize,
    pub(crate) needle: u32,
}

/// What looking for needles came to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Looked {
    /// How many were found.
    pub(super) found: usize,
    /// How many were compared and not found.
    pub(super) in_vain: usize,
}

/// Needles, to be found from candidates.
pub(super) trait Table {
    /// Writes the needles that stand at `places`, which are counted from byte `base` of the text, to the front of
    /// `found`, in the order of the places. `found` grows as it must; of `places` nothing is left.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that `kernel` needs, and the places are of one strip.
    unsafe fn find<K: Kernel>(
        &self,
        kernel: &K,
        text: &[u8],
        base: usize,
        places: &mut [u16],
        found: &mut Vec<Occurrence>,
    ) -> Looked;

    /// How many needles there are.
    fn len(&self) -> usize;

    /// Bytes of memory it holds.
    fn memory_usage(&self) -> usize;
}

/// The beginning of a needle: text is equal to it if `text[i] | fold[i] == head.text[i]` for all i. Beyond the needle
/// both are 0xff, which is true of any text.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) text: [u8; HEAD],
    pub(super) fold: [u8; HEAD],
}

/// A needle, ready to be compared.
#[derive(Clone, Debug)]
pub(super) struct Needle {
    head: Head,
    /// Where its window begins.
    anchor: u32,
    len: u32,
    number: u32,
    /// The whole of it, if it is longer than a head.
    whole: Box<[u8]>,
}

impl Needle {
    /// `None` if it is too long, or there are too many.
    pub(super) fn new(needle: &[u8], anchor: u32, number: usize) -> Option<Self> {
        let mut head = Head { text: [0xff; HEAD], fold: [0xff; HEAD] };
        for (i, &byte) in needle.iter().take(HEAD).enumerate() {
            head.text[i] = byte;
            head.fold[i] = if byte.is_ascii_lowercase() { 0x20 } else { 0 };
        }
        let whole = if needle.len() > HEAD { needle.into() } else { [].into() };
        Some(Needle { head, anchor, len: needle.len().try_into().ok()?, number: number.try_into().ok()?, whole })
    }

    /// The one that is equal to no text: what empty places of a table lead to, so that they need no branch.
    pub(super) fn of_no_text() -> Self {
        let head = Head { text: [0; HEAD], fold: [0xff; HEAD] };
        Needle { head, anchor: 0, len: 1, number: 0, whole: [].into() }
    }

    /// The needle at the window that begins at byte `at`, whether it stands there or not.
    #[inline(always)]
    pub(super) fn at(&self, at: usize) -> Occurrence {
        // One that would begin before the text wraps around, and is beyond its end.
        Occurrence { start: at.wrapping_sub(self.anchor as usize), needle: self.number }
    }

    /// Whether it stands at byte `start` of the text, in upper and lower case.
    ///
    /// # Safety
    ///
    /// The CPU has the instructions that `kernel` needs.
    #[inline(always)]
    pub(super) unsafe fn is_at<K: Kernel>(&self, kernel: &K, text: &[u8], start: usize) -> bool {
        let Some(head) = text.get(start..start.wrapping_add(HEAD)).and_then(<[u8]>::first_chunk) else {
            return self.is_near_the_end(text, start);
        };
        // SAFETY: the caller answers for the CPU.
        let equal = unsafe { kernel.equal(head, &self.head) };
        // One branch for both, as nearly all are false.
        #[expect(clippy::needless_bitwise_bool, reason = "a branch on `equal` would be mispredicted")]
        let goes_on = equal & (self.len as usize > HEAD);
        if goes_on { self.is_whole_at(text, start) } else { equal }
    }

    #[cold]
    fn is_whole_at(&self, text: &[u8], start: usize) -> bool {
        let text = text.get(start..).and_then(|text| text.get(..self.len as usize));
        text.is_some_and(|text| text.eq_ignore_ascii_case(&self.whole))
    }

    /// Compares where less than a head is left of the text; a needle longer than a head does not fit.
    #[cold]
    fn is_near_the_end(&self, text: &[u8], start: usize) -> bool {
        let Some(text) = text.get(start..).filter(|text| text.len() >= self.len as usize) else { return false };
        let Head { text: want, fold } = &self.head;
        text.iter().zip(fold).zip(want).all(|((byte, fold), want)| byte | fold == *want)
    }

    /// Bytes that it holds besides itself.
    pub(super) fn whole_len(&self) -> usize {
        self.whole.len()
    }
}
