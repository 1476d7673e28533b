//! The text of Markdown: paragraphs, headings, items, cells, quotes, link texts and foot notes; no code, no front matter, no
//! raw HTML.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, TagEnd};

use super::extracted::Extracted;
use crate::text::Origin;

/// The text of `markdown`, with where its bytes were.
pub(super) fn text_of(markdown: &str, with_code: bool) -> (String, Origin) {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM;
    let mut reader = Reader { markdown, text: Extracted::new(), left_out: 0, note_end: 0, with_code };
    for (event, range) in Parser::new_ext(markdown, options).into_offset_iter() {
        reader.take(event, range);
    }
    reader.text.finish()
}

struct Reader<'m> {
    markdown: &'m str,
    text: Extracted,
    /// How many elements are open whose text is left out.
    left_out: usize,
    /// Where the last reference to a foot note ends that is not there.
    note_end: usize,
    with_code: bool,
}

impl Reader<'_> {
    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => {
                let tag = tag.to_end();
                self.left_out += usize::from(self.is_left_out(tag));
                if !is_inline(tag) {
                    self.text.block();
                }
            }
            Event::End(tag) => {
                self.left_out -= usize::from(self.is_left_out(tag));
                if !is_inline(tag) {
                    self.text.block();
                }
            }
            _ if self.left_out > 0 => {}
            Event::Text(text) => self.push(&text, range),
            Event::Code(code) => self.push_code(&code, range),
            Event::SoftBreak => self.text.space(range),
            Event::HardBreak => self.text.line(),
            Event::Rule => self.text.block(),
            Event::InlineHtml(tag) if tag.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("<br")) => {
                self.text.line();
            }
            _ => {}
        }
    }

    fn is_left_out(&self, tag: TagEnd) -> bool {
        match tag {
            TagEnd::CodeBlock => !self.with_code,
            TagEnd::HtmlBlock | TagEnd::MetadataBlock(_) | TagEnd::Image => true,
            _ => false,
        }
    }

    /// Adds `text`, which stands in, or is stood for by, the bytes `range`.
    fn push(&mut self, text: &str, range: Range<usize>) {
        let source = self.markdown.get(range.clone()).unwrap_or_default();
        if source == text {
            self.push_without_notes(range);
        } else {
            self.text.push_made(text, range);
        }
    }

    /// Adds code, which stands between marks.
    fn push_code(&mut self, code: &str, range: Range<usize>) {
        let source = self.markdown.get(range.clone()).unwrap_or_default();
        match source.find(code) {
            Some(at) => self.text.push(code, range.start + at),
            None => self.text.push_made(code, range),
        }
    }

    /// Adds the bytes `range` as they are, but for references to foot notes that are not there: those are text to the
    /// parser, and no word of the sentence.
    fn push_without_notes(&mut self, range: Range<usize>) {
        let mut start = range.start.max(self.note_end);
        while start < range.end {
            let note = self.markdown[start..range.end].match_indices('[').find_map(|(at, _)| {
                let at = start + at;
                let label = self.markdown[at..].strip_prefix("[^")?;
                let len = label.find(|c: char| c == ']' || c.is_whitespace())?;
                label[len..].starts_with(']').then_some((at, at + "[^]".len() + len))
            });
            let (end, next) = note.unwrap_or((range.end, range.end));
            self.push_lines(start..end);
            (self.note_end, start) = (next, next);
        }
    }

    /// Adds the bytes `range` as they are. Lines of code stay lines.
    fn push_lines(&mut self, range: Range<usize>) {
        let mut at = range.start;
        for line in self.markdown[range].split_inclusive('\n') {
            self.text.push(line, at);
            if line.ends_with('\n') {
                self.text.line();
            }
            at += line.len();
        }
    }
}

/// Whether the text within goes on with the text around.
fn is_inline(tag: TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::Link
            | TagEnd::Image
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::extracted::check;
    use super::*;

    #[test]
    fn text() {
        let cases = [
            ("", ""),
            ("# Soot #\n\nIt causes\n*damage*.", "Soot\n\nIt causes damage."),
            (
                "- **Soot** causes *damage*.\n- Frost leads to **deep cracks**[^1].\n- [Salt](http://x.example) is a *mineral*.\n",
                "Soot causes damage.\n\nFrost leads to deep cracks.\n\nSalt is a mineral.",
            ),
            ("A[^n] b.\n\n[^n]: The note\n    goes on.", "A b.\n\nThe note goes on."),
            ("---\ntitle: x\n---\nText\n\n```rust\ncode\n```\n\n    more code\n", "Text"),
            (
                "> Quoted `code`\n> on.\n\n<div>raw</div>\n\nA <b>bold</b> AT&amp;T<br>\\*star",
                "Quoted code on.\n\nA bold AT&T\n*star",
            ),
            ("| a | b |\n|---|---|\n| Soot | causes |\n", "a\n\nb\n\nSoot\n\ncauses"),
            ("![badge](x.png) Hard  \nbreak <https://a.example> ~~gone~~", "Hard\nbreak https://a.example gone"),
            ("1. [ ] one\n2. [x] two\n", "one\n\ntwo"),
            ("[![img](a)](b) [ref][r] [text]\n\n[r]: http://c.example", "ref [text]"),
        ];
        for (markdown, want) in cases {
            assert_eq!(text_of(markdown, false).0, want, "{markdown}");
        }
        assert_eq!(text_of("a\n\n```\nb  c\nd\n```\n", true).0, "a\n\nb c\nd");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn every_character_leads_to_the_markdown(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..24), with_code: bool) {
            let markdown = pieces.concat();
            let (text, origin) = text_of(&markdown, with_code);
            check(&markdown, &text, &origin);
        }
    }

    const PIECES: &[&str] = &[
        "a",
        " ",
        "\n",
        "\n\n",
        "\r\n",
        "é",
        "雨 b",
        "*",
        "**",
        "_",
        "`",
        "``",
        "[",
        "]",
        "(",
        ")",
        "[^1]",
        "[^1]: ",
        "&amp;",
        "&#65;",
        "\\",
        "\\*",
        "# ",
        "> ",
        "- ",
        "1. ",
        "    ",
        "\t",
        "|",
        "|--|\n",
        "```\n",
        "---\n",
        "<b>",
        "<div>",
        "<br>",
        "![",
        "~~",
        "  \n",
        ": ",
        "http://a.example",
        "<http://b.example>",
        "[a]: b\n",
        "- [ ] ",
        "\u{a0}",
        "\0",
        "+++\n",
        "{#x}",
        "[!NOTE]\n",
    ];

    #[test]
    fn spans_lead_to_the_markdown() {
        let markdown = "Heavy **rain** causes\n> AT&amp;T `flood` *s*";
        let (text, origin) = text_of(markdown, false);
        for (word, source) in [("Heavy rain", "Heavy **rain"), ("&", "&amp;"), ("flood", "flood"), ("AT&T", "AT&amp;T")]
        {
            let at = text.find(word).unwrap();
            assert_eq!(&markdown[origin.original(&(at..at + word.len()))], source);
        }
    }
}
