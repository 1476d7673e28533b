//! Makes a [`Model`] from tagged sentences. The same sentences give the same bytes.
//!
//! Words fall into classes by how they are tagged: frequent ones that are hard to tag have a class alone, the rest are
//! clustered by the distribution of their tags. An averaged perceptron (Collins, 2002) over class, next class and previous
//! tag then fills the table of the model, one entry for every context.

use std::collections::BTreeMap;

use foldhash::HashMap;

use super::lexicon::{Shape, WordKey, endings};
use super::model::{BOUNDARY, CLASSES, MAX_WORD, Model, PREVIOUS, START, TABLE, context};
use super::tag::Tag;

/// A token of a tagged sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrainingToken {
    /// The word as it is written.
    pub form: String,
    /// Its part of speech.
    pub tag: Tag,
}

/// Words that have a class alone. Chosen on the development part of UD English EWT.
const SINGLE_WORDS: usize = 140;
/// Words that are seen more often are not asked for what their endings say.
const RARE: u32 = 8;
/// How much an ending trusts the next shorter one, in words.
const ENDING_PRIOR: f64 = 6.0;
/// How much a word trusts its endings, in words.
const WORD_PRIOR: f64 = 2.0;
/// How much a word with a capital trusts the same word without, against its endings.
const LOWER_SHARE: f64 = 0.7;
/// A word that has one tag so often need not be alone, unless it is as frequent as [`FREQUENT`].
const SURE: f64 = 0.985;
const FREQUENT: u32 = 400;
const CLUSTER_ROUNDS: usize = 25;
const EPOCHS: usize = 6;

type Distribution = [f64; Tag::COUNT];
#[expect(clippy::cast_precision_loss, reason = "there are 18 tags")]
const EVEN: Distribution = [1.0 / Tag::COUNT as f64; Tag::COUNT];
type Counts = [u32; Tag::COUNT];

/// Trains a model on sentences. Takes time linear in their tokens, a few seconds for 200,000, and 300 MB of memory.
#[must_use]
pub fn train(sentences: &[Vec<TrainingToken>]) -> Model {
    let statistics = Statistics::new(sentences);
    let (words, endings) = classes(&statistics);
    let mut model = Model { words, endings, table: vec![Tag::Other as u8; TABLE].into() };
    let encoded: Vec<_> = sentences.iter().map(|sentence| encode(&model, sentence)).collect();
    Perceptron::train(encoded).fill(&mut model.table);
    model
}

/// How often words and endings have which tags.
#[derive(Default)]
struct Statistics {
    words: BTreeMap<WordKey, Counts>,
    endings: BTreeMap<(Shape, String), Counts>,
}

impl Statistics {
    fn new(sentences: &[Vec<TrainingToken>]) -> Self {
        let mut statistics = Self::default();
        for sentence in sentences {
            let mut opening = true;
            for token in sentence {
                let key = WordKey::new(&token.form, opening);
                opening &= !token.form.chars().any(char::is_alphanumeric);
                statistics.words.entry(key).or_default()[token.tag as usize] += 1;
            }
        }
        for (key, counts) in &statistics.words {
            if counts.iter().sum::<u32>() <= RARE {
                let shape = Shape::of(&key.word, key.capital);
                for ending in endings(&key.word) {
                    let sum = statistics.endings.entry((shape, ending.to_owned())).or_default();
                    sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
                }
            }
        }
        statistics
    }

    /// How words with this ending are tagged, the shorter endings counting for what this one has not seen.
    fn ending(&self, shape: Shape, word: &str) -> Distribution {
        let mut distribution = EVEN;
        let mut longer: Vec<_> = endings(word).collect();
        longer.reverse();
        for ending in longer {
            let Some(counts) = self.endings.get(&(shape, ending.to_owned())) else { break };
            distribution = smoothed(counts, &distribution, ENDING_PRIOR);
        }
        distribution
    }

    /// How a word is tagged.
    fn word(&self, key: &WordKey) -> Distribution {
        let mut prior = self.ending(Shape::of(&key.word, key.capital), &key.word);
        let lower = WordKey { word: key.word.clone(), capital: false };
        let own = self.words.get(key);
        if own.is_none()
            && key.capital
            && let Some(counts) = self.words.get(&lower)
        {
            let lower = smoothed(counts, &[0.0; Tag::COUNT], 0.0);
            prior.iter_mut().zip(lower).for_each(|(prior, lower)| {
                *prior = (*prior + LOWER_SHARE * lower) / (1.0 + LOWER_SHARE);
            });
        }
        own.map_or(prior, |counts| smoothed(counts, &prior, WORD_PRIOR))
    }
}

