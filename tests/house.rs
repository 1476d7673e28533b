//! Modules know only what stands before them: no circle of imports among the files of `src`.
//!
//! Every path that begins with `crate`, `super`, `self` or a child module counts, wherever it is written outside of
//! comments and test modules. A name that a `mod.rs` only passes on leads to the file that it is from.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The circles there still are: a folder, and how many of its files are in circles with each other. Numbers only fall.
const KNOWN: [(&str, usize); 8] = [
    ("argument/", 16),
    ("extract/", 12),
    ("graph/", 2),
    ("io/", 15),
    ("language/", 4),
    ("pattern/", 2),
    ("rule/", 2),
    ("scan/", 15),
];

/// The files of `src` by module path: `["batch", "plan"]`.
type Files = BTreeMap<Vec<String>, File>;

struct File {
    name: String,
    /// Every path in it that may lead to another file, as it is written, with the name at its end and the name that it is
    /// given here.
    paths: Vec<(Vec<String>, String)>,
}

#[test]
fn no_circles() {
    let mut files = Files::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    read(&root, &root, &mut files);
    assert!(files.len() > 50, "the files were found");
    let circles = circles(&files);
    let new: Vec<_> = circles.iter().filter(|circle| folder_of(circle).is_none()).collect();
    assert!(new.is_empty(), "files that import each other in a circle: {new:#?}");
    for (folder, most) in KNOWN {
        let here: Vec<_> = circles.iter().filter(|circle| folder_of(circle) == Some(folder)).collect();
        let count: usize = here.iter().map(|circle| circle.len()).sum();
        assert!(count <= most, "{count} files of {folder} are in circles, {most} were: {here:#?}");
    }
}

#[test]
fn circles_are_seen() {
    let file = |module: &str, text: &str| {
        let path: Vec<String> = module.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect();
        (path, File { name: module.to_owned(), paths: paths(text) })
    };
    let straight = [
        file("", "mod a;\npub use a::A;"),
        file("a", "mod b;\nmod c;\npub use b::{B, C as A};\nuse c::*;"),
        file("a::b", "use super::c::D; // use super::A\n#[cfg(test)]\nmod tests {\n    use crate::A;\n}"),
        file("a::c", "pub struct D;"),
    ];
    assert_eq!(circles(&straight.into()), Vec::<Vec<&str>>::new());
    let through_faces = [
        file("", "mod a;\npub use a::A;"),
        file("a", "mod b;\nmod c;\npub use b::{B, C as A};"),
        file("a::b", "use super::c::{\n    self, D,\n};"),
        file("a::c", "fn of(a: &crate::A) {}"),
    ];
    assert_eq!(circles(&through_faces.into()), [["a::b", "a::c"]]);
}

/// The folder of [`KNOWN`] that all of `circle` is in.
fn folder_of(circle: &[&str]) -> Option<&'static str> {
    let holds = |folder: &str| circle.iter().all(|file| file.starts_with(folder));
    KNOWN.iter().find_map(|(folder, _)| holds(folder).then_some(*folder))
}

fn read(root: &Path, folder: &Path, files: &mut Files) {
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let inner = path.strip_prefix(root).unwrap();
        if path.is_dir() {
            // A program of its own.
            if inner != Path::new("bin") {
                read(root, &path, files);
            }
            continue;
        }
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        let stem = path.file_stem().unwrap().to_str().unwrap();
        if !is_rust || stem == "tests" {
            continue;
        }
        let mut module: Vec<String> = inner.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
        module.pop();
        if !matches!(stem, "mod" | "lib") {
            module.push(stem.to_owned());
        }
        let text = std::fs::read_to_string(&path).unwrap();
        files.insert(module, File { name: inner.display().to_string(), paths: paths(&text) });
    }
}

/// The paths in `text` and the names that `use` gives them.
fn paths(text: &str) -> Vec<(Vec<String>, String)> {
    let text = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let code: Vec<&str> = text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let code = code.join("\n");
    let tokens = tokens(&code);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let is_use = tokens[at] == "use";
        let begins = matches!(tokens[at], "crate" | "super" | "self") && tokens.get(at + 1) == Some(&"::");
        if is_use || begins {
            at = tree(&tokens, at + usize::from(is_use), &mut Vec::new(), &mut found);
        } else {
            at += 1;
        }
    }
    found
}

