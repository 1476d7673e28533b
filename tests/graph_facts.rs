//! The profile graph as a user runs it: documents learned, learned again, changed, forgotten and asked for.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use relscan::graph::{FactStore, StoreErrorKind};

fn run(arguments: &[&str], store: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_relscan"));
    command.arg(arguments[0]).arg("--store").arg(store).args(&arguments[1..]);
    command.stdin(Stdio::null()).output().unwrap()
}

/// Runs, and returns what is on standard output and on standard error.
fn succeed(arguments: &[&str], store: &Path) -> (String, String) {
    let output = run(arguments, store);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{arguments:?}: {error}");
    (String::from_utf8(output.stdout).unwrap(), error)
}

/// Everything that a store says, without what depends on when it was learned.
fn dump(store: &Path) -> Vec<String> {
    let connection = rusqlite::Connection::open(store).unwrap();
    let queries = [
        "SELECT name || '|' || hash || '|' || bytes FROM documents",
        "SELECT key || '|' || name || '|' || mentions FROM nodes",
        "SELECT key || '|' || n.name || '|' || n.mentions FROM names n JOIN nodes ON id = node",
        "SELECT s.key || relation || t.key || origin || '|' || asserted || '|' || denied || '|' || round(confidence, 9)
         FROM edges e JOIN nodes s ON s.id = source JOIN nodes t ON t.id = target",
        "SELECT d.name || sentence || '|' || source_start || '|' || target_end || '|' || start || '|' || negated
         FROM evidence e JOIN documents d ON d.id = document",
    ];
    let mut lines: Vec<String> = Vec::new();
    for query in queries {
        let mut statement = connection.prepare(query).unwrap();
        let mut rows: Vec<String> =
            statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
        rows.sort();
        lines.extend(rows);
    }
    lines
}

const ONE: &str = "The heavy rains caused floods. Smoking causes cancer.";
const TWO: &str = "Heavy rain causes floods. Smoking does not cause cancer. It causes trouble.";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("texts")).unwrap();
    std::fs::write(folder.path().join("texts/one.txt"), ONE).unwrap();
    std::fs::write(folder.path().join("texts/two.txt"), TWO).unwrap();
    folder
}

#[test]
fn edges_know_their_sentences() {
    let folder = folder();
    let (texts, store) = (folder.path().join("texts"), folder.path().join("graph.db"));
    succeed(&["learn", texts.to_str().unwrap()], &store);
    let graph = FactStore::open_to_read(&store).unwrap();

    let facts = graph.facts_of("the heavy rain").unwrap().unwrap();
    let [fact] = facts.as_slice() else { panic!("{facts:?}") };
    assert_eq!((fact.relation.as_str(), fact.asserted, fact.denied), ("causal", 2, 0));
    assert_eq!(fact.origin, "extracted");
    let places = graph.places_of(fact.id, 9).unwrap();
    let doubt: f64 = places.iter().map(|place| 1.0 - place.confidence).product();
    assert!((fact.confidence - (1.0 - doubt)).abs() < 1e-12, "{fact:?}");
    assert_eq!(places[0].sentence, "The heavy rains caused floods.");
    for (place, text) in places.iter().zip([ONE, TWO]) {
        let part = |(start, end): (u64, u64)| &place.sentence[start.try_into().unwrap()..end.try_into().unwrap()];
        assert!(part(place.source).to_lowercase().contains("heavy rain"), "{place:?}");
        assert_eq!(part(place.target), "floods");
        assert!(text[place.span.0.try_into().unwrap()..place.span.1.try_into().unwrap()].ends_with("floods"));
    }
    assert_eq!(graph.places_of(fact.id, 1).unwrap().len(), 1);

    // What one text says and another denies stands side by side.
    let facts = graph.facts_of("SMOKING").unwrap().unwrap();
    assert_eq!(facts.iter().map(|fact| (fact.asserted, fact.denied)).collect::<Vec<_>>(), [(1, 1)]);
    assert!(graph.facts_of("it").unwrap().is_none());
    assert!(graph.facts_of("trouble").unwrap().is_none());
}

