"""The extractor: what it finds, and what it says of what it cannot take."""

from __future__ import annotations

import copy
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import relscan
from relscan import Extractor, Pattern, PatternError, PatternSet

TEXT = "Smoking causes lung cancer. Salt water is a liquid."
TEXTS = [TEXT, "Nothing here.", "Ünïcode: heavy rain causes floods 𝄞."]


@pytest.fixture(scope="module")
def english() -> Extractor:
    return Extractor()


def plain(found: relscan.Associations) -> list[tuple[str, str, str]]:
    return [(a.source, a.relation, a.target) for a in found]


def test_a_text(english: Extractor) -> None:
    found = english.extract(TEXT)
    assert len(found) == 2 and found.text is TEXT
    assert plain(found) == [("smoking", "causal", "lung cancer"), ("salt water", "hierarchical", "liquid")]
    first = found[0]
    assert TEXT[slice(*first.source_span)] == "Smoking"
    assert TEXT[slice(*first.trigger_span)] == first.trigger == "causes"
    assert first.source_head == "smoking" and first.line == 1 and not first.negated
    assert found[-1] == found[1] and found[:1] == [first] and found[::-1][0] == found[1]
    assert first.to_dict()["target_span"] == first.target_span
    assert len({first, found[0]}) == 1
    assert "smoking" in repr(first) and "2 associations" in repr(found)


def test_spans_count_characters_and_bytes(english: Extractor) -> None:
    text = "Ünïcode 𝄞.\nHeavy rain causes floods.\n𝄞𝄞 é.\n\nSmoking causes lung cancer."
    found = english.extract(text)
    assert len(found) == 2
    for a in found:
        for characters, in_bytes in (
            (a.source_span, a.source_byte_span),
            (a.trigger_span, a.trigger_byte_span),
            (a.target_span, a.target_byte_span),
        ):
            assert text[slice(*characters)].encode() == text.encode()[slice(*in_bytes)]
        assert text[slice(*a.source_span)].lower() == a.source


def test_html_is_escaped(english: Extractor) -> None:
    html = english.extract("The <b> rain causes floods & <script>.")._repr_html_()
    assert "<script>" not in html and "<mark" in html


@pytest.mark.parametrize("engine", ["auto", "naive", "dfa", "portable"])
def test_engines_agree(engine: str) -> None:
    text = "Rain leads to floods\nA dog is a mammal and it contains bones\n"
    assert plain(Extractor("seed", engine=engine).extract(text)) == plain(Extractor("seed").extract(text))


def test_options() -> None:
    text = "Smoking does not cause floods."
    assert plain(Extractor().extract(text)) == []
    assert [a.negated for a in Extractor(negated=True).extract(text)] == [True]
    assert plain(Extractor(min_confidence=1.0).extract(TEXT)) == []


def test_many_is_as_one_by_one(english: Extractor) -> None:
    texts = TEXTS * 500
    seen: list[tuple[int, int]] = []
    many = english.extract_many(texts, workers=2, progress=lambda done, total: seen.append((done, total)))
    assert [m.index for m in many] == list(range(len(texts)))
    assert many == [english.extract(text) for text in texts]
    assert seen[-1] == (1500, 1500) and seen == sorted(seen)
    assert english.extract_many([]) == [] and english.extract_many(iter(TEXTS)) == many[:3]


def test_batches_are_lazy(english: Extractor) -> None:
    taken: list[int] = []

    def batches():
        for number in range(3):
            taken.append(number)
            yield TEXTS
        raise OSError("the disk is gone")

    results = english.extract_batches(batches())
    assert taken == []
    assert len(next(results)) == 3 and taken == [0]
    next(results), next(results)
    with pytest.raises(OSError, match="disk"):
        next(results)


