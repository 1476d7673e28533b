//! Documents read from files, in blocks and by several threads, against each document extracted from by itself.

use std::path::Path;

use proptest::prelude::*;
use relscan::io::{Documents, Encoding, Input, InputFormat, ReadErrorKind, RecordFormat, RecordWriter};
use relscan::{Document, Extractor, OwnedAssociation, Workers};

/// Lines with and without triggers, ends of all kinds, and bytes that are not UTF-8.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![" causes ", " is a ", " before ", "Rain", "b", " ", "\t", "É", "İ", "ΑΣ", "汉"])
            .prop_map(|text| text.as_bytes().to_vec()),
        2 => Just(b"\n".to_vec()),
        1 => Just(b"\r\n".to_vec()),
        1 => prop::sample::select(vec![&b"\xff"[..], b"\xe6\xb1", b"\xc3", b"\x80"]).prop_map(<[u8]>::to_vec),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn records(extractor: &Extractor, documents: &[(String, String)], format: RecordFormat) -> String {
    let mut writer = RecordWriter::new(format, Vec::new());
    for (id, text) in documents {
        let _ = extractor.extract_document(&Document::new(text).with_id(id), &mut writer).unwrap();
    }
    String::from_utf8(writer.into_inner()).unwrap()
}

/// What each document gives by itself must come of what is at `path`, however it is read.
#[expect(
    clippy::iter_filter_is_ok,
    clippy::redundant_closure_for_method_calls,
    reason = "a stream takes results, and what cannot be read is the matter of another test"
)]
fn check(
    path: &Path,
    format: InputFormat,
    documents: &[(String, String)],
    block_bytes: usize,
    workers: usize,
) -> Result<(), TestCaseError> {
    let extractor = Extractor::seed();
    // Told what it is, what is broken is replaced; else it may look like another encoding.
    let read = || {
        let documents = Documents::new([path.to_owned().into()]).format(format).block_bytes(block_bytes);
        documents.encoding(Encoding::UTF_8)
    };
    let batch = || extractor.batch().workers(Workers::Exactly(workers)).chunk_bytes(block_bytes);
    // Where a line is a document, the text format leaves out its number, which alone it cannot know.
    for format in [RecordFormat::Jsonl, RecordFormat::Tsv] {
        let mut writer = RecordWriter::new(format, Vec::new());
        let mut from = read();
        let report = batch().stream(from.by_ref().filter(|block| block.is_ok()), &mut writer).unwrap();
        prop_assert_eq!(String::from_utf8(writer.into_inner()).unwrap(), records(&extractor, documents, format));
        prop_assert_eq!(from.counts().documents, documents.len());
        // A file without a byte has no block.
        prop_assert!(report.documents <= documents.len() as u64);
    }
    // Lines and indices, which no record tells.
    let mut found: Vec<OwnedAssociation> = Vec::new();
    batch().stream(read().filter(|block| block.is_ok()), &mut found).unwrap();
    let mut want: Vec<OwnedAssociation> = Vec::new();
    for (id, text) in documents {
        let _ = extractor.extract_document(&Document::new(text).with_id(id), &mut want).unwrap();
    }
    prop_assert_eq!(found, want);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn texts(contents in prop::collection::vec(bytes(), 1..4), block_bytes in 1..80_usize, workers in 1..4_usize) {
        let folder = tempfile::tempdir().unwrap();
        let mut documents = Vec::new();
        for (i, content) in contents.iter().enumerate() {
            let path = folder.path().join(format!("{i}.txt"));
            std::fs::write(&path, content).unwrap();
            documents.push((path.display().to_string(), String::from_utf8_lossy(content).into_owned()));
        }
        check(folder.path(), InputFormat::Text, &documents, block_bytes, workers)?;
    }

    #[test]
    fn lines(contents in prop::collection::vec(bytes(), 1..4), block_bytes in 1..80_usize, workers in 1..4_usize) {
        let folder = tempfile::tempdir().unwrap();
        let mut documents = Vec::new();
        for (i, content) in contents.iter().enumerate() {
            let path = folder.path().join(format!("{i}.txt"));
            std::fs::write(&path, content).unwrap();
            let text = String::from_utf8_lossy(content).into_owned();
            for (number, line) in text.strip_suffix('\n').unwrap_or(&text).split('\n').enumerate() {
                if !text.is_empty() {
                    documents.push((format!("{}:{}", path.display(), number + 1), line.to_owned()));
                }
            }
        }
        check(folder.path(), InputFormat::Lines, &documents, block_bytes, workers)?;
    }

    #[test]
    fn rows(
        contents in prop::collection::vec((bytes(), prop::option::of("[a-z\"\n]{0,3}"), 0..10_u8), 0..12),
        block_bytes in 1..200_usize,
        workers in 1..4_usize,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.jsonl");
        let mut documents = Vec::new();
        let (mut rows, mut line, mut bad) = (Vec::new(), 0, Vec::new());
        for (content, id, kind) in contents {
            line += 1;
            let text = String::from_utf8_lossy(&content).into_owned();
            match kind {
                0 => {
                    bad.push(line);
                    rows.extend_from_slice(b"{\"text\": \"cut off");
                }
                1 => rows.extend_from_slice(b"  "),
                _ => {
                    let row = match &id {
                        Some(id) => serde_json::json!({"text": text, "id": id, "more": [1, {}]}),
                        None => serde_json::json!({"text": text}),
                    };
                    rows.extend_from_slice(row.to_string().as_bytes());
                    documents.push((id.unwrap_or_else(|| format!("{}:{line}", path.display())), text));
                }
            }
            rows.extend_from_slice(if kind == 2 { b"\r\n" } else { b"\n" });
        }
        std::fs::write(&path, rows).unwrap();
        check_rows(&path, &documents, &bad, block_bytes, workers)?;
    }
}

