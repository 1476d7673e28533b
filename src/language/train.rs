//! Makes a [`Model`] from tagged sentences. The same sentences give the same bytes.
//!
//! Words fall into classes by how they are tagged: frequent ones that are hard to tag have a class alone, the rest are
//! clustered by the distribution of their tags. An averaged perceptron (Collins, 2002) over pairs of classes and tags then
//! gives the scores of the model.

use std::collections::BTreeMap;

use foldhash::HashMap;

use super::lemma::{Category, Lemmas};
use super::lexicon::{Shape, WordKey, endings};
use super::model::{BOUNDARY, CLASS_AND_TAG, CLASSES, MAX_WORD, Model, PAIRS, PREVIOUS, ROWS, Walk};
use super::tag::{Tag, TagSet};

/// A token of a tagged sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrainingToken {
    /// The word as it is written.
    pub form: String,
    /// Its part of speech, or those that it may be.
    pub tags: TagSet,
    /// Its lemma; empty if it is not told.
    pub lemma: String,
}

/// A lemma of a dictionary.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownLemma {
    /// The lemma, in lower case.
    pub lemma: String,
    /// What it is.
    pub category: Category,
    /// How often it is that in text; more than 0 for every lemma.
    pub count: f64,
}

/// Words that have a class alone. Chosen on the development part of UD English EWT.
const SINGLE_WORDS: usize = 200;
/// Words that are seen more often are not asked for what their endings say.
const RARE: u32 = 8;
/// How much an ending trusts the next shorter one, in words.
const ENDING_PRIOR: f64 = 6.0;
/// How much a word trusts its endings, in words.
const WORD_PRIOR: f64 = 2.0;
/// How much a word trusts what its lemmas and endings say together, in words.
const PARADIGM_PRIOR: f64 = 6.0;
/// How much of that the lemmas say at most, and the endings, in words.
const MAX_PARADIGM: f64 = 4.0;
const ENDING_SHARE: f64 = 2.0;
/// How much a word with a capital trusts the same word without, against its endings.
const LOWER_SHARE: f64 = 0.7;
/// A word that has one tag so often need not be alone, unless it is as frequent as [`FREQUENT`].
const SURE: f64 = 0.985;
const FREQUENT: u32 = 400;
const CLUSTER_ROUNDS: usize = 25;
const EPOCHS: usize = 5;
const RUNS: usize = 8;

type Distribution = [f64; Tag::COUNT];
#[expect(clippy::cast_precision_loss, reason = "there are 21 tags")]
const EVEN: Distribution = [1.0 / Tag::COUNT as f64; Tag::COUNT];
type Counts = [u32; Tag::COUNT];

/// Trains a model on the sentences of a treebank.
///
/// `others` are sentences of other kinds of text, tagged less surely: a token may have several tags, of which the model of
/// the treebank chooses. Only their words are learned, not what stands beside what. `dictionary` tells what words can be
/// that none of the sentences has in all its forms.
///
/// Takes time linear in the tokens, some seconds for a million, and 300 MB of memory.
#[must_use]
pub fn train(treebank: &[Vec<TrainingToken>], others: &[Vec<TrainingToken>], dictionary: &[KnownLemma]) -> Model {
    let mut statistics = Statistics::default();
    for known in dictionary {
        statistics.lemmas.know(&known.lemma, known.category, known.count);
    }
    for token in treebank.iter().flatten() {
        if let Some(tag) = token.tags.single() {
            statistics.lemmas.count(&token.form, tag, &token.lemma);
        }
    }
    statistics.lemmas.make_rules();
    statistics.count_words(treebank);
    let model = statistics.clone().into_model(treebank);
    if others.is_empty() {
        return model;
    }
    let chosen: Vec<_> = others.iter().map(|sentence| choose(&model, sentence)).collect();
    statistics.count_words(&chosen);
    statistics.into_model(treebank)
}

/// Tags a sentence with the best of the tags that each token may have.
fn choose(model: &Model, sentence: &[TrainingToken]) -> Vec<TrainingToken> {
    let classes = encode(model, sentence);
    let mut walk = Walk::new(&classes);
    sentence
        .iter()
        .map_while(|token| {
            let context = walk.context()?;
            let sums = model.sums(context);
            let tag = Tag::ALL
                .into_iter()
                .rev()
                .filter(|tag| token.tags.contains(*tag))
                .max_by_key(|tag| sums[*tag as usize]);
            let tag = tag.unwrap_or(Tag::Other);
            walk.step(tag as u8);
            Some(TrainingToken { form: token.form.clone(), tags: tag.into(), lemma: token.lemma.clone() })
        })
        .collect()
}

/// How often words and endings have which tags.
#[derive(Clone, Default)]
struct Statistics {
    words: BTreeMap<WordKey, Counts>,
    endings: BTreeMap<(Shape, String), Counts>,
    lemmas: Lemmas,
    /// How often each form of a lemma is used, among all forms of its category.
    forms: Distribution,
}

