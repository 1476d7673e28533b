//! Any text as a pattern file: it is read or refused with places that exist, and what was read compiles and runs.
#![no_main]

use libfuzzer_sys::fuzz_target;
use relscan::{Extractor, PatternSet};

fuzz_target!(|text: &str| {
    match PatternSet::parse("fuzz.toml", text) {
        Ok(patterns) => {
            let extractor = Extractor::builder().patterns(patterns).build().expect("sound patterns compile");
            let _ = extractor.check_examples();
            let _ = extractor.extract(text);
        }
        Err(errors) => {
            assert!(!errors.errors().is_empty());
            for error in errors.errors() {
                let location = error.location().expect("an error in a file has a place");
                assert!(text.get(location.span.clone()).is_some(), "{error}: {location:?}");
                assert!(location.line >= 1 && location.line <= text.matches('\n').count() + 1, "{error}: {location:?}");
                assert!(!error.to_string().is_empty() && !error.remedy().is_empty());
            }
        }
    }
});
