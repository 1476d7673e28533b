#!/usr/bin/env python3
"""Makes the text for the benchmarks: documentation and dictionaries of Debian 12, a paragraph a line.

    python3 benches/corpus.py [FOLDER]

Downloads the packages with apt-get (about 120 MB; run `apt-get update` first), takes the prose out of them, and writes
FOLDER/prose.txt, target/corpus/prose.txt unless another folder is given. Paragraphs stand in the order of their MD5, each
once, so that any part of the file is like the whole. Packages that are already in FOLDER/packages are not downloaded.
Needs Python 3.9, apt-get and dpkg-deb, and nothing else.
"""

import gzip
import hashlib
import re
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path

BLOCKS = set("p li dd dt blockquote td h1 h2 h3 h4 h5 div section pre tr table ul ol dl body br".split())
SKIPPED = set("script style pre nav head".split())


class Paragraphs(HTMLParser):
    """The text of each block of a page, without code and navigation."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts, self.found, self.skipping = [], [], 0

    def end_block(self):
        self.found.append(" ".join("".join(self.parts).replace("\u00b6", "").split()))
        self.parts = []

    def handle_starttag(self, tag, attrs):
        if tag in SKIPPED or tag in BLOCKS:
            self.end_block()
        self.skipping += tag in SKIPPED

    def handle_endtag(self, tag):
        if tag in SKIPPED:
            self.skipping = max(0, self.skipping - 1)
            self.parts = []
        elif tag in BLOCKS:
            self.end_block()

    def handle_data(self, data):
        if not self.skipping:
            self.parts.append(data)


def is_prose(text):
    """Whether it looks like sentences: long enough, mostly letters, ended like one."""
    letters = sum(c.isalpha() or c == " " for c in text)
    return len(text) >= 60 and text.count(" ") >= 8 and text[-1] in ".!?:;\"')" and letters > 0.85 * len(text)


def joined(text):
    """Paragraphs that blank lines separate, each on one line."""
    return [" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text)]


def read(path):
    return path.read_text(encoding="utf-8", errors="replace")


def from_pages(root, part=""):
    for path in sorted((root / "usr/share/doc").rglob("*.html")):
        if part in path.as_posix() and "/translations/" not in path.as_posix() and path.is_file():
            page = Paragraphs()
            page.feed(read(path))
            page.end_block()
            yield from filter(is_prose, page.found)


def from_dictionary(root):
    for path in sorted((root / "usr/share/dictd").glob("*.dict.dz")):
        text = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
        yield from joined(re.sub("[{}]", "", text))


def from_wordnet(root):
    for part in ("noun", "verb", "adj", "adv"):
        for line in read(root / "usr/share/wordnet" / f"data.{part}").splitlines():
            fields, bar, gloss = line.partition("|")
            if bar and not line.startswith(" "):
                yield f"{fields.split()[4].replace('_', ' ')}: {gloss.strip()}"


def from_pod(root):
    for path in sorted((root / "usr/share/perl").rglob("*.pod")):
        text = re.sub(r"[A-Z]<<+ (.*?) >>+", r"\1", read(path), flags=re.S)
        for _ in range(2):  # codes within codes
            text = re.sub(r"[A-Z]<([^<>]*)>", lambda code: code[1].split("|")[0], text)
        lines = ("" if line.startswith(("=", " ", "\t")) else line for line in text.splitlines())
        yield from filter(is_prose, joined("\n".join(lines)))


PACKAGES = {
    "anarchism": from_pages,
    "debian-handbook": lambda root: from_pages(root, "/en-US/"),
    "dict-foldoc": from_dictionary,
    "dict-gcide": from_dictionary,
    "dict-jargon": from_dictionary,
    "linux-doc-6.1": from_pages,
    "perl-doc": from_pod,
    "postgresql-doc-15": from_pages,
    "python3.11-doc": from_pages,
    "wordnet-base": from_wordnet,
}


def package_file(package, folder):
    """The package, downloaded unless it is there."""
    if not any(folder.glob(f"{package}_*.deb")):
        subprocess.run(["apt-get", "download", package], cwd=folder, check=True)
    return next(folder.glob(f"{package}_*.deb"))


def main():
    target = Path(__file__).resolve().parent.parent / "target/corpus"
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else target
    packages = folder / "packages"
    packages.mkdir(parents=True, exist_ok=True)
    paragraphs, missing = {}, []
    for package, paragraphs_of in PACKAGES.items():
        try:
            file = package_file(package, packages)
        except (subprocess.CalledProcessError, StopIteration):
            missing.append(package)
            continue
        with tempfile.TemporaryDirectory() as root:
            subprocess.run(["dpkg-deb", "-x", file, root], check=True)
            found = [paragraph for paragraph in paragraphs_of(Path(root)) if paragraph]
        print(f"{package:20} {sum(map(len, found)):10} characters in {len(found):7} paragraphs", flush=True)
        paragraphs.update((hashlib.md5(paragraph.encode()).digest(), paragraph) for paragraph in found)
    text = "".join(f"{paragraph}\n" for _, paragraph in sorted(paragraphs.items()))
    (folder / "prose.txt").write_text(text, encoding="utf-8")
    print(f"{folder / 'prose.txt'}: {len(text.encode())} bytes")
    if missing:
        sys.exit(f"apt-get does not find {', '.join(missing)}; is this Debian 12, after `apt-get update`?")


main()