#[test]
fn learning_again_is_an_update() {
    let folder = folder();
    let (texts, store) = (folder.path().join("texts"), folder.path().join("graph.db"));
    let learn = ["learn", texts.to_str().unwrap()];
    assert!(succeed(&learn, &store).1.contains("2 new, 0 changed, 0 as they were"));
    let first = dump(&store);
    assert!(succeed(&learn, &store).1.contains("0 new, 0 changed, 2 as they were"));
    assert_eq!(dump(&store), first);

    std::fs::write(texts.join("two.txt"), format!("{TWO}\n\nFrost causes damage.")).unwrap();
    assert!(succeed(&learn, &store).1.contains("0 new, 1 changed, 1 as they were"));
    assert!(FactStore::open_to_read(&store).unwrap().facts_of("frost").unwrap().is_some());
    let fresh = folder.path().join("fresh.db");
    succeed(&["learn", texts.to_str().unwrap()], &fresh);
    assert_eq!(dump(&store), dump(&fresh));

    std::fs::write(texts.join("two.txt"), TWO).unwrap();
    succeed(&learn, &store);
    assert_eq!(dump(&store), first);
}

#[test]
fn what_is_forgotten_takes_its_evidence_and_nothing_else() {
    let folder = folder();
    let (texts, store) = (folder.path().join("texts"), folder.path().join("graph.db"));
    let (one, two) = (texts.join("one.txt"), texts.join("two.txt"));
    succeed(&["learn", two.to_str().unwrap()], &store);
    let only_two = dump(&store);
    succeed(&["learn", one.to_str().unwrap()], &store);
    assert_ne!(dump(&store), only_two);
    succeed(&["forget", one.to_str().unwrap()], &store);
    assert_eq!(dump(&store), only_two);
    let output = run(&["forget", one.to_str().unwrap()], &store);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no document of that name"));
    succeed(&["forget", two.to_str().unwrap()], &store);
    assert_eq!(dump(&store), Vec::<String>::new());
}

#[test]
fn a_name_that_comes_twice_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (rows, store) = (folder.path().join("rows.jsonl"), folder.path().join("graph.db"));
    let row = |text: &str| format!("{{\"id\":\"x\",\"text\":\"{text}\"}}\n");
    std::fs::write(&rows, row("Rain causes floods.") + &row("Frost causes damage.")).unwrap();
    let output = run(&["learn", rows.to_str().unwrap()], &store);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("x: a document of that name"));
    let graph = FactStore::open_to_read(&store).unwrap();
    assert!(graph.facts_of("rain").unwrap().is_some() && graph.facts_of("frost").unwrap().is_none());
}

#[test]
fn show_and_stats_say_what_there_is() {
    let folder = folder();
    let (texts, store) = (folder.path().join("texts"), folder.path().join("graph.db"));
    succeed(&["learn", texts.to_str().unwrap()], &store);
    let shown = succeed(&["show", "Smoking"], &store).0;
    assert!(shown.contains("-causal-> cancer") && shown.contains("denied by 1"), "{shown}");
    assert!(shown.contains("Smoking does not cause cancer. (denies it)"), "{shown}");
    let stats = succeed(&["stats"], &store).0;
    assert!(stats.contains("2  documents") && stats.contains("4  places"), "{stats}");
    assert_eq!(run(&["show", "nobody"], &store).status.code(), Some(1));
}

#[test]
fn the_profiles_keep_apart() {
    let folder = folder();
    let (text, store) = (folder.path().join("texts/one.txt"), folder.path().join("s.db"));
    let text = text.to_str().unwrap();
    succeed(&["learn", "--profile", "sutra", text], &store);
    let before = std::fs::read(&store).unwrap();
    let output = run(&["learn", "--profile", "graph", text], &store);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("a store of the other profile"));
    let foreign = FactStore::open(&store).unwrap_err();
    assert!(matches!(foreign.kind(), StoreErrorKind::Foreign), "{foreign}");
    assert_eq!(std::fs::read(&store).unwrap(), before);
    // Without a profile it is that of the store.
    succeed(&["learn", text], &store);
    assert!(!FactStore::is_at(&store));
    assert_eq!(run(&["learn", "--resume", text], &folder.path().join("new.db")).status.code(), Some(2));
}

#[test]
fn readers_see_whole_documents_while_one_writes() {
    let folder = folder();
    let (texts, store) = (folder.path().join("texts"), folder.path().join("graph.db"));
    succeed(&["learn", texts.to_str().unwrap()], &store);
    let before = FactStore::open_to_read(&store).unwrap().counts().unwrap();
    let mut writer = rusqlite::Connection::open(&store).unwrap();
    let transaction = writer.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).unwrap();
    transaction.execute("DELETE FROM evidence", []).unwrap();
    assert_eq!(FactStore::open_to_read(&store).unwrap().counts().unwrap(), before);
    drop(transaction);
    assert_eq!(FactStore::open_to_read(&store).unwrap().counts().unwrap(), before);
}
