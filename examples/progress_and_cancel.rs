//! Progress, and an end before the end: `cargo run --release --example progress_and_cancel`

use std::convert::Infallible;
use std::error::Error;
use std::thread;
use std::time::Duration;

use relscan::{CancelToken, Extractor, Outcome, Piece, replay, sink_fn};

fn main() -> Result<(), Box<dyn Error>> {
    let text = include_str!("data/jargon.txt");
    // A stream without end.
    let documents = (0..).map(|index| Ok::<_, Infallible>(Piece::new(format!("copy {index}"), index, text)));

    // Another thread ends it: a handler of signals, or the end of a request.
    let token = CancelToken::new();
    let canceller = token.clone();
    let canceller = thread::spawn(move || {
        thread::sleep(Duration::from_millis(500));
        canceller.cancel();
    });

    let extractor = Extractor::seed();
    let mut next = Duration::ZERO;
    let mut batch = extractor.batch().cancel(&token).progress(|progress| {
        if progress.elapsed >= next {
            println!("{:.1?}: {} bytes, {} associations", progress.elapsed, progress.bytes, progress.associations);
            next = progress.elapsed + Duration::from_millis(100);
        }
    });
    // Any sink will do: what the threads find is replayed to it in order, on this thread.
    let mut owls = 0;
    let mut sink = replay(sink_fn(|association| owls += usize::from(association.source().contains("owl"))));
    let report = batch.stream(documents, &mut sink)?;

    assert_eq!(report.outcome, Outcome::Cancelled);
    println!("cancelled after {:.2} s and {} documents: {owls} owls", report.wall_seconds, report.documents);
    canceller.join().map_err(|_| "the thread only sleeps")?;
    Ok(())
}
