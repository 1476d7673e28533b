//! Compressed inputs, told by their first bytes, unpacked while they are read.

use super::ahead::Ahead;
use super::error::ReadErrorKind;

/// What an input may be packed in how often: deeper it is made to take time.
pub(super) const MAX_DEPTH: usize = 4;

/// How an input is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Gzip,
    Zstandard,
    Bzip2,
    Xz,
}

impl Packing {
    const ALL: [Packing; 4] = [Packing::Gzip, Packing::Zstandard, Packing::Bzip2, Packing::Xz];

    /// How an input that begins with `start` is packed, if it is.
    pub(super) fn of(start: &[u8]) -> Option<Self> {
        Packing::ALL.into_iter().find(|packing| match packing {
            Packing::Gzip => start.starts_with(&[0x1f, 0x8b, 8]),
            // A frame, or one to be skipped.
            Packing::Zstandard => {
                start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
                    || (start.starts_with(&[0x50]) && start.get(1..4) == Some(&[0x2a, 0x4d, 0x18]))
            }
            // A block, or the end of an empty file.
            Packing::Bzip2 => {
                start.starts_with(b"BZh")
                    && start.get(3).is_some_and(u8::is_ascii_digit)
                    && matches!(start.get(4..6), Some(&[0x31, 0x41] | &[0x17, 0x72]))
            }
            Packing::Xz => start.starts_with(&[0xfd, b'7', b'z', b'X', b'Z', 0]),
        })
    }

    /// What it is called.
    pub(super) fn name(self) -> &'static str {
        match self {
            Packing::Gzip => "gzip",
            Packing::Zstandard => "zstd",
            Packing::Bzip2 => "bzip2",
            Packing::Xz => "xz",
        }
    }

    /// `name` without what a packed file has at its end.
    pub(super) fn inner_name(self, name: &str) -> &str {
        let endings: &[&str] = match self {
            Packing::Gzip => &[".gz", ".gzip", ".tgz"],
            Packing::Zstandard => &[".zst", ".zstd"],
            Packing::Bzip2 => &[".bz2", ".tbz2"],
            Packing::Xz => &[".xz", ".txz"],
        };
        let without = |ending: &&str| {
            let at = name.len().checked_sub(ending.len())?;
            name.get(at..)?.eq_ignore_ascii_case(ending).then_some(&name[..at])
        };
        endings.iter().find_map(without).unwrap_or(name)
    }

    /// What `input` is when it is unpacked.
    #[cfg_attr(feature = "compression", expect(clippy::unnecessary_wraps, reason = "not every build can"))]
    pub(super) fn unpack(self, input: Ahead) -> Result<Ahead, ReadErrorKind> {
        #[cfg(feature = "compression")]
        return Ok(super::inflate::unpack(self, input));
        #[cfg(not(feature = "compression"))]
        {
            drop(input);
            Err(ReadErrorKind::NotBuilt { format: self.name(), feature: "compression" })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn told_by_the_first_bytes() {
        let cases: [(&[u8], Option<Packing>); 8] = [
            (&[0x1f, 0x8b, 8, 0], Some(Packing::Gzip)),
            (&[0x28, 0xb5, 0x2f, 0xfd], Some(Packing::Zstandard)),
            (&[0x50, 0x2a, 0x4d, 0x18], Some(Packing::Zstandard)),
            (b"BZh91AY&SY", Some(Packing::Bzip2)),
            (b"BZh is a name", None),
            (&[0xfd, b'7', b'z', b'X', b'Z', 0], Some(Packing::Xz)),
            (b"Rain", None),
            (b"", None),
        ];
        for (start, packing) in cases {
            assert_eq!(Packing::of(start), packing, "{start:?}");
        }
        for (packing, name, inner) in [
            (Packing::Gzip, "a.md.gz", "a.md"),
            (Packing::Gzip, "a.MD.GZ", "a.MD"),
            (Packing::Bzip2, "é", "é"),
            (Packing::Xz, "a.gz", "a.gz"),
        ] {
            assert_eq!(packing.inner_name(name), inner);
        }
    }
}
