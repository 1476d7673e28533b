//! A sink that panics leaves an extractor as it was.

use std::ops::ControlFlow;
use std::panic::catch_unwind;

use relscan::{Association, Extractor, Sink};

struct Panics;

impl Sink for Panics {
    type Error = ();

    fn association(&mut self, _: &Association<'_>) -> Result<ControlFlow<()>, ()> {
        panic!("on purpose");
    }
}

#[test]
fn a_panic_in_a_sink_changes_nothing_for_the_next_text() {
    let extractor = Extractor::seed();
    // Two patterns match, and the sink panics at the first: the second must not be left over.
    assert!(catch_unwind(|| extractor.extract_into("xxxx is a before y", &mut Panics)).is_err());
    let found = extractor.extract("a causes b");
    assert_eq!(found.iter().map(|a| a.pattern()).collect::<Vec<_>>(), ["causes"]);
    assert!(extractor.extract("no trigger here").is_empty());
}

#[test]
fn a_sink_that_fails_or_breaks_gets_nothing_more() {
    struct Limited(usize, bool);
    impl Sink for Limited {
        type Error = &'static str;
        fn association(&mut self, _: &Association<'_>) -> Result<ControlFlow<()>, &'static str> {
            assert!(self.0 > 0, "sent after the end");
            self.0 -= 1;
            match (self.0, self.1) {
                (0, true) => Err("full"),
                (0, false) => Ok(ControlFlow::Break(())),
                _ => Ok(ControlFlow::Continue(())),
            }
        }
    }
    let extractor = Extractor::seed();
    let text = "a is a before b\nc causes d\n".repeat(5_000);
    assert_eq!(extractor.extract_into(&text, &mut Limited(3, true)), Err("full"));
    assert_eq!(extractor.extract_into(&text, &mut Limited(1, false)), Ok(ControlFlow::Break(())));
    assert_eq!(extractor.extract_into(&text, &mut Limited(100_000, true)), Ok(ControlFlow::Continue(())));
}
