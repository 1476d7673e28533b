//! How common bytes and pairs of bytes are in English prose, to choose what is rare about a needle.
//!
//! Counted in 91 MB of Debian's documentation packages (the corpus of `benches/corpus.sh`), lower-cased, in parts of
//! 65,536 and at least 1. A poor guess costs speed, never a match.

use std::sync::LazyLock;

/// Each byte; upper-case letters are counted as lower-case ones.
#[rustfmt::skip]
const BYTES: [u16; 256] = [
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 424, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 9962, 4, 225, 1,
    3, 2, 13, 44, 177, 178, 95, 17, 618, 291, 1083, 40, 53, 400, 63, 185, 27, 30, 21, 16, 22, 186, 137, 216, 10, 13,
    12, 21, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 288, 191, 288, 16, 101,
    35, 3961, 961, 1868, 1758, 6177, 1181, 963, 1930, 3621, 73, 323, 2162, 1253, 3438, 3723, 1285, 78, 3396, 3464,
    4485, 1429, 531, 815, 160, 758, 60, 1, 1, 1, 2, 1, 53, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    10, 1, 1, 1, 4, 18, 1, 1, 11, 11, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 54, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
];

/// Each pair of classes: the letters, a space, anything else.
#[rustfmt::skip]
const PAIRS: [u16; CLASSES * CLASSES] = [
    1, 101, 209, 123, 11, 24, 85, 3, 116, 2, 50, 435, 125, 655, 1, 88, 2, 417, 296, 533, 57, 68, 19, 10, 62, 4, 369,
    96, 66, 5, 3, 3, 197, 1, 1, 1, 51, 17, 1, 114, 3, 1, 74, 4, 1, 42, 185, 5, 70, 2, 1, 1, 80, 1, 11, 26, 247, 1, 31,
    2, 247, 15, 1, 234, 108, 1, 82, 67, 3, 1, 326, 9, 2, 68, 12, 211, 71, 1, 1, 1, 16, 1, 57, 56, 66, 3, 2, 27, 321,
    1, 10, 2, 184, 4, 1, 21, 7, 11, 70, 3, 1, 50, 48, 3, 53, 10, 7, 1, 16, 1, 671, 167, 219, 168, 210, 446, 142, 70,
    45, 9, 53, 2, 4, 185, 140, 489, 26, 66, 28, 925, 496, 216, 14, 91, 31, 102, 38, 2, 1567, 394, 61, 1, 2, 1, 77, 50,
    1, 1, 135, 1, 1, 39, 1, 1, 190, 1, 1, 90, 7, 29, 52, 1, 1, 1, 8, 1, 375, 60, 49, 1, 1, 1, 161, 2, 13, 53, 60, 1,
    1, 26, 4, 28, 34, 3, 1, 76, 20, 5, 46, 1, 1, 1, 8, 1, 280, 89, 283, 1, 1, 2, 879, 1, 1, 1, 226, 1, 1, 5, 5, 6,
    145, 1, 1, 29, 3, 36, 20, 1, 3, 1, 22, 1, 201, 58, 104, 47, 276, 107, 113, 98, 91, 1, 5, 1, 21, 182, 112, 951,
    304, 44, 6, 102, 434, 397, 8, 106, 1, 14, 1, 27, 18, 51, 8, 1, 6, 1, 24, 1, 1, 1, 1, 1, 1, 1, 1, 1, 12, 1, 1, 1,
    1, 1, 15, 1, 1, 1, 1, 1, 1, 6, 9, 1, 1, 1, 105, 1, 1, 1, 38, 1, 1, 6, 1, 12, 3, 2, 1, 3, 21, 1, 4, 1, 2, 1, 3, 1,
    60, 47, 218, 5, 6, 65, 386, 13, 4, 1, 247, 1, 7, 255, 6, 2, 173, 8, 1, 4, 62, 52, 73, 10, 4, 1, 160, 1, 256, 144,
    228, 41, 2, 2, 292, 1, 1, 1, 112, 1, 1, 4, 43, 6, 129, 109, 1, 1, 29, 2, 45, 1, 2, 1, 11, 1, 120, 72, 143, 2, 153,
    383, 286, 34, 414, 5, 130, 3, 18, 29, 8, 37, 162, 7, 2, 4, 184, 374, 47, 20, 2, 1, 38, 1, 679, 273, 25, 55, 96,
    103, 19, 359, 43, 5, 40, 2, 19, 145, 203, 642, 74, 106, 2, 614, 103, 165, 246, 61, 117, 7, 8, 2, 401, 61, 145, 1,
    5, 5, 220, 2, 4, 38, 68, 6, 1, 130, 5, 1, 146, 66, 1, 188, 20, 52, 49, 1, 1, 1, 14, 1, 46, 72, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 4, 1, 1, 1, 1, 1, 1, 1, 1, 65, 1, 1, 1, 1, 1, 2, 4, 276, 13, 55, 79, 663, 20, 43, 6, 287, 1, 38,
    33, 81, 72, 300, 18, 2, 61, 133, 140, 70, 23, 7, 2, 86, 1, 545, 342, 76, 4, 64, 3, 418, 7, 3, 111, 207, 1, 20, 25,
    36, 9, 154, 98, 7, 3, 167, 566, 128, 3, 13, 1, 48, 1, 940, 354, 247, 2, 30, 2, 674, 7, 3, 1091, 487, 1, 1, 36, 7,
    3, 425, 11, 1, 189, 124, 66, 95, 1, 29, 1, 84, 1, 650, 219, 57, 36, 68, 27, 72, 14, 32, 1, 42, 1, 2, 130, 78, 171,
    6, 71, 1, 178, 240, 146, 1, 1, 1, 5, 1, 1, 28, 22, 72, 5, 1, 1, 261, 1, 1, 1, 116, 1, 1, 1, 4, 1, 26, 1, 1, 1, 1,
    1, 2, 1, 1, 1, 2, 1, 4, 33, 89, 1, 1, 2, 233, 1, 1, 121, 148, 1, 1, 5, 1, 23, 76, 1, 1, 20, 15, 2, 1, 1, 1, 1, 1,
    1, 48, 26, 15, 1, 12, 1, 15, 1, 1, 1, 18, 1, 1, 1, 1, 1, 1, 23, 1, 1, 1, 25, 2, 1, 1, 2, 2, 1, 20, 19, 5, 2, 5, 5,
    20, 1, 2, 1, 11, 1, 1, 10, 10, 19, 37, 25, 1, 4, 45, 18, 1, 1, 2, 1, 1, 1, 398, 136, 6, 1, 1, 1, 27, 1, 1, 1, 5,
    1, 1, 1, 1, 1, 13, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 4, 1136, 398, 532, 310, 250, 407, 128, 206, 645, 25, 43,
    207, 306, 250, 749, 441, 21, 267, 656, 1303, 168, 115, 528, 8, 41, 7, 1, 815, 109, 64, 98, 59, 63, 52, 38, 39, 80,
    10, 14, 67, 63, 49, 66, 82, 4, 61, 161, 138, 29, 16, 44, 5, 8, 12, 2214, 2076,
];

