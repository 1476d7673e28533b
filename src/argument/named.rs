//! The words and marks that the rules of English name. Each list of them has a bit, so that to ask whether a token is one
//! of a list is to look at a bit; what a word is of is found out with its classes.

/// A set of lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Named(u64);

impl Named {
    pub(crate) const NONE: Named = Named(0);

    /// Whether the two sets share a list.
    pub(crate) const fn any(self, of: Named) -> bool {
        self.0 & of.0 != 0
    }

    pub(crate) const fn or(self, other: Named) -> Named {
        Named(self.0 | other.0)
    }

    pub(super) const fn bits(self) -> u64 {
        self.0
    }
}

macro_rules! lists {
    ($($(#[$doc:meta])* $name:ident [$($text:literal)*];)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[repr(u8)]
        enum Bit { $($name),* }
        $($(#[$doc])* pub(crate) const $name: Named = Named(1 << Bit::$name as u8);)*

        /// All lists, in small letters.
        pub(super) const LISTS: &[(Named, &[&str])] = &[$(($name, &[$($text),*])),*];
    };
}

lists! {
    A_OR_AN ["a" "an"];
    AND ["and"];
    AS ["as"];
    BEING ["being"];
    BY ["by"];
    EITHER ["either"];
    HALF ["half"];
    IN ["in"];
    LIKE ["like"];
    LIKELY ["likely"];
    LONGER ["longer"];
    NEITHER ["neither"];
    NO ["no"];
    OF ["of"];
    ONE ["one"];
    OR ["or"];
    SUCH ["such"];
    THAT ["that"];
    THOSE ["those"];
    TO ["to"];
    WELL ["well"];
    WHAT ["what" "whatever"];
    WHICH ["which"];
    WHO ["who"];
    WHOSE ["whose"];
    /// Forms of `be` after which a participle is passive.
    BE ["is" "are" "was" "were" "be" "been" "being"];
    IS_OR_ARE ["is" "are"];
    MODAL ["can" "could" "may" "might" "must" "shall" "should" "will" "would" "cannot" "can't" "do" "does" "did" "don't"
        "doesn't" "didn't" "won't"];
    /// Pronouns that are nothing but subjects, and `it`.
    SUBJECT ["i" "we" "you" "he" "she" "they" "it"];
    DEMONSTRATIVE ["this" "these" "that"];
    /// Determiners that do not say which.
    VAGUE ["various" "several" "many" "few" "most" "some" "certain"];
    CONDITIONAL ["if" "whether" "unless"];
    /// What may stand before a participle that is a verb.
    BEFORE_PARTICIPLE ["as" "when" "if" "once"];
    /// What a clause may begin with that has a gerund for its subject.
    BEFORE_GERUND ["that" "because" "since" "if" "so" "while" "whereas"];
    /// What may join a gerund, which is the head of a phrase, to a clause before it.
    JOINING_GERUND ["that" "because" "so" "thus" "and" "but"];
    /// What shows that a phrase is no subject.
    BEFORE_LATE ["in" "at" "on" "for" "from" "of" "to" "as"];
    /// What makes an adverb of a noun.
    BEFORE_ADVERBIAL ["in" "at" "on" "into" "under"];
    TO_ON_IN ["to" "on" "in"];
    /// What a list does not go on after.
    ENDING_LIST ["also" "then" "thus" "so" "even" "therefore"];
    /// What an aside may begin with.
    OPENING_ASIDE ["or" "also" "known" "called" "formerly" "in" "with" "including" "such" "especially" "usually"
        "sometimes" "often" "when" "as"];
    /// Adverbs that only say how a phrase is to be taken.
    FOCUS ["only" "just" "mainly" "primarily" "particularly" "especially" "mostly" "largely" "partly" "even" "also"];
    /// Adjectives that stand after their noun with a preposition.
    POSTPOSED ["native" "similar" "equal" "open" "equivalent" "common" "related"];
    /// Participles that no phrase ends with.
    NOT_ENDING ["according" "based" "related" "compared" "associated"];
    /// Prepositions that look like a gerund.
    NO_GERUND ["following" "including" "concerning" "regarding" "according"];
    /// Words after which `to` makes no infinitive.
    NO_INFINITIVE ["due" "lead" "leads" "leading" "led" "contribute" "contributes" "contributed" "contributing" "owing"
        "prior" "response" "relation" "addition" "exposure" "according" "rise" "related"];
    /// Base forms of verbs that are past forms as well, and `bear`.
    PAST_TOO ["set" "put" "cut" "split" "spread" "shed" "bear"];
    HARM ["damage" "harm" "injury" "injuries" "exposure"];
    /// What something is said to be with `as`.
    ROLE ["whole" "group" "rule" "result" "consequence" "tool"];
    /// What has a list after its `of`.
    JOINING ["combination" "mixture" "blend" "union" "intersection" "product" "ratio" "sum" "difference" "balance"];
    TITLE ["st" "mt" "dr" "mr" "mrs"];
    /// Longer than three bytes and ending so, in capitals or not.
    IN_LY [];
    FULL_STOP ["."];
    COLON [":"];
    SEMICOLON [";"];
    DASH ["-" "–" "—"];
    EN_DASH ["–"];
    OPENING_QUOTE ["\"" "“" "«" "‘" "`"];
    CLOSING_QUOTE ["\"" "”" "»" "’"];
}

/// What a mark is.
pub(super) const fn of_mark(mark: char) -> Named {
    match mark {
        '.' => FULL_STOP,
        ':' => COLON,
        ';' => SEMICOLON,
        '-' | '—' => DASH,
        '–' => DASH.or(EN_DASH),
        '"' => OPENING_QUOTE.or(CLOSING_QUOTE),
        '“' | '«' | '‘' | '`' => OPENING_QUOTE,
        '”' | '»' | '’' => CLOSING_QUOTE,
        _ => Named::NONE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::argument::lexicon::Lexicon;
    use crate::argument::phrase::Sentence;
    use crate::argument::recent::Recent;
    use crate::argument::token::{tokenize, tokenize_any};
    use crate::argument::vocabulary::Vocabulary;

    #[test]
    fn every_word_is_of_its_lists_and_of_no_others() {
        let (lexicon, recent) = (Lexicon::english(), Recent::default());
        let vocabulary = Vocabulary { lexicon: &lexicon, recent: &recent, questions: None };
        let others =
            ["cat", "ly", "only", "UGLY", "caf\u{e9}ly", "US", "us", "?", "–", "extraordinarily-long-ly", "don’t"];
        let words = LISTS.iter().flat_map(|(_, words)| *words).chain(&others);
        for word in words.flat_map(|word| [word.to_string(), word.to_uppercase()]) {
            let in_ly = word.len() > 3 && word.to_ascii_lowercase().ends_with("ly");
            let holds = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(&word));
            for cut in [tokenize, tokenize_any] {
                let mut tokens = Vec::new();
                cut(&word, 0..word.len(), &mut tokens);
                let sentence = Sentence { text: &word, tokens: &tokens, vocabulary };
                assert_eq!(tokens.len(), 1, "{word}");
                for &(list, words) in LISTS {
                    assert_eq!(sentence.is(0, list), holds(words) || list == IN_LY && in_ly, "{word} {words:?}");
                }
            }
        }
    }
}
