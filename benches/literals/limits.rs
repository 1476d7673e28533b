//! What memory allows.

use criterion::{BenchmarkGroup, measurement::WallTime};

/// Times a search for a byte that is not in `text`, and a copy of it.
pub fn limits(group: &mut BenchmarkGroup<'_, WallTime>, text: &str) {
    assert!(memchr::memchr(0, text.as_bytes()).is_none(), "the text holds a zero byte");
    group.bench_function("memchr", |b| b.iter(|| memchr::memchr(0, std::hint::black_box(text.as_bytes()))));
    let mut copy = vec![1; text.len()];
    group.bench_function("memcpy", |b| {
        b.iter(|| {
            copy.copy_from_slice(std::hint::black_box(text.as_bytes()));
            copy[copy.len() / 2]
        });
    });
}
