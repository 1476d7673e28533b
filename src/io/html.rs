//! The visible text of HTML and XHTML, block by block; no scripts, styles, navigation or hidden elements.

use std::collections::HashMap;
use std::ops::Range;

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

use super::extracted::Extracted;
use crate::text::Origin;

/// The text of `html`, with where its bytes were. In XHTML, which `is_xml`, an element may be empty that cannot be in HTML.
pub(super) fn text_of(html: &str, is_xml: bool, with_code: bool) -> (String, Origin) {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(!is_xml);
    let mut reader =
        Reader { html, is_xml, with_code, text: Extracted::new(), left_out: None, preformatted: 0, last_ends: None };
    for token in Tokenizer::new_with_emitter(html, emitter).flatten() {
        reader.take(token);
    }
    reader.text.finish()
}

/// The elements of XML that have one of these `names`, with their attributes.
#[cfg(feature = "compression")]
pub(super) fn elements(xml: &str, names: &[&str]) -> Vec<(String, HashMap<String, String>)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let tags = Tokenizer::new(xml).flatten().filter_map(|token| match token {
        // The name may have a name space before it.
        Token::StartTag(tag) => Some((text(tag.name.rsplit(|byte| *byte == b':').next().unwrap_or_default()), tag)),
        _ => None,
    });
    let tags = tags.filter(|(name, _)| names.contains(&&**name));
    tags.map(|(name, tag)| (name, tag.attributes.iter().map(|(name, value)| (text(name), text(value))).collect()))
        .collect()
}

struct Reader<'h> {
    html: &'h str,
    is_xml: bool,
    with_code: bool,
    text: Extracted,
    /// The element that is left out, and how many of its name are open.
    left_out: Option<(Vec<u8>, usize)>,
    /// How many elements are open whose lines are kept.
    preformatted: usize,
    /// Where the last end tag of each element is, by name, when it has been asked.
    last_ends: Option<HashMap<Vec<u8>, usize>>,
}

