//! Pattern files, right and wrong: what is refused, where, and what is said.

use relscan::{BuildError, Engine, Extractor, Field, Pattern, PatternSet, RelationType};

/// A file with one pattern named `p` and these lines in it.
fn file(lines: &str) -> String {
    format!("[[pattern]]\nname = \"p\"\nrelation = \"causal\"\n{lines}\n")
}

#[track_caller]
fn refused(text: &str, want: &[&str]) {
    let errors = PatternSet::parse("f.toml", text).expect_err(text).to_string();
    let lines: Vec<&str> = errors.lines().collect();
    assert_eq!(lines.len(), want.len(), "{errors}");
    for (line, want) in lines.iter().zip(want) {
        assert!(line.starts_with(want), "{line:?} should begin with {want:?}");
        assert!(line.ends_with(')'), "{line:?} should end with a remedy");
    }
}

#[test]
fn regexes_that_cannot_be_taken() {
    let cases = [
        (r"(\w+) (?=x)(\w+)", "f.toml:4:16: pattern `p`: look-around is not supported"),
        (r"(\w+)(?<!x) (\w+)", "f.toml:4:15: pattern `p`: look-around is not supported"),
        (r"(\w+) (\w+) \1", "f.toml:4:22: pattern `p`: back-references are not supported"),
        (r"(.*?)(.*)", "f.toml:4:9: pattern `p`: the regex can match the empty string"),
        (r"([^\s\S]) (.+)", "f.toml:4:9: pattern `p`: the regex can never match"),
        (r"(.+?) causes", "f.toml:4:9: pattern `p`: the regex has no group 2"),
        (r"(.+?) Causes (.+)", "f.toml:4:9: pattern `p`: `C` can never match"),
        (r"(.+?) a\nb (.+)", "f.toml:4:9: pattern `p`: a line feed can never match"),
        (r"(.+? causes (.+)", "f.toml:4:10: pattern `p`: the regex does not parse: unclosed group"),
        (r"(.+?) \p{Nope} (.+)", "f.toml:4:16: pattern `p`: the regex does not parse: Unicode property not found"),
        (r"(\w{1000}){1000} (.+)", "f.toml:4:9: pattern `p`: the regex is larger than 1048576 bytes when compiled"),
        (
            r"(.+?)(?:a{9999}){9999}(.+)",
            "f.toml:4:9: pattern `p`: the regex is larger than 1048576 bytes when compiled",
        ),
    ];
    for (regex, want) in cases {
        refused(&file(&format!("regex = '{regex}'")), &[want]);
    }
    let nested = format!("{}x{} (.+) (.+)", "(?:".repeat(100), ")".repeat(100));
    let text = file(&format!("regex = '{nested}'"));
    refused(&text, &["f.toml:4:199: pattern `p`: the regex is nested deeper than 64 levels"]);
    let long = file(&format!("regex = '(.+?) {} (.+)'", "x".repeat(5_000)));
    refused(&long, &["f.toml:4:9: pattern `p`: the regex is larger than 4096 bytes"]);
}

