//! Literals by SIMD, in text of either case: the fast path.
//!
//! This is the only room with `unsafe` code: calls of functions that are compiled for instructions which the CPU was
//! asked for, and loads from arrays. In short: a window
//! of each needle is looked for by classes of bytes, 64 places at a time ([`window`], [`kernel`]); what is left is
//! looked up and compared, few needles ([`few`]) in another way than many, which are filtered by keys before ([`needles`],
//! [`keys`]); it all goes in phases without branches ([`phases`]).
//!
//! The text is not lowered: ASCII letters are found in either case. What that finds is what lower-casing first and
//! then searching finds, for needles in ASCII and lines without U+212A and U+0130, which alone are lowered to ASCII.
#![allow(unsafe_code)]
#![allow(clippy::inline_always)] // what is not inlined is not compiled for the instructions of its caller
#![allow(clippy::cast_possible_truncation)] // of places in a strip, and of hashes, which lose bits by intent
#![allow(clippy::wildcard_imports)] // of intrinsics, where their names would fill the screen

pub(crate) mod characters;
mod compile;
mod few;
mod frequency;
mod kernel;
mod keys;
mod lines;
mod lower;
pub(crate) mod md5;
mod needles;
mod phases;
mod scanner;
mod table;
#[cfg(test)]
mod tests;
mod window;
mod words;
#[cfg(target_arch = "x86_64")]
mod x86;

use std::ops::ControlFlow;

use few::Few;
use kernel::Plain;
pub(crate) use lower::Buffer;
use needles::Needles;
pub(crate) use phases::{PATIENCE, Scratch};
pub(crate) use scanner::Pooled;
use table::Table;
use window::{NARROW, WIDE, Windows};
use words::WordTable;

/// How text is classified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Instructions {
    /// Plain Rust, for any CPU: what the others are tested against. Slower than Teddy, if literals are few.
    Plain,
    /// AVX2.
    Avx2,
    /// AVX-512 with VBMI.
    Avx512,
}

/// Why needles cannot be looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// The CPU lacks the instructions.
    Cpu,
    /// The needles are none, or too much alike for this search: many with equal bytes where their windows are.
    Needles,
}

/// A line that holds a needle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its first byte.
    pub(crate) start: usize,
    /// Its line feed, or the end of the text.
    pub(crate) end: usize,
    /// The number of line feeds before it in the text.
    pub(crate) feeds: usize,
}

/// An occurrence of a needle, and its line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hit {
    /// The first byte of the needle.
    pub(crate) start: usize,
    /// Which needle it is.
    pub(crate) needle: u32,
    pub(crate) line: Line,
}

/// Takes the next hits, and to where the text has been searched: a line that ends before this has no more hits.
pub(crate) type Found<'f> = &'f mut dyn FnMut(&[Hit], usize) -> ControlFlow<()>;

/// Why a search ended before the text did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The receiver asked for it.
    Asked,
    /// The text has so many places that look like needles and are none that another search would be faster. All has been
    /// told of the lines before byte `start`, where a line begins, with `feeds` line feeds before it.
    Dense { start: usize, feeds: usize },
}

/// Needles compiled for the kernel of one CPU.
#[derive(Clone, Debug)]
pub(crate) struct Literals {
    kernel: Kernels,
    tables: Tables,
}

#[derive(Clone, Debug)]
enum Tables {
    Few(Few),
    Many(Needles),
    Words(WordTable),
}

#[derive(Clone, Debug)]
enum Kernels {
    Plain(Plain),
    #[cfg(target_arch = "x86_64")]
    Avx2(x86::Avx2<NARROW>),
    #[cfg(target_arch = "x86_64")]
    WideAvx2(x86::Avx2<WIDE>),
    #[cfg(target_arch = "x86_64")]
    Avx512(x86::Avx512<NARROW>),
    #[cfg(target_arch = "x86_64")]
    WideAvx512(x86::Avx512<WIDE>),
}

impl Kernels {
    fn new(windows: &Windows, instructions: Instructions) -> Option<Self> {
        let classes = &windows.classes;
        match instructions {
            Instructions::Plain => Some(Kernels::Plain(Plain::new(classes))),
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 if windows.width == NARROW => x86::Avx2::new(classes).map(Kernels::Avx2),
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => x86::Avx2::new(classes).map(Kernels::WideAvx2),
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 if windows.width == NARROW => x86::Avx512::new(classes).map(Kernels::Avx512),
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 => x86::Avx512::new(classes).map(Kernels::WideAvx512),
            #[cfg(not(target_arch = "x86_64"))]
            Instructions::Avx2 | Instructions::Avx512 => None,
        }
    }

    fn scan<T: Table>(
        &self,
        table: &T,
        patience: usize,
        text: &[u8],
        scratch: &mut Scratch,
        found: Found<'_>,
    ) -> ControlFlow<End> {
        match self {
            // SAFETY: it needs no instructions but those that the crate is compiled for.
            Kernels::Plain(kernel) => unsafe { phases::scan(kernel, table, patience, text, scratch, found) },
            // SAFETY: the kernel could only be made because the CPU has the instructions.
            #[cfg(target_arch = "x86_64")]
            Kernels::Avx2(kernel) => unsafe { scan_avx2(kernel, table, patience, text, scratch, found) },
            // SAFETY: the kernel could only be made because the CPU has the instructions.
            #[cfg(target_arch = "x86_64")]
            Kernels::WideAvx2(kernel) => unsafe { scan_avx2(kernel, table, patience, text, scratch, found) },
            // SAFETY: the kernel could only be made because the CPU has the instructions.
            #[cfg(target_arch = "x86_64")]
            Kernels::Avx512(kernel) => unsafe { scan_avx512(kernel, table, patience, text, scratch, found) },
            // SAFETY: the kernel could only be made because the CPU has the instructions.
            #[cfg(target_arch = "x86_64")]
            Kernels::WideAvx512(kernel) => unsafe { scan_avx512(kernel, table, patience, text, scratch, found) },
        }
    }
}