impl Statistics {
    fn count_words(&mut self, sentences: &[Vec<TrainingToken>]) {
        for sentence in sentences {
            let mut opening = true;
            for token in sentence {
                let key = WordKey::new(&token.form, opening);
                opening &= !token.form.chars().any(char::is_alphanumeric);
                if let Some(tag) = token.tags.single() {
                    self.words.entry(key).or_default()[tag as usize] += 1;
                }
            }
        }
    }

    fn count_endings(&mut self) {
        for (key, counts) in &self.words {
            if counts.iter().sum::<u32>() <= RARE {
                let shape = Shape::of(&key.word, key.capital);
                for ending in endings(&key.word) {
                    let sum = self.endings.entry((shape, ending.to_owned())).or_default();
                    sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
                }
            }
        }
    }

    /// Counts what the sentences say of lemmas, and which of their forms are used how often.
    fn count_lemmas(&mut self) {
        let mut sums = [0.0; Category::COUNT];
        for (key, counts) in &self.words {
            for tag in Tag::ALL {
                let Some(category) = Category::of(tag) else { continue };
                let count = f64::from(counts[tag as usize]);
                sums[category as usize] += count;
                self.forms[tag as usize] += count;
                if count > 0.0
                    && let Some((lemma, _)) = self.lemmas.find(&key.word, tag)
                {
                    let lemma = lemma.to_owned();
                    self.lemmas.know(&lemma, category, count);
                }
            }
        }
        for tag in Tag::ALL {
            let sum = Category::of(tag).map_or(0.0, |category| sums[category as usize]);
            self.forms[tag as usize] /= sum.max(1.0);
        }
    }

    /// How a word is tagged if it is what its lemmas say, and how many words stand behind that.
    fn paradigm(&self, word: &str) -> Option<(Distribution, f64)> {
        let mut distribution = [0.0; Tag::COUNT];
        for tag in Tag::ALL {
            if let Some((_, count)) = self.lemmas.find(word, tag) {
                distribution[tag as usize] = count * self.forms[tag as usize];
            }
        }
        let total: f64 = distribution.iter().sum();
        (total > 0.0).then(|| (distribution.map(|count| count / total), total))
    }

    fn into_model(mut self, treebank: &[Vec<TrainingToken>]) -> Model {
        self.count_endings();
        self.count_lemmas();
        let (words, endings, finite) = classes(&self);
        let mut model = Model::new(words, endings, finite);
        let encoded = treebank.iter().map(|sentence| {
            let tags = sentence.iter().map(|token| token.tags.single().map(|tag| tag as u8)).collect();
            (encode(&model, sentence), tags)
        });
        Perceptron::train(encoded.collect()).fill(&mut model);
        model
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
        if !key.capital
            && let Some((paradigm, total)) = self.paradigm(&key.word)
        {
            let weight = total.min(MAX_PARADIGM);
            let sum = weight + ENDING_SHARE;
            for (prior, paradigm) in prior.iter_mut().zip(paradigm) {
                *prior = (*prior * ENDING_SHARE + paradigm * weight) / sum;
            }
        }
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
        own.map_or(prior, |counts| smoothed(counts, &prior, if key.capital { WORD_PRIOR } else { PARADIGM_PRIOR }))
    }
}

fn smoothed(counts: &Counts, prior: &Distribution, weight: f64) -> Distribution {
    let total = f64::from(counts.iter().sum::<u32>()) + weight;
    std::array::from_fn(|tag| (f64::from(counts[tag]) + weight * prior[tag]) / total)
}

type Words = HashMap<String, [u8; 2]>;
type Endings = [HashMap<String, u8>; Shape::ALL.len()];

