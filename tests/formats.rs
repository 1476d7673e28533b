//! The same article in every format, encoding and packing gives the same associations, and every span leads to its words.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Int8Type, UInt64Type};
use arrow_array::{ArrayRef, DictionaryArray, Int32Array, LargeStringArray, RecordBatch, StringArray, StringViewArray};
use relscan::io::{Documents, Encoding, InputFormat, ReadErrorKind, TableWriter};
use relscan::{Extractor, OwnedAssociation, SpanOf, Workers};

/// A paragraph a line.
const ARTICLE: &str = "\
Soot

Soot causes lasting damage & rust. The café's chimney is a source of soot.

Cracks are often caused by hard frost, wet snow and weak walls.

Fruits such as pears, plums and figs are sweet.

Café life leads to joy.
";

type Found = BTreeSet<(String, String, String)>;

fn triples(found: &[OwnedAssociation]) -> Found {
    found.iter().map(|a| (a.source.clone(), a.relation.to_string(), a.target.clone())).collect()
}

/// What is found in the files, and what went wrong.
fn read(documents: Documents) -> (Vec<OwnedAssociation>, Vec<String>) {
    let extractor = Extractor::builder().build().unwrap();
    let mut errors = Vec::new();
    let mut found = Vec::new();
    let blocks = documents.filter_map(|block| block.map_err(|error| errors.push(error.to_string())).ok());
    extractor.batch().stream(blocks.map(Ok::<_, relscan::DocumentError>), &mut found).unwrap();
    (found, errors)
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2], mark: bool) -> Vec<u8> {
    mark.then_some('\u{feff}')
        .into_iter()
        .chain(text.chars())
        .collect::<String>()
        .encode_utf16()
        .flat_map(bytes)
        .collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

const MARKDOWN: &str = "\
---
title: Frost causes grief
---
# Soot

**Soot** causes *lasting
damage* &amp; rust[^1]. The [café](http://a.example)'s chimney is a source of
soot.

> Cracks are often caused by
> hard frost, wet snow and `weak` walls.

- Fruits such as pears, plums
  and figs are sweet.

| Kind |
|------|
| Café life leads to joy. |

```sh
frost causes code
```
";

const HTML: &str = "\
<!DOCTYPE html>
<html><head><meta charset=\"ENCODING\"><title>Frost causes grief</title>
<style>p { color: red }</style><script>if (a < b) alert('Frost causes scripts');</script></head>
<body><nav><p>Frost causes links</p></nav>
<h1>Soot</h1><p><b>Soot</b> causes <i>lasting
damage</i> &amp; rust. The caf\u{e9}'s chimney is a
 source&nbsp;of soot.
<p>Cracks are often caused by hard frost, wet snow and weak walls.</p>
<div hidden>Frost causes nothing</div>
<ul><li>Fruits such as pears, plums and figs are sweet.</ul>
<table><tr><td>Caf&eacute; life leads to joy.</td></tr></table>
</body></html>";

/// A zip of files; the first is stored as it is.
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (number, (name, bytes)) in files.iter().enumerate() {
        let method = if number == 0 { zip::CompressionMethod::Stored } else { zip::CompressionMethod::Deflated };
        zip.start_file(*name, zip::write::SimpleFileOptions::default().compression_method(method)).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, *bytes).unwrap();
    }
    tar.into_inner().unwrap()
}

fn epub() -> Vec<u8> {
    let container =
        r#"<?xml version="1.0"?><container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>"#;
    let package = r#"<?xml version="1.0"?><package><manifest><item id="two" href="b%20c.xhtml"/><item id="one" href="a.xhtml"/>
        <item id="css" href="s.css"/></manifest><spine><itemref idref="one"/><itemref idref="two"/></spine></package>"#;
    let page = |body: &str| {
        format!("<?xml version='1.0'?><html xmlns='x'><head><title/><script src='x'/></head><body>{body}</body></html>")
    };
    let paragraphs: Vec<String> =
        ARTICLE.replace('&', "&amp;").trim().split("\n\n").map(|text| format!("<p>{text}</p>")).collect();
    let (one, two) = (page(&paragraphs[..2].concat()), page(&paragraphs[2..].concat()));
    zip(&[
        ("mimetype", b"application/epub+zip"),
        ("META-INF/container.xml", container.as_bytes()),
        ("OEBPS/book.opf", package.as_bytes()),
        ("OEBPS/b c.xhtml", two.as_bytes()),
        ("OEBPS/a.xhtml", one.as_bytes()),
        ("OEBPS/s.css", b"p {}"),
    ])
}

