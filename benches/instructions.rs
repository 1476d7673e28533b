//! Instructions for each byte of text, counted by callgrind: the same on every run and every machine with AVX2, so that
//! a change that costs is seen where a clock sees nothing but noise.
//!
//! `cargo bench --bench instructions` counts, prints each figure beside the one in `benches/instructions.txt`, and fails
//! if one is above it by more than 2%; `cargo bench --bench instructions -- --record` writes the file. Needs valgrind,
//! which knows no AVX-512, so that our best kernel is not counted.

#![expect(clippy::cast_precision_loss, reason = "figures for eyes")]

use std::fmt::Write;
use std::hint::black_box;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use relscan::{Engine, Extractor, PatternSet, sink_fn};

/// What is counted, and how often the text is read: the difference is the cost of reading it, without that of starting.
const ENGINES: [&str; 3] = ["avx2", "portable", "dfa"];
const READS: [usize; 2] = [1, 3];
/// By how much a figure may be above the recorded one.
const TOLERANCE: f64 = 1.02;

/// How the text is handed over.
#[derive(Clone, Copy)]
enum Way {
    /// In one call.
    Whole,
    /// A line in a call.
    Lines,
}

const WAYS: [(&str, Way); 2] = [("prose", Way::Whole), ("prose, line by line", Way::Lines)];

fn text() -> &'static str {
    include_str!("../examples/data/jargon.txt")
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, engine, way, reads] = arguments.as_slice()
        && flag == "--read"
    {
        read(engine, way, reads.parse().expect("a number of reads"));
        return ExitCode::SUCCESS;
    }
    let record = arguments.iter().any(|argument| argument == "--record");
    match compare(record) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// What callgrind watches.
fn read(engine: &str, way: &str, reads: usize) {
    let engine: Engine = engine.parse().expect("an engine");
    let extractor = Extractor::builder().patterns(PatternSet::seed()).engine(engine).build().expect("this CPU has it");
    let way = WAYS.iter().find(|(name, _)| *name == way).expect("a way").1;
    let mut count = 0_usize;
    let mut sink = sink_fn(|association| {
        count += 1;
        black_box(association);
    });
    for _ in 0..reads {
        match way {
            Way::Whole => {
                let Ok(_) = extractor.extract_into(black_box(text()), &mut sink);
            }
            Way::Lines => {
                for line in black_box(text()).lines() {
                    let Ok(_) = extractor.extract_into(line, &mut sink);
                }
            }
        }
    }
    black_box(count);
}

/// Counts and compares with what is recorded, or records it; whether no figure is too high.
fn compare(record: bool) -> Result<bool, String> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("benches/instructions.txt");
    let recorded = if record { String::new() } else { std::fs::read_to_string(&file).unwrap_or_default() };
    let mut written = String::new();
    let mut kept = true;
    println!("{:30} {:>10} {:>10}   instructions per byte", "", "now", "recorded");
    for (way, _) in WAYS {
        for engine in ENGINES {
            let name = format!("{engine}, {way}");
            let now = per_byte(engine, way)?;
            let _ = writeln!(written, "{now:10.4}  {name}");
            let line =
                recorded.lines().map(str::trim_start).find(|line| line.split_once("  ").is_some_and(|it| it.1 == name));
            let before: Option<f64> = line.and_then(|line| line.split(' ').next()?.parse().ok());
            let too_high = before.is_some_and(|before| now > before * TOLERANCE);
            let told = before.map_or_else(|| "-".to_owned(), |before| format!("{before:.4}"));
            println!("{name:30} {now:10.4} {told:>10}{}", if too_high { "   more than 2% above" } else { "" });
            kept &= !too_high && (record || before.is_some());
        }
    }
    if record {
        std::fs::write(&file, written).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(kept)
}

fn per_byte(engine: &str, way: &str) -> Result<f64, String> {
    let [few, many] = READS;
    let difference = instructions(engine, way, many)? - instructions(engine, way, few)?;
    Ok(difference / ((many - few) * text().len()) as f64)
}

/// All instructions of a process that reads the text `reads` times.
fn instructions(engine: &str, way: &str, reads: usize) -> Result<f64, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let out = std::env::temp_dir().join(format!("relscan-callgrind-{}", std::process::id()));
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", &format!("--callgrind-out-file={}", out.display())])
        .arg(program)
        .args(["--read", engine, way, &reads.to_string()])
        .output()
        .map_err(|error| format!("valgrind does not start ({error}); is it installed?"))?;
    let counts = std::fs::read_to_string(&out).unwrap_or_default();
    let _ = std::fs::remove_file(&out);
    let total =
        counts.lines().find_map(|line| line.strip_prefix("totals: ")).and_then(|total| total.trim().parse().ok());
    total.ok_or_else(|| format!("callgrind does not count: {}", String::from_utf8_lossy(&output.stderr)))
}
