//! Lowering into the arena against the standard library, and the map back against one built character by character.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (lowered, spans) = relscan::fuzzing::lower(text);
    assert_eq!(lowered, text.to_lowercase());
    let mut at = 0;
    for (start, c) in text.char_indices() {
        let len: usize = c.to_lowercase().map(char::len_utf8).sum();
        let whole = start..start + c.len_utf8();
        for (i, span) in spans[at..at + len].iter().enumerate() {
            let want = if len == c.len_utf8() { start + i..start + i + 1 } else { whole.clone() };
            assert_eq!(*span, want, "{c:?} of {text:?}");
        }
        at += len;
    }
    assert_eq!(at, spans.len());
});