/// The article as mail has it, with lines of about 40 characters.
fn wrapped() -> String {
    let mut wrapped = String::new();
    for paragraph in ARTICLE.trim().split("\n\n") {
        let mut width = 0;
        for word in paragraph.split(' ') {
            if width > 40 {
                wrapped.push_str("\r\n");
                width = 0;
            } else if width > 0 {
                wrapped.push(' ');
            }
            wrapped.push_str(word);
            width += word.len() + 1;
        }
        wrapped.push_str("\r\n\r\n");
    }
    wrapped
}

fn mail() -> Vec<u8> {
    let html = HTML.replace("ENCODING", "utf-8");
    let quoted: String = html.bytes().fold(String::new(), |quoted, byte| quoted + &format!("={byte:02X}=\r\n"));
    format!(
        "Received: from a\r\n by b\r\nFrom: a@b.example\r\nSubject: Frost causes headers\r\nDate: Thu, 1 Jan 1970 00:00:00 +0000\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\
         Content-Type: multipart/alternative; boundary=y\r\n\r\n--y\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n\
         --y\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{quoted}\r\n\
         --y--\r\n--x\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=a.bin\r\n\
         Content-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--x--\r\n",
        wrapped()
    )
    .into()
}

fn mbox() -> Vec<u8> {
    let quoted: String = wrapped().lines().fold(String::new(), |quoted, line| quoted + &format!("> {line}\r\n"));
    let message = |id: usize, body: &str| {
        format!(
            "From a@b Thu Jan  1 00:00:00 1970\r\nFrom: a@b.example\r\nMessage-ID: <{id}@b>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
        )
    };
    (message(1, &wrapped()) + &message(2, &format!("{quoted}\r\nYes.\r\n-- \r\nFrost causes signatures.\r\n"))).into()
}

fn record(kind: &str, media: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: http://a.example/\r\nContent-Type: {media}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body, b"\r\n\r\n"].concat()
}

