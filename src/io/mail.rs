//! E-mail: a message, or a box of them. Headers and attachments are out, and what is quoted is read once.

use std::collections::HashSet;
use std::hash::BuildHasher as _;
use std::io::{BufRead, BufReader, Read};

use mail_parser::{MessageParser, MimeHeaders as _, PartType};

use super::ahead::Ahead;
use super::error::ReadErrorKind;
use super::opening::read_whole;
use super::row::{Fault, Row, RowId, guarded};
use crate::extract::SpansOf;

/// A message is read no further.
const MAX_MESSAGE_BYTES: usize = 64 << 20;
/// So many paragraphs are known to have been read.
const MAX_KNOWN: usize = 1 << 20;

/// The messages of a box, or a single one.
pub(super) struct Messages {
    input: BufReader<Ahead>,
    is_box: bool,
    /// The line that begins the next message, and its number.
    line: usize,
    begun: bool,
    paragraphs: Paragraphs,
    ready: Option<Fault>,
    ended: bool,
}

impl Messages {
    /// The messages of a box, if it `is_box`.
    pub(super) fn new(input: Ahead, is_box: bool) -> Self {
        let input = BufReader::with_capacity(64 << 10, input);
        let paragraphs = Paragraphs::default();
        Messages { input, is_box, line: 0, begun: false, paragraphs, ready: None, ended: false }
    }

    /// The bytes of the next message, and the line with which it begins.
    fn message(&mut self) -> Result<Option<(Vec<u8>, usize)>, ReadErrorKind> {
        if !self.is_box {
            self.ended = true;
            let (bytes, failure) = read_whole(&mut self.input, MAX_MESSAGE_BYTES, "the message");
            self.ready = failure.map(Fault::from);
            return Ok(Some((bytes, 1)));
        }
        let mut message = Vec::new();
        let mut line = Vec::new();
        let begin = self.line + 1;
        let mut after_blank = true;
        loop {
            line.clear();
            let count = (&mut self.input).take(MAX_MESSAGE_BYTES as u64).read_until(b'\n', &mut line)?;
            self.ended = count == 0;
            if self.ended {
                break;
            }
            self.line += 1;
            if after_blank && line.starts_with(b"From ") {
                if self.begun {
                    break;
                }
                self.begun = true;
                continue;
            }
            after_blank = line.iter().all(u8::is_ascii_whitespace);
            // Such a line of the text has been marked.
            let marked = line.iter().take_while(|byte| **byte == b'>').count();
            let unmarked = usize::from(marked > 0 && line[marked..].starts_with(b"From "));
            if message.len() + line.len() > MAX_MESSAGE_BYTES {
                self.ended = true;
                return Err(ReadErrorKind::TooLarge { what: "a message", bytes: MAX_MESSAGE_BYTES });
            }
            message.extend_from_slice(&line[unmarked..]);
        }
        Ok((!message.is_empty()).then_some((message, begin)))
    }

    fn row(&mut self) -> Result<Option<Row>, Fault> {
        let Some((bytes, line)) = self.message()? else { return Ok(None) };
        let line = self.is_box.then_some(line);
        let paragraphs = &mut self.paragraphs;
        let read = guarded("e-mail", || read(&bytes, paragraphs));
        let (text, id) = read.map_err(|kind| Fault { kind, line, member: None })?;
        let id = match (id, line) {
            (Some(id), Some(_)) => RowId::Own(id),
            (None, Some(line)) => RowId::Line(line),
            (_, None) => RowId::Input,
        };
        Ok(Some(Row { id, text, spans_of: SpansOf::Extract }))
    }
}

impl Iterator for Messages {
    type Item = Result<Row, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(fault) = self.ready.take() {
            return Some(Err(fault));
        }
        if self.ended {
            return None;
        }
        let row = self.row();
        if let Err(Fault { kind: ReadErrorKind::Io(_), .. }) = row {
            self.ended = true;
        }
        row.transpose()
    }
}

/// The text of a message, and its id.
fn read(bytes: &[u8], paragraphs: &mut Paragraphs) -> Result<(String, Option<String>), ReadErrorKind> {
    let broken = || ReadErrorKind::Broken { format: "e-mail", reason: "it is no message".to_owned() };
    let message = MessageParser::default().parse(bytes).ok_or_else(broken)?;
    let mut text = String::new();
    for part in message.text_bodies() {
        match &part.body {
            PartType::Html(html) => {
                let (html, _) = super::html::text_of(html, false, false);
                paragraphs.add(&html, &mut text);
            }
            PartType::Text(plain) if part.attachment_name().is_none() => paragraphs.add(plain, &mut text),
            _ => {}
        }
    }
    Ok((text, message.message_id().map(str::to_owned)))
}

/// Makes paragraphs of the lines of mail, and knows which were there before.
#[derive(Default)]
struct Paragraphs {
    known: HashSet<u64>,
    hasher: foldhash::fast::RandomState,
}

impl Paragraphs {
    /// Appends the paragraphs of `mail` to `text`, each a line, with a blank line before it; not the signature, and of what
    /// is quoted not what was read before.
    fn add(&mut self, mail: &str, text: &mut String) {
        let mut paragraph = String::new();
        let mut last_depth = 0;
        for line in mail.lines().chain([""]) {
            if line == "-- " || line == "--" {
                break;
            }
            let bare = line.trim_start_matches(['>', ' ', '\t', '|']);
            // How often it is quoted.
            let depth = line[..line.len() - bare.len()].matches('>').count();
            if bare.is_empty() || depth != last_depth || begins_item(bare) {
                self.end(&mut paragraph, last_depth > 0, text);
            }
            last_depth = depth;
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(bare.trim_end());
        }
        self.end(&mut paragraph, last_depth > 0, text);
    }

    fn end(&mut self, paragraph: &mut String, is_quoted: bool, text: &mut String) {
        if !paragraph.is_empty() {
            let hash = self.hasher.hash_one(paragraph.as_str());
            let is_known = self.known.contains(&hash);
            if self.known.len() < MAX_KNOWN {
                self.known.insert(hash);
            }
            if !(is_quoted && is_known) {
                if !text.is_empty() {
                    text.push_str("\n\n");
                }
                text.push_str(paragraph);
            }
        }
        paragraph.clear();
    }
}

/// Whether a line is the first of an item of a list.
fn begins_item(line: &str) -> bool {
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    ["- ", "* ", "+ ", "• "].iter().any(|mark| line.starts_with(mark))
        || number.len() < line.len() && (number.starts_with(". ") || number.starts_with(") "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_of_mail() {
        let mut paragraphs = Paragraphs::default();
        let mut text = String::new();
        paragraphs
            .add("Soot causes\r\ndamage.\r\n\r\n- one\n  more\n- two\n> quoted\n> text\n\nend\n-- \nsig", &mut text);
        assert_eq!(text, "Soot causes damage.\n\n- one more\n\n- two\n\nquoted text\n\nend");
        let mut again = String::new();
        paragraphs.add("> Soot causes damage.\n>> quoted text\nnew", &mut again);
        assert_eq!(again, "new", "what is quoted was read before");
    }
}
