//! The forms of English verbs: by rule, and from a table of the irregular ones that name relations.

/// Which forms of a verb are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// All: base, third person, past, participle, gerund.
    Any,
    /// `cause`
    Base,
    /// `causes`
    Third,
    /// `caused`; `gave`
    Past,
    /// `caused`; `given`
    Participle,
    /// `causing`
    Gerund,
    /// Base, third person and past.
    Finite,
    /// A name that is none of these.
    Unknown,
}

impl Form {
    pub(crate) fn of(name: &str) -> Self {
        match name {
            "base" => Form::Base,
            "third" => Form::Third,
            "past" => Form::Past,
            "participle" => Form::Participle,
            "gerund" => Form::Gerund,
            "finite" => Form::Finite,
            _ => Form::Unknown,
        }
    }
}

/// Verbs whose past and participle no rule gives.
const IRREGULAR: [(&str, &str, &str); 134] = [
    ("arise", "arose", "arisen"),
    ("bear", "bore", "born"),
    ("beat", "beat", "beaten"),
    ("become", "became", "become"),
    ("beget", "begot", "begotten"),
    ("begin", "began", "begun"),
    ("bend", "bent", "bent"),
    ("bind", "bound", "bound"),
    ("bite", "bit", "bitten"),
    ("bleed", "bled", "bled"),
    ("blow", "blew", "blown"),
    ("break", "broke", "broken"),
    ("breed", "bred", "bred"),
    ("bring", "brought", "brought"),
    ("build", "built", "built"),
    ("burst", "burst", "burst"),
    ("buy", "bought", "bought"),
    ("cast", "cast", "cast"),
    ("catch", "caught", "caught"),
    ("choose", "chose", "chosen"),
    ("cling", "clung", "clung"),
    ("come", "came", "come"),
    ("cost", "cost", "cost"),
    ("creep", "crept", "crept"),
    ("cut", "cut", "cut"),
    ("deal", "dealt", "dealt"),
    ("dig", "dug", "dug"),
    ("do", "did", "done"),
    ("draw", "drew", "drawn"),
    ("drink", "drank", "drunk"),
    ("drive", "drove", "driven"),
    ("eat", "ate", "eaten"),
    ("fall", "fell", "fallen"),
    ("feed", "fed", "fed"),
    ("feel", "felt", "felt"),
    ("fight", "fought", "fought"),
    ("find", "found", "found"),
    ("flee", "fled", "fled"),
    ("fly", "flew", "flown"),
    ("forbid", "forbade", "forbidden"),
    ("foresee", "foresaw", "foreseen"),
    ("forget", "forgot", "forgotten"),
    ("forgive", "forgave", "forgiven"),
    ("freeze", "froze", "frozen"),
    ("get", "got", "got"),
    ("give", "gave", "given"),
    ("go", "went", "gone"),
    ("grind", "ground", "ground"),
    ("grow", "grew", "grown"),
    ("hang", "hung", "hung"),
    ("hear", "heard", "heard"),
    ("hide", "hid", "hidden"),
    ("hit", "hit", "hit"),
    ("hold", "held", "held"),
    ("hurt", "hurt", "hurt"),
    ("keep", "kept", "kept"),
    ("know", "knew", "known"),
    ("lay", "laid", "laid"),
    ("lead", "led", "led"),
    ("leave", "left", "left"),
    ("lend", "lent", "lent"),
    ("let", "let", "let"),
    ("lie", "lay", "lain"),
    ("lose", "lost", "lost"),
    ("make", "made", "made"),
    ("mean", "meant", "meant"),
    ("meet", "met", "met"),
    ("outrun", "outran", "outrun"),
    ("overcome", "overcame", "overcome"),
    ("override", "overrode", "overridden"),
    ("overtake", "overtook", "overtaken"),
    ("pay", "paid", "paid"),
    ("put", "put", "put"),
    ("quit", "quit", "quit"),
    ("read", "read", "read"),
    ("rebuild", "rebuilt", "rebuilt"),
    ("ride", "rode", "ridden"),
    ("ring", "rang", "rung"),
    ("rise", "rose", "risen"),
    ("run", "ran", "run"),
    ("say", "said", "said"),
    ("see", "saw", "seen"),
    ("seek", "sought", "sought"),
    ("sell", "sold", "sold"),
    ("send", "sent", "sent"),
    ("set", "set", "set"),
    ("shake", "shook", "shaken"),
    ("shed", "shed", "shed"),
    ("shine", "shone", "shone"),
    ("shoot", "shot", "shot"),
    ("show", "showed", "shown"),
    ("shrink", "shrank", "shrunk"),
    ("shut", "shut", "shut"),
    ("sing", "sang", "sung"),
    ("sink", "sank", "sunk"),
    ("sit", "sat", "sat"),
    ("sleep", "slept", "slept"),
    ("slide", "slid", "slid"),
    ("speak", "spoke", "spoken"),
    ("spend", "spent", "spent"),
    ("spin", "spun", "spun"),
    ("split", "split", "split"),
    ("spread", "spread", "spread"),
    ("spring", "sprang", "sprung"),
    ("stand", "stood", "stood"),
    ("steal", "stole", "stolen"),
    ("stick", "stuck", "stuck"),
    ("strike", "struck", "struck"),
    ("swear", "swore", "sworn"),
    ("sweep", "swept", "swept"),
    ("swim", "swam", "swum"),
    ("swing", "swung", "swung"),
    ("take", "took", "taken"),
    ("teach", "taught", "taught"),
    ("tear", "tore", "torn"),
    ("tell", "told", "told"),
    ("think", "thought", "thought"),
    ("throw", "threw", "thrown"),
    ("undergo", "underwent", "undergone"),
    ("underlie", "underlay", "underlain"),
    ("understand", "understood", "understood"),
    ("undertake", "undertook", "undertaken"),
    ("undo", "undid", "undone"),
    ("uphold", "upheld", "upheld"),
    ("upset", "upset", "upset"),
    ("wear", "wore", "worn"),
    ("weave", "wove", "woven"),
    ("win", "won", "won"),
    ("wind", "wound", "wound"),
    ("withdraw", "withdrew", "withdrawn"),
    ("withhold", "withheld", "withheld"),
    ("withstand", "withstood", "withstood"),
    ("wreak", "wrought", "wrought"),
    ("write", "wrote", "written"),
];

