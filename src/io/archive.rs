//! Archives of files: zip and tar, and EPUB, which is a zip of pages.

use std::io::{self, Cursor, Read};
use std::sync::{Arc, Mutex, PoisonError};

use zip::ZipArchive;

use super::ahead::Ahead;
use super::error::ReadErrorKind;
use super::member::rows_of;
use super::opening::{Options, read_whole};
use super::row::{Fault, Next, Row, Rows};

/// A file within an archive is read no further.
const MAX_MEMBER_BYTES: usize = 64 << 20;
/// What it is called then.
const MEMBER: &str = "the file within it";
/// A zip is read into memory, since its list of files is at its end.
const MAX_ZIP_BYTES: usize = 192 << 20;
/// So much is unpacked of a zip however small it is, and beyond that so many times its size.
const HARMLESS_BYTES: u64 = 64 << 20;
const MOST_TIMES: u64 = 500;

/// Whether a file within an archive is passed over: folders, and what is hidden.
fn is_passed_over(name: &str) -> bool {
    name.ends_with('/') || name.split('/').any(|part| part.starts_with('.') && part != "." || part == "__MACOSX")
}

fn broken(format: &'static str, error: impl std::fmt::Display) -> ReadErrorKind {
    ReadErrorKind::Broken { format, reason: error.to_string() }
}

/// A fault of the file `name` in an archive.
fn fault(kind: ReadErrorKind, name: &str) -> Fault {
    Fault { kind, line: None, member: Some(name.to_owned()) }
}

/// The rows of the files of an archive, one after another.
struct Members<M> {
    files: M,
    within: String,
    options: Options,
    rows: Option<Rows>,
    /// What went wrong with the file whose rows are read.
    after: Option<Fault>,
}

/// A file of an archive: its name, its bytes, and why they are not all.
type Member = (String, Vec<u8>, Option<ReadErrorKind>);

impl<M: Iterator<Item = Result<Member, Fault>>> Iterator for Members<M> {
    type Item = Result<Row, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.rows.as_mut().and_then(Iterator::next) {
                return Some(row);
            }
            self.rows = None;
            if let Some(fault) = self.after.take() {
                return Some(Err(fault));
            }
            match self.files.next()? {
                Err(fault) => return Some(Err(fault)),
                Ok((name, bytes, failure)) => {
                    self.after = failure.map(|kind| fault(kind, &name));
                    self.rows = Some(rows_of(bytes, &self.within, &name, &self.options));
                }
            }
        }
    }
}

/// The rows of the files in a zip.
pub(super) fn zip(mut input: Ahead, within: &str, options: &Options) -> Result<Rows, ReadErrorKind> {
    let (archive, left) = open_zip(&mut input)?;
    if archive.index_for_name("[Content_Types].xml").is_some() {
        let reason = "this is an office document; save it as HTML, PDF or text";
        return Err(broken("zip", reason));
    }
    let files = Zipped { archive, next: 0, left };
    let (within, options) = (within.to_owned(), options.clone());
    Ok(Box::new(Members { files, within, options, rows: None, after: None }))
}

type Zip = ZipArchive<Cursor<Vec<u8>>>;

/// A zip, and how many bytes may be unpacked of it.
fn open_zip(input: &mut Ahead) -> Result<(Zip, u64), ReadErrorKind> {
    let (bytes, failure) = read_whole(input, MAX_ZIP_BYTES, "the zip");
    if let Some(kind) = failure {
        return Err(kind);
    }
    let most = HARMLESS_BYTES.max((bytes.len() as u64).saturating_mul(MOST_TIMES));
    let archive = ZipArchive::new(Cursor::new(bytes));
    archive.map(|archive| (archive, most)).map_err(|error| broken("zip", format!("{error}; is the file cut short?")))
}