/// The class of every word and ending, and how often in a hundred the words of a class are finite verbs.
fn classes(statistics: &Statistics) -> (Words, Endings, [u8; CLASSES]) {
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
    for verb in statistics.lemmas.of_category(Category::Verb) {
        let Some(form) = statistics.lemmas.inflect(verb, Tag::VerbThird) else { continue };
        if !words.contains_key(&form) {
            let key = |capital| WordKey { word: form.clone(), capital };
            words.insert(form.clone(), [false, true].map(|capital| class(&statistics.word(&key(capital)))));
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
    let mut finite = [0; CLASSES];
    let singles = single.iter().map(|(key, class)| (*class, statistics.word(key)));
    let centres = (first..).zip(centres.iter().map(|centre| centre.map(|root| root * root)));
    for (class, distribution) in singles.chain(centres) {
        let share: f64 = Tag::ALL.into_iter().filter(|tag| tag.is_finite()).map(|tag| distribution[tag as usize]).sum();
        finite[usize::from(class)] = percent(share);
    }
    (words, table, finite)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share is from 0 to 1")]
fn percent(share: f64) -> u8 {
    (share.clamp(0.0, 1.0) * 100.0).round() as u8
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

/// The classes of a sentence, and what lies beyond it.
fn encode(model: &Model, sentence: &[TrainingToken]) -> Vec<u8> {
    let mut opening = true;
    let class = |token: &TrainingToken| {
        let class = model.class(&token.form, opening);
        opening &= !token.form.chars().any(char::is_alphanumeric);
        class
    };
    sentence.iter().map(class).chain([BOUNDARY; 2]).collect()
}

/// The classes of a sentence, and its tags where they are told.
type Encoded = (Vec<u8>, Vec<Option<u8>>);

/// An averaged perceptron: a pair has a weight for each tag, and so has the class of the token alone.
struct Perceptron {
    step: i64,
    class: Vec<Weights>,
    pairs: [Vec<Weights>; PAIRS],
}

/// The weights of a pair now, and each change times the step at which it was made.
#[derive(Clone, Copy, Default)]
struct Weights {
    now: [i64; Tag::COUNT],
    changes: [i64; Tag::COUNT],
}

impl Weights {
    fn change(&mut self, tag: u8, by: i64, step: i64) {
        self.now[usize::from(tag)] += by;
        self.changes[usize::from(tag)] += by * step;
    }
}

impl Perceptron {
    /// Learns the sentences several times over, each time from nothing and in another order. The sum of what was learned
    /// is steadier than any of its parts.
    fn train(mut sentences: Vec<Encoded>) -> Self {
        let mut sum = Self::new();
        let mut random = Random(1);
        for _ in 0..RUNS {
            let mut run = Self::new();
            for _ in 0..EPOCHS {
                random.shuffle(&mut sentences);
                for sentence in &sentences {
                    run.learn(sentence);
                }
            }
            sum.add(&run);
        }
        sum
    }

    fn new() -> Self {
        let rows = |rows| vec![Weights::default(); rows];
        Self { step: 0, class: rows(CLASSES), pairs: ROWS.map(rows) }
    }

    fn add(&mut self, other: &Self) {
        self.step = other.step;
        let pairs = self.pairs.iter_mut().flatten().zip(other.pairs.iter().flatten());
        for (sum, part) in self.class.iter_mut().zip(&other.class).chain(pairs) {
            sum.now.iter_mut().zip(part.now).for_each(|(sum, part)| *sum += part);
            sum.changes.iter_mut().zip(part.changes).for_each(|(sum, part)| *sum += part);
        }
    }

    fn learn(&mut self, (classes, tags): &Encoded) {
        let mut walk = Walk::new(classes);
        for wanted in tags {
            let Some(context) = walk.context() else { break };
            self.step += 1;
            let pairs = context.pairs();
            let mut sums = self.class[usize::from(context.class)].now;
            for (weights, pair) in self.pairs.iter().zip(pairs) {
                sums.iter_mut().zip(weights[pair].now).for_each(|(sum, weight)| *sum += weight);
            }
            let guess = best(&sums);
            if let Some(wanted) = wanted.filter(|wanted| *wanted != guess) {
                let pairs = self.pairs.iter_mut().zip(pairs).map(|(weights, pair)| &mut weights[pair]);
                for weights in pairs.chain([&mut self.class[usize::from(context.class)]]) {
                    weights.change(wanted, 1, self.step);
                    weights.change(guess, -1, self.step);
                }
            }
            walk.step(guess);
        }
    }

    /// The averages of weights over all steps, times the number of steps.
    fn average(&self, weights: &Weights) -> [i64; Tag::COUNT] {
        std::array::from_fn(|tag| weights.now[tag] * self.step - weights.changes[tag])
    }

    /// Gives the model the averages, as whole numbers from -127 to 127. What the class alone says is a part of what class
    /// and tag before say together.
    fn fill(&self, model: &mut Model) {
        let row = |kind: usize, pair: usize| {
            let mut row = self.average(&self.pairs[kind][pair]);
            if kind == CLASS_AND_TAG {
                let class = self.average(&self.class[pair / PREVIOUS]);
                row.iter_mut().zip(class).for_each(|(sum, weight)| *sum += weight);
            }
            row
        };
        let rows = (0..PAIRS).flat_map(|kind| (0..ROWS[kind]).map(move |pair| (kind, pair)));
        let greatest = rows.clone().flat_map(|(kind, pair)| row(kind, pair)).map(i64::abs).max();
        let unit = (greatest.unwrap_or(0) / 127).max(1);
        for (kind, pair) in rows {
            for (score, weight) in model.scores[kind][pair].iter_mut().zip(row(kind, pair)) {
                let nearest = (weight + weight.signum() * unit / 2) / unit;
                *score = i8::try_from(nearest.clamp(-127, 127)).unwrap_or(0);
            }
        }
    }
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
