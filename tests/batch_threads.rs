//! A batch's threads end with the extractor. Alone in its process: it counts threads.
#![cfg(target_os = "linux")]

use std::time::{Duration, Instant};

use relscan::{Extractor, Threshold, Workers};

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

#[test]
fn no_thread_is_left_behind() {
    let before = threads();
    let extractor = Extractor::seed();
    let documents = vec!["Rain leads to floods\n".repeat(1_000); 20];
    let run = |extractor: &Extractor, workers| {
        let mut batch = extractor.batch().workers(Workers::Exactly(workers)).parallel_threshold(Threshold::Bytes(0));
        assert_eq!(batch.collect(&documents).associations().len(), 20_000);
    };
    run(&extractor, 1);
    assert_eq!(threads(), before, "one worker needs no thread");
    for _ in 0..5 {
        run(&extractor, 4);
        assert_eq!(threads(), before + 3, "the caller's thread works too, and the others are kept");
        run(&extractor.clone(), 2);
    }
    run(&extractor, 6);
    drop(extractor);
    let begin = Instant::now();
    while threads() > before {
        assert!(begin.elapsed() < Duration::from_secs(20), "threads are left");
        std::thread::sleep(Duration::from_millis(5));
    }
}