/// Reads the file `number` of a zip, if it is one to be read.
fn unzip(archive: &mut Zip, number: usize, left: &mut u64) -> Option<Result<Member, Fault>> {
    let listed = archive.name_for_index(number).and_then(Result::ok).unwrap_or_default().into_owned();
    let mut file = match archive.by_index(number) {
        Ok(file) => file,
        Err(error) => return Some(Err(fault(broken("zip", error), &listed))),
    };
    let name = String::from_utf8_lossy(file.name_raw()).into_owned();
    if !file.is_file() || is_passed_over(&name) {
        return None;
    }
    if *left == 0 {
        let reason = "the files so far have become too many times what they were packed in; unpack it and read that";
        return Some(Err(fault(broken("zip", reason), &name)));
    }
    let most = MAX_MEMBER_BYTES.min(usize::try_from(*left).unwrap_or(usize::MAX));
    let (bytes, failure) = read_whole(&mut file, most, MEMBER);
    *left = left.saturating_sub(bytes.len() as u64);
    Some(Ok((name, bytes, failure)))
}

struct Zipped {
    archive: Zip,
    next: usize,
    left: u64,
}

impl Iterator for Zipped {
    type Item = Result<Member, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.next < self.archive.len() {
            let (number, was_enough) = (self.next, self.left == 0);
            let member = unzip(&mut self.archive, number, &mut self.left);
            self.next = if was_enough && member.is_some() { self.archive.len() } else { number + 1 };
            if member.is_some() {
                return member;
            }
        }
        None
    }
}

/// The rows of the files in a tar.
pub(super) fn tar(input: Ahead, within: &str, options: &Options) -> Rows {
    let files = Tarred { input: Shared(Arc::new(Mutex::new(input))), ended: false };
    let (within, options) = (within.to_owned(), options.clone());
    Box::new(Members { files, within, options, rows: None, after: None })
}

/// An input that a reader of archives can have and leave.
#[derive(Clone)]
struct Shared(Arc<Mutex<Ahead>>);

impl Read for Shared {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).read(buffer)
    }
}

/// The files of a tar. Each is read by an archive of its own, which begins where the one before has ended.
struct Tarred {
    input: Shared,
    ended: bool,
}

/// Tar is written in blocks.
const BLOCK_BYTES: u64 = 512;

impl Tarred {
    /// Reads the next file.
    fn member(&mut self) -> io::Result<Next<Member>> {
        let mut archive = tar::Archive::new(self.input.clone());
        let Some(entry) = archive.entries()?.next() else { return Ok(Next::End) };
        let mut entry = entry?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let is_read = entry.header().entry_type().is_file() && !is_passed_over(&name);
        let size = entry.size();
        let mut member = Next::PassedOver;
        if is_read {
            let (bytes, failure) = read_whole(&mut entry, MAX_MEMBER_BYTES, MEMBER);
            let cut = (bytes.len() as u64) < size && failure.is_none();
            self.ended = cut || matches!(failure, Some(ReadErrorKind::Io(_)));
            let failure = if cut { Some(broken("tar", "the file ends within this file of it")) } else { failure };
            member = Next::Found((name, bytes, failure));
        }
        io::copy(&mut entry, &mut io::sink())?;
        io::copy(&mut self.input.clone().take(size.next_multiple_of(BLOCK_BYTES) - size), &mut io::sink())?;
        Ok(member)
    }
}

impl Iterator for Tarred {
    type Item = Result<Member, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            match self.member() {
                Ok(Next::Found(member)) => return Some(Ok(member)),
                Ok(Next::PassedOver) => {}
                Ok(Next::End) => self.ended = true,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(broken("tar", format!("{error}; what comes after was left out")).into()));
                }
            }
        }
        None
    }
}