fn check_rows(
    path: &Path,
    documents: &[(String, String)],
    bad: &[usize],
    block_bytes: usize,
    workers: usize,
) -> Result<(), TestCaseError> {
    let extractor = Extractor::seed();
    let read = || Documents::new([path.to_owned().into()]).block_bytes(block_bytes);
    let faults: Vec<usize> = read().filter_map(|block| block.err()?.line()).collect();
    prop_assert_eq!(&faults, bad);
    let mut writer = RecordWriter::new(RecordFormat::Jsonl, Vec::new());
    let mut batch = extractor.batch().workers(Workers::Exactly(workers)).chunk_bytes(block_bytes);
    // A bad row is a failed document, and takes nothing with it.
    let report = batch.stream(read(), &mut writer).unwrap();
    prop_assert_eq!(report.failed, bad.len() as u64);
    prop_assert_eq!(report.documents, (documents.len() + bad.len()) as u64);
    prop_assert_eq!(
        String::from_utf8(writer.into_inner()).unwrap(),
        records(&extractor, documents, RecordFormat::Jsonl)
    );
    if bad.is_empty() {
        check(path, InputFormat::Jsonl, documents, block_bytes, workers)?;
    }
    Ok(())
}

/// An input that has nothing yet, fails, or ends is told apart, and nothing that was read before is lost.
#[test]
fn slow_and_failing_inputs() {
    use std::io::{self, Read};

    struct Script(Vec<io::Result<&'static str>>);

    impl Read for Script {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.0.pop() {
                Some(Ok(text)) => (&mut text.as_bytes()).read(buffer),
                Some(Err(error)) => Err(error),
                None => Ok(0),
            }
        }
    }

    let wait = || Err(io::ErrorKind::WouldBlock.into());
    for format in [InputFormat::Text, InputFormat::Lines] {
        let mut script = vec![
            wait(),
            Ok("Rain causes mud.\nHeat "),
            wait(),
            wait(),
            Ok("causes"),
            Err(io::ErrorKind::TimedOut.into()),
        ];
        script.reverse();
        let mut blocks = Documents::new([Input::Stdin]).format(format).by_line(true).stdin(Script(script));
        let mut texts = Vec::new();
        let mut failures = 0;
        for block in blocks.by_ref() {
            match block {
                Ok(block) => texts.push(block.text().to_owned()),
                Err(error) => {
                    assert!(matches!(error.kind(), ReadErrorKind::Io(_)), "{error}");
                    failures += 1;
                }
            }
        }
        assert_eq!(texts, ["", "Rain causes mud.\n", "", "", "Heat causes"], "{format:?}");
        assert_eq!(failures, 1);
        assert_eq!(blocks.counts().documents, if format == InputFormat::Text { 1 } else { 2 });
    }
}