def test_bad_rows(english: Extractor) -> None:
    rows = [TEXT, None, "\ud800", 7, TEXT]
    with pytest.raises(TypeError, match=r"texts\[1\] must be a str, not NoneType"):
        english.extract_many(rows)
    skipped = english.extract_many(rows, on_error="skip")
    assert [s.index for s in skipped] == [0, 4]
    recorded = english.extract_many(rows, on_error="record")
    assert [type(r.error) for r in recorded] == [type(None), TypeError, ValueError, TypeError, type(None)]
    again = pickle.loads(pickle.dumps(recorded[2]))
    assert type(again.error) is ValueError and again.index == 2


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda e: e.extract(7), TypeError, "must be a str, not int"),
        (lambda e: e.extract(b"x"), TypeError, "decode"),
        (lambda e: e.extract(None), TypeError, "NoneType"),
        (lambda e: e.extract(["x"]), TypeError, "extract_many"),
        (lambda e: e.extract("\ud800"), ValueError, "surrogate"),
        (lambda e: e.extract("x" * 99_999 + "\udfff"), ValueError, "surrogate"),
        (lambda e: e.extract_many("x"), TypeError, "for one text use extract"),
        (lambda e: e.extract_many(7), TypeError, "iterable"),
        (lambda e: e.extract_many([], workers=0), ValueError, "at least 1"),
        (lambda e: e.extract_many([], workers=-(10**30)), ValueError, "at least 1"),
        (lambda e: e.extract_many([], workers="2"), TypeError, "int"),
        (lambda e: e.extract_many([], on_error="x"), ValueError, "record"),
        (lambda e: e.extract_many([], progress=3), TypeError, "callable"),
        (lambda e: e.extract_batches("x"), TypeError, "lists of str"),
        (lambda e: e.extract_batches(7), TypeError, "lists of str, not int"),
        (lambda e: relscan.PatternSet(7), TypeError, "relscan.Pattern, not int"),
        (lambda e: relscan.Learner(e).learn_batch(7), TypeError, "tuples, not int"),
        (lambda e: e.extract(TEXT)[9], IndexError, "2 associations"),
        (lambda e: e.extract(TEXT)[10**30], IndexError, "2 associations"),
        (lambda e: e.extract(TEXT)["a"], TypeError, "int or slice"),
        (lambda e: Extractor("no/such.toml"), FileNotFoundError, "english"),
        (lambda e: Extractor(7), TypeError, "PatternSet"),
        (lambda e: Extractor([7]), TypeError, "relscan.Pattern"),
        (lambda e: Extractor([]), PatternError, "no patterns"),
        (lambda e: Extractor(engine="x"), ValueError, "not an engine"),
        (lambda e: Extractor(min_confidence=2.0), ValueError, "0 to 1"),
        (lambda e: Extractor(min_confidence=float("nan")), ValueError, "0 to 1"),
        (lambda e: relscan.tag(3), TypeError, "must be a str"),
        (lambda e: relscan.read("x", format="x"), ValueError, "use one of"),
        (lambda e: list(relscan.read("/no/such/file")), OSError, "no/such"),
        (lambda e: relscan._relscan._restore("x", b"{", 0, None), ValueError, "no pickled"),
    ],
)
def test_wrong_arguments(english: Extractor, call, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        call(english)


def test_a_callback_that_raises(english: Extractor) -> None:
    def callback(done: int, total: int) -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        english.extract_many(TEXTS * 100, progress=callback)


def test_copies(english: Extractor, tmp_path: Path) -> None:
    own = [Pattern("prevents", "causal", trigger="prevents"), Pattern("it's", "a", regex="\t")]
    path = tmp_path / "own.toml"
    path.write_text(own[0].to_toml())
    found = english.extract(TEXT)
    for extractor in (english, Extractor("seed", negated=True), Extractor(path), Extractor(str(path)), Extractor(own[:1])):
        for twin in (pickle.loads(pickle.dumps(extractor)), copy.copy(extractor), copy.deepcopy(extractor)):
            assert twin.patterns.names == extractor.patterns.names
            assert plain(twin.extract("Salt prevents ice\n" + TEXT)) == plain(extractor.extract("Salt prevents ice\n" + TEXT))
    for thing in (found, found[1]):
        assert pickle.loads(pickle.dumps(thing)) == thing


def test_pattern_errors_point() -> None:
    text = '[[pattern]]\nname = "x"\nrelation = "causal"\nregex = "(a) (?=b)(c)"\n'
    with pytest.raises(PatternError) as caught:
        PatternSet.parse(text, "mine.toml")
    error = caught.value
    assert (error.line, error.column, error.origin, error.pattern) == (4, 14, "mine.toml", "x")
    assert error.excerpt is not None and "^" in error.excerpt and error.excerpt in str(error)
    assert isinstance(error, ValueError)
    again = pickle.loads(pickle.dumps(error))
    assert (again.line, str(again)) == (4, str(error))
    with pytest.raises(PatternError, match="taken by an earlier"):
        PatternSet([Pattern("x", "causal", trigger="x")] * 2)


def test_examples_of_the_packs() -> None:
    assert Extractor("seed").check_examples() == [] == Extractor().check_examples()


def test_threads(english: Extractor) -> None:
    expected = [plain(english.extract(text)) for text in TEXTS]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: [plain(r) for r in english.extract_many(TEXTS * 50)][:3], range(40)))
    assert all(result == expected for result in results)


