//! Texts of any lengths: every way to compute ids must agree with the `md-5` crate.
#![no_main]

mod guard;

use guard::Guarded;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|case: (Vec<Vec<u8>>, Vec<u16>)| {
    let (texts, lengths) = case;
    let long = lengths.iter().map(|len| (0..*len % 400).map(|i| (i ^ *len) as u8).collect());
    let guarded: Vec<Guarded> = texts.into_iter().chain(long).take(80).map(|text: Vec<u8>| Guarded::new(&text)).collect();
    let texts: Vec<&[u8]> = guarded.iter().map(Guarded::bytes).collect();
    let mut ids = relscan::fuzzing::ids(&texts);
    let want = ids.pop().expect("the md-5 crate is always there");
    assert!(ids.into_iter().all(|ids| ids == want));
});
