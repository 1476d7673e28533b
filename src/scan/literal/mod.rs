//! Literals by SIMD, in text of either case: the fast path.
//!
//! This is the only room with `unsafe` code: calls of functions that are compiled for instructions which the CPU was
//! asked for, and loads from arrays. In short: a window
//! of each needle is looked for by classes of bytes, 64 places at a time ([`window`], [`refine`], [`kernel`]); what is left
//! is looked up and compared, few needles ([`few`]) in another way than many, which are filtered by keys before
//! ([`needles`], [`keys`]), and those that are words ([`words`]); it all goes in phases without branches ([`phases`]).
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
#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
mod neon;
mod phases;
mod refine;
mod scanner;
mod table;
#[cfg(test)]
mod tests;
mod window;
mod words;
#[cfg(target_arch = "x86_64")]
mod x86;

use std::ops::{ControlFlow, Range};

use few::Few;
use kernel::{Kernel, Plain, Task};
pub(crate) use lower::{Buffer, Held};
use needles::Needles;
pub(crate) use phases::{PATIENCE, Scratch};
pub(crate) use scanner::Pooled;
use table::Table;
pub(crate) use window::rare_places;
use window::{NARROW, WIDE, Windows};
use words::WordTable;

/// How text is classified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Instructions {
    /// Plain Rust, for any CPU: what the others are tested against. Slower than Teddy, if literals are few.
    Plain,
    /// NEON.
    Neon,
    /// AVX2.
    Avx2,
    /// AVX-512 with VBMI.
    Avx512,
}

impl Instructions {
    /// Those that not every CPU has, the fastest first.
    pub(crate) const SIMD: [Instructions; 3] = [Instructions::Avx512, Instructions::Avx2, Instructions::Neon];

    /// All of them.
    #[cfg(any(test, fuzzing))]
    pub(crate) const ALL: [Instructions; 4] =
        [Instructions::Plain, Instructions::Neon, Instructions::Avx2, Instructions::Avx512];
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
    /// The text has so many places that look like needles and are none that another search would be faster.
    /// [`Scratch::told`] is where to go on.
    Dense,
}

/// How far all has been told.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Told {
    /// Of the lines before this byte, where a line begins.
    pub(crate) until: usize,
    /// The number of line feeds before it.
    pub(crate) feeds: usize,
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