def extract_in_child(extractor: Extractor) -> list[tuple[str, str, str]]:
    return plain(extractor.extract_many(TEXTS * 2000, workers=2)[0])


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes(english: Extractor, method: str) -> None:
    english.extract_many(TEXTS * 2000, workers=2)  # the parent has threads by now
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no {method} here")
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map(extract_in_child, [english] * 2, chunksize=1) == [plain(english.extract(TEXT))] * 2


@pytest.mark.skipif(os.name != "posix", reason="signals as of POSIX")
@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_stops(english: Extractor) -> None:
    # Several seconds of work.
    texts = [("Heavy rain causes floods. " * 40_000)] * 30
    for _ in range(3):
        sent: list[float] = []

        def interrupt(sent: list[float] = sent) -> None:
            time.sleep(0.2)
            sent.append(time.monotonic())
            os.kill(os.getpid(), signal.SIGINT)

        thread = threading.Thread(target=interrupt)
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            english.extract_many(texts, workers=2)
        assert time.monotonic() - sent[0] < 1.0  # 0.1 on a machine that is not busy
        thread.join()
    assert plain(english.extract(TEXT)) != []


def test_calls_leave_no_memory(english: Extractor) -> None:
    resource = pytest.importorskip("resource")
    for count in (20_000, 100_000):
        for _ in range(count):
            english.extract(TEXT)[0].source_span
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        if count == 20_000:
            before = peak
    assert peak - before < 20_000  # KB


def test_import_is_quick() -> None:
    code = "import time; t = time.perf_counter(); import relscan; print(time.perf_counter() - t)"
    times = [float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(5)]
    assert min(times) < 0.1  # 0.02 for a release build


def test_tag_and_read(tmp_path: Path) -> None:
    sentences = relscan.tag("É: rain causes floods. They do.")
    assert len(sentences) == 2
    text = "É: rain causes floods. They do."
    assert all(text[t.start : t.end] == t.text for s in sentences for t in s)
    (tmp_path / "a.jsonl").write_text('{"content": "Rain causes floods", "category": "weather"}\n')
    (tmp_path / "b.txt").write_text("one\ntwo\n")
    contents = list(relscan.read(tmp_path))
    assert contents[0] == ("Rain causes floods", contents[0].source, "weather")
    assert [c.text for c in contents[1:]] == ["one", "two"]
    assert [c.text for c in relscan.read([tmp_path / "b.txt"], format="text")] == ["one\ntwo\n"]