#[test]
fn fields_that_are_wrong() {
    let cases = [
        ("regex = '(.) (.)'\nconfidence = 1.5", "f.toml:5:14: pattern `p`: the confidence 1.5 is not within 0 to 1"),
        ("regex = '(.) (.)'\nconfidence = nan", "f.toml:5:14: pattern `p`: the confidence NaN is not within"),
        ("regex = '(.) (.)'\nconfidence = '1'", "f.toml:5:14: pattern `p`: `confidence` must be a number"),
        ("regex = '(.) (.)'\nsource = 2", "f.toml:4:9: pattern `p`: source and target are the same group"),
        ("regex = '(.) (.)'\nsource = 'x'", "f.toml:5:10: pattern `p`: the regex has no group `x`"),
        ("regex = '(.) (.)'\ntarget = -1", "f.toml:5:10: pattern `p`: the regex has no group"),
        ("regex = '(.) (.)'\nsource = []", "f.toml:5:10: pattern `p`: `source` must be a group's number or name"),
        ("regex = '(.) (.)'\ndirection = 'back'", "f.toml:5:13: pattern `p`: `back` is not the name of a direction"),
        ("regex = '(.) (.)'\nargument = 'x'", "f.toml:5:12: pattern `p`: `x` is not the name of a mode of arguments"),
        ("regex = '(.) (.)'\nargument = 'phrase'", "f.toml:5:12: pattern `p`: a regex has arguments of its own"),
        ("trigger = 'x'\nreach = 'near'", "f.toml:5:9: pattern `p`: `reach` has a meaning only with argument"),
        ("argument = 'phrase'\ntrigger = 'a (b'", "f.toml:5:14: pattern `p`: the trigger does not parse"),
        ("argument = 'phrase'\ntrigger = '{Be} x'", "f.toml:5:12: pattern `p`: the trigger does not parse"),
        ("argument = 'phrase'\ntrigger = '~'", "f.toml:5:11: pattern `p`: the trigger is empty"),
        (
            "argument = 'phrase'\ntrigger = 'x'\nleft = 'part|cat'",
            "f.toml:6:14: pattern `p`: `cat` is not the name of a word class",
        ),
        (
            "argument = 'phrase'\ntrigger = 'x'\nlists = 'all'",
            "f.toml:6:9: pattern `p`: `all` is not the name of a lists",
        ),
        ("regex = '(.) (.)'\nconfidense = 1", "f.toml:5:1: pattern `p`: unknown key `confidense`"),
        ("regex = '(.) (.)'\ntrigger = 'x'", "f.toml:1:1: pattern `p`: a pattern has either a `regex` or a `trigger`"),
        ("", "f.toml:1:1: pattern `p`: a pattern has either a `regex` or a `trigger`"),
        ("trigger = 'x'\nsource = 1", "f.toml:1:1: pattern `p`: a trigger has no groups"),
        ("trigger = '  '", "f.toml:4:11: pattern `p`: the trigger is empty"),
        ("trigger = \"a\\nb\"", "f.toml:4:11: pattern `p`: a line feed can never match"),
        ("trigger = 7", "f.toml:4:11: pattern `p`: `trigger` must be a string"),
        ("trigger = 'x'\nexamples = ['a']", "f.toml:5:13: pattern `p`: `examples` must be a list of"),
        ("trigger = 'x'\nexamples = [{ text = 'a' }]", "f.toml:5:13: pattern `p`: `examples` must be a list of"),
        ("trigger = 'x'\nexamples = [{ text = 'a', expect = [['b']] }]", "f.toml:5:13: pattern `p`: `examples` must"),
        (
            "trigger = 'x'\nexamples = [{ text = 'a', expect = [['b', 'c', 1]] }]",
            "f.toml:5:13: pattern `p`: `examples` must",
        ),
    ];
    for (lines, want) in cases {
        refused(&file(lines), &[want]);
    }
}

#[test]
fn triggers_that_are_too_large() {
    let bounded = |trigger: &str| file(&format!("argument = 'phrase'\ntrigger = '{trigger}'"));
    let what = "f.toml:5:12: pattern `p`: the trigger does not parse:";
    refused(&bounded(&"x ".repeat(33)), &[&format!("{what} it has more than 32 elements (")]);
    let group = format!("({})", ["{be} {be} {be} {be}"; 9].join("|"));
    refused(&bounded(&group), &[&format!("{what} the group stands for more than 256 phrases")]);
}

#[test]
fn files_that_are_wrong() {
    assert_eq!(PatternSet::parse("f.toml", "pattern = 3").unwrap_err().errors()[0].field(), Field::Pattern);
    refused("", &["f.toml:1:1: there are no patterns"]);
    refused("pattern = 3", &["f.toml:1:11: `pattern` must be an array of tables"]);
    refused("[[pattern]]\nname = ", &["f.toml:2:8: not valid TOML"]);
    refused("[[patterns]]\nname = 'x'", &["f.toml:1:3: unknown key `patterns`"]);
    refused(
        "[[pattern]]\ntrigger = 'x'",
        &["f.toml:1:1: pattern 1: missing key `name`", "f.toml:1:1: pattern 1: missing key `relation`"],
    );
    refused(
        &file("trigger = 'x'").replace("causal", "Causal Kind"),
        &["f.toml:3:12: pattern `p`: `Causal Kind` is not a name"],
    );
    refused(&file("trigger = 'x'").replace("\"p\"", "\"P Q\""), &["f.toml:2:8: pattern `P Q`: `P Q` is not a name"]);
}

