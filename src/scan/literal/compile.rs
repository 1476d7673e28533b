//! Filters and tables, made from needles and their windows.

use super::keys::{Filter, Keys, Word, context_at, context_mask, mask, word_at};
use super::needles::{Entry, NOTHING, Needles};
use super::table::Needle;
use super::window::{NARROW, WIDE, Windows};

/// No more entries than this may be looked at for one key, nor needles for one context: what is done for one candidate has
/// a bound.
const LONGEST_CHAIN: usize = 240;
const LONGEST_BUNDLE: usize = 24;
/// If more needles than this have one key they are put in bundles.
const ALIKE: usize = 4;

impl Needles {
    /// `None` if too many needles have equal keys.
    pub(super) fn new(needles: &[Box<[u8]>], windows: &Windows) -> Option<Self> {
        let groups = Groups::new(needles, windows);
        let (filters, has_foreign) = groups.filters();
        let mut entries = Entries::new(needles.len());
        let groups = [&groups.whole, &groups.short, &groups.tiny];
        let tables = groups.into_iter().filter(|group| !group.is_empty()).map(|group| entries.table(group));
        let tables = tables.collect::<Option<_>>()?;
        let longest_chain = entries.lengths.into_iter().max().unwrap_or_default();
        let built = Needles {
            filters,
            has_foreign,
            keys: tables,
            is_large: windows.width == WIDE,
            entries: entries.all.into(),
            bundles: entries.bundles.into(),
            longest_chain,
            count: needles.len(),
        };
        (longest_chain <= LONGEST_CHAIN).then_some(built)
    }
}

/// A needle among others.
#[derive(Clone, Copy, Debug)]
struct Member<'n> {
    needle: &'n [u8],
    number: u32,
    anchor: u32,
    /// The bytes from its window on, with zeros where it ends.
    word: Word,
    /// How many there are.
    len: usize,
}

impl Member<'_> {
    fn first_byte(&self) -> u8 {
        self.needle[self.anchor as usize]
    }

    fn context(&self) -> Context {
        let least = |len| [8, 4, 2, 1].into_iter().find(|&least| least <= len).unwrap_or(0);
        Context { before: least(self.anchor as usize), after: least(self.len.saturating_sub(WIDE)) }
    }
}

/// How many bytes before the window of a needle, and after the eighth of it, tell it from others; but few different
/// numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Context {
    before: usize,
    after: usize,
}

/// A mask for the bytes that all of `members` have, at most `most`.
fn common<'m>(members: impl IntoIterator<Item = &'m Member<'m>>, most: usize) -> Word {
    mask(members.into_iter().fold(most, |len, member| len.min(member.len)))
}

/// The needles by how long their keys can be.
struct Groups<'n> {
    /// If windows are wide, those with a whole window.
    whole: Vec<Member<'n>>,
    /// Those with a whole window, if it is narrow.
    short: Vec<Member<'n>>,
    tiny: Vec<Member<'n>>,
}

impl<'n> Groups<'n> {
    fn new(needles: &'n [Box<[u8]>], windows: &Windows) -> Self {
        let mut groups = Groups { whole: Vec::new(), short: Vec::new(), tiny: Vec::new() };
        let is_wide = windows.width == WIDE;
        groups.whole.reserve_exact(if is_wide { needles.len() } else { 0 });
        for ((needle, &anchor), number) in needles.iter().zip(&windows.anchors).zip(0..) {
            let len = needle.len() - anchor as usize;
            let member = Member { needle, number, anchor, word: word_at(needle, anchor as usize), len };
            let group = match len {
                WIDE.. if is_wide => &mut groups.whole,
                NARROW.. => &mut groups.short,
                _ => &mut groups.tiny,
            };
            group.push(member);
        }
        groups
    }

