//! The text of PDF, page after page, as far as the file tells it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use lopdf::Document;

use super::ahead::Ahead;
use super::error::ReadErrorKind;
use super::opening::{MAX_WHOLE_BYTES, read_whole};
use super::row::{Fault, Row, RowId, Rows};
use crate::extract::SpansOf;

/// A file that takes longer is read no further: some are made to never end.
const PATIENCE: Duration = Duration::from_mins(1);
/// The content of a page is unpacked no further.
const MAX_PAGE_BYTES: usize = 64 << 20;
/// The mark at the end of the file is in its last bytes.
const END_BYTES: usize = 2 << 10;
/// The stack of the thread that reads: files may nest deep.
const STACK_BYTES: usize = 16 << 20;

fn broken(reason: impl Into<String>) -> ReadErrorKind {
    ReadErrorKind::Broken { format: "PDF", reason: reason.into() }
}

/// The text of `input` as a row, with what could not be read.
pub(super) fn pages(mut input: Ahead) -> Rows {
    let (bytes, failure) = read_whole(&mut input, MAX_WHOLE_BYTES, "the document");
    if let Some(kind) = failure {
        return Box::new(std::iter::once(Err(kind.into())));
    }
    // Its reader makes the best of what is left of a file.
    let end = &bytes[bytes.len().saturating_sub(END_BYTES)..];
    let is_cut = memchr::memmem::find(end, b"%%EOF").is_none();
    let (text, mut faults) = text_of(bytes);
    if is_cut && faults.is_empty() {
        faults.push(broken("the file has no end and may be cut short; what there is was read"));
    }
    let row = Row { id: RowId::Input, text, spans_of: SpansOf::Extract };
    Box::new(std::iter::once(Ok(row)).chain(faults.into_iter().map(|kind| Err(Fault::from(kind)))))
}

/// What a page gave.
type Page = Result<String, String>;

/// Reads in a thread of its own, which is left behind if it does not come to an end.
fn text_of(bytes: Vec<u8>) -> (String, Vec<ReadErrorKind>) {
    let (sender, pages) = sync_channel::<Page>(16);
    let read = move || {
        let read = AssertUnwindSafe(|| read(&bytes, |page| sender.send(page).is_ok()));
        if catch_unwind(read).is_err() {
            // Nobody may be there any more.
            let _ = sender.send(Err("the file is damaged in a way that its reader does not know".to_owned()));
        }
    };
    if let Err(error) = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(read) {
        return (String::new(), vec![error.into()]);
    }
    let deadline = Instant::now() + PATIENCE;
    let (mut text, mut faults) = (String::new(), Vec::new());
    let mut is_late = false;
    loop {
        match pages.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(Ok(page)) => push_page(&page, &mut text),
            Ok(Err(reason)) => faults.push(reason),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                is_late = true;
                break;
            }
        }
    }
    let count = faults.len();
    let mut faults: Vec<ReadErrorKind> = faults.into_iter().take(1).map(broken).collect();
    if count > 1 {
        faults.push(broken(format!("{} more pages could not be read", count - 1)));
    }
    if is_late {
        faults.push(broken(format!("it took more than {} s; the pages after were left out", PATIENCE.as_secs())));
    } else if text.is_empty() && faults.is_empty() {
        faults
            .push(broken("it has no text; if its pages are pictures, recognise their text with another program first"));
    }
    (text, faults)
}

/// Gives the pages to `give`, until that wants no more.
fn read(bytes: &[u8], mut give: impl FnMut(Page) -> bool) {
    let document = match Document::load_mem(bytes) {
        Ok(document) => document,
        Err(error) => {
            give(Err(error.to_string()));
            return;
        }
    };
    if document.is_encrypted() {
        give(Err("it is encrypted; save it without a password".to_owned()));
        return;
    }
    for number in document.get_pages().into_keys() {
        let page = document.extract_text_with_limit(&[number], MAX_PAGE_BYTES);
        if !give(page.map_err(|error| format!("page {number}: {error}"))) {
            return;
        }
    }
}

/// Appends a page to `text`. Its lines are joined to paragraphs: a line that is shorter than the others by far, or that ends a
/// sentence before a capital, ends one. A word that is broken at the end of a line is joined.
fn push_page(page: &str, text: &mut String) {
    let longest = page.lines().map(|line| line.trim().chars().count()).max().unwrap_or(0);
    let mut lines = page.lines().map(str::trim).peekable();
    let mut begins = true;
    while let Some(line) = lines.next() {
        if line.is_empty() {
            begins = true;
            continue;
        }
        if begins && !text.is_empty() {
            text.push_str("\n\n");
        }
        let next = lines.peek().copied().unwrap_or_default();
        let goes_on = next.chars().next().is_some_and(char::is_lowercase);
        if let Some(front) = line.strip_suffix('-').filter(|front| goes_on && front.ends_with(char::is_alphabetic)) {
            text.push_str(front);
            begins = false;
            continue;
        }
        text.push_str(line);
        let is_short = line.chars().count() * 3 < longest * 2;
        begins = next.is_empty() || is_short && !goes_on;
        if !begins {
            text.push(' ');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_become_paragraphs() {
        let page =
            "Soot\nIt is known that soot causes dam-\nage of walls. Cracks are often caused\nby frost.\n\nNew one\n";
        let mut text = String::new();
        push_page(page, &mut text);
        assert_eq!(
            text,
            "Soot\n\nIt is known that soot causes damage of walls. Cracks are often caused by frost.\n\nNew one"
        );
    }
}