impl Reader<'_> {
    fn take(&mut self, token: Token<usize>) {
        match token {
            Token::StartTag(tag) => self.start(&tag),
            Token::EndTag(tag) => self.end(&tag.name),
            Token::String(text) if self.left_out.is_none() => {
                self.string(&String::from_utf8_lossy(&text), text.span.start..text.span.end);
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: &StartTag<usize>) {
        let name: &[u8] = &tag.name;
        let is_block = BLOCKS.contains(&name);
        if let Some((left_out, depth)) = &mut self.left_out {
            let is_same = left_out == name;
            // Its end tag may be missing.
            let ends = is_same && ENDED_BY_NEXT.contains(&name) || left_out == b"p" && is_block;
            if !ends {
                *depth += usize::from(is_same && !(tag.self_closing && self.is_xml));
                return;
            }
            self.left_out = None;
        }
        if is_block {
            self.text.block();
        }
        if name == b"br" {
            self.text.line();
        }
        if VOID.contains(&name) || tag.self_closing && self.is_xml {
            return;
        }
        let is_code = name == b"code" && self.preformatted > 0 && !self.with_code;
        if (is_code || is_left_out(tag)) && self.is_ended(name, tag.span.end) {
            self.left_out = Some((name.to_vec(), 1));
        } else if name == b"pre" {
            self.preformatted += 1;
        }
    }

    fn end(&mut self, name: &[u8]) {
        if let Some((left_out, depth)) = &mut self.left_out {
            if left_out == name {
                *depth -= 1;
                if *depth == 0 {
                    self.left_out = None;
                }
            }
            return;
        }
        if BLOCKS.contains(&name) {
            self.text.block();
        }
        if name == b"pre" {
            self.preformatted = self.preformatted.saturating_sub(1);
        }
    }

    /// Whether an element `name` that begins before byte `from` comes to an end: else all that follows would be in it.
    fn is_ended(&mut self, name: &[u8], from: usize) -> bool {
        if ENDED_BY_NEXT.contains(&name) {
            return true;
        }
        let ends = self.last_ends.get_or_insert_with(|| last_ends(self.html.as_bytes()));
        ends.get(name).is_some_and(|last| *last >= from)
    }

    /// Adds `text`, for which the bytes `span` stand.
    fn string(&mut self, text: &str, span: Range<usize>) {
        let source = self.html.get(span.clone()).unwrap_or_default();
        let parts = parts_of(source);
        // The tokenizer judges what the text is.
        let is_same = parts.iter().map(|(part, _)| &**part).eq_concatenated(text);
        if !is_same {
            return self.text.push_made(text, span);
        }
        for (part, range) in parts {
            if part.len() == range.len() && source[range.clone()] == *part {
                self.copied(&source[range.clone()], span.start + range.start);
            } else if part == "\u{ad}" {
                // A soft hyphen only says where a word may be broken.
            } else {
                self.text.push_made(&part, span.start + range.start..span.start + range.end);
            }
        }
    }

    fn copied(&mut self, source: &str, at: usize) {
        if self.preformatted == 0 {
            return self.text.push(source, at);
        }
        let mut at = at;
        for line in source.split_inclusive('\n') {
            self.text.push(line, at);
            if line.ends_with('\n') {
                self.text.line();
            }
            at += line.len();
        }
    }
}

/// Where the last end tag of each element is, by name.
fn last_ends(html: &[u8]) -> HashMap<Vec<u8>, usize> {
    let mut ends = HashMap::new();
    for at in memchr::memmem::find_iter(html, b"</") {
        let name = &html[at + 2..];
        let is_name = |byte: &u8| !byte.is_ascii_whitespace() && !b"/>".contains(byte);
        let len = name.iter().take(LONGEST_NAME).take_while(|byte| is_name(byte)).count();
        ends.insert(name[..len].to_ascii_lowercase(), at);
    }
    ends
}

/// No element has a longer name.
const LONGEST_NAME: usize = 64;

/// Parts of a text, compared with a whole one.
trait Concatenated<'p>: Iterator<Item = &'p str> + Sized {
    /// Whether the parts, one after another and with line feeds for all line ends, are `whole`.
    fn eq_concatenated(self, whole: &str) -> bool {
        let mut rest = whole;
        for part in self {
            let mut pieces = part.split('\r');
            if let Some(first) = pieces.next() {
                let Some(after) = rest.strip_prefix(first) else { return false };
                rest = after;
            }
            for piece in pieces {
                // CR LF is one line end, CR alone another.
                let piece = if piece.starts_with('\n') { piece } else { &format!("\n{piece}") };
                let Some(after) = rest.strip_prefix(piece) else { return false };
                rest = after;
            }
        }
        rest.is_empty()
    }
}

impl<'p, I: Iterator<Item = &'p str>> Concatenated<'p> for I {}

/// What `source` says, in parts: what stands there as it is, and what a character reference stands for.
fn parts_of(source: &str) -> Vec<(std::borrow::Cow<'_, str>, Range<usize>)> {
    let mut parts = Vec::new();
    let mut begin = 0;
    for at in memchr::memchr_iter(b'&', source.as_bytes()) {
        if at < begin {
            continue;
        }
        let Some((text, len)) = reference(&source[at..]) else { continue };
        if begin < at {
            parts.push((source[begin..at].into(), begin..at));
        }
        parts.push((text.into(), at..at + len));
        begin = at + len;
    }
    if begin < source.len() {
        parts.push((source[begin..].into(), begin..source.len()));
    }
    parts
}

/// The longest name of a character, with its `&` and `;`.
const LONGEST_REFERENCE: usize = 33;

/// What the character reference is that `source` begins with, and its length; `None` if it is none.
fn reference(source: &str) -> Option<(String, usize)> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'#';
    let name = source.bytes().skip(1).take(LONGEST_REFERENCE).take_while(is_part).count();
    let end = 1 + name + usize::from(source.as_bytes().get(1 + name) == Some(&b';'));
    let candidate = &source[..end];
    let text = Tokenizer::new(candidate).flatten().find_map(|token| match token {
        Token::String(text) => String::from_utf8(text.value.0).ok(),
        _ => None,
    })?;
    // Some names need no semicolon: what follows them is left.
    let rest = candidate.bytes().rev().zip(text.bytes().rev()).take_while(|(left, right)| left == right).count();
    let made = text.get(..text.len() - rest)?;
    (!made.is_empty()).then(|| (made.to_owned(), end - rest))
}

fn is_left_out(tag: &StartTag<usize>) -> bool {
    let value = |name: &[u8]| tag.attributes.get(name).map(|value| value.to_ascii_lowercase());
    let is = |name: &[u8], wanted: &[u8]| value(name).is_some_and(|value| value == wanted);
    let name: &[u8] = &tag.name;
    LEFT_OUT.contains(&name)
        || value(b"hidden").is_some_and(|value| value != b"until-found")
        || is(b"aria-hidden", b"true")
        || is(b"role", b"navigation")
        || value(b"style").is_some_and(|mut style| {
            style.retain(|byte| !byte.is_ascii_whitespace());
            let has = |wanted: &[u8]| memchr::memmem::find(&style, wanted).is_some();
            has(b"display:none") || has(b"visibility:hidden")
        })
        // The number of a note is no word of the sentence.
        || name == b"sup" && value(b"class").is_some_and(|class| memchr::memmem::find(&class, b"reference").is_some())
}

const LEFT_OUT: [&[u8]; 20] = [
    b"audio",
    b"button",
    b"canvas",
    b"datalist",
    b"head",
    b"iframe",
    b"math",
    b"nav",
    b"noframes",
    b"noscript",
    b"object",
    b"rp",
    b"script",
    b"select",
    b"style",
    b"svg",
    b"template",
    b"textarea",
    b"title",
    b"video",
];

/// Elements whose end tag may be missing where another of them begins.
const ENDED_BY_NEXT: [&[u8]; 9] = [b"dd", b"dt", b"li", b"option", b"p", b"rp", b"td", b"th", b"tr"];

