#!/usr/bin/env python3
"""Makes src/argument/lexicon.tsv, the open-class words that the noun phrase finder knows, from WordNet 3.0.

usage: lexicon.py DIRECTORY > src/argument/lexicon.tsv

DIRECTORY holds WordNet's data.noun, index.noun, index.verb, index.adj, index.adv, noun.exc and verb.exc (in Debian:
the package wordnet-base). Kept are single words of lower-case letters, with at most one hyphen, that WordNet gives
several senses or has met in its tagged texts, the words that a text is likely to hold, and all nouns that name animals,
groups, feelings, phenomena, parts of the body, and things made by people. Each line is a word, a tab and
letters: n noun, p plural noun, v verb, f irregular finite form or participle, a adjective, r adverb; then capitals and
digits for what kind of thing the noun names (CATEGORY and CLOSURE below, by its first sense, or its first two).
"""
import re
import sys
from collections import defaultdict

# WordNet's lexicographer files of nouns, by number.
CATEGORY = {
    4: "A", 5: "B", 6: "C", 7: "D", 8: "E", 9: "F", 10: "G", 11: "H", 12: "I", 13: "J", 14: "K", 15: "L", 16: "M",
    17: "N", 18: "O", 19: "P", 20: "Q", 21: "R", 22: "S", 23: "T", 24: "U", 25: "V", 26: "W", 27: "X", 28: "Y",
}
# Everything below a concept: letter, word, number of its sense.
CLOSURE = [("1", "container", 1), ("2", "group", 1)]
# Nouns that are parts of something, among these categories.
PART, PART_CATEGORIES = "3", {6, 8, 10, 13, 14, 17, 20}
# Nouns one of whose three first senses is a thing that can be touched: animals, things made, bodies, objects, plants.
THING, THING_CATEGORIES = "4", {5, 6, 8, 17, 20}
# Categories whose nouns are kept however rare they are.
ALWAYS = {5, 6, 8, 12, 14, 19}
WORD = re.compile(r"[a-z]{2,}(?:-[a-z]+)?")


def index(directory, pos):
    """word -> (synsets by frequency, whether it was met in tagged texts)"""
    words = {}
    for line in open(f"{directory}/index.{pos}", encoding="utf-8"):
        if not line.startswith("  "):
            fields = line.split()
            pointers = int(fields[3])
            words[fields[0]] = (fields[6 + pointers:], int(fields[5 + pointers]) > 0)
    return words


def synsets(directory):
    """offset -> (lexicographer file, pointers)"""
    found = {}
    for line in open(f"{directory}/data.noun", encoding="utf-8"):
        if not line.startswith("  "):
            fields = line.split(" | ")[0].split()
            at = 4 + 2 * int(fields[3], 16)
            count = int(fields[at])
            found[fields[0]] = (int(fields[1]), [(fields[at + 1 + 4 * i], fields[at + 2 + 4 * i]) for i in range(count)])
    return found


def below(nouns, root):
    """The synset `root` and all its hyponyms."""
    hyponyms = defaultdict(list)
    for offset, (_, pointers) in nouns.items():
        for symbol, target in pointers:
            if symbol in ("@", "@i"):
                hyponyms[target].append(offset)
    seen, waiting = set(), [root]
    while waiting:
        offset = waiting.pop()
        if offset not in seen:
            seen.add(offset)
            waiting += hyponyms[offset]
    return seen


def irregular(directory, pos, known):
    """irregular form -> its base words among `known`"""
    forms = defaultdict(list)
    for line in open(f"{directory}/{pos}.exc", encoding="utf-8"):
        form, *bases = line.split()
        forms[form] += [base for base in bases if base in known and base != form]
    return {form: bases for form, bases in forms.items() if bases and WORD.fullmatch(form)}


def main(directory):
    nouns = synsets(directory)
    words = {pos: index(directory, pos) for pos in ("noun", "verb", "adj", "adv")}
    familiar = {
        pos: {w for w, (senses, met) in entries.items() if WORD.fullmatch(w) and (met or len(senses) > 1)}
        for pos, entries in words.items()
    }
    closures = [(letter, below(nouns, words["noun"][word][0][sense - 1])) for letter, word, sense in CLOSURE]
    closures.append((PART, {o for o, (f, ps) in nouns.items() if f in PART_CATEGORIES and any(s == "#p" for s, _ in ps)}))
    listed = {w for w, (senses, _) in words["noun"].items() if WORD.fullmatch(w) and nouns[senses[0]][0] in ALWAYS}
    familiar["noun"] |= {word for word in listed if len(word) < 13 and "-" not in word}
    letters = defaultdict(set)
    for word in familiar["noun"]:
        senses = words["noun"][word][0]
        letters[word] |= {"n", CATEGORY.get(nouns[senses[0]][0], "")} - {""}
        letters[word] |= {letter for letter, members in closures if members & set(senses[:2])}
        letters[word] |= {THING for sense in senses[:3] if nouns[sense][0] in THING_CATEGORIES}
    for pos, letter in (("verb", "v"), ("adj", "a"), ("adv", "r")):
        for word in familiar[pos]:
            letters[word].add(letter)
    for form, bases in irregular(directory, "noun", familiar["noun"]).items():
        letters[form].update({"n", "p"}, *(letters[base] - set("vfar") for base in bases))
    for form in irregular(directory, "verb", familiar["verb"]):
        if not form.endswith("ing"):
            letters[form].add("f")
    for word in sorted(letters):
        print(word, "".join(sorted(letters[word])), sep="\t")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