fn smoothed(counts: &Counts, prior: &Distribution, weight: f64) -> Distribution {
    let total = f64::from(counts.iter().sum::<u32>()) + weight;
    std::array::from_fn(|tag| (f64::from(counts[tag]) + weight * prior[tag]) / total)
}

type Words = HashMap<String, [u8; 2]>;
type Endings = [HashMap<String, u8>; Shape::ALL.len()];

/// The class of every word and ending.
fn classes(statistics: &Statistics) -> (Words, Endings) {
    let mut frequent: Vec<_> = statistics
        .words
        .iter()
        .map(|(key, counts)| (counts.iter().sum::<u32>(), key, counts))
        .filter(|(total, _, counts)| {
            let most = counts.iter().max().copied().unwrap_or(0);
            *total > FREQUENT || f64::from(most) < SURE * f64::from(*total)
        })
        .collect();
    frequent.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let single: BTreeMap<&WordKey, u8> =
        frequent.iter().map(|(_, key, _)| *key).take(SINGLE_WORDS).zip(0u8..).collect();

    let others: Vec<_> = statistics.words.keys().filter(|key| !single.contains_key(key)).collect();
    let points: Vec<_> = others.iter().map(|key| roots(&statistics.word(key))).collect();
    let weights: Vec<_> =
        others.iter().map(|key| f64::from(statistics.words[*key].iter().sum::<u32>().min(50))).collect();
    let centres = cluster(&points, &weights, usize::from(BOUNDARY) - single.len());
    let first = u8::try_from(single.len()).unwrap_or(BOUNDARY);
    let class = |distribution: &Distribution| first + nearest(&roots(distribution), &centres);

    let mut words = Words::default();
    for key in statistics.words.keys().filter(|key| key.word.len() <= MAX_WORD) {
        let other = WordKey { word: key.word.clone(), capital: !key.capital };
        let own = single.get(key).copied().unwrap_or_else(|| class(&statistics.word(key)));
        let both = words.entry(key.word.clone()).or_insert([BOUNDARY; 2]);
        both[usize::from(key.capital)] = own;
        if !statistics.words.contains_key(&other) {
            both[usize::from(other.capital)] = if other.capital { class(&statistics.word(&other)) } else { own };
        }
    }
    let mut table = Endings::default();
    let mut by_length: Vec<_> = statistics.endings.keys().collect();
    by_length.sort_by_key(|(_, ending)| ending.chars().count());
    for (shape, ending) in by_length {
        let known = endings(ending).skip(1).find_map(|shorter| table[*shape as usize].get(shorter)).copied();
        let class = class(&statistics.ending(*shape, ending));
        if known != Some(class) {
            table[*shape as usize].insert(ending.clone(), class);
        }
    }
    (words, table)
}

/// The square roots, so that distance is that of Hellinger.
fn roots(distribution: &Distribution) -> Distribution {
    distribution.map(f64::sqrt)
}

fn distance(a: &Distribution, b: &Distribution) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

fn nearest(point: &Distribution, centres: &[Distribution]) -> u8 {
    let mut best = (f64::INFINITY, 0);
    for (number, centre) in (0u8..).zip(centres) {
        let distance = distance(point, centre);
        if distance < best.0 {
            best = (distance, number);
        }
    }
    best.1
}

/// The centres of at most `count` clusters (k-means).
fn cluster(points: &[Distribution], weights: &[f64], count: usize) -> Vec<Distribution> {
    let mut random = Random(1);
    let mut centres: Vec<Distribution> = Vec::new();
    let total: f64 = weights.iter().sum();
    for _ in 0..count * 20 {
        if centres.len() == count {
            break;
        }
        let mut left = random.fraction() * total;
        let chosen = weights.iter().position(|weight| {
            left -= weight;
            left < 0.0
        });
        let Some(point) = chosen.map(|chosen| points[chosen]) else { continue };
        if centres.iter().all(|centre| distance(centre, &point) > 1e-9) {
            centres.push(point);
        }
    }
    for _ in 0..CLUSTER_ROUNDS {
        let mut sums = vec![([0.0; Tag::COUNT], 0.0); centres.len()];
        for (point, weight) in points.iter().zip(weights) {
            let (sum, total) = &mut sums[usize::from(nearest(point, &centres))];
            sum.iter_mut().zip(point).for_each(|(sum, value)| *sum += value * weight);
            *total += weight;
        }
        for (centre, (sum, total)) in centres.iter_mut().zip(sums) {
            if total > 0.0 {
                *centre = sum.map(|value| value / total);
            }
        }
    }
    for centre in &mut centres {
        let length = centre.iter().map(|value| value * value).sum::<f64>().sqrt();
        *centre = centre.map(|value| value / length);
    }
    if centres.is_empty() { vec![[0.0; Tag::COUNT]] } else { centres }
}

