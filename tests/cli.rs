//! The command line, as users have it: on real files and pipes, with its exit codes and messages.

mod common;

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use assert_cmd::assert::OutputAssertExt;
use relscan::{Engine, PatternSet};
use serde_json::Value;
use tempfile::TempDir;

const PROSE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/jargon.txt");

fn relscan(folder: &Path) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("relscan"));
    command.current_dir(folder).env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    folder
}

/// Exit code, standard output and standard error of `relscan` with arguments separated by spaces.
fn run(folder: &Path, arguments: &str) -> (i32, String, String) {
    run_with(folder, arguments, b"")
}

fn run_with(folder: &Path, arguments: &str, stdin: &[u8]) -> (i32, String, String) {
    let mut command = relscan(folder);
    command.args(arguments.split_whitespace());
    // What these tests are about does not depend on the pack, and the seed pack's is easy to foresee.
    if (arguments == "extract" || arguments.starts_with("extract "))
        && !arguments.contains("--pack")
        && !arguments.contains("--help")
    {
        command.args(["--pack", "seed"]);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        // It may end without having read everything.
        scope.spawn(move || drop(input.write_all(stdin)));
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().expect("no signal"), text(output.stdout), text(output.stderr))
    })
}

/// (id, source, target) of each record.
fn triples(jsonl: &str) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rows = jsonl.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.map(|row| (text(&row["id"]), text(&row["source"]), text(&row["target"]))).collect()
}

fn triple(id: &str, source: &str, target: &str) -> (String, String, String) {
    (id.to_owned(), source.to_owned(), target.to_owned())
}

#[test]
fn documented_sessions() {
    trycmd::TestCases::new().case("tests/cmd/*.md");
}

/// The golden vectors, through the command line.
#[test]
fn golden_vectors() {
    for file in ["corner.jsonl.gz", "random.jsonl.gz", "prose.jsonl.gz"] {
        let rows = common::rows(file);
        let order: Vec<String> = PatternSet::seed().iter().map(|pattern| pattern.name().to_owned()).collect();
        let jsonl: String = rows.iter().fold(String::new(), |mut jsonl, row| {
            let _ = writeln!(jsonl, "{row}");
            jsonl
        });
        let folder = folder(&[("rows.jsonl", jsonl.as_bytes())]);
        for (_, engine) in Engine::available() {
            for threads in ["1", "2"] {
                let arguments = format!(
                    "extract --input jsonl --pack seed --format jsonl --engine {engine} --threads {threads} rows.jsonl"
                );
                let (code, stdout, stderr) = run(folder.path(), &arguments);
                assert_eq!((code, stderr.as_str()), (0, ""), "{arguments}");
                let mut found = stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).peekable();
                for row in &rows {
                    let mut of_row = Vec::new();
                    while let Some(record) = found.next_if(|record| record["id"] == row["id"]) {
                        of_row.push(record);
                    }
                    // The vectors are in the seed's order: by pattern, then position.
                    of_row.sort_by_key(|record| order.iter().position(|name| record["pattern"] == **name));
                    let want = row["associations"].as_array().unwrap();
                    let same = |(record, want): (&Value, &Value)| {
                        record["source"] == want[0]
                            && record["target"] == want[1]
                            && record["relation"] == want[2]
                            && record["confidence"] == want[3]
                    };
                    assert!(
                        of_row.len() == want.len() && of_row.iter().zip(want).all(same),
                        "{} {arguments}",
                        row["id"]
                    );
                }
                assert!(found.next().is_none(), "{arguments}");
            }
        }
    }
}

