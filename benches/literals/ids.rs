//! Ids of arguments: the first half of their MD5.

use criterion::{Criterion, Throughput};
use md5::{Digest, Md5};
use relscan::Extractor;
use relscan::graph::ConceptId;

use super::texts;

/// Arguments of up to 55 bytes, which are one block of MD5, and all arguments: in lanes, and with the md-5 crate.
pub fn ids(c: &mut Criterion) {
    let associations = Extractor::seed().extract(&texts::prose());
    let arguments: Vec<&str> = associations.iter().flat_map(|found| [found.source(), found.target()]).collect();
    let short: Vec<&str> = arguments.iter().copied().filter(|argument| argument.len() <= 55).collect();
    let scalar = |texts: &[&str]| -> Vec<ConceptId> {
        let digest = |text: &&str| -> [u8; 16] { Md5::digest(text).into() };
        let id =
            |digest: [u8; 16]| ConceptId::from_bits(digest.first_chunk().map_or(0, |half| u64::from_be_bytes(*half)));
        texts.iter().map(digest).map(id).collect()
    };
    let lanes = |texts: &[&str]| ConceptId::of_all(texts.iter().copied());
    let mut group = c.benchmark_group("ids");
    for (name, texts) in [("up to 55 bytes", short), ("all arguments", arguments)] {
        let bytes: usize = texts.iter().map(|text| text.len()).sum();
        eprintln!("ids {name}: {} of {} bytes on average", texts.len(), bytes / texts.len().max(1));
        assert_eq!(lanes(&texts), scalar(&texts), "the ids differ");
        group.throughput(Throughput::Elements(texts.len() as u64));
        group.bench_function(format!("{name}, relscan"), |b| b.iter(|| lanes(&texts)));
        group.bench_function(format!("{name}, md-5 crate"), |b| b.iter(|| scalar(&texts)));
    }
    group.finish();
}
