//! What unpacks compressed inputs: crates in plain Rust, held to bounds.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ruzstd::decoding::BlockDecodingStrategy::UptoBlocks;
use ruzstd::decoding::FrameDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};

use super::ahead::Ahead;
use super::unpack::Packing;

/// What `input` is when it is unpacked.
pub(super) fn unpack(packing: Packing, input: Ahead) -> Ahead {
    let packed = Arc::new(AtomicU64::new(0));
    let input = io::BufReader::with_capacity(64 << 10, Counted { input, packed: Arc::clone(&packed) });
    let unpacked: Box<dyn Read + Send> = match packing {
        Packing::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(input)),
        Packing::Zstandard => Box::new(Frames::new(input)),
        Packing::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(input)),
        Packing::Xz => Box::new(lzma_rust2::XzReader::new_mem_limit(input, true, XZ_MEMORY_KIB)),
    };
    Ahead::new(Box::new(Guarded { unpacked, packing, packed, given: 0 }))
}

/// What a dictionary of xz may take; `xz -9` needs 64 MiB.
const XZ_MEMORY_KIB: u32 = 160 << 10;
/// What a window of zstd may take; `zstd --ultra -22` needs 128 MiB, and no level without `--ultra` more than 8.
const ZSTD_WINDOW_BYTES: u64 = 128 << 20;
/// So much is unpacked however small it was.
const HARMLESS_BYTES: u64 = 64 << 20;
/// Beyond that so many times what was read: text repeats itself 10 times, logs 100 times.
const MOST_TIMES: u64 = 500;

/// Counts what is read of `input`. Waits where nothing is there yet: what unpacks it cannot be interrupted.
struct Counted {
    input: Ahead,
    packed: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.input.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    std::thread::sleep(Duration::from_millis(1));
                }
                outcome => {
                    let count = *outcome.as_ref().unwrap_or(&0) as u64;
                    self.packed.fetch_add(count, Ordering::Relaxed);
                    return outcome;
                }
            }
        }
    }
}

/// The frames of zstd, one after another, and what is to be skipped between them.
struct Frames<R> {
    input: R,
    decoder: FrameDecoder,
    is_in_frame: bool,
}

impl<R: io::BufRead> Frames<R> {
    fn new(input: R) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(ZSTD_WINDOW_BYTES);
        Frames { input, decoder, is_in_frame: false }
    }

    /// Begins the next frame; `false` at the end.
    fn begin(&mut self) -> io::Result<bool> {
        while !self.input.fill_buf()?.is_empty() {
            match self.decoder.init(&mut self.input) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    io::copy(&mut self.input.by_ref().take(length.into()), &mut io::sink())?;
                }
                Err(error) => return Err(io::Error::new(io::ErrorKind::InvalidData, error.to_string())),
            }
        }
        Ok(false)
    }
}

impl<R: io::BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.is_in_frame {
                self.is_in_frame = self.begin()?;
                if !self.is_in_frame {
                    return Ok(0);
                }
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let decoded = self.decoder.decode_blocks(&mut self.input, UptoBlocks(1));
                decoded.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
            }
            let count = self.decoder.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            self.is_in_frame = false;
        }
    }
}

/// Stops what grows beyond all measure, and says of what is damaged that it is.
struct Guarded {
    unpacked: Box<dyn Read + Send>,
    packing: Packing,
    packed: Arc<AtomicU64>,
    given: u64,
}

impl Read for Guarded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let packed = self.packed.load(Ordering::Relaxed);
        let name = self.packing.name();
        if self.given > HARMLESS_BYTES.max(packed.saturating_mul(MOST_TIMES)) {
            return Err(io::Error::other(format!(
                "{packed} bytes of {name} have become {} and would become more; if they are to, unpack them and read that",
                self.given
            )));
        }
        match self.unpacked.read(buffer) {
            Ok(count) => {
                self.given += count as u64;
                Ok(count)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                let what = if error.kind() == io::ErrorKind::UnexpectedEof { "cut short" } else { "damaged" };
                let message = format!("the {name} data is {what} after {} bytes unpacked ({error})", self.given);
                Err(io::Error::new(error.kind(), message))
            }
        }
    }
}