/// The same records, whatever the engine, the number of threads and the way in.
#[test]
fn engines_threads_and_ways_in_agree() {
    let folder = tempfile::tempdir().unwrap();
    let (code, want, _) = run(folder.path(), &format!("extract --engine naive --threads 1 {PROSE}"));
    assert_eq!(code, 0);
    assert!(want.lines().count() > 200);
    for (_, engine) in Engine::available() {
        for threads in ["auto", "1", "2", "5"] {
            let (code, found, stderr) =
                run(folder.path(), &format!("extract --engine {engine} --threads {threads} {PROSE}"));
            assert_eq!((code, stderr.as_str()), (0, ""), "{engine} {threads}");
            assert!(found == want, "{engine} {threads}");
        }
    }
    let text = std::fs::read(PROSE).unwrap();
    let (code, found, _) = run_with(folder.path(), "extract -", &text);
    assert_eq!(code, 0);
    assert!(found.replace("\"id\":\"-\"", &format!("\"id\":{PROSE:?}")) == want);
    let (code, found, _) = run_with(folder.path(), "extract", &text);
    assert_eq!(code, 0);
    assert!(found.replace("\"id\":\"-\"", &format!("\"id\":{PROSE:?}")) == want);
    let (code, stdout, _) = run(folder.path(), &format!("extract -o found.jsonl {PROSE}"));
    assert_eq!((code, stdout.as_str()), (0, ""));
    assert!(std::fs::read_to_string(folder.path().join("found.jsonl")).unwrap() == want);

    // Each line as a document: the same sources and targets, with spans of the line.
    let (code, found, _) = run(folder.path(), &format!("extract --input lines {PROSE}"));
    assert_eq!(code, 0);
    let arguments = |jsonl: &str| triples(jsonl).into_iter().map(|(_, source, target)| (source, target));
    assert!(arguments(&found).eq(arguments(&want)));
    let text = String::from_utf8(text).unwrap();
    let lines: Vec<&str> = text.split('\n').collect();
    for record in found.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let (path, line) = record["id"].as_str().unwrap().rsplit_once(':').unwrap();
        assert_eq!(path, PROSE);
        let line = lines[line.parse::<usize>().unwrap() - 1];
        let span = |key: &str| {
            let at = |i: usize| usize::try_from(record[key][i].as_u64().unwrap()).unwrap();
            &line[at(0)..at(1)]
        };
        assert_eq!(span("source_span").to_lowercase(), record["source"].as_str().unwrap());
        assert_eq!(span("target_span").to_lowercase(), record["target"].as_str().unwrap());
    }
}