/// The most common windows of letters and spaces, in parts of a million and in order: what pairs alone underrate.
#[rustfmt::skip]
const COMMON: [([u8; 4], u16); 240] = [
    (*b" a c", 524), (*b" a p", 506), (*b" a s", 756), (*b" all", 492), (*b" an ", 917), (*b" and", 2774),
    (*b" are", 784), (*b" as ", 1058), (*b" be ", 1045), (*b" by ", 1051), (*b" cal", 447), (*b" can", 597),
    (*b" cha", 433), (*b" com", 930), (*b" con", 1373), (*b" dis", 506), (*b" fil", 357), (*b" for", 1814),
    (*b" fro", 687), (*b" hav", 486), (*b" if ", 467), (*b" in ", 2440), (*b" int", 754), (*b" is ", 2119),
    (*b" it ", 766), (*b" not", 795), (*b" of ", 4880), (*b" on ", 702), (*b" one", 513), (*b" or ", 2267),
    (*b" par", 554), (*b" per", 615), (*b" pla", 376), (*b" pre", 394), (*b" pro", 1159), (*b" res", 449),
    (*b" see", 534), (*b" som", 359), (*b" spe", 391), (*b" sta", 692), (*b" str", 499), (*b" sup", 363),
    (*b" tha", 1412), (*b" the", 9477), (*b" thi", 891), (*b" to ", 4288), (*b" use", 921), (*b" web", 2283),
    (*b" whe", 473), (*b" whi", 765), (*b" wil", 456), (*b" wit", 1162), (*b" wor", 443), (*b" you", 455),
    (*b"able", 776), (*b"all ", 553), (*b"ally", 613), (*b"ame ", 369), (*b"an a", 374), (*b"ance", 370),
    (*b"and ", 2962), (*b"any ", 392), (*b"are ", 943), (*b"as a", 369), (*b"at t", 360), (*b"ate ", 673),
    (*b"ated", 474), (*b"atio", 1446), (*b"ave ", 353), (*b"ble ", 643), (*b"bste", 2328), (*b"call", 580),
    (*b"can ", 542), (*b"cess", 391), (*b"comm", 419), (*b"comp", 568), (*b"cons", 358), (*b"cont", 556),
    (*b"ctio", 854), (*b"d by", 557), (*b"d in", 679), (*b"d th", 630), (*b"d to", 722), (*b"ding", 486),
    (*b"e an", 462), (*b"e co", 730), (*b"e de", 402), (*b"e fo", 435), (*b"e in", 725), (*b"e is", 407),
    (*b"e of", 1077), (*b"e or", 398), (*b"e pr", 398), (*b"e re", 569), (*b"e st", 379), (*b"e th", 1120),
    (*b"e to", 609), (*b"ebst", 2325), (*b"ecti", 386), (*b"ed a", 537), (*b"ed b", 642), (*b"ed f", 367),
    (*b"ed i", 573), (*b"ed t", 843), (*b"emen", 373), (*b"ence", 455), (*b"ent ", 998), (*b"er o", 367),
    (*b"er t", 494), (*b"erat", 364), (*b"ere ", 448), (*b"ers ", 531), (*b"es a", 504), (*b"es o", 385),
    (*b"es t", 444), (*b"ess ", 463), (*b"f a ", 478), (*b"f th", 1483), (*b"for ", 1363), (*b"form", 610),
    (*b"from", 685), (*b"g th", 544), (*b"h th", 379), (*b"hat ", 1332), (*b"he a", 510), (*b"he b", 374),
    (*b"he c", 832), (*b"he d", 507), (*b"he e", 369), (*b"he f", 568), (*b"he l", 392), (*b"he m", 462),
    (*b"he p", 726), (*b"he r", 461), (*b"he s", 1094), (*b"he t", 421), (*b"hen ", 464), (*b"her ", 612),
    (*b"here", 423), (*b"hich", 639), (*b"his ", 1029), (*b"ical", 487), (*b"ich ", 629), (*b"ight", 397),
    (*b"ill ", 508), (*b"in a", 473), (*b"in t", 870), (*b"ing ", 3901), (*b"inte", 624), (*b"ion ", 1938),
    (*b"ions", 684), (*b"is a", 405), (*b"ith ", 969), (*b"ity ", 364), (*b"ive ", 445), (*b"led ", 389),
    (*b"lly ", 533), (*b"ment", 998), (*b"mple", 399), (*b"n a ", 429), (*b"n in", 398), (*b"n of", 505),
    (*b"n th", 1385), (*b"nce ", 502), (*b"nd t", 487), (*b"ned ", 359), (*b"ng a", 522), (*b"ng o", 390),
    (*b"ng t", 917), (*b"ning", 459), (*b"not ", 683), (*b"nter", 556), (*b"o th", 703), (*b"of a", 742),
    (*b"of t", 1408), (*b"on o", 590), (*b"on t", 490), (*b"one ", 583), (*b"ons ", 489), (*b"or a", 420),
    (*b"or t", 530), (*b"ore ", 396), (*b"othe", 461), (*b"ould", 379), (*b"over", 366), (*b"part", 372),
    (*b"peci", 401), (*b"port", 477), (*b"pres", 367), (*b"r th", 676), (*b"rati", 393), (*b"red ", 423),
    (*b"ress", 354), (*b"ring", 511), (*b"rom ", 666), (*b"s a ", 602), (*b"s an", 664), (*b"s ar", 405),
    (*b"s in", 631), (*b"s no", 350), (*b"s of", 969), (*b"s th", 1139), (*b"s to", 548), (*b"sed ", 773),
    (*b"see ", 545), (*b"sing", 442), (*b"sion", 523), (*b"some", 404), (*b"spec", 497), (*b"stat", 452),
    (*b"ster", 2595), (*b"t is", 514), (*b"t of", 674), (*b"t th", 774), (*b"tain", 424), (*b"tate", 375),
    (*b"ted ", 1117), (*b"ter ", 729), (*b"that", 1254), (*b"the ", 8982), (*b"ther", 1013), (*b"this", 897),
    (*b"time", 361), (*b"ting", 879), (*b"tion", 3224), (*b"tive", 424), (*b"to a", 496), (*b"to b", 380),
    (*b"to s", 378), (*b"to t", 744), (*b"ture", 387), (*b"uld ", 360), (*b"use ", 428), (*b"used", 483),
    (*b"ver ", 350), (*b"webs", 2328), (*b"whic", 639), (*b"will", 446), (*b"with", 1182), (*b"y th", 444),
];