fn warc() -> Vec<u8> {
    let html = HTML.replace("ENCODING", "iso-8859-1").chars().map(|c| c as u8).collect::<Vec<u8>>();
    let page = [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n".to_vec(), html].concat();
    let image = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nFrost causes images.";
    let http = "application/http; msgtype=response";
    let records = [
        record("warcinfo", "application/warc-fields", b"software: Frost causes software"),
        record("request", http, b"GET / HTTP/1.1\r\n\r\n"),
        record("response", http, image),
        record("response", http, &page),
    ];
    records.into_iter().flat_map(|record| gzip(&record)).collect()
}

/// A table with the article in a column of each kind of text, under a name that says which.
fn batch() -> RecordBatch {
    let texts = || vec![Some(ARTICLE), None];
    let mut lists = ListBuilder::new(StringBuilder::new());
    ARTICLE.split("\n\n").for_each(|text| lists.values().append_value(text));
    lists.append(true);
    lists.append(false);
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("number", Arc::new(Int32Array::from(vec![7, 8]))),
        ("text", Arc::new(StringArray::from(texts()))),
        ("large", Arc::new(LargeStringArray::from(texts()))),
        ("view", Arc::new(StringViewArray::from(texts()))),
        ("kinds", Arc::new(texts().into_iter().collect::<DictionaryArray<Int8Type>>())),
        ("list", Arc::new(lists.finish())),
        ("id", Arc::new(StringArray::from(vec![Some("one"), None]))),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

fn parquet() -> Vec<u8> {
    let mut writer = parquet::arrow::ArrowWriter::try_new(Vec::new(), batch().schema(), None).unwrap();
    writer.write(&batch()).unwrap();
    writer.into_inner().unwrap()
}

fn arrow(is_stream: bool) -> Vec<u8> {
    if is_stream {
        let mut writer = arrow_ipc::writer::StreamWriter::try_new(Vec::new(), &batch().schema()).unwrap();
        writer.write(&batch()).unwrap();
        writer.into_inner().unwrap()
    } else {
        let mut writer = arrow_ipc::writer::FileWriter::try_new(Vec::new(), &batch().schema()).unwrap();
        writer.write(&batch()).unwrap();
        writer.into_inner().unwrap()
    }
}

/// A PDF with the article on two pages, its lines broken, one of them within a word.
fn pdf() -> Vec<u8> {
    let page = |lines: &[&str]| {
        let mut content = b"BT /F 12 Tf 14 TL 50 700 Td ".to_vec();
        for line in lines {
            content.push(b'(');
            content.extend(line.chars().map(|c| c as u8));
            content.extend(b") Tj T* ");
        }
        content.extend(b"ET");
        [format!("<< /Length {} >>\nstream\n", content.len()).as_bytes(), &content, b"\nendstream"].concat()
    };
    let one = ["Soot", "Soot causes lasting damage & rust. The caf\u{e9}'s chim-", "ney is a source of soot."];
    let two = [
        "Cracks are often caused by hard frost, wet snow and",
        "weak walls.",
        "Fruits such as pears, plums and figs are sweet.",
        "Caf\u{e9} life leads to joy.",
    ];
    let of_page = |content: usize| {
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {content} 0 R /Resources << /Font << /F 3 0 R >> >> >>"
        )
    };
    let objects: Vec<Vec<u8>> = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [4 0 R 5 0 R] /Count 2 >>".to_vec(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_vec(),
        of_page(6).into(),
        of_page(7).into(),
        page(&one),
        page(&two),
    ];
    let mut pdf = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(format!("{:010} 00000 n \n", pdf.len()));
        pdf.extend(format!("{} 0 obj\n", number + 1).bytes().chain(object.iter().copied()).chain(*b"\nendobj\n"));
    }
    let (start, count, places) = (pdf.len(), objects.len() + 1, places.concat());
    let end = format!(
        "xref\n0 {count}\n0000000000 65535 f \n{places}trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    pdf.extend(end.bytes());
    pdf
}