#[test]
fn folders_are_walked_in_order() {
    let folder = folder(&[
        ("in/b.txt", b"b is a b"),
        ("in/a/z.txt", b"z is a z"),
        ("in/a/c.jsonl", br#"{"id": 1, "text": "c is a c"}"#),
        ("in/c.txt", b"c is a file"),
        ("in/.hidden.txt", b"hidden is a file"),
        ("in/.git/config", b"config is a file"),
        ("in/program", b"\x7fELF\0 binary is a file"),
        ("in/empty.txt", b""),
        ("in/damaged.txt", b"caf\xe9 is a place\n\xff\xfe\nbar is a place \xc3\xa9\xc3\xa9\xc3\xa9"),
        ("in/latin.txt", b"caf\xe9 is a place"),
    ]);
    #[cfg(unix)]
    std::os::unix::fs::symlink("b.txt", folder.path().join("in/link.txt")).unwrap();
    let (code, stdout, stderr) = run(folder.path(), "extract in --stats stats.json");
    let want = [
        triple("1", "c", "c"),
        triple("in/a/z.txt", "z", "z"),
        triple("in/b.txt", "b", "b"),
        triple("in/c.txt", "c", "file"),
        triple("in/damaged.txt", "caf\u{fffd}", "place"),
        triple("in/damaged.txt", "bar", "place ééé"),
        triple("in/latin.txt", "café", "place"),
    ];
    assert_eq!(triples(&stdout), want);
    assert_eq!(code, 0, "{stderr}");
    // Spans count the replaced text.
    assert!(stdout.contains(r#""source_span":[25,28]"#), "{stdout}");
    let warning = "warning: in/damaged.txt: 3 invalid UTF-8 sequences were replaced by U+FFFD";
    assert_eq!(stderr.matches(warning).count(), 1, "{stderr}");
    assert!(stderr.contains("warning: in/latin.txt: is not UTF-8, and was read as windows-1252"), "{stderr}");
    assert!(stderr.contains("passed over in folders: 2 hidden, 1 binary"), "{stderr}");
    assert!(!stderr.contains("error"), "{stderr}");

    let stats: Value = serde_json::from_slice(&std::fs::read(folder.path().join("stats.json")).unwrap()).unwrap();
    assert_eq!(stats["documents"], 7);
    assert_eq!(stats["files"], 7);
    assert_eq!(stats["bytes"], 29 + 8 + 8 + 11 + 40 + 15);
    assert_eq!(stats["decoded"], 1);
    assert_eq!(stats["invalid_utf8_replaced"], 3);
    assert_eq!(stats["skipped"]["hidden"], 2);
    assert_eq!(stats["skipped"]["binary"], 1);
    assert_eq!(stats["associations"]["total"], 7);
    assert_eq!(stats["associations"]["by_relation"]["hierarchical"], 7);
    assert_eq!(stats["associations"]["by_relation"]["causal"], 0);
    assert_eq!(stats["associations"]["by_pattern"]["is-a"], 7);
    assert_eq!(stats["associations"]["by_pattern"].as_object().unwrap().len(), 16);
    assert!(stats["seconds"]["wall"].as_f64().unwrap() > 0.0);

    // By name, all are read: hidden ones too, and binary ones if their format is named.
    let (code, stdout, stderr) = run(folder.path(), "extract in/.hidden.txt in/program");
    assert_eq!((code, triples(&stdout)), (1, vec![triple("in/.hidden.txt", "hidden", "file")]));
    assert!(stderr.starts_with("error: in/program: looks binary (a NUL byte at offset 4)"), "{stderr}");
    let (code, stdout, _) = run(folder.path(), "extract --input text in/program");
    assert_eq!((code, triples(&stdout)), (0, vec![triple("in/program", "\u{7f}elf\0 binary", "file")]));
}

#[test]
fn texts_are_written_as_they_are_looked_at() {
    let folder = folder(&[
        ("a.html", b"<title>t</title><p>Rain\ncauses <b>floods</b>.<p>Caf&eacute;"),
        ("b.txt", b"one\ntwo"),
        ("c.jsonl", b"{\"id\": 5, \"text\": \"x\"}\n{\"text\": 1}\n"),
    ]);
    let (code, stdout, stderr) = run(folder.path(), "text a.html b.txt c.jsonl");
    assert_eq!((code, stdout.as_str()), (1, "Rain causes floods.\n\nCafé\n\none\ntwo\n\nx\n"), "{stderr}");
    assert!(stderr.starts_with("error: c.jsonl:2: invalid type"), "{stderr}");
    let (code, _, stderr) = run(folder.path(), "text a.html b.txt --format jsonl -o rows.jsonl");
    assert_eq!((code, stderr.as_str()), (0, ""));
    let rows = std::fs::read_to_string(folder.path().join("rows.jsonl")).unwrap();
    let want =
        "{\"id\":\"a.html\",\"text\":\"Rain causes floods.\\n\\nCafé\"}\n{\"id\":\"b.txt\",\"text\":\"one\\ntwo\"}\n";
    assert_eq!(rows, want);
}

#[test]
fn the_name_of_the_output_chooses_the_format() {
    let folder = folder(&[("a.txt", b"Rain is a thing\n"), ("b.csv", b"n,abstract\n1,Snow is a thing\n")]);
    let (code, _, stderr) = run(folder.path(), "extract a.txt b.csv --text-column abstract -o out.parquet");
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert!(std::fs::read(folder.path().join("out.parquet")).unwrap().ends_with(b"PAR1"));
    // What was written is read again.
    let (_, stdout, _) = run(folder.path(), "text out.parquet --text-column source --format jsonl");
    assert_eq!(stdout, "{\"id\":\"a.txt\",\"text\":\"rain\"}\n{\"id\":\"b.csv:2\",\"text\":\"snow\"}\n");
    let (code, _, _) = run(folder.path(), "extract a.txt -o out.tsv");
    assert_eq!(code, 0);
    assert!(std::fs::read_to_string(folder.path().join("out.tsv")).unwrap().starts_with("id\tpattern\t"));
}

#[test]
fn an_empty_folder_is_said_to_be_empty() {
    let folder = folder(&[("in/.hidden", b"x")]);
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    let (code, stdout, stderr) = run(folder.path(), "extract empty");
    assert_eq!(
        (code, stdout.as_str(), stderr.as_str()),
        (0, "", "no file was read: the folders hold none that is text\n")
    );
    let (code, stdout, stderr) = run(folder.path(), "extract in");
    assert_eq!((code, stdout.as_str()), (0, ""));
    assert!(stderr.contains("1 hidden"), "{stderr}");
}

#[test]
fn rows_with_and_without_ids() {
    let rows = concat!(
        "{\"id\": \"a\", \"text\": \"A dog is a mammal\\nRain causes mud\"}\r\n",
        "{\"id\": 12345678901234567890123, \"text\": \"x is a y\"}\n",
        "\n",
        "{\"text\": \"K\\u0130 causes \\u00c9\"}\n",
        "{\"id\": null, \"text\": \"\"}\n",
        "{\"id\": \"\\\"\\n\", \"text\": \"p is a q\"}",
    );
    let folder = folder(&[("rows", rows.as_bytes())]);
    let want = [
        triple("a", "a dog", "mammal"),
        triple("a", "rain", "mud"),
        triple("12345678901234567890123", "x", "y"),
        triple("rows:4", "ki\u{307}", "é"),
        triple("\"\n", "p", "q"),
    ];
    let (code, stdout, stderr) = run(folder.path(), "extract --input jsonl rows");
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert_eq!(triples(&stdout), want);
    assert!(stdout.contains(r#""source_span":[18,22]"#), "spans are of the text, not of the row: {stdout}");
    assert!(stdout.contains(r#""source_span":[0,3],"trigger_span":[4,10],"target_span":[11,13]"#), "{stdout}");
    let (_, tsv, _) = run(folder.path(), "extract --input jsonl --format tsv rows");
    assert!(tsv.lines().all(|line| line.split('\t').count() == 15), "{tsv}");
    assert!(tsv.ends_with("\"\\n\tis-a\thierarchical\tp\tq\t0.8\t0\t1\t2\t6\t7\t8\t\t\t\n"), "{tsv}");
    let (_, text, _) = run(folder.path(), "extract --input jsonl --format text rows");
    assert!(text.contains("a:2: causal/causes: [Rain] <causes> {mud}\n"), "{text}");
}

#[test]
fn bad_rows_are_named_and_the_rest_goes_on() {
    let rows = b"{\"body\":\"a is a b\",\"key\":1}\n{oops\n[1]\n{\"body\":7}\n{\"key\":1}\n{\"body\":\"\xff\"}\n{\"body\":\"c is a d\"}\n";
    let folder = folder(&[("rows.jsonl", rows), ("more.txt", b"e is a f")]);
    let (code, stdout, stderr) =
        run(folder.path(), "extract rows.jsonl missing.txt more.txt --text-field body --id-field key");
    assert_eq!(code, 1);
    assert_eq!(
        triples(&stdout),
        [triple("1", "a", "b"), triple("rows.jsonl:7", "c", "d"), triple("more.txt", "e", "f")]
    );
    let errors: Vec<&str> = stderr.lines().collect();
    let want = [
        "rows.jsonl:2: ",
        "rows.jsonl:3: ",
        "rows.jsonl:4: ",
        "rows.jsonl:5: no field `body`",
        "rows.jsonl:6: ",
        "missing.txt: ",
    ];
    assert_eq!(errors.len(), want.len(), "{stderr}");
    for (error, want) in errors.iter().zip(want) {
        assert!(error.starts_with(&format!("error: {want}")), "{error}");
    }
}

#[test]
fn a_byte_order_mark_is_no_text_but_counts() {
    let folder = folder(&[
        ("a.txt", "\u{feff}Rain causes mud".as_bytes()),
        ("b.jsonl", "\u{feff}{\"text\": \"a is a b\"}".as_bytes()),
    ]);
    let (code, stdout, stderr) = run(folder.path(), "extract a.txt b.jsonl");
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert_eq!(triples(&stdout), [triple("a.txt", "rain", "mud"), triple("b.jsonl:1", "a", "b")]);
    assert!(stdout.contains(r#""source_span":[3,7]"#), "{stdout}");
}

#[test]
fn wrong_usage() {
    let folder = folder(&[
        ("a.txt", b"a is a b"),
        ("dup.toml", b"[[pattern]]\nname='causes'\nrelation='causal'\ntrigger='x'\n"),
    ]);
    let cases = [
        ("extract a.txt --engine warp", "invalid value 'warp'"),
        ("extract a.txt --format xml", "[possible values: jsonl, tsv, text, parquet]"),
        ("extract a.txt --threads 0", "use `auto` or a number from 1 to 1024"),
        ("extract a.txt --threads 1000000", "use `auto` or a number from 1 to 1024"),
        (
            "extract a.txt --pack nope",
            "the pack `nope` is neither built in (english, open, biomedical, organisations, seed) nor a file",
        ),
        ("extract a.txt --pack seed --pack dup.toml", "the packs `seed` and `dup.toml` both have a pattern `causes`"),
        ("extract - -", "standard input can be read only once"),
        ("extract a.txt -o no/such/folder", "no/such/folder cannot be written"),
        ("extract a.txt --id-field x --text-field x", "name the same field"),
        ("patterns show nothing", "no pattern `nothing` in english"),
        ("frobnicate", "unrecognized subcommand"),
        ("", "Usage: relscan"),
    ];
    for (arguments, message) in cases {
        let (code, stdout, stderr) = run(folder.path(), arguments);
        assert_eq!((code, stdout.as_str()), (2, ""), "{arguments}: {stderr}");
        assert!(stderr.contains(message), "{arguments}: {stderr}");
    }
    let lacking = Engine::ALL.into_iter().find(|engine| Engine::available().all(|available| available != *engine));
    let (_, name) = lacking.expect("no CPU has the instructions of several families");
    let (code, stdout, stderr) = run(folder.path(), &format!("extract a.txt --engine {name}"));
    assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
    assert!(stderr.contains("this CPU lacks the instructions of the engine; use `auto`"), "{stderr}");
    for arguments in ["--help", "--version", "extract --help", "patterns --help", "patterns check --help"] {
        let (code, stdout, stderr) = run(folder.path(), arguments);
        assert_eq!((code, stderr.as_str()), (0, ""), "{arguments}");
        assert!(!stdout.is_empty());
    }
}

#[test]
fn packs_are_joined() {
    let own = "[[pattern]]\nname = 'prevents'\nrelation = 'inhibits'\ntrigger = 'prevents'\n";
    let folder = folder(&[("own.toml", own.as_bytes()), ("a.txt", b"Salt prevents ice. Rain causes mud.")]);
    let (code, stdout, _) = run(folder.path(), "extract a.txt --pack own.toml");
    assert_eq!((code, stdout.lines().count()), (0, 1));
    assert!(stdout.contains(r#""pattern":"prevents","relation":"inhibits""#));
    let (code, stdout, _) = run(folder.path(), "extract a.txt --pack seed --pack own.toml");
    assert_eq!((code, stdout.lines().count()), (0, 2));
}

#[test]
fn what_is_shown_is_a_pattern_file() {
    let own = r#"
        [[pattern]]
        name = "because"
        relation = "causal"
        regex = '''(?<effect>.+?) (?:because|'cause) "?(?<cause>.+)'''
        source = "cause"
        target = "effect"
        examples = [{ text = "x 'cause \"y\\\t.", expect = [["y\"\\\t.", "x"]] }, { text = "", expect = [] }]
        [[pattern]]
        name = "caused-by"
        relation = "own.name"
        trigger = "caused by"
        direction = "reversed"
        confidence = 1
        [[pattern]]
        name = "swapped"
        relation = "temporal"
        regex = '(\w+) \d+ (\w+)'
        source = 2
        target = 1
        confidence = 0.25
    "#;
    let folder = folder(&[("own.toml", own.as_bytes())]);
    let (code, shown, _) = run(folder.path(), "patterns show --pack own.toml");
    assert_eq!(code, 0);
    let original = PatternSet::parse("own.toml", own).unwrap();
    let again = PatternSet::parse("shown", &shown).unwrap();
    assert!(again.iter().eq(original.iter()), "{shown}");
    let (_, shown, _) = run(folder.path(), "patterns show");
    assert!(PatternSet::parse("shown", &shown).unwrap().iter().eq(PatternSet::english().iter()));
    let (_, listed, _) = run(folder.path(), "patterns list --pack own.toml");
    assert_eq!(listed.lines().count(), 3);
}

#[test]
fn output_is_not_read_as_input() {
    let folder = folder(&[("a.txt", b"a is a b"), ("found.jsonl", br#"{"text":"old is a row"}"#)]);
    let (code, stdout, stderr) = run(folder.path(), "extract . -o found.jsonl");
    assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
    let found = std::fs::read_to_string(folder.path().join("found.jsonl")).unwrap();
    assert_eq!(triples(&found), [triple("./a.txt", "a", "b")]);
    assert!(!folder.path().join("found.jsonl.partial").exists());
    // Nor are the statistics of the last run.
    for _ in 0..2 {
        let (code, _, stderr) = run(folder.path(), "extract . -o found.jsonl --stats stats.json");
        assert_eq!((code, stderr.as_str()), (0, "passed over in folders: 3 the output itself\n"));
    }
    let stats: Value = serde_json::from_slice(&std::fs::read(folder.path().join("stats.json")).unwrap()).unwrap();
    assert_eq!(stats["documents"], 1);
    let (code, stdout, stderr) = run(folder.path(), "extract a.txt --stats no/stats.json");
    assert_eq!((code, stdout.as_str()), (2, ""), "before anything is done");
    assert!(stderr.starts_with("error: no/stats.json cannot be written: "), "{stderr}");
    // Redirected by a shell into a file that the walk meets.
    let out = std::fs::File::create(folder.path().join("b.txt")).unwrap();
    relscan(folder.path()).args(["extract", "--pack", "seed", ".", "--input", "text"]).stdout(out).assert().success();
    let found = std::fs::read_to_string(folder.path().join("b.txt")).unwrap();
    assert!(found.lines().all(|line| !line.contains("./b.txt")) && found.contains("./a.txt"), "{found}");
}

#[test]
fn what_is_read_is_not_destroyed() {
    let pack = b"[[pattern]]\nname='prevents'\nrelation='causal'\ntrigger='prevents'\n";
    let files: [(&str, &[u8]); 3] =
        [("a.txt", b"Rain causes mud."), ("b.txt.partial", b"Haste causes waste."), ("own.toml", pack)];
    let folder = folder(&files);
    let would = |written: &str, read: &str| {
        format!("error: writing to {written} would destroy {read}, which is to be read; write elsewhere\n")
    };
    let cases = [
        ("extract a.txt -o a.txt", would("a.txt", "a.txt")),
        ("extract a.txt -o ./a.txt", would("./a.txt", "a.txt")),
        ("extract b.txt.partial -o b.txt", would("b.txt", "b.txt.partial")),
        ("extract a.txt --pack own.toml -o own.toml", would("own.toml", "own.toml")),
        ("extract a.txt --stats a.txt", would("a.txt", "a.txt")),
        ("extract a.txt -o found --stats found", "error: --output and --stats name the same file\n".to_owned()),
        ("extract a.txt -o found --stats no/x", String::new()),
    ];
    for (arguments, said) in cases {
        let (code, stdout, stderr) = run(folder.path(), arguments);
        assert_eq!((code, stdout.as_str()), (2, ""), "{arguments}: {stderr}");
        assert!(said.is_empty() || stderr == said, "{arguments}: {stderr}");
        for (name, bytes) in files {
            assert_eq!(std::fs::read(folder.path().join(name)).unwrap(), bytes, "{arguments}");
        }
        let names = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(names, files.len(), "{arguments} leaves nothing behind");
    }
}

#[test]
fn packs_are_measured_on_judged_rows() {
    let pairs = r#"{"text":"Smoking causes lung cancer.","e1":[0,7],"e2":[15,26],"type":"causal","source":"e1"}
{"text":"The wheel touched the road.","e1":[4,9],"e2":[22,26],"type":"compositional","source":"e2"}

{"text":"Rain causes floods.","e1":[0,4],"e2":[12,18],"type":null,"source":null}
"#;
    let definitions = r#"{"text":"An otter is a small mammal.","term":"otter","definition":true,"hypernyms":["mammal"]}
{"text":"A shed is a house.","term":"shed","definition":false,"hypernyms":[]}
{"text":"See the otter.","term":"otter","definition":true,"hypernyms":["mammal"]}
"#;
    let folder = folder(&[
        ("pairs.jsonl", pairs.as_bytes()),
        ("definitions.jsonl", definitions.as_bytes()),
        ("bad.jsonl", b"\n{\"text\":1}\n"),
        ("outside.jsonl", br#"{"text":"a","e1":[0,1],"e2":[5,9],"type":null,"source":null}"#),
    ]);
    let figures = |arguments: &str| -> Value {
        let (code, stdout, stderr) = run(folder.path(), &format!("eval {arguments} --json"));
        assert_eq!((code, stderr.as_str()), (0, ""), "{arguments}");
        serde_json::from_str(&stdout).unwrap()
    };
    let counts = |of: &Value| ["found", "wrong", "missed"].map(|what| of[what].as_u64().unwrap_or(0));
    let found = figures("--gold pairs.jsonl --task semeval");
    assert_eq!(counts(&found["measures"]["strict causal"]), [1, 1, 0]);
    assert_eq!(counts(&found["measures"]["loose compositional"]), [0, 0, 1]);
    assert_eq!(counts(&found["patterns"]["bring-about"]), [1, 1, 0]);
    let found = figures("--gold definitions.jsonl --task definitions");
    assert_eq!(counts(&found["measures"]["definition"]), [1, 1, 1]);
    assert_eq!(counts(&found["measures"]["hypernym"]), [1, 1, 1]);
    let (_, table, _) = run(folder.path(), "eval --gold pairs.jsonl --task semeval --errors 1");
    assert!(table.contains("strict causal          precision 0.500 recall 1.000 F1 0.667"), "{table}");
    assert!(table.contains("wrong: 1 of 1\n  rain -causal-> floods"), "{table}");
    assert!(table.contains("missed: 1 of 1\n    gold: road -compositional-> wheel"), "{table}");
    for (file, said) in [
        ("bad.jsonl", "error: bad.jsonl:2: invalid type: integer `1`, expected a string at column 9\n"),
        ("outside.jsonl", "error: outside.jsonl:1: bytes 5..9 are no part of the text\n"),
    ] {
        let (code, stdout, stderr) = run(folder.path(), &format!("eval --gold {file} --task semeval"));
        assert_eq!((code, stdout.as_str(), stderr.as_str()), (2, "", said));
    }
}

/// Starts an extraction that would never end, of standard input.
fn endless(folder: &Path, arguments: &[&str]) -> (Child, std::thread::JoinHandle<()>) {
    let mut command = relscan(folder);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        let lines = "Rain causes mud.\n".repeat(1_000);
        while stdin.write_all(lines.as_bytes()).is_ok() {}
    });
    (child, writer)
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["extract", "-"][..], &["extract", "--format", "text", "--threads", "2", "-"]] {
        let (mut child, writer) = endless(folder.path(), arguments);
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        assert!(first.ends_with('\n'));
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
        writer.join().unwrap();
    }
}

#[cfg(unix)]
#[test]
fn an_interrupt_leaves_whole_records() {
    let folder = tempfile::tempdir().unwrap();
    let interrupt = |child: &Child| {
        Command::new("kill").args(["-INT", &child.id().to_string()]).assert().success();
    };
    // While it works, to a pipe.
    let (mut child, writer) = endless(folder.path(), &["extract", "--pack", "seed", "-"]);
    let mut stdout = child.stdout.take().unwrap();
    let mut found = vec![0; 100_000];
    stdout.read_exact(&mut found).unwrap();
    interrupt(&child);
    stdout.read_to_end(&mut found).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "interrupted\n");
    let found = String::from_utf8(found).unwrap();
    assert!(found.ends_with('\n'));
    assert!(triples(&found).iter().all(|(.., target)| target == "mud."));
    writer.join().unwrap();

    // While it waits for more, to a file.
    let mut command = relscan(folder.path());
    command.args(["extract", "--pack", "seed", "-o", "found.jsonl", "--stats", "stats.json"]);
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"Rain causes mud.\nHalf a li").unwrap();
    let partial = folder.path().join("found.jsonl.partial");
    while std::fs::metadata(&partial).map_or(0, |metadata| metadata.len()) == 0 {
        assert!(child.try_wait().unwrap().is_none(), "it waits");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(stderr, "interrupted; what was found is in found.jsonl.partial\n");
    assert_eq!(triples(&std::fs::read_to_string(partial).unwrap()), [triple("-", "rain", "mud.")]);
    assert!(!folder.path().join("found.jsonl").exists());
    let stats: Value = serde_json::from_slice(&std::fs::read(folder.path().join("stats.json")).unwrap()).unwrap();
    assert_eq!(stats["interrupted"], true);
    drop(stdin);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let (code, _, stderr) = run(folder.path(), &format!("extract {PROSE} -o /dev/full"));
    assert_eq!(code, 1);
    assert!(stderr.starts_with("error: /dev/full cannot be written: "), "{stderr}");
    let (code, _, _) = run(folder.path(), &format!("extract {PROSE} -o /dev/null"));
    assert_eq!(code, 0);
}