    /// Filters for all but tiny needles that do not begin with ASCII, and whether there are any of these: they are rare,
    /// and would leave little to tell candidates apart by.
    fn filters(&self) -> (Box<[Filter]>, bool) {
        let tiny = || self.tiny.iter().filter(|member| member.first_byte().is_ascii());
        let short: Vec<_> = self.short.iter().chain(tiny()).collect();
        let whole: Vec<_> = self.whole.iter().collect();
        let filter = |members: Vec<&Member<'_>>| {
            let mut filter = Filter::new(common(members.iter().copied(), WIDE)[0], members.len());
            for member in members {
                filter.insert(member.word[0]);
            }
            filter
        };
        let filters = [whole, short].into_iter().filter(|members| !members.is_empty()).map(filter);
        (filters.collect(), tiny().count() < self.tiny.len())
    }
}

/// What tables lead to.
struct Entries {
    all: Vec<Entry>,
    /// For each entry, how many are looked at from there on.
    lengths: Vec<usize>,
    bundles: Vec<Keys>,
}

impl Entries {
    fn new(needles: usize) -> Self {
        let mut entries = Entries {
            all: Vec::with_capacity(needles + 1),
            lengths: Vec::with_capacity(needles + 1),
            bundles: Vec::new(),
        };
        entries.push(Entry { needle: Needle::of_no_text(), bundle: None, next: NOTHING }, 0);
        entries
    }

    fn push(&mut self, entry: Entry, looks: usize) {
        self.lengths.push(looks + self.lengths.get(entry.next as usize).unwrap_or(&0));
        self.all.push(entry);
    }

    /// The table of a group. `None` if there are too many needles.
    fn table(&mut self, group: &[Member<'_>]) -> Option<Keys> {
        let mut table = Keys::new(common(group, WIDE), group.len());
        let mut members: Vec<_> = group.iter().map(|member| (table.key(member.word), member)).collect();
        members.sort_unstable_by_key(|&(key, member)| (key, member.number));
        for alike in members.chunk_by(|(key, _), (next, _)| key == next) {
            if alike.len() <= ALIKE {
                self.chain(&mut table, alike.iter().map(|(key, member)| (*key, *member)))?;
                continue;
            }
            let mut members: Vec<_> = alike.iter().map(|(_, member)| (member.context(), *member)).collect();
            members.sort_unstable_by_key(|&(context, member)| (context, member.number));
            for bundled in members.chunk_by(|(context, _), (next, _)| context == next) {
                self.bundle(&mut table, alike[0].0, bundled)?;
            }
        }
        Some(table)
    }

    /// Makes a bundle of `members`, which have one key and contexts of the same bytes, and puts it into `table`.
    fn bundle(&mut self, table: &mut Keys, key: Word, members: &[(Context, &Member<'_>)]) -> Option<()> {
        let Context { before, after } = members[0].0;
        let mut bundle = Keys::new(context_mask(before, after), members.len());
        let contexts = members.iter().map(|(_, member)| (context_at(member.needle, member.anchor as usize), *member));
        let looks = self.chain(&mut bundle, contexts).filter(|&looks| looks <= LONGEST_BUNDLE)?;
        let number = u32::try_from(self.bundles.len()).ok()?;
        self.bundles.push(bundle);
        let next = table.insert(key, self.all.len())?;
        self.push(Entry { needle: Needle::of_no_text(), bundle: Some(number), next }, 1 + looks);
        Some(())
    }

    /// Puts `members` with these words into `table`, and returns how many entries are looked at for one of them at most;
    /// `None` if there are too many needles.
    fn chain<'m>(&mut self, table: &mut Keys, members: impl Iterator<Item = (Word, &'m Member<'m>)>) -> Option<usize> {
        let mut most = 0;
        for (word, Member { needle, number, anchor, .. }) in members {
            let next = table.insert(word, self.all.len())?;
            let needle = Needle::new(needle, *anchor, *number as usize)?;
            self.push(Entry { needle, bundle: None, next }, 1);
            most = most.max(*self.lengths.last()?);
        }
        Some(most)
    }
}