/// The article in every form that we can make here.
fn forms() -> Vec<(&'static str, Vec<u8>)> {
    let rows = |text: &str| serde_json::json!({ "id": 1, "text": text }).to_string();
    let html = |encoding: &str| HTML.replace("ENCODING", encoding);
    let quoted = ARTICLE.replace('"', "\"\"");
    vec![
        ("a.txt", ARTICLE.into()),
        ("crlf.txt", ARTICLE.replace('\n', "\r\n").into()),
        ("mark.txt", format!("\u{feff}{ARTICLE}").into()),
        ("le.txt", utf16(ARTICLE, u16::to_le_bytes, true)),
        ("be.txt", utf16(ARTICLE, u16::to_be_bytes, true)),
        ("bare-le.txt", utf16(ARTICLE, u16::to_le_bytes, false)),
        ("latin1.txt", Encoding::named("latin1").map(|_| ARTICLE.chars().map(|c| c as u8).collect()).unwrap()),
        ("a.md", MARKDOWN.into()),
        ("le.md", utf16(MARKDOWN, u16::to_le_bytes, true)),
        ("a.html", html("utf-8").into()),
        ("latin1.html", html("iso-8859-1").chars().map(|c| c as u8).collect()),
        ("wrongly-declared.html", html("shift_jis").into()),
        ("le.html", utf16(&html("utf-16"), u16::to_le_bytes, true)),
        ("html-by-content.txt", html("utf-8").into()),
        ("a.jsonl", (rows(ARTICLE) + "\n").into()),
        ("a.json", format!("[\n{},\n{}]", rows(ARTICLE), rows("")).into()),
        ("objects.json", serde_json::to_string_pretty(&serde_json::json!({ "body": ARTICLE })).unwrap().into()),
        ("a.csv", format!("n,content\n1,\"{quoted}\"\n2,\n").into()),
        ("a.tsv", format!("text\tn\n\"{quoted}\"\t1\n").into()),
        ("le.csv", utf16(&format!("text;n\n\"{quoted}\";1\n"), u16::to_le_bytes, true)),
        ("a.txt.gz", gzip(ARTICLE.as_bytes())),
        ("no-name-for-it", gzip(ARTICLE.as_bytes())),
        ("members.gz", [gzip(&ARTICLE.as_bytes()[..40]), gzip(&ARTICLE.as_bytes()[40..])].concat()),
        ("twice.txt.gz.gz", gzip(&gzip(ARTICLE.as_bytes()))),
        ("a.html.gz", gzip(html("utf-8").as_bytes())),
        ("le.md.gz", gzip(&utf16(MARKDOWN, u16::to_le_bytes, true))),
        ("a.txt.bz2", include_bytes!("data/formats/article.txt.bz2").to_vec()),
        ("a.txt.xz", include_bytes!("data/formats/article.txt.xz").to_vec()),
        ("a.txt.zst", include_bytes!("data/formats/article.txt.zst").to_vec()),
        ("a.eml", mail()),
        ("mail-by-content", mail()),
        ("a.mbox", mbox()),
        ("a.warc.gz", warc()),
        ("a.wet", record("conversion", "text/plain", ARTICLE.as_bytes())),
        (
            "a.zip",
            zip(&[
                ("x/", b""),
                ("x/a.txt", ARTICLE.as_bytes()),
                ("x/.hidden", b"Frost causes x"),
                ("x/a.bin", b"\0\0"),
            ]),
        ),
        ("nested.zip", zip(&[("a.tar.gz", &gzip(&tar(&[("b.html", HTML.as_bytes())])))])),
        ("a.tar", tar(&[("empty.txt", b""), ("x/a.md", MARKDOWN.as_bytes())])),
        (
            "a.tgz",
            gzip(&tar(&[(&"long/".repeat(60), b""), (&format!("{}a.txt", "long/".repeat(60)), ARTICLE.as_bytes())])),
        ),
        ("a.epub", epub()),
        ("a.parquet", parquet()),
        ("a.parquet.gz", gzip(&parquet())),
        ("a.arrow", arrow(false)),
        ("stream.arrow", arrow(true)),
        ("table-by-content", arrow(true)),
        ("a.pdf", pdf()),
        ("frames.zst", include_bytes!("data/formats/article.txt.zst").repeat(2)),
    ]
}

#[test]
fn the_same_article_gives_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let extractor = Extractor::builder().build().unwrap();
    let mut want = Vec::new();
    let _ = extractor.extract_into(ARTICLE, &mut want).unwrap();
    let want = triples(&want);
    assert!(want.len() >= 8, "{want:?}");
    for (name, bytes) in forms() {
        let path = write(folder.path(), name, &bytes);
        let (found, errors) = read(Documents::new([path.into()]));
        let (found, guessed) = (triples(&found), errors.iter().all(|error| error.contains("which it looks like")));
        assert_eq!(found, want, "{name}: {errors:?}");
        assert!(guessed, "{name}: {errors:?}");
    }
}

