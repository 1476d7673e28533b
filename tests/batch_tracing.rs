//! What a batch tells a subscriber of `tracing`.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};

use relscan::Extractor;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Keeps what it is told: a line for every span and event.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

/// Level and target, and then the fields.
struct Line(String);

impl Line {
    fn new(kind: &str, metadata: &Metadata<'_>) -> Self {
        Line(format!("{kind} {} {}", metadata.level(), metadata.name()))
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut line = Line::new("span", span.metadata());
        span.record(&mut line);
        self.0.lock().unwrap().push(line.0);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::new("event", event.metadata());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[test]
fn a_batch_is_a_span_with_its_events() {
    let log = Log::default();
    tracing::subscriber::with_default(log.clone(), || {
        let documents = [("a", "Rain leads to floods"), ("b", "A text that is too long, since it goes on and on")];
        let collected = Extractor::seed().batch().max_document_bytes(30).collect(&documents);
        assert_eq!(collected.report().failed, 1);
    });
    let lines = log.0.lock().unwrap();
    let starts = ["event DEBUG", "span DEBUG batch", "event DEBUG", "event WARN", "event DEBUG"];
    assert_eq!(lines.len(), starts.len(), "{lines:#?}");
    for (line, start) in lines.iter().zip(starts) {
        assert!(line.starts_with(start), "{line}");
    }
    let fields: [&[&str]; 5] = [
        &["extractor built", "patterns=16"],
        &["workers=1", "engine="],
        &["batch begins", "reason=less than the threshold", "threshold="],
        &["a document failed", "id=\"b\"", "index=1", "limit of 30"],
        &["batch ends", "documents=2", "bytes=20", "associations=1", "failed=1", "outcome=Complete", "wall_seconds="],
    ];
    for (line, fields) in lines.iter().zip(fields) {
        assert!(fields.iter().all(|field| line.contains(field)), "{fields:?} in {line}");
    }
}