fn tokens(code: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let len = if is_word(first) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        if !first.is_whitespace() {
            tokens.push(&rest[..len]);
        }
        rest = &rest[len..];
    }
    tokens
}

/// Reads a path, or a tree of them, from `at` on; the place behind it.
fn tree(tokens: &[&str], mut at: usize, before: &mut Vec<String>, found: &mut Vec<(Vec<String>, String)>) -> usize {
    let depth = before.len();
    loop {
        match tokens.get(at) {
            Some(&"{") => {
                at += 1;
                while !matches!(tokens.get(at), None | Some(&"}")) {
                    at = if tokens[at] == "," { at + 1 } else { tree(tokens, at, before, found).max(at + 1) };
                }
                at += 1;
                break;
            }
            Some(word) if *word == "*" || word.starts_with(|c: char| c.is_alphabetic() || c == '_') => {
                if *word != "self" || before.is_empty() {
                    before.push((*word).to_owned());
                }
                at += 1;
                if tokens.get(at) == Some(&"::") {
                    at += 1;
                    continue;
                }
                let mut name = before.last().cloned().unwrap_or_default();
                if tokens.get(at) == Some(&"as")
                    && let Some(other) = tokens.get(at + 1)
                {
                    (*other).clone_into(&mut name);
                    at += 2;
                }
                found.push((before.clone(), name));
                break;
            }
            _ => break,
        }
    }
    before.truncate(depth);
    at
}

/// The file that `path`, written in `module`, leads to, and through which faces.
fn resolve(files: &Files, module: &[String], path: &[String], depth: usize) -> Option<Vec<String>> {
    let mut here = module.to_vec();
    let mut rest = path;
    match path.first()?.as_str() {
        "crate" => {
            here.clear();
            rest = &rest[1..];
        }
        "self" => rest = &rest[1..],
        "super" => {
            while rest.first().is_some_and(|part| part == "super") {
                here.pop()?;
                rest = &rest[1..];
            }
        }
        first => {
            here.push(first.to_owned());
            if !files.contains_key(&here) {
                return None;
            }
            here.pop();
        }
    }
    while let Some(part) = rest.first() {
        here.push(part.clone());
        if !files.contains_key(&here) {
            here.pop();
            break;
        }
        rest = &rest[1..];
    }
    // What the face only passes on is from elsewhere.
    if let Some(name) = rest.first()
        && depth < 8
        && let Some(file) = files.get(&here)
        && let Some((passed_on, _)) = file.paths.iter().find(|(path, given)| given == name && path.len() > 1)
        && let Some(from) = resolve(files, &here, passed_on, depth + 1)
    {
        return Some(from);
    }
    files.contains_key(&here).then_some(here)
}

/// The circles, each with its files in order.
fn circles(files: &Files) -> Vec<Vec<&str>> {
    let modules: Vec<&Vec<String>> = files.keys().collect();
    let reached: Vec<BTreeSet<usize>> = modules
        .iter()
        .map(|module| {
            let to = files[*module].paths.iter().filter_map(|(path, _)| resolve(files, module, path, 0));
            let numbers = to.filter_map(|to| modules.binary_search(&&to).ok());
            numbers.filter(|to| modules[*to] != *module).collect()
        })
        .collect();
    let all_from = |start: usize| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![start]);
        while let Some(next) = open.pop() {
            open.extend(reached[next].iter().filter(|to| seen.insert(**to)));
        }
        seen
    };
    let closure: Vec<BTreeSet<usize>> = (0..modules.len()).map(all_from).collect();
    let mut circles = BTreeSet::new();
    for at in 0..modules.len() {
        let circle: Vec<usize> = closure[at].iter().copied().filter(|other| closure[*other].contains(&at)).collect();
        if circle.len() > 1 {
            circles.insert(circle);
        }
    }
    circles.into_iter().map(|circle| circle.into_iter().map(|at| files[modules[at]].name.as_str()).collect()).collect()
}