/// Makes [`Kernels`] of all kernels. Of those with the same instructions the one for narrower windows comes first.
macro_rules! kernels {
    ($($(#[$cpu:meta])? $name:ident($kernel:ty),)+) => {
        /// The kernel of this CPU.
        #[derive(Clone, Debug)]
        enum Kernels {
            $($(#[$cpu])? $name($kernel),)+
        }

        impl Instructions {
            /// Whether this CPU has them.
            pub(crate) fn are_available(self) -> bool {
                $($(#[$cpu])?
                if <$kernel>::INSTRUCTIONS == self {
                    return <$kernel>::is_available();
                })+
                false
            }
        }

        impl Kernels {
            /// `None` if the CPU lacks the instructions.
            fn new(windows: &Windows, instructions: Instructions) -> Option<Self> {
                $($(#[$cpu])?
                if <$kernel>::INSTRUCTIONS == instructions && <$kernel>::WIDTH >= windows.width {
                    return <$kernel>::new(&windows.classes).map(Kernels::$name);
                })+
                None
            }

            /// Each that this CPU has and that takes such windows.
            #[cfg(test)]
            fn all(windows: &Windows) -> Vec<Self> {
                let mut all = Vec::new();
                $($(#[$cpu])?
                if <$kernel>::WIDTH >= windows.width {
                    all.extend(<$kernel>::new(&windows.classes).map(Kernels::$name));
                })+
                all
            }

            /// Runs `task` by the kernel, compiled for its instructions.
            #[inline(always)]
            fn run<T: Task>(&self, task: T) -> T::Output {
                match self {
                    $($(#[$cpu])?
                    // SAFETY: the kernel could only be made because the CPU has its instructions.
                    Kernels::$name(kernel) => unsafe { kernel.run(task) },)+
                }
            }

            fn instructions(&self) -> Instructions {
                match self {
                    $($(#[$cpu])? Kernels::$name(_) => <$kernel>::INSTRUCTIONS,)+
                }
            }
        }
    };
}

kernels! {
    Plain(Plain),
    #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
    Neon(neon::Neon<NARROW>),
    #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
    WideNeon(neon::Neon<WIDE>),
    #[cfg(target_arch = "x86_64")]
    Avx2(x86::Avx2<NARROW>),
    #[cfg(target_arch = "x86_64")]
    WideAvx2(x86::Avx2<WIDE>),
    #[cfg(target_arch = "x86_64")]
    Avx512(x86::Avx512<NARROW>),
    #[cfg(target_arch = "x86_64")]
    WideAvx512(x86::Avx512<WIDE>),
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
        let tables = words.map(Tables::Words);
        let tables = tables.or_else(|| Few::new(needles, &windows).map(Tables::Few));
        let tables = tables.or_else(|| Needles::new(needles, &windows).map(Tables::Many)).ok_or(Unfit::Needles)?;
        Ok(Literals { kernel, tables })
    }

    /// Tells `found` of every occurrence of every needle in `text`, letters in either case, overlapping ones too, some
    /// at a time: those of a line before those of a later one, and within a line in no particular order. Ends early if
    /// `found` breaks. Linear in the text and the number of occurrences.
    pub(crate) fn scan_all(&self, text: &[u8], scratch: &mut Scratch, found: Found<'_>) -> ControlFlow<()> {
        scratch.patience = usize::MAX;
        self.scan(text, scratch, found).map_break(|_| ())
    }

    /// As [`scan_all`](Self::scan_all), but gives up where more strips of text one after another than
    /// [`Scratch::patience`] are dense with what looks like needles.
    pub(crate) fn scan(&self, text: &[u8], scratch: &mut Scratch, found: Found<'_>) -> ControlFlow<End> {
        match &self.tables {
            Tables::Few(table) => self.kernel.run(Scan { table, text, scratch, found }),
            Tables::Many(table) => self.kernel.run(Scan { table, text, scratch, found }),
            Tables::Words(table) => self.kernel.run(Scan { table, text, scratch, found }),
        }
    }

    /// The `span` of `text`, and perhaps more, in lower case, if it is short, and no character but those of ASCII has
    /// another lower case than itself, as in most lines; `None` otherwise. It may be `None` all the same for characters
    /// that are rare. Linear in the span, unless the buffer [holds](Self::hold) it. All spans are of one text until the
    /// buffer is told to [forget](Buffer::forget) it.
    #[inline]
    pub(crate) fn lower<'b>(&self, buffer: &'b mut Buffer, text: &str, span: Range<usize>) -> Option<Held<'b>> {
        buffer.lower(&self.kernel, text, span)
    }

    /// Lowers the `span` of `text` ahead, if all of it is such text, for the parts of it that will be asked for: this
    /// takes a fraction of what they take one by one.
    pub(crate) fn hold(&self, buffer: &mut Buffer, text: &str, span: Range<usize>) {
        buffer.hold(&self.kernel, text, span);
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
        self.kernel.instructions() == Instructions::Plain
    }

    /// What the kernel is called in messages and statistics.
    pub(crate) fn name(&self) -> &'static str {
        match self.kernel.instructions() {
            Instructions::Plain => "literal (plain)",
            Instructions::Neon => "literal (NEON)",
            Instructions::Avx2 => "literal (AVX2)",
            Instructions::Avx512 => "literal (AVX-512)",
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

/// What [`phases::scan`] takes.
struct Scan<'s, T> {
    table: &'s T,
    text: &'s [u8],
    scratch: &'s mut Scratch,
    found: Found<'s>,
}

impl<T: Table> Task for Scan<'_, T> {
    type Output = ControlFlow<End>;

    #[inline(always)]
    unsafe fn run<K: Kernel>(self, kernel: &K) -> ControlFlow<End> {
        let Scan { table, text, scratch, found } = self;
        // SAFETY: the caller answers for the CPU.
        unsafe { phases::scan(kernel, table, text, scratch, found) }
    }
}