/// The words of a span, lower-cased, without markup and with one space for white space.
fn words(text: &str) -> String {
    let mut plain = String::new();
    let mut in_tag = false;
    for c in text.chars() {
        in_tag = c == '<' || in_tag && c != '>';
        if !in_tag && !"*`[]>".contains(c) {
            plain.push(c);
        }
    }
    let plain = plain.replace("(http://a.example)", "").replace("&nbsp;", " ").replace("&amp;", "&").replace("^1", "");
    let plain = plain.replace("&eacute;", "é").to_lowercase();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn spans_are_those_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut checked = 0;
    for (name, bytes) in forms() {
        let path = write(folder.path(), name, &bytes);
        if [
            "csv", "tsv", "json", "jsonl", "gz", "bz2", "xz", "zst", "eml", "mbox", "wet", "zip", "tar", "tgz", "epub",
            "parquet", "arrow", "pdf",
        ]
        .iter()
        .any(|end| name.ends_with(end))
            || !name.contains('.')
            || name.ends_with("by-content")
        {
            continue;
        }
        let encoding = match name.split(['.', '-']).next() {
            Some("le" | "bare") => "utf-16le",
            Some("be") => "utf-16be",
            Some("latin1") => "latin1",
            _ => "utf-8",
        };
        let encoding = encoding_rs::Encoding::for_label(encoding.as_bytes()).unwrap();
        for association in read(Documents::new([path.into()])).0 {
            for (span, text) in
                [(association.source_span, &association.source), (association.target_span, &association.target)]
            {
                let (source, _) = encoding.decode_without_bom_handling(&bytes[span.range()]);
                assert_eq!(words(&source), *text, "{name}: {span:?} is {source:?}");
                checked += 1;
            }
        }
    }
    assert!(checked > 200, "{checked}");
}

#[test]
fn columns_of_every_kind_of_text() {
    let folder = tempfile::tempdir().unwrap();
    let paths = [("a.parquet", parquet()), ("a.arrow", arrow(false)), ("b.arrow", arrow(true))]
        .map(|(name, bytes)| write(folder.path(), name, &bytes));
    for path in paths {
        let read = |column: &str, id: &str| {
            let (found, errors) = read(Documents::new([path.clone().into()]).text_field(column).id_field(id));
            (triples(&found), found.iter().map(|a| a.document.clone()).collect::<BTreeSet<_>>(), errors)
        };
        let want = read("text", "id");
        assert!(!want.0.is_empty() && want.1.iter().eq(["one"]) && want.2.is_empty(), "{want:?}");
        for column in ["large", "view", "kinds", "list", "6", "VIEW"] {
            assert_eq!(read(column, "id"), want, "{column}");
        }
        assert!(read("text", "number").1.iter().eq(["7"]));
        assert!(read("text", "none").1.iter().eq([&format!("{}:1", path.display())]));
        assert!(read("number", "id").2[0].contains("the column `number` holds Int32, not text"));
        assert!(read("nothing", "id").2[0].contains("no column `nothing`; the columns are number, text, large"));
    }
}

#[test]
fn records_written_as_a_table_come_back() {
    let extractor = Extractor::builder().negated(true).build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "a.md", MARKDOWN.repeat(300).as_bytes());
    let mail = write(folder.path(), "a.eml", &mail());
    let read = || Documents::new([path.clone().into(), mail.clone().into()]).block_bytes(5_000);
    let mut want: Vec<OwnedAssociation> = Vec::new();
    extractor.batch().stream(read(), &mut want).unwrap();
    for workers in [1, 2] {
        let mut table = TableWriter::new(Vec::new(), &[("packs", "english")]).unwrap();
        let mut batch = extractor.batch().workers(Workers::Exactly(workers)).chunk_bytes(5_000);
        batch.stream(read(), &mut table).unwrap();
        let bytes = bytes::Bytes::from(table.finish().unwrap());
        let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap();
        assert!(reader.schema().field_with_name("source_span").is_ok());
        let about = reader.metadata().file_metadata().key_value_metadata().unwrap().clone();
        assert!(about.iter().any(|pair| pair.key == "relscan.packs" && pair.value.as_deref() == Some("english")));
        let mut rows = Vec::new();
        for batch in reader.build().unwrap() {
            let batch = batch.unwrap();
            let text = |name: &str| batch.column_by_name(name).unwrap().as_string::<i32>().clone();
            let (ids, sources, targets, of) = (text("id"), text("source"), text("target"), text("span_of"));
            let spans = batch.column_by_name("target_span").unwrap().as_fixed_size_list();
            for row in 0..batch.num_rows() {
                let span = spans.value(row).as_primitive::<UInt64Type>().values().to_vec();
                let value = |column: &StringArray| column.value(row).to_owned();
                rows.push((value(&ids), value(&sources), value(&targets), span, value(&of)));
            }
        }
        let of = |a: &OwnedAssociation| if a.span_of == SpanOf::Text { "text" } else { "document" };
        let want: Vec<_> = want
            .iter()
            .map(|a| {
                let span = vec![a.target_span.start as u64, a.target_span.end as u64];
                (a.document.clone(), a.source.clone(), a.target.clone(), span, of(a).to_owned())
            })
            .collect();
        assert!(want.iter().any(|row| row.4 == "text") && want.len() > 1_000);
        assert_eq!(rows, want);
    }
}

