//! Text that ends where memory does: whoever reads a byte too many is killed.

/// A copy of some bytes that ends at a page which cannot be read.
pub struct Guarded {
    pages: *mut libc::c_void,
    mapped: usize,
    start: usize,
    len: usize,
}

impl Guarded {
    pub fn new(bytes: &[u8]) -> Self {
        const PAGE: usize = 4096;
        let readable = bytes.len().next_multiple_of(PAGE).max(PAGE);
        let mapped = readable + PAGE;
        let start = readable - bytes.len();
        // SAFETY: new pages, of which all but the last are written; the copy fits them.
        unsafe {
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
            let pages = libc::mmap(std::ptr::null_mut(), mapped, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0);
            assert_ne!(pages, libc::MAP_FAILED);
            assert_eq!(libc::mprotect(pages.byte_add(readable), PAGE, libc::PROT_NONE), 0);
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), pages.cast::<u8>().add(start), bytes.len());
            Guarded { pages, mapped, start, len: bytes.len() }
        }
    }

    pub fn bytes(&self) -> &[u8] {
        // SAFETY: these were written in `new`, and are mapped until this is dropped.
        unsafe { std::slice::from_raw_parts(self.pages.cast::<u8>().add(self.start), self.len) }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // SAFETY: mapped in `new`, and not borrowed any more.
        assert_eq!(unsafe { libc::munmap(self.pages, self.mapped) }, 0);
    }
}