#[test]
fn several_errors_at_once_in_the_order_of_the_file() {
    let text = [file("trigger = 'a'"), file("regex = '(?=x)'\nconfidence = 2"), file("trigger = ''\nx = 1")].concat();
    refused(
        &text,
        &[
            "f.toml:6:8: pattern `p`: the name `p` is taken by an earlier pattern",
            "f.toml:8:10: pattern `p`: look-around is not supported",
            "f.toml:9:14: pattern `p`: the confidence 2 is not within 0 to 1",
            "f.toml:11:8: pattern `p`: the name `p` is taken by an earlier pattern",
            "f.toml:13:11: pattern `p`: the trigger is empty",
            "f.toml:14:1: pattern `p`: unknown key `x`",
        ],
    );
}

#[test]
fn columns_count_characters_and_spans_count_bytes() {
    let text =
        "[[pattern]]\nrelation = \"causal\"\nexamples = [{ text = \"éé\", expect = [] }, 1]\nname=\"p\"\ntrigger=\"x\"";
    let errors = PatternSet::parse("f.toml", text).unwrap_err();
    let location = errors.errors()[0].location().unwrap().clone();
    assert_eq!((location.line, location.column), (3, 43));
    assert_eq!(&text[location.span], "1");
}

#[test]
fn the_sets_of_code_are_checked_as_files_are() {
    let one = || Pattern::trigger("a", RelationType::Causal, "x");
    let errors = PatternSet::new([one(), one().with_confidence(-0.1)]).unwrap_err();
    assert_eq!(errors.errors().len(), 2, "{errors}");
    assert_eq!(errors.errors()[1].index(), Some(1));
    assert!(PatternSet::new([]).is_err());
    let set = PatternSet::new([one()]).unwrap();
    assert!(PatternSet::join([set.clone(), PatternSet::seed()]).unwrap().len() == 17);
    assert!(PatternSet::join([set.clone(), set]).is_err(), "a name used twice");
}

#[test]
fn the_seed_pack_is_sound_and_its_examples_hold() {
    let seed = PatternSet::parse("seed.toml", include_str!("../patterns/seed.toml")).unwrap();
    assert_eq!(seed.len(), 16);
    assert!(seed.iter().all(|pattern| pattern.examples().len() >= 2));
    for (engine, name) in Engine::available() {
        let extractor = Extractor::builder().patterns(seed.clone()).engine(engine).build().unwrap();
        assert_eq!(extractor.check_examples(), [], "{name}");
    }
}

#[test]
fn an_example_that_fails_says_what_came_out() {
    let pattern = Pattern::trigger("p", RelationType::Causal, "makes").with_example("a makes b", &[("a", "c")]);
    let set = PatternSet::new([pattern.with_example("a makes b", &[("a", "b")])]).unwrap();
    let failures = Extractor::builder().patterns(set).build().unwrap().check_examples();
    let [failure] = failures.as_slice() else { panic!("{failures:?}") };
    assert_eq!(
        failure.to_string(),
        "pattern `p`, example 1: \"a makes b\"\n  expected: \"a\" -> \"c\"\n  found:    \"a\" -> \"b\""
    );
}

#[test]
fn many_large_regexes_are_refused_together() {
    let large = |i: usize| Pattern::regex(format!("p{i}"), RelationType::Causal, r"(\w{20}) (\w{20})");
    let errors = PatternSet::new((0..2_000).map(large)).unwrap_err();
    assert!(errors.to_string().contains("together"), "{errors}");
}

#[test]
fn public_types_are_send_sync_and_unwind_safe() {
    fn check<T: Send + Sync + std::panic::UnwindSafe + std::panic::RefUnwindSafe>() {}
    check::<Extractor>();
    check::<PatternSet>();
    check::<relscan::Associations>();
    check::<relscan::PatternErrors>();
    check::<BuildError>();
}