const VOID: [&[u8]; 14] = [
    b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta", b"param", b"source",
    b"track", b"wbr",
];

const BLOCKS: [&[u8]; 49] = [
    b"address",
    b"article",
    b"aside",
    b"blockquote",
    b"body",
    b"caption",
    b"center",
    b"dd",
    b"details",
    b"dialog",
    b"dir",
    b"div",
    b"dl",
    b"dt",
    b"fieldset",
    b"figcaption",
    b"figure",
    b"footer",
    b"form",
    b"h1",
    b"h2",
    b"h3",
    b"h4",
    b"h5",
    b"h6",
    b"header",
    b"hgroup",
    b"hr",
    b"html",
    b"legend",
    b"li",
    b"main",
    b"menu",
    b"nav",
    b"ol",
    b"optgroup",
    b"p",
    b"pre",
    b"search",
    b"section",
    b"summary",
    b"table",
    b"tbody",
    b"td",
    b"tfoot",
    b"th",
    b"thead",
    b"tr",
    b"ul",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::extracted::check;
    use super::*;

    fn text(html: &str) -> String {
        text_of(html, html.starts_with("<?xml"), false).0
    }

    #[test]
    fn visible_text() {
        let cases = [
            ("", ""),
            ("no markup & all", "no markup & all"),
            (
                "<!doctype html><title>T</title><h1>Soot</h1><p>It <b>causes</b>\n damage.<p>More",
                "Soot\n\nIt causes damage.\n\nMore",
            ),
            ("<head><style>p{}</style><script>if (a<b) causes()</script></head><body>x</body>", "x"),
            ("a<br>b<br/>c<hr>d", "a\nb\nc\n\nd"),
            ("<nav><ul><li>Home</ul></nav>x<div hidden>y<div>z</div></div><p style='display: none'>n<p>v", "x\n\nv"),
            ("<ul><li>one<li hidden>two<li>three</ul>", "one\n\nthree"),
            (
                "AT&amp;T caf&eacute; &notit; &#x41;&#66; &unknown; &copy 1 a&nbsp;b co&shy;op",
                "AT&T caf\u{e9} \u{ac}it; AB &unknown; \u{a9} 1 a b coop",
            ),
            ("<table><tr><td>a</td><td>b c</td></tr></table>", "a\n\nb c"),
            ("<pre>one\ntwo</pre><pre><code>code\n</code></pre>end", "one\ntwo\n\nend"),
            ("unclosed <nav> goes on <b>b", "unclosed\n\ngoes on b"),
            ("x<!-- causes --> y</> <a href='>'>z</a>", "x y z"),
            ("Rain<sup class=reference>[1]</sup> falls", "Rain falls"),
            (
                "<?xml version='1.0'?><html><head><script src='x'/><title/></head><body>x<div hidden='hidden'/>y</body></html>",
                "x\n\ny",
            ),
            ("<p>a\r\nb\rc &amp;\r\nd", "a b c & d"),
            ("<p>cut <b", "cut"),
            ("<p>cut &am", "cut &am"),
        ];
        for (html, want) in cases {
            assert_eq!(text(html), want, "{html}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn every_character_leads_to_the_html(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..20), is_xml: bool) {
            let html = pieces.concat();
            let (text, origin) = text_of(&html, is_xml, false);
            check(&html, &text, &origin);
        }
    }

    const PIECES: &[&str] = &[
        "a",
        " ",
        "\n",
        "\r\n",
        "é",
        "雨 b",
        "<p>",
        "</p>",
        "<br/>",
        "<b",
        ">",
        "</",
        "<",
        "&amp;",
        "&",
        "&eacute",
        "&#65;",
        "&#0;",
        ";",
        "&#x110000;",
        "&notin;",
        "&ac;",
        "<pre>",
        "</pre>",
        "<code>",
        "</code>",
        "<div hidden>",
        "</div>",
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<textarea>",
        "<title>",
        "</title>",
        "<td class='x'>",
        "\u{a0}",
        "&nbsp;",
        "&shy;",
        "\0",
        "<sup class=reference>",
        "</sup>",
        "<?x",
        "<!doctype html>",
        "\"",
        "'",
        "\r",
        "\u{feff}",
        "\x0c",
    ];

    #[test]
    fn spans_lead_to_the_html() {
        let html = "<p>Heavy <i class='a>b'>rain</i>\r\ncauses <b>AT&amp;T caf&eacute;s</b> \u{96e8}";
        let (text, origin) = text_of(html, false, false);
        assert_eq!(text, "Heavy rain causes AT&T caf\u{e9}s \u{96e8}");
        for (word, source) in [
            ("Heavy rain", "Heavy <i class='a>b'>rain"),
            ("&", "&amp;"),
            ("caf\u{e9}s", "caf&eacute;s"),
            ("\u{96e8}", "\u{96e8}"),
        ] {
            let at = text.find(word).unwrap();
            assert_eq!(&html[origin.original(&(at..at + word.len()))], source);
        }
    }
}