#[test]
fn lines_of_other_encodings_have_spans_of_the_line() {
    let text = "Ähren are a grain.\nSoot causes Übel.\n";
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "a.txt", &utf16(text, u16::to_le_bytes, true));
    let (found, errors) = read(Documents::new([path.clone().into()]).format(InputFormat::Lines).block_bytes(20));
    assert_eq!(errors, [""; 0]);
    let last = found.last().unwrap();
    assert_eq!(last.document, format!("{}:2", path.display()));
    assert_eq!((last.source_span.range(), last.target_span.range()), (0..8, 24..32));
}

#[test]
fn large_text_of_another_encoding_has_the_spans_of_a_small_one() {
    let line = "Der Süden: soot causes Ärger; 雨が is a 雨.\n";
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "a.txt", &utf16(&line.repeat(9_000), u16::to_be_bytes, true));
    let (found, errors) = read(Documents::new([path.into()]).block_bytes(10_000));
    assert_eq!(errors, [""; 0]);
    let bytes = line.encode_utf16().count() * 2;
    let first: Vec<_> = found.iter().filter(|a| a.line == 1).collect();
    assert!(!first.is_empty());
    for (number, association) in found.iter().enumerate() {
        let model = first[number % first.len()];
        let shift = (number / first.len()) * bytes;
        assert_eq!(association.source_span.start, model.source_span.start + shift, "{number}");
        assert_eq!(association.target_span.end, model.target_span.end + shift, "{number}");
    }
}

#[test]
fn encodings_can_be_named() {
    let folder = tempfile::tempdir().unwrap();
    let japanese = encoding_rs::SHIFT_JIS.encode("soot causes 雨").0.into_owned();
    let path = write(folder.path(), "a.txt", &japanese);
    for encoding in [None, Encoding::named("Shift_JIS")] {
        let mut documents = Documents::new([path.clone().into()]);
        if let Some(encoding) = encoding {
            documents = documents.encoding(encoding);
        }
        let found = read(documents).0;
        assert_eq!((found[0].target.as_str(), found[0].target_span.range()), ("雨", 12..14));
    }
}