/// The text of an EPUB: that of its pages, in the order in which they are read.
#[cfg(feature = "html")]
pub(super) fn epub(mut input: Ahead, with_code: bool) -> Result<Rows, ReadErrorKind> {
    use super::row::RowId;
    use crate::extract::SpansOf;

    let (mut archive, mut left) = open_zip(&mut input)?;
    let mut text = String::new();
    let mut faults = Vec::new();
    for name in pages(&mut archive, &mut left)? {
        let Some(number) = archive.index_for_name(&name) else {
            faults.push(fault(broken("EPUB", "the page is named, but it is not there"), &name));
            continue;
        };
        match unzip(&mut archive, number, &mut left) {
            Some(Ok((name, bytes, failure))) => {
                let page = String::from_utf8_lossy(&bytes);
                let (page, _) = super::html::text_of(&page, true, with_code);
                if !text.is_empty() && !page.is_empty() {
                    text.push_str("\n\n");
                }
                text.push_str(&page);
                faults.extend(failure.map(|kind| fault(kind, &name)));
            }
            Some(Err(fault)) => faults.push(fault),
            None => {}
        }
    }
    let row = Row { id: RowId::Input, text, spans_of: SpansOf::Extract };
    Ok(Box::new(std::iter::once(Ok(row)).chain(faults.into_iter().map(Err))))
}

/// The names of the pages of an EPUB, in the order of its spine.
#[cfg(feature = "html")]
fn pages(archive: &mut Zip, left: &mut u64) -> Result<Vec<String>, ReadErrorKind> {
    use std::collections::HashMap;

    let mut read = |name: &str| -> Result<String, ReadErrorKind> {
        let number = archive.index_for_name(name).ok_or_else(|| broken("EPUB", format!("`{name}` is missing")))?;
        match unzip_hidden(archive, number, left) {
            Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Err(kind) => Err(kind),
        }
    };
    let container = read("META-INF/container.xml")?;
    let package = super::html::elements(&container, &["rootfile"])
        .into_iter()
        .find_map(|(_, mut attributes)| attributes.remove("full-path"))
        .ok_or_else(|| broken("EPUB", "its container names no package"))?;
    let folder = package.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let mut items = HashMap::new();
    let mut spine = Vec::new();
    for (name, mut attributes) in super::html::elements(&read(&package)?, &["item", "itemref"]) {
        if name == "item" {
            if let (Some(id), Some(href)) = (attributes.remove("id"), attributes.remove("href")) {
                items.insert(id, href);
            }
        } else {
            spine.extend(attributes.remove("idref"));
        }
    }
    let pages = spine.iter().filter_map(|id| items.get(id)).map(|href| resolve(&folder, href));
    Ok(pages.collect())
}

/// The bytes of a file that is a part of the format.
#[cfg(feature = "html")]
fn unzip_hidden(archive: &mut Zip, number: usize, left: &mut u64) -> Result<Vec<u8>, ReadErrorKind> {
    let mut file = archive.by_index(number).map_err(|error| broken("EPUB", error))?;
    let (bytes, failure) = read_whole(&mut file, MAX_MEMBER_BYTES, MEMBER);
    *left = left.saturating_sub(bytes.len() as u64);
    failure.map_or(Ok(bytes), Err)
}

/// The name in the archive of what a file in `folder` calls `href`.
#[cfg(feature = "html")]
fn resolve(folder: &str, href: &str) -> String {
    let href = href.split('#').next().unwrap_or_default();
    let mut name: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in href.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(name.pop()),
            part => name.push(part),
        }
    }
    decode_percent(&name.join("/"))
}

/// `%20` and the like as what they stand for.
#[cfg(feature = "html")]
fn decode_percent(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let decoded = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|_| *byte == b'%');
        bytes.push(decoded.unwrap_or(*byte));
        rest = if decoded.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(all(test, feature = "html"))]
mod tests {
    use super::*;

    #[test]
    fn names_in_an_epub() {
        for (folder, href, name) in [
            ("OEBPS", "a%20b.xhtml#x", "OEBPS/a b.xhtml"),
            ("", "text/a.html", "text/a.html"),
            ("a/b", "../c.html", "a/c.html"),
            ("a", "../../../etc/passwd", "etc/passwd"),
            ("a", "%zz%4", "a/%zz%4"),
        ] {
            assert_eq!(resolve(folder, href), name);
        }
        assert!(is_passed_over("__MACOSX/a") && is_passed_over("a/.git/b") && is_passed_over("a/"));
        assert!(!is_passed_over("./a") && !is_passed_over("a.b"));
    }
}
