//! The command line on a terminal: the bar, the summary and Ctrl-C. `script` of util-linux makes the terminal.
#![cfg(target_os = "linux")]

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use assert_cmd::cargo::cargo_bin;

/// Starts `command` of a shell on a terminal of its own, in `folder`; `$relscan` is the program.
fn on_terminal(folder: &Path, command: &str) -> Child {
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--flush", "--command", command, "/dev/null"]).current_dir(folder);
    script.env("relscan", cargo_bin("relscan")).env("SHELL", "/bin/sh").env("TERM", "xterm").env_remove("NO_COLOR");
    script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("util-linux has it")
}

/// What the terminal shows until it shows `mark`, or until the command ends.
fn shown(child: &mut Child, mark: Option<&str>) -> String {
    let mut shown = Vec::new();
    let mut byte = [0];
    let stdout = child.stdout.as_mut().unwrap();
    while stdout.read(&mut byte).unwrap() == 1 {
        shown.push(byte[0]);
        if mark.is_some_and(|mark| shown.ends_with(mark.as_bytes())) {
            break;
        }
    }
    String::from_utf8_lossy(&shown).into_owned()
}

#[test]
fn ctrl_c_leaves_whole_records_and_takes_the_bar_away() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let writer = std::thread::spawn(move || {
        let mut pipe = std::fs::File::options().write(true).open(pipe).unwrap();
        while pipe.write_all(b"Rain causes mud.\n").is_ok() {
            std::thread::sleep(Duration::from_millis(10));
        }
    });
    let mut child = on_terminal(folder.path(), "exec $relscan extract --pack seed -o found.jsonl - < pipe");
    // The bar comes after a second, with how much was read, how fast, and what was found.
    let bar = shown(&mut child, Some(" associations"));
    assert!(bar.contains("00:00:0") && bar.contains("B/s"), "{bar:?}");
    child.stdin.as_mut().unwrap().write_all(b"\x03").unwrap();
    let rest = shown(&mut child, None);
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest:?}");
    let end = rest.rsplit("\x1b[2K").next().unwrap();
    assert!(end.contains("interrupted; what was found is in found.jsonl.partial"), "{rest:?}");
    assert!(end.contains(" processors") && end.contains(" in 1 document,"), "a summary: {rest:?}");
    let found = std::fs::read_to_string(folder.path().join("found.jsonl.partial")).unwrap();
    assert!(found.lines().count() > 10 && found.ends_with("}\n"), "{found}");
    writer.join().unwrap();
    for line in found.lines() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(record["target"], "mud.");
    }
}

#[test]
fn short_work_shows_no_bar_but_what_was_done() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.txt"), "Rain causes mud.").unwrap();
    let mut child = on_terminal(folder.path(), "$relscan extract --pack seed a.txt -o found.jsonl");
    let shown = shown(&mut child, None);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(shown.lines().count(), 1, "{shown:?}");
    assert!(shown.starts_with("1 association"), "{shown:?}");
}