/// What is bad, what is said of it, and how many documents are read all the same.
#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn bad_input_is_said_and_the_rest_goes_on() {
    let gz = gzip(ARTICLE.repeat(50).as_bytes());
    let flipped = |at: usize| {
        let mut bytes = gz.clone();
        bytes[at] ^= 0x55;
        bytes
    };
    let xz = include_bytes!("data/formats/article.txt.xz");
    let bz2 = include_bytes!("data/formats/article.txt.bz2");
    let zst = include_bytes!("data/formats/article.txt.zst");
    let bomb = gzip(&vec![b'a'; 96 << 20]);
    let mut nested = ARTICLE.as_bytes().to_vec();
    for _ in 0..6 {
        nested = gzip(&nested);
    }
    let cases: Vec<(&str, Vec<u8>, &[&str])> = vec![
        ("empty.txt", vec![], &[]),
        ("empty.md", vec![], &[]),
        ("empty.html", vec![], &[]),
        ("empty.csv", vec![], &[]),
        ("empty.json", vec![], &[]),
        ("empty.gz", gzip(b""), &[]),
        ("nuls.txt", vec![0; 5_000], &["looks binary (a NUL byte at offset 0)"]),
        ("nuls.html", vec![0; 5_000], &["looks binary"]),
        ("nuls.gz", gzip(&[0; 5_000]), &["looks binary"]),
        ("program", b"\x7fELF\x02\x01\0\0\0 Rain is a x".to_vec(), &["looks binary (a NUL byte at offset 6)"]),
        ("cut.txt.gz", gz[..gz.len() / 2].to_vec(), &["the gzip data is cut short"]),
        ("head.gz", gz[..5].to_vec(), &["the gzip data is cut short"]),
        ("crc.gz", flipped(gz.len() - 6), &["the gzip data is damaged"]),
        ("tail.gz", [gz.clone(), b"tail".to_vec()].concat(), &["the gzip data is"]),
        ("cut.xz", xz[..xz.len() - 40].to_vec(), &["the xz data is"]),
        ("cut.bz2", bz2[..bz2.len() - 20].to_vec(), &["the bzip2 data is"]),
        ("cut.zst", zst[..zst.len() - 20].to_vec(), &["the zstd data is"]),
        ("tail.zst", [&zst[..], b"tail of it"].concat(), &["the zstd data is damaged"]),
        ("bomb.gz", bomb, &["would become more"]),
        ("nested.gz", nested, &["packed more than 4 times"]),
        ("text.gz", ARTICLE.into(), &[]),
        ("gz.html", gz.clone(), &[]),
        ("odd.txt", [&utf16(ARTICLE, u16::to_le_bytes, true)[..], b"x"].concat(), &["1 sequence was no UTF-16LE"]),
        (
            "lone.txt",
            utf16("a", u16::to_le_bytes, true).into_iter().chain([0, 0xd8]).collect(),
            &["1 sequence was no UTF-16LE"],
        ),
        ("broken.html", b"<p>Rain <b causes<<> floods &#x; &#99999999; &bogus <!-- ".to_vec(), &[]),
        ("deep.html", "<div>".repeat(50_000).into_bytes(), &[]),
        ("open.html", b"<nav><nav><p hidden>Rain causes floods".to_vec(), &[]),
        ("deep.md", "> ".repeat(20_000).into_bytes(), &[]),
        ("brackets.md", "[".repeat(20_000).into_bytes(), &[]),
        ("quote.csv", b"text\nok\n\"open\nmore\n".to_vec(), &["quote.csv:3: CSV: a quote that is opened"]),
        (
            "names.csv",
            b"a,b\n1,2\n".to_vec(),
            &["names.csv:1: no column `text`, `content`, `body`; the columns are a, b"],
        ),
        (
            "utf8.csv",
            b"text,x\n\xc3\xa9\xc3\xa9,\n\xff\xfe,\nb,\n".to_vec(),
            &["utf8.csv:3: the row is not valid UTF-8 at byte 1"],
        ),
        ("short.csv", b"id,text\n1\n2,b\n".to_vec(), &[]),
        ("cut.json", b"[{\"text\": \"a\"}, {\"text\": \"b".to_vec(), &["a string that is begun does not end"]),
        ("end.json", b"[{\"text\": \"a\"},".to_vec(), &["the array does not end"]),
        (
            "mixed.json",
            b"[{\"text\": \"a\"}, nope, {\"text\": 5}, {\"text\": \"b\"}]".to_vec(),
            &["mixed.json:1: expected", "expected a string"],
        ),
        (
            "none.jsonl",
            b"{\"x\": 1}\n{\"text\": \"a\"}\n".to_vec(),
            &["none.jsonl:1: no field `text`, `content`, `body`"],
        ),
        ("cut.zip", zip(&[("a.txt", ARTICLE.as_bytes())])[..200].to_vec(), &["zip: "]),
        ("empty.zip", zip(&[]), &[]),
        ("slip.zip", zip(&[("../../a.txt", b"Rain causes slips.")]), &[]),
        ("office.docx", zip(&[("[Content_Types].xml", b"<x/>")]), &["this is an office document"]),
        (
            "bomb.zip",
            zip(&[("n", b""), ("a.txt", &vec![b'a'; 80 << 20]), ("b.txt", b"x")]),
            &["bomb.zip!a.txt: the file within it has more than 64 MiB", "bomb.zip!b.txt: zip: the files so far"],
        ),
        (
            "cut.tar",
            tar(&[("a.txt", ARTICLE.as_bytes())])[..700].to_vec(),
            &["cut.tar!a.txt: tar: the file ends within"],
        ),
        ("garbage.tar", [&tar(&[("a.txt", b"x")])[..1_024], &[7; 1_024]].concat(), &["tar: "]),
        (
            "no-package.epub",
            zip(&[("mimetype", b"application/epub+zip")]),
            &["EPUB: `META-INF/container.xml` is missing"],
        ),
        ("no.eml", vec![], &["it is no message"]),
        ("no.mbox", b"From nowhere\n\n\nFrom there\n".to_vec(), &[]),
        (
            "length.warc",
            [record("conversion", "text/plain", b"x"), b"tail\n".to_vec(), record("conversion", "text/plain", b"y")]
                .concat(),
            &["WARC: the record before this one is longer"],
        ),
        (
            "none.warc",
            b"WARC/1.0\r\nWARC-Type: response\r\n\r\nx\r\n\r\n".to_vec(),
            &["the record does not say how long it is"],
        ),
        (
            "cut.warc",
            record("conversion", "text/plain", b"Rain causes floods")[..120].to_vec(),
            &["the file ends within the record"],
        ),
        ("cut.parquet", parquet()[..400].to_vec(), &["Parquet: "]),
        (
            "spoilt.parquet",
            {
                let mut bytes = parquet();
                bytes[40..300].fill(0xa5);
                bytes
            },
            &["Parquet: "],
        ),
        ("cut.arrow", arrow(false)[..400].to_vec(), &["Arrow: "]),
        ("magic.arrow", b"ARROW1\0\0".to_vec(), &["Arrow: "]),
        ("cut.pdf", pdf()[..700].to_vec(), &["PDF: "]),
        ("magic.pdf", b"%PDF-1.7\n".to_vec(), &["PDF: "]),
        ("last.txt", b"Last rain causes floods.".to_vec(), &[]),
    ];
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = cases.iter().map(|(name, bytes, _)| write(folder.path(), name, bytes)).collect();
    let (found, errors) = read(Documents::new(paths.into_iter().map(Into::into)));
    assert!(found.last().is_some_and(|last| last.source == "last rain"), "the rest goes on");
    for (name, _, wanted) in &cases {
        let file = format!("{}/{name}", folder.path().display());
        let said: Vec<&String> = errors.iter().filter(|error| error.starts_with(&file)).collect();
        assert_eq!(said.len(), wanted.len(), "{name}: {said:?}");
        for (said, wanted) in said.iter().zip(*wanted) {
            assert!(said.contains(wanted), "{name}: {said}");
        }
    }
    // What comes before the damage is read.
    assert!(found.iter().any(|a| a.document.ends_with("cut.txt.gz")));
    assert!(found.iter().filter(|a| a.document.ends_with("crc.gz")).count() >= 400);
}

#[test]
fn what_is_too_large_is_read_as_far_as_it_goes() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "a.md", "Rain causes floods.\n\n".repeat(3_300_000).as_bytes());
    let mut documents = Documents::new([path.into()]).format(InputFormat::Html);
    let errors: Vec<_> = documents.by_ref().filter_map(Result::err).collect();
    assert!(matches!(errors[0].kind(), ReadErrorKind::TooLarge { .. }), "{errors:?}");
    assert_eq!(documents.counts().documents, 1);
}