type Encoded = Vec<(u8, u8)>;

fn encode(model: &Model, sentence: &[TrainingToken]) -> Encoded {
    let mut opening = true;
    let class = |token: &TrainingToken| {
        let class = model.class(&token.form, opening);
        opening &= !token.form.chars().any(char::is_alphanumeric);
        (class, token.tag as u8)
    };
    sentence.iter().map(class).collect()
}

/// An averaged perceptron; a feature has a weight for each tag.
struct Perceptron {
    step: i64,
    class: Vec<Weights>,
    previous_class: Vec<Weights>,
    class_next: Vec<Weights>,
    whole: HashMap<usize, Weights>,
}

/// The weights of a feature now, and each change times the step at which it was made.
#[derive(Clone, Copy, Default)]
struct Weights {
    now: [i32; Tag::COUNT],
    changes: [i64; Tag::COUNT],
}

impl Weights {
    fn change(&mut self, tag: u8, by: i32, step: i64) {
        self.now[usize::from(tag)] += by;
        self.changes[usize::from(tag)] += i64::from(by) * step;
    }
}

impl Perceptron {
    fn train(mut sentences: Vec<Encoded>) -> Self {
        let mut perceptron = Self {
            step: 0,
            class: vec![Weights::default(); CLASSES],
            previous_class: vec![Weights::default(); CLASSES * PREVIOUS],
            class_next: vec![Weights::default(); CLASSES * CLASSES],
            whole: HashMap::default(),
        };
        let mut random = Random(1);
        for _ in 0..EPOCHS {
            random.shuffle(&mut sentences);
            for sentence in &sentences {
                perceptron.learn(sentence);
            }
        }
        perceptron
    }

    fn learn(&mut self, sentence: &Encoded) {
        let mut previous = START;
        for (at, (class, wanted)) in sentence.iter().enumerate() {
            self.step += 1;
            let next = sentence.get(at + 1).map_or(BOUNDARY, |(next, _)| *next);
            let guess = best(&self.sum(*class, next, previous, |weights| weights.now.map(i64::from)));
            if guess != *wanted {
                let step = self.step;
                for weights in self.features(*class, next, previous) {
                    weights.change(*wanted, 1, step);
                    weights.change(guess, -1, step);
                }
            }
            previous = guess;
        }
    }

    fn features(&mut self, class: u8, next: u8, previous: u8) -> [&mut Weights; 4] {
        [
            &mut self.class[usize::from(class)],
            &mut self.previous_class[pair(class, previous)],
            &mut self.class_next[usize::from(class) * CLASSES + usize::from(next)],
            self.whole.entry(context(class, next, previous)).or_default(),
        ]
    }

    fn sum(&self, class: u8, next: u8, previous: u8, of: impl Fn(&Weights) -> [i64; Tag::COUNT]) -> [i64; Tag::COUNT] {
        let mut sum = of(&self.class[usize::from(class)]);
        let mut add = |weights: &Weights| sum.iter_mut().zip(of(weights)).for_each(|(sum, weight)| *sum += weight);
        add(&self.previous_class[pair(class, previous)]);
        add(&self.class_next[usize::from(class) * CLASSES + usize::from(next)]);
        self.whole.get(&context(class, next, previous)).into_iter().for_each(add);
        sum
    }

    /// Fills the table with the best tag of each context, by the average of the weights over all steps.
    fn fill(&self, table: &mut [u8]) {
        let average = |weights: &Weights| {
            std::array::from_fn(|tag| i64::from(weights.now[tag]) * self.step - weights.changes[tag])
        };
        for class in 0..=u8::MAX {
            for next in 0..=u8::MAX {
                for previous in 0..=START {
                    table[context(class, next, previous)] = best(&self.sum(class, next, previous, average));
                }
            }
        }
    }
}

fn pair(class: u8, previous: u8) -> usize {
    usize::from(class) * PREVIOUS + usize::from(previous)
}

/// The number of the tag with the highest score, the first of equals.
fn best(scores: &[i64; Tag::COUNT]) -> u8 {
    let mut best = (i64::MIN, 0);
    for (tag, score) in (0u8..).zip(scores) {
        if *score > best.0 {
            best = (*score, tag);
        }
    }
    best.1
}

/// Numbers that look random and are the same in every run (splitmix64: Steele, Lea and Flood, 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to 1, 1 left out.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are those of an f64")]
    fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = usize::try_from(self.next() % (last as u64 + 1)).unwrap_or(0);
            items.swap(last, other);
        }
    }
}