const CLASSES: usize = 28;
const SPACE: usize = 26;
const OTHER: usize = 27;

fn class(byte: u8) -> usize {
    match byte {
        b'a'..=b'z' => usize::from(byte - b'a'),
        b' ' => SPACE,
        _ => OTHER,
    }
}

/// The share of `byte`, a lower-case letter or not a letter, among all bytes; both cases of a letter count.
pub(super) fn of_byte(byte: u8) -> f32 {
    f32::from(BYTES[usize::from(byte)]) / 65536.0
}

/// For each class, the share of each class among what comes after it.
static AFTER: LazyLock<[[f32; CLASSES]; CLASSES]> = LazyLock::new(|| {
    std::array::from_fn(|before| {
        let row = &PAIRS[before * CLASSES..][..CLASSES];
        let total: f32 = row.iter().copied().map(f32::from).sum();
        std::array::from_fn(|after| f32::from(row[after]) / total)
    })
});

/// By how much pairs underrate each of the common windows.
static UNDERRATED: LazyLock<[f32; COMMON.len()]> =
    LazyLock::new(|| COMMON.map(|(window, count)| f32::from(count) / 1e6 - by_pairs(&window)));

/// The share of places at which `window` stands, taking each byte to depend on the one before it if it is not among
/// the most common.
pub(super) fn of_window(window: &[u8]) -> f32 {
    match COMMON.binary_search_by(|(common, _)| common[..].cmp(window)) {
        Ok(at) => f32::from(COMMON[at].1) / 1e6,
        Err(_) => by_pairs(window),
    }
}

