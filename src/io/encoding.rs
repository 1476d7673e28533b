//! In which encoding a text is: by its mark, by what it declares, or by what it looks like.

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};

/// The encoding of a text, by any of the names that the web knows it by.
///
/// ```
/// use relscan::io::Encoding;
///
/// assert_eq!(Encoding::named("Latin1").map(Encoding::name), Some("windows-1252"));
/// assert_eq!(Encoding::named("klingon"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Encoding(pub(super) &'static encoding_rs::Encoding);

impl Encoding {
    /// UTF-8.
    pub const UTF_8: Encoding = Encoding(UTF_8);

    /// The encoding called `name`: `utf-8`, `utf-16le`, `latin1`, `windows-1252`, `shift_jis`, `gb18030` and all others of
    /// the [Encoding Standard](https://encoding.spec.whatwg.org/#names-and-labels), in either case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        encoding_rs::Encoding::for_label(name.as_bytes())
            .filter(|encoding| *encoding != encoding_rs::REPLACEMENT)
            .map(Encoding)
    }

    /// What the standard calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }
}

/// How the encoding of a text is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) encoding: &'static encoding_rs::Encoding,
    /// The bytes of the mark that the text begins with.
    pub(super) mark: usize,
    /// Whether it was only guessed.
    pub(super) guessed: bool,
}

/// In which encoding a text is that begins with `start`, which is all of it if it `is_whole`; if it declares one that is
/// `declared`.
pub(super) fn known(start: &[u8], is_whole: bool, forced: Option<Encoding>, declared: Option<&str>) -> Known {
    let sure = |encoding, mark| Known { encoding, mark, guessed: false };
    let marked = encoding_rs::Encoding::for_bom(start);
    if let Some(Encoding(forced)) = forced {
        // Its own mark is none of its text.
        return sure(forced, marked.filter(|(encoding, _)| *encoding == forced).map_or(0, |(_, mark)| mark));
    }
    if let Some((encoding, mark)) = marked {
        return sure(encoding, mark);
    }
    if let Some(encoding) = without_mark(start) {
        return sure(encoding, 0);
    }
    // A character may be cut at the end.
    let end = if is_whole { start.len() } else { start.len().saturating_sub(3) };
    let (mut whole, mut broken) = (0_usize, 0_usize);
    for chunk in start.utf8_chunks() {
        whole += chunk.valid().bytes().filter(|byte| *byte >= 0xc0).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    if std::str::from_utf8(start).is_err_and(|error| error.valid_up_to() >= end && error.error_len().is_none()) {
        broken = broken.saturating_sub(1);
    }
    // What is full of UTF-8 is that, whatever it says, and with some damage.
    if whole > 0 && whole >= broken {
        return sure(UTF_8, 0);
    }
    if let Some(Encoding(declared)) = declared.and_then(Encoding::named) {
        // It was read as ASCII: it cannot be in UTF-16.
        return sure(if declared == UTF_16LE || declared == UTF_16BE { UTF_8 } else { declared }, 0);
    }
    if broken == 0 {
        return sure(UTF_8, 0);
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(start, is_whole);
    Known { encoding: detector.guess(None, chardetng::Utf8Detection::Deny), mark: 0, guessed: true }
}

/// UTF-16 without a mark: of text in the scripts of Europe every other byte is NUL.
fn without_mark(start: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let start = &start[..start.len().min(4_096) / 2 * 2];
    let nuls = |from: usize| start.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, half) = (nuls(0), nuls(1), start.len() / 2);
    match (even, odd) {
        _ if half < 2 => None,
        (0, odd) if odd * 10 > half * 7 => Some(UTF_16LE),
        (even, 0) if even * 10 > half * 7 => Some(UTF_16BE),
        _ => None,
    }
}

/// The encoding that an HTML or XML text declares near its beginning.
pub(super) fn declared(start: &[u8]) -> Option<String> {
    let start: String = start.iter().take(2_048).map(|byte| char::from(byte.to_ascii_lowercase())).collect();
    let value = if start.trim_start().starts_with("<?xml") {
        start.split("?>").next()?.split_once("encoding")?.1
    } else {
        // `<meta charset="…">`, or `<meta … content="text/html; charset=…">`.
        let mut metas = start.match_indices("<meta").filter_map(|(at, _)| start[at..].split('>').next());
        metas.find_map(|meta| meta.split_once("charset"))?.1
    };
    let value = value.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let end = value.find(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c))).unwrap_or(value.len());
    Some(value[..end].to_owned()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_mark_declaration_and_looks() {
        let latin = b"Le caf\xe9 cause la fi\xe8vre, et la chaleur est d\xe9j\xe0 l\xe0.";
        let japanese = encoding_rs::SHIFT_JIS.encode("雨は洪水を引き起こす。喫煙は癌の原因である。").0;
        let cases: [(&[u8], Option<&str>, &str); 12] = [
            (b"", None, "UTF-8"),
            (b"Rain causes floods", None, "UTF-8"),
            (b"\xef\xbb\xbfRain", None, "UTF-8"),
            (b"\xff\xfeR\0a\0", None, "UTF-16LE"),
            (b"\xfe\xff\0R\0a", None, "UTF-16BE"),
            (b"R\0a\0i\0n\0", None, "UTF-16LE"),
            (b"\0R\0a\0i\0n", None, "UTF-16BE"),
            (latin, None, "windows-1252"),
            (&japanese, None, "Shift_JIS"),
            (latin, Some("iso-8859-2"), "ISO-8859-2"),
            ("café".as_bytes(), Some("iso-8859-2"), "UTF-8"),
            ("café, d\u{e9}j\u{e0} \u{fffd}".as_bytes(), None, "UTF-8"),
        ];
        for (start, declared, name) in cases {
            let known = known(start, true, None, declared);
            assert_eq!(known.encoding.name(), name, "{:?}", String::from_utf8_lossy(start));
        }
        assert_eq!(
            known("caf\u{e9}".as_bytes(), true, Encoding::named("latin1"), None).encoding.name(),
            "windows-1252"
        );
        let cut = known("a\u{e9}".as_bytes().split_last().unwrap().1, false, None, None);
        assert_eq!((cut.encoding.name(), cut.guessed), ("UTF-8", false), "a character cut by the look ahead");
    }

    #[test]
    fn declarations() {
        let cases = [
            (r#"<html><meta charset="Shift_JIS">"#, Some("shift_jis")),
            (r#"<META http-equiv="Content-Type" content="text/html; charset=latin1">"#, Some("latin1")),
            (r"<?xml version='1.0' encoding='utf-16'?><html>", Some("utf-16")),
            ("<?xml version='1.0'?><meta charset=x>", None),
            ("<p>charset=utf-8", None),
            ("<meta name=a><meta charset = 'koi8-r'", Some("koi8-r")),
        ];
        for (text, name) in cases {
            assert_eq!(declared(text.as_bytes()).as_deref(), name, "{text}");
        }
    }
}
