//! The text of Markdown and HTML: every character of it leads back to where it stands, or to what stands for it.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (bool, bool, bool, &str)| {
    let (is_html, is_xml, with_code, markup) = input;
    relscan::fuzzing::markup(markup, is_html, is_xml, with_code);
});