/// Verbs of more than one syllable that double their last letter.
const DOUBLING: [&str; 41] = [
    "acquit", "admit", "allot", "beget", "begin", "commit", "compel", "concur", "confer", "control", "defer", "deter",
    "dispel", "emit", "equip", "excel", "expel", "forbid", "forget", "impel", "incur", "infer", "occur", "omit",
    "outrun", "overlap", "patrol", "permit", "prefer", "propel", "quit", "rebel", "recur", "refer", "regret", "remit",
    "repel", "submit", "transfer", "transmit", "upset",
];

/// The forms of `verb` that `form` names, all different.
pub(crate) fn forms(verb: &str, form: Form) -> Vec<String> {
    let words: &[&str] = match (verb, form) {
        ("be", Form::Any) => &["is", "are", "was", "were", "be", "been", "being"],
        ("be", Form::Finite) => &["is", "are", "was", "were"],
        ("be", Form::Past) => &["was", "were"],
        ("be", Form::Third) => &["is"],
        ("be", Form::Participle) => &["been"],
        ("be", Form::Gerund) => &["being"],
        ("have", Form::Any) => &["have", "has", "had", "having"],
        ("have", Form::Finite) => &["have", "has", "had"],
        ("have", Form::Past | Form::Participle) => &["had"],
        ("have", Form::Third) => &["has"],
        _ => &[],
    };
    let mut found: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
    if found.is_empty() {
        let irregular = IRREGULAR.iter().find(|(base, ..)| *base == verb);
        let past = irregular.map_or_else(|| regular(verb, "ed"), |(_, past, _)| (*past).to_owned());
        let participle = irregular.map_or_else(|| past.clone(), |(.., participle)| (*participle).to_owned());
        found = match form {
            Form::Base => vec![verb.to_owned()],
            Form::Third => vec![third(verb)],
            Form::Past => vec![past],
            Form::Participle => vec![participle],
            Form::Gerund => vec![regular(verb, "ing")],
            Form::Finite => vec![verb.to_owned(), third(verb), past],
            Form::Any | Form::Unknown => vec![verb.to_owned(), third(verb), past, participle, regular(verb, "ing")],
        };
    }
    let mut different: Vec<String> = Vec::with_capacity(found.len());
    for form in found {
        if !different.contains(&form) {
            different.push(form);
        }
    }
    different
}

/// The base form of a verb: of those that the rules allow, the first that `is_known`, or else the first.
pub(crate) fn base(word: &str, is_known: impl Fn(&str) -> bool) -> String {
    let be = ["is", "are", "was", "were", "been", "being", "am"];
    if be.contains(&word) {
        return "be".to_owned();
    }
    if matches!(word, "has" | "had" | "having") {
        return "have".to_owned();
    }
    if let Some((base, ..)) = IRREGULAR.iter().find(|(_, past, participle)| *past == word || *participle == word) {
        return (*base).to_owned();
    }
    let mut candidates = Vec::new();
    for (ending, instead) in [
        ("ies", "y"),
        ("es", ""),
        ("s", ""),
        ("ied", "y"),
        ("ed", "e"),
        ("ed", ""),
        ("ying", "ie"),
        ("ing", "e"),
        ("ing", ""),
    ] {
        let Some(stem) = word.strip_suffix(ending).filter(|stem| !stem.is_empty()) else { continue };
        candidates.push(format!("{stem}{instead}"));
        // `stopped`
        if let [.., before, last] = stem.as_bytes()
            && before == last
            && last.is_ascii()
        {
            candidates.push(stem[..stem.len() - 1].to_owned());
        }
    }
    candidates.retain(|candidate| forms(candidate, Form::Any).iter().any(|form| form == word));
    let known = candidates.iter().position(|candidate| is_known(candidate));
    if known.is_none() && (is_known(word) || candidates.is_empty()) {
        return word.to_owned();
    }
    candidates.swap_remove(known.unwrap_or(0))
}

