//! `relscan learn` and its companions as a user runs them, and kills them.

mod common;

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use common::graph::assert_same;
use serde_json::{Value, json};

fn relscan(arguments: &[&str], store: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_relscan"));
    command.arg(arguments[0]).arg("--store").arg(store).args(&arguments[1..]);
    if arguments[0] == "learn" && !arguments.contains(&"--pack") {
        command.args(["--pack", "seed"]);
    }
    if arguments[0] == "learn" {
        command.args(["--profile", "sutra"]);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(arguments: &[&str], store: &Path) -> Output {
    relscan(arguments, store).output().unwrap()
}

/// Runs, and returns what is on standard output.
fn succeed(arguments: &[&str], store: &Path) -> String {
    let output = run(arguments, store);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn jsonl(contents: impl IntoIterator<Item = (String, Value, Value)>) -> String {
    contents.into_iter().fold(String::new(), |mut rows, (content, source, category)| {
        let _ = writeln!(rows, "{}", json!({ "content": content, "source": source, "category": category }));
        rows
    })
}

#[test]
fn learn_and_export_equal_the_original() {
    let folder = tempfile::tempdir().unwrap();
    for (number, row) in common::rows("learn.jsonl.gz").iter().enumerate() {
        let input = folder.path().join(format!("{number}.jsonl"));
        let store = folder.path().join(format!("{number}.db"));
        let lessons = row["learn"].as_array().unwrap().iter();
        let lessons = lessons.map(|l| (l[0].as_str().unwrap().to_owned(), l[1].clone(), l[2].clone()));
        std::fs::write(&input, jsonl(lessons)).unwrap();
        let batch = (number % 5 * 7 + 1).to_string();
        let mut arguments =
            vec!["learn", "--input", "jsonl", "--text-field", "content", "--batch", &batch, input.to_str().unwrap()];
        if row["central_links"] == false {
            arguments.push("--no-central-links");
        }
        succeed(&arguments, &store);
        let (mut concepts, mut associations) = (Vec::new(), Vec::new());
        for line in succeed(&["export", "--format", "jsonl"], &store).lines() {
            let mut row: Value = serde_json::from_str(line).unwrap();
            match row.as_object_mut().unwrap().remove("kind").unwrap().as_str() {
                Some("concept") => concepts.push(row),
                _ => associations.push(row),
            }
        }
        assert_same(&json!(concepts), &row["state"]["concepts"], &format!("{number}.concepts"));
        assert_same(&json!(associations), &row["state"]["associations"], &format!("{number}.associations"));
    }
}

/// Contents that meet each other often, so that every batch changes what earlier ones made.
fn many_contents(count: usize) -> String {
    let rows = common::rows("learn.jsonl.gz");
    let known: Vec<&str> =
        rows.iter().flat_map(|row| row["learn"].as_array().unwrap()).map(|l| l[0].as_str().unwrap()).collect();
    jsonl((0..count).map(|number| {
        let text = known[number * 7919 % known.len()];
        // Some are met again as they are, some are new.
        let text = if number % 3 == 0 { text.to_owned() } else { format!("{text} number {}", number / 2) };
        (text, json!(format!("source {}", number % 10)), Value::Null)
    }))
}

/// Waits up to `patience`, then kills; whether it was killed.
fn kill_after(mut child: Child, patience: Duration) -> bool {
    let start = Instant::now();
    while start.elapsed() < patience {
        if child.try_wait().unwrap().is_some() {
            break;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    let finished = child.try_wait().unwrap();
    // Kill on Unix is SIGKILL: nothing of the process runs after it.
    child.kill().unwrap();
    let status = child.wait().unwrap();
    // It may have ended by itself after it was last asked.
    let ended = status.code() == Some(0);
    assert!(ended || finished.is_none(), "{status}");
    !ended
}

/// Kills `RELSCAN_KILLS` runs (8 unless told otherwise) at scattered moments, and resumes each.
#[test]
fn a_run_that_is_killed_and_resumed_ends_as_one_undisturbed() {
    let kills: usize = std::env::var("RELSCAN_KILLS").map_or(8, |count| count.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let inputs: Vec<String> = (0..3)
        .map(|number| {
            let path = folder.path().join(format!("{number}.jsonl"));
            std::fs::write(&path, many_contents(400 + 300 * number)).unwrap();
            path.to_str().unwrap().to_owned()
        })
        .collect();
    let mut arguments = vec!["learn", "--batch", "50", "--resume"];
    arguments.extend(inputs.iter().map(String::as_str));
    let undisturbed = folder.path().join("undisturbed.db");
    let start = Instant::now();
    succeed(&arguments, &undisturbed);
    let whole = start.elapsed();
    let want = succeed(&["export"], &undisturbed);
    assert!(want.lines().count() > 5_000);

    let (mut killed, mut store_number, mut random) = (0, 0, 0x2545_f491_4f6c_dd1d_u64);
    while killed < kills {
        let store = folder.path().join(format!("killed-{store_number}.db"));
        loop {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let patience = whole * u32::try_from(random >> 48).unwrap() / 80_000;
            let was_killed = killed < kills && kill_after(relscan(&arguments, &store).spawn().unwrap(), patience);
            if store.exists() {
                let connection = rusqlite::Connection::open(&store).unwrap();
                let integrity: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
                assert_eq!(integrity, "ok", "after {killed} kills");
            }
            if !was_killed {
                break;
            }
            killed += 1;
        }
        succeed(&arguments, &store);
        assert!(succeed(&["export"], &store) == want, "store {store_number}, after {killed} kills");
        store_number += 1;
    }
}

#[test]
fn without_resume_everything_is_learned_again() {
    let folder = tempfile::tempdir().unwrap();
    let (input, store) = (folder.path().join("a.txt"), folder.path().join("graph.db"));
    std::fs::write(&input, "Rain causes floods\n\nRain is a cause\n").unwrap();
    let path = input.to_str().unwrap();
    let count = |what: &str| {
        let rows = succeed(&["export"], &store);
        rows.lines().filter(|row| row.contains(what)).count()
    };
    succeed(&["learn", path], &store);
    assert_eq!(count(r#""content":"Rain causes floods","strength":1.0,"#), 1);
    assert_eq!(count(r#""access_count":0,"#), 5);
    succeed(&["learn", "--resume", path], &store);
    assert_eq!(count(r#""access_count":0,"#), 5);
    succeed(&["learn", path], &store);
    assert_eq!(count(r#""access_count":1,"#), 2);
    // The same file twice in one run is two inputs, for a resumed run too.
    succeed(&["learn", path, path], &store);
    assert_eq!(count(r#""access_count":3,"#), 2);
    succeed(&["learn", "--resume", path, path], &store);
    assert_eq!(count(r#""access_count":3,"#), 2);
}

#[cfg(unix)]
#[test]
fn an_interrupt_leaves_half_a_line_unlearned() {
    use std::io::Write as _;
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("graph.db");
    let mut child = relscan(&["learn", "--batch", "1", "-"], &store).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"Rain causes mud\nHalf a li").unwrap();
    std::thread::sleep(Duration::from_millis(500));
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, "interrupted; what was learned is saved, and --resume goes on from there\n");
    assert!(!succeed(&["export"], &store).contains("Half"));
    assert!(!succeed(&["stats"], &store).contains(", done"));
    drop(stdin);
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_learned() {
    let folder = tempfile::tempdir().unwrap();
    let (input, store) = (folder.path().join("a.jsonl"), folder.path().join("graph.db"));
    std::fs::write(&input, "{\"content\":\"Rain causes floods\"}\n{\"text\":1}\nnonsense\n{\"content\":\"last\"}\n")
        .unwrap();
    let output = run(&["learn", input.to_str().unwrap(), "missing.txt", "--stats"], &store);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("a.jsonl:2: invalid type: integer `1`, expected a string"), "{said}");
    assert!(said.contains("a.jsonl:3: "), "{said}");
    assert!(said.contains("missing.txt: cannot be read"), "{said}");
    assert!(said.contains("association updates"), "{said}");
    assert!(succeed(&["export"], &store).contains(r#""content":"last""#));
    // What is passed over in folders is said, too.
    let inputs = folder.path().join("inputs");
    std::fs::create_dir(&inputs).unwrap();
    for (name, text) in [(".hidden", "Haste causes waste"), ("b.bin", "\0"), ("c.txt", "Haste causes waste")] {
        std::fs::write(inputs.join(name), text).unwrap();
    }
    let output = run(&["learn", inputs.to_str().unwrap()], &store);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "passed over in folders: 1 hidden, 1 binary\n");
}

#[cfg(unix)]
#[test]
fn a_store_is_a_file_whatever_its_name() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.txt"), "Rain causes floods").unwrap();
    for name in [":memory:", "file:graph.db?mode=memory"] {
        for arguments in [&["learn", "a.txt"][..], &["stats"]] {
            let status = relscan(arguments, Path::new(name)).current_dir(folder.path()).status().unwrap();
            assert!(status.success(), "{arguments:?} {name}");
        }
        assert!(folder.path().join(name).exists(), "{name}");
    }
}

#[test]
fn show_and_stats_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let (input, store) = (folder.path().join("a.jsonl"), folder.path().join("graph.db"));
    let rows = [("Rain causes floods", "weather"), ("Heavy rain causes erosion", "soil")];
    std::fs::write(&input, jsonl(rows.map(|(text, category)| (text.to_owned(), Value::Null, json!(category)))))
        .unwrap();
    succeed(&["learn", input.to_str().unwrap()], &store);
    let shown = succeed(&["show", "Rain causes floods"], &store);
    assert!(shown.starts_with("Rain causes floods\n  id 020341ed12e59042"), "{shown}");
    assert!(
        shown.contains("category weather\n") && shown.contains("leads to (") && shown.contains("comes from ("),
        "{shown}"
    );
    let shown = succeed(&["show", "RAIN", "--limit", "1"], &store);
    assert!(shown.starts_with("rain\n") && shown.contains("causal") && shown.contains("more (--limit)"), "{shown}");
    let id = shown.split("id ").nth(1).unwrap().split(',').next().unwrap();
    assert_eq!(succeed(&["show", id, "--limit", "1"], &store), shown);
    let missing = run(&["show", "rain and erosion"], &store);
    assert_eq!(missing.status.code(), Some(1));
    let said = String::from_utf8(missing.stderr).unwrap();
    assert!(said.lines().nth(2).unwrap().ends_with("Heavy rain causes erosion"), "{said}");
    let figures = succeed(&["stats"], &store);
    assert!(figures.contains("6  concepts, average strength 1.000") && figures.contains("a.jsonl, done"), "{figures}");
}

#[test]
fn wrong_usage_and_missing_stores_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("graph.db");
    for arguments in [&["export"][..], &["stats"], &["show", "x"]] {
        let output = run(arguments, &store);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("graph.db: there is no such store"), "{said}");
    }
    assert!(!store.exists());
    let output = run(&["export", "--format", "neo4j-csv"], &store);
    assert_eq!(output.status.code(), Some(2));
    std::fs::write(folder.path().join("a.txt"), "Rain causes floods").unwrap();
    succeed(&["learn", folder.path().join("a.txt").to_str().unwrap()], &store);
    let output = run(&["export", "-o", store.to_str().unwrap()], &store);
    assert_eq!(output.status.code(), Some(2), "it would destroy the store");
    assert!(succeed(&["stats"], &store).contains("3  concepts"));
    let import = folder.path().join("import");
    succeed(&["export", "--format", "neo4j-csv", "-o", import.to_str().unwrap()], &store);
    for (file, lines) in [("concepts.csv", 4), ("associations.csv", 5)] {
        assert_eq!(std::fs::read_to_string(import.join(file)).unwrap().lines().count(), lines, "{file}");
    }
}