impl Literals {
    /// Compiles `needles`, which are lower-case, all different, and hold no line feed.
    ///
    /// # Errors
    ///
    /// [`Unfit`] if the CPU or the needles are.
    pub(crate) fn new(needles: &[Box<[u8]>], instructions: Instructions) -> Result<Self, Unfit> {
        let foreign = |byte: &u8| *byte == b'\n' || byte.is_ascii_uppercase();
        if needles.is_empty() || needles.iter().any(|needle| needle.is_empty() || needle.iter().any(foreign)) {
            return Err(Unfit::Needles);
        }
        let words = if WordTable::suits(needles) { WordTable::new(needles) } else { None };
        let windows = if words.is_some() { Windows::at_starts(needles) } else { Windows::choose(needles) };
        let kernel = Kernels::new(&windows, instructions).ok_or(Unfit::Cpu)?;
        if let Some(words) = words {
            return Ok(Literals { kernel, tables: Tables::Words(words) });
        }
        let tables = match Few::new(needles, &windows) {
            Some(few) => Tables::Few(few),
            None => Tables::Many(Needles::new(needles, &windows).ok_or(Unfit::Needles)?),
        };
        Ok(Literals { kernel, tables })
    }

    /// Tells `found` of every occurrence of every needle in `text`, letters in either case, overlapping ones too, some
    /// at a time: those of a line before those of a later one, and within a line in no particular order. Ends early if
    /// `found` breaks. Linear in the text and the number of occurrences.
    pub(crate) fn scan(&self, text: &[u8], scratch: &mut Scratch, found: Found<'_>) -> ControlFlow<()> {
        self.scan_for(usize::MAX, text, scratch, found).map_break(|_| ())
    }

    /// As [`scan`](Self::scan), but gives up where more than `patience` strips of text one after another are dense with
    /// what looks like needles.
    pub(crate) fn scan_for(
        &self,
        patience: usize,
        text: &[u8],
        scratch: &mut Scratch,
        found: Found<'_>,
    ) -> ControlFlow<End> {
        match &self.tables {
            Tables::Few(few) => self.kernel.scan(few, patience, text, scratch, found),
            Tables::Many(many) => self.kernel.scan(many, patience, text, scratch, found),
            Tables::Words(words) => self.kernel.scan(words, patience, text, scratch, found),
        }
    }

    /// `text` in lower case if it is short, and no character but those of ASCII has another lower case than itself, as
    /// in most lines; `None` otherwise. It may be `None` all the same for characters that are rare. Linear in the text.
    pub(crate) fn lower<'b>(&self, buffer: &'b mut Buffer, text: &str) -> Option<&'b str> {
        buffer.lower(&self.kernel, text)
    }

    /// How many needles there are.
    pub(crate) fn len(&self) -> usize {
        match &self.tables {
            Tables::Few(few) => few.len(),
            Tables::Many(many) => many.len(),
            Tables::Words(words) => words.len(),
        }
    }

    /// Whether text is classified without SIMD.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self.kernel, Kernels::Plain(_))
    }

    /// What the kernel is called in messages and statistics.
    pub(crate) fn name(&self) -> &'static str {
        match &self.kernel {
            Kernels::Plain(_) => "literal (plain)",
            #[cfg(target_arch = "x86_64")]
            Kernels::Avx2(_) | Kernels::WideAvx2(_) => "literal (AVX2)",
            #[cfg(target_arch = "x86_64")]
            Kernels::Avx512(_) | Kernels::WideAvx512(_) => "literal (AVX-512)",
        }
    }

    /// Bytes of memory it holds.
    pub(crate) fn memory_usage(&self) -> usize {
        size_of::<Self>()
            + match &self.tables {
                Tables::Few(few) => few.memory_usage(),
                Tables::Many(many) => many.memory_usage(),
                Tables::Words(words) => words.memory_usage(),
            }
    }
}

/// # Safety
///
/// The CPU has the instructions that are named here, which [`x86::Avx2::new`] asks for.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt")]
unsafe fn scan_avx2<const WIDTH: usize, T: Table>(
    kernel: &x86::Avx2<WIDTH>,
    table: &T,
    patience: usize,
    text: &[u8],
    scratch: &mut Scratch,
    found: Found<'_>,
) -> ControlFlow<End> {
    // SAFETY: the caller answers for the CPU.
    unsafe { phases::scan(kernel, table, patience, text, scratch, found) }
}

/// # Safety
///
/// The CPU has the instructions that are named here, which [`x86::Avx512::new`] asks for.
#[cfg(target_arch = "x86_64")]
#[target_feature(
    enable = "avx2,bmi1,bmi2,popcnt,lzcnt,avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,avx512vpopcntdq"
)]
unsafe fn scan_avx512<const WIDTH: usize, T: Table>(
    kernel: &x86::Avx512<WIDTH>,
    table: &T,
    patience: usize,
    text: &[u8],
    scratch: &mut Scratch,
    found: Found<'_>,
) -> ControlFlow<End> {
    // SAFETY: the caller answers for the CPU.
    unsafe { phases::scan(kernel, table, patience, text, scratch, found) }
}