fn by_pairs(window: &[u8]) -> f32 {
    let Some(&first) = window.first() else { return 1.0 };
    let follows = |pair: &[u8]| {
        let after = class(pair[1]);
        let share = AFTER[class(pair[0])][after];
        if after == OTHER { share * of_byte(pair[1]) / OTHER_SHARE } else { share }
    };
    of_byte(first) * window.windows(2).map(follows).product::<f32>()
}

/// Some bytes, lower-case letters or not letters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Class {
    bytes: [u64; 4],
    /// A bit for each class that has any of them.
    classes: u32,
    /// The share of those that are neither letters nor spaces, of all bytes.
    others: f32,
}

impl Class {
    pub(super) const NONE: Class = Class { bytes: [0; 4], classes: 0, others: 0.0 };

    pub(super) fn is_empty(self) -> bool {
        self.classes == 0
    }

    pub(super) fn add(&mut self, byte: u8) {
        let (word, bit) = (&mut self.bytes[usize::from(byte / 64)], 1 << (byte % 64));
        if *word & bit != 0 {
            return;
        }
        *word |= bit;
        self.classes |= 1 << class(byte);
        self.others += if class(byte) == OTHER { of_byte(byte) } else { 0.0 };
    }

    /// The classes that have any of them.
    fn classes(self) -> impl Iterator<Item = usize> {
        let mut left = self.classes;
        std::iter::from_fn(move || {
            let class = left.trailing_zeros() as usize;
            left &= left.wrapping_sub(1);
            (class < CLASSES).then_some(class)
        })
    }