fn is_vowel(byte: u8) -> bool {
    matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u')
}

/// The plural of a noun: by rule, and from a table of the irregular ones that name relations.
pub(crate) fn plural(noun: &str) -> String {
    const IRREGULAR: [(&str, &str); 8] = [
        ("analysis", "analyses"),
        ("child", "children"),
        ("half", "halves"),
        ("man", "men"),
        ("part", "parts"),
        ("person", "people"),
        ("phenomenon", "phenomena"),
        ("woman", "women"),
    ];
    let irregular = IRREGULAR.iter().find(|(known, _)| *known == noun);
    irregular.map_or_else(|| third(noun), |(_, plural)| (*plural).to_owned())
}

/// A word with the -s of the third person, or of the plural, which are spelt alike.
fn third(verb: &str) -> String {
    match verb.as_bytes() {
        [.., before, b'y'] if !is_vowel(*before) => format!("{}ies", &verb[..verb.len() - 1]),
        [.., b's' | b'x' | b'z' | b'o'] | [.., b'c' | b's', b'h'] => format!("{verb}es"),
        _ => format!("{verb}s"),
    }
}

/// `verb` with -ed or -ing.
fn regular(verb: &str, ending: &str) -> String {
    let gerund = ending == "ing";
    match verb.as_bytes() {
        [.., b'i', b'e'] if gerund => format!("{}ying", &verb[..verb.len() - 2]),
        [.., b'e' | b'o' | b'y', b'e'] if gerund => format!("{verb}ing"),
        [.., b'e'] => format!("{}{ending}", &verb[..verb.len() - 1]),
        [.., before, b'y'] if !gerund && !is_vowel(*before) => format!("{}ied", &verb[..verb.len() - 1]),
        [.., last] if doubles(verb) => format!("{verb}{}{ending}", char::from(*last)),
        _ => format!("{verb}{ending}"),
    }
}

/// Whether the last letter is doubled: a short vowel and one consonant end a verb of one syllable, or one we know.
fn doubles(verb: &str) -> bool {
    let bytes = verb.as_bytes();
    let [.., before, vowel, last] = bytes else { return false };
    let closed = !is_vowel(*before) && is_vowel(*vowel) && !is_vowel(*last) && !matches!(last, b'w' | b'x' | b'y');
    let one_syllable = bytes.iter().filter(|b| is_vowel(**b)).count() == 1;
    DOUBLING.contains(&verb) || (closed && one_syllable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_led_back_to_their_base() {
        let known = |word: &str| ["cause", "stop", "lead", "try", "agree", "focus", "die", "bring"].contains(&word);
        let cases = [
            ("causes", "cause"),
            ("caused", "cause"),
            ("causing", "cause"),
            ("stopped", "stop"),
            ("stopping", "stop"),
            ("led", "lead"),
            ("tries", "try"),
            ("tried", "try"),
            ("agreed", "agree"),
            ("focuses", "focus"),
            ("dying", "die"),
            ("is", "be"),
            ("bring", "bring"),
        ];
        for (form, want) in cases {
            assert_eq!(base(form, known), want, "{form}");
        }
    }

    #[test]
    fn forms_of_verbs() {
        let cases = [
            ("cause", "cause causes caused causing"),
            ("lead", "lead leads led leading"),
            ("stem", "stem stems stemmed stemming"),
            ("trigger", "trigger triggers triggered triggering"),
            ("refer", "refer refers referred referring"),
            ("give", "give gives gave given giving"),
            ("fall", "fall falls fell fallen falling"),
            ("undergo", "undergo undergoes underwent undergone undergoing"),
            ("expel", "expel expels expelled expelling"),
            ("forget", "forget forgets forgot forgotten forgetting"),
            ("signify", "signify signifies signified signifying"),
            ("comprise", "comprise comprises comprised comprising"),
            ("produce", "produce produces produced producing"),
            ("set", "set sets setting"),
            ("emit", "emit emits emitted emitting"),
            ("enclose", "enclose encloses enclosed enclosing"),
            ("be", "is are was were be been being"),
            ("underlie", "underlie underlies underlay underlain underlying"),
            ("quash", "quash quashes quashed quashing"),
        ];
        for (verb, want) in cases {
            assert_eq!(forms(verb, Form::Any).join(" "), want);
        }
        assert_eq!(forms("give", Form::Participle), ["given"]);
        assert_eq!([forms("be", Form::Participle), forms("be", Form::Gerund)], [["been"], ["being"]]);
        assert!(IRREGULAR.is_sorted() && DOUBLING.is_sorted(), "each is there once, and easily found");
        assert_eq!(forms("be", Form::Finite), ["is", "are", "was", "were"]);
        assert_eq!(forms("cause", Form::Finite), ["cause", "causes", "caused"]);
    }
}