    fn has(self, byte: u8) -> bool {
        self.bytes[usize::from(byte / 64)] >> (byte % 64) & 1 != 0
    }
}

/// The share of places at which one byte of each of the `classes` stands after another: the sum over all their windows of
/// what [`of_window`] says.
pub(super) fn of_classes(classes: &[Class]) -> f32 {
    let Some((first, rest)) = classes.split_first() else { return 1.0 };
    let mut left = [0.0; CLASSES];
    for class in first.classes() {
        left[class] = match class {
            SPACE => of_byte(b' '),
            OTHER => first.others,
            letter => of_byte(b'a' + letter as u8),
        };
    }
    let mut before = first;
    for here in rest {
        let mut next = [0.0; CLASSES];
        for class in here.classes() {
            let share: f32 = before.classes().map(|before| left[before] * AFTER[before][class]).sum();
            next[class] = if class == OTHER { share * here.others / OTHER_SHARE } else { share };
        }
        (left, before) = (next, here);
    }
    let mut share: f32 = before.classes().map(|class| left[class]).sum();
    if let [a, b, c, d] = classes {
        for ((window, _), underrated) in COMMON.iter().zip(UNDERRATED.iter()) {
            if a.has(window[0]) && b.has(window[1]) && c.has(window[2]) && d.has(window[3]) {
                share += underrated;
            }
        }
    }
    share
}

/// The same for a longer window, by its parts.
pub(super) fn of_long(window: &[u8]) -> f32 {
    let mut share = of_window(&window[..window.len().min(4)]);
    // Each next part begins where the one before it ends.
    let mut at = 3;
    while at + 1 < window.len() {
        share *= of_window(&window[at..window.len().min(at + 4)]) / of_byte(window[at]);
        at += 3;
    }
    share
}

/// The share of bytes that are neither letters nor spaces.
const OTHER_SHARE: f32 = 0.087;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up() {
        let bytes: f32 = (0..=255).filter(|byte: &u8| !byte.is_ascii_uppercase()).map(of_byte).sum();
        assert!((bytes - 1.0).abs() < 0.01, "{bytes}");
        let pairs: f32 = PAIRS.iter().copied().map(f32::from).sum::<f32>() / 65536.0;
        assert!((pairs - 1.0).abs() < 0.02, "{pairs}");
    }

    #[test]
    fn classes_let_in_all_their_windows() {
        let words = [["fter", "ntai", "is a"], ["caus", "-b:d", ";b-e"], ["the ", "webs", "tion"]];
        for words in words.map(|words| words.map(str::as_bytes)) {
            for len in 1..=4 {
                let mut classes = vec![Class::NONE; len];
                for word in words {
                    classes.iter_mut().zip(word).for_each(|(class, &byte)| class.add(byte));
                }
                let mut windows = vec![Vec::new()];
                for place in 0..len {
                    let mut bytes = words.map(|word| word[place]).to_vec();
                    bytes.sort_unstable();
                    bytes.dedup();
                    let more = |window: &Vec<u8>| bytes.iter().map(|&byte| [&window[..], &[byte]].concat()).collect();
                    windows = windows.iter().flat_map(|window| -> Vec<Vec<u8>> { more(window) }).collect();
                }
                let all: f32 = windows.iter().map(|window| of_window(window)).sum();
                let share = of_classes(&classes);
                assert!((share - all).abs() <= 1e-3 * all, "{words:?} {len}: {share} {all}");
            }
        }
    }

    #[test]
    fn the_most_common_windows_are_in_order() {
        assert!(COMMON.is_sorted_by(|one, next| one.0 < next.0));
    }

    #[test]
    fn common_windows_are_known_as_common() {
        for (common, rare) in [(" is ", "is a"), (" the", " aft"), ("tion", "volv"), ("e", "z"), (" the", "= x ")] {
            assert!(of_window(common.as_bytes()) > of_window(rare.as_bytes()), "{common:?} {rare:?}");
        }
    }
}
