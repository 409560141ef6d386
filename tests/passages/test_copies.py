"""Passages in other copies of their documents: tokenised, typeset in another way, edited."""
# ruff: noqa: RUF001 - marks that look alike are what is tested

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import RdfFormat, Store, serialize

from testimonia import passages
from testimonia.catalogue import resources
from testimonia.errors import InputError
from testimonia.outputs.journal import replace_all
from testimonia.passages import Fault, PassageReport, Whereabouts, changed_files
from testimonia.passages.updating import changes
from testimonia.rdf import files

SOURCES = Path(__file__).parents[2].parent / "shared" / "sources"
held = pytest.mark.skipif(
    not SOURCES.is_dir(), reason=f"the documents are not published with the project ({SOURCES})"
)
PALMYRA = Path("incidents/2025-12-13-palmyra")
DOCUMENT = "https://example.org/document/boats"
PREFIXES = """@prefix tmn: <https://w3id.org/testimonia/ns#> .
@prefix ex: <https://example.org/> .
"""
TEXT = """BOATS
Åsa said “two boats” sank at the quay – nobody was hurt. The crew’s families waited.
Nobody was hurt. A dealer (who was there) counted 10–15 crates, and left.
Nobody was hurt.
"""
WORDS = {  # and which occurrence
    "Åsa said “two boats” sank": None,
    "The crew’s families waited.": None,
    "A dealer (who was there) counted 10–15 crates": None,
    "Nobody was hurt.": 2,
}


def tokenised(text: str) -> str:
    """Tokenise a text as in the Penn Treebank."""
    text = re.sub(r"[“\"](?=\w)", "`` ", text)
    text = re.sub(r"[”\"]", " ''", text)
    text = re.sub(r"[’'](?=\w)", " '", text)
    text = text.replace("(", "-LRB- ").replace(")", " -RRB-").replace("–", "--")
    return re.sub(r"([.,;:!?])(?=\s|$)", r" \1", text)


def typeset(text: str) -> str:
    """Typeset a text with other quotation marks, ligatures, and hyphenated words at the ends of lines."""
    text = text.replace("“", "«\u00a0").replace("”", "\u00a0»").replace("’", "'").replace("–", "—")
    text = text.replace("fi", "\ufb01")
    text = re.sub(r"\b(\w{4})(\w{3})\b", "\\1-\n\\2", text)
    return re.sub(r"\b(\w{3})(\w{3})\b", "\\1\u00ad\\2", text)


COPIES: dict[str, Callable[[str], str]] = {
    "tokenised": tokenised,
    "typeset": typeset,
    "decomposed": lambda text: "\ufeff" + unicodedata.normalize("NFD", text),
    "with a paragraph before it": lambda text: "Corrected on Monday.\nBy the desk.\n\n" + text,
    "without line ends": lambda text: text.replace("\n", " "),
}
copies = pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Write data with four passages, as the library writes them, and a comment."""
    source = tmp_path / "original.txt"
    source.write_text(TEXT, encoding="utf-8")
    turtle = [PREFIXES, passages.document(source, DOCUMENT), "# claims\n"]
    for number, (words, nth) in enumerate(WORDS.items()):
        written = passages.locate(source, words, DOCUMENT, nth=nth)
        iri = re.search(r"<\S+#char=\S+>", written)
        assert iri is not None
        turtle.append(f"{written}ex:c{number} tmn:passage {iri[0]} .\n")
    path = tmp_path / "data.ttl"
    path.write_text("".join(turtle), encoding="utf-8")
    return path


def check_copy(data: Path, text: str) -> PassageReport:
    folder = data.parent / "copies"
    folder.mkdir(exist_ok=True)
    (folder / "copy.txt").write_bytes(text.encode())
    return passages.check(files.read([data]), folder)


def words_of(report: PassageReport) -> list[str]:
    """Return the normal forms of the words where passages were found, in the order of the data."""
    text = report.documents[0].copied
    assert text is not None
    spans = [each.placed.likely for each in report.passages if each.placed]
    return [passages.normalized(text.text[slice(*span)]) for span in spans if span]


@copies
def test_every_passage_is_found_in_a_copy(data: Path, copied: Callable[[str], str]) -> None:
    report = check_copy(data, copied(TEXT))
    assert report.documents[0].copy is not None
    assert report.unmatched_files == ()
    assert words_of(report) == [passages.normalized(words) for words in WORDS]


@copies
def test_updated_data_verify_and_keep_comments(data: Path, copied: Callable[[str], str]) -> None:
    report = check_copy(data, copied(TEXT))
    found = changes(report)
    assert found.left == {}
    replace_all(changed_files.rewritten([data], found))
    report = check_copy(data, copied(TEXT))
    assert report.ok
    assert report.complete
    assert len(report.passages) == len(WORDS)
    assert all(len(each.passage.claims) == 1 for each in report.passages)
    assert "\n# claims\n" in data.read_text(encoding="utf-8")
    assert not changes(report)


def test_words_in_several_places_are_reported_and_resolved_by_order(tmp_path: Path) -> None:
    long = "The keeper of the light on the northern mole counted seven masts and two funnels that went down at once, in all."
    text = f"{long}\nA crane fell.\n{long}\n"
    source, data = tmp_path / "original.txt", tmp_path / "data.ttl"
    source.write_text(text, encoding="utf-8")
    second = passages.locate(source, long, DOCUMENT, nth=2)
    crane = passages.locate(source, "A crane fell.", DOCUMENT)
    data.write_text(passages.document(source, DOCUMENT) + second + crane, encoding="utf-8")
    outcome = check_copy(data, "News.\n" + text).passages[1]
    start, length = text.rindex(long) + 6, len(long)
    assert outcome.placed is not None
    assert outcome.placed.whereabouts is Whereabouts.SEVERAL
    assert outcome.placed.spans == ((6, 6 + length), (start, start + length))
    assert outcome.placed.likely == (start, start + length)
    assert outcome.faults[Fault.SEVERAL] == (
        f"its words are at 6-{6 + length}, {start}-{start + length}; "
        f"by the order of passages it is at {start}-{start + length}"
    )


def test_without_neighbours_the_place_is_uncertain_and_nothing_changes(tmp_path: Path) -> None:
    long = "The keeper of the light on the northern mole counted seven masts and two funnels that went down at once, in all."
    source, data = tmp_path / "original.txt", tmp_path / "data.ttl"
    source.write_text(long, encoding="utf-8")
    turtle = passages.document(source, DOCUMENT) + passages.locate(source, long, DOCUMENT)
    data.write_text(turtle, encoding="utf-8")
    report = check_copy(data, f"News.\n{long}\n{long}\n")
    placed = report.passages[0].placed
    assert placed is not None
    assert (placed.likely, placed.nearest) == (None, (6, 6 + len(long)))
    assert "; perhaps it is at 6-" in report.passages[0].faults[Fault.SEVERAL]
    found = changes(report)
    assert not found
    assert "could not be located with certainty" in found.left[DOCUMENT]


def test_a_passage_that_was_cut_is_missing_and_nothing_changes(data: Path) -> None:
    before = data.read_bytes()
    report = check_copy(data, TEXT.replace("The crew’s families waited.", ""))
    missing = [each for each in report.passages if Fault.MISSING in each.faults]
    assert [each.passage.start for each in missing] == [TEXT.index("The crew")]
    found = changes(report)
    assert not found
    assert "1 of its 4 passages could not be located with certainty" in found.left[DOCUMENT]
    assert changed_files.rewritten([data], found) == {}
    assert data.read_bytes() == before


def test_another_text_is_not_a_copy(data: Path) -> None:
    report = check_copy(data, "Nobody was hurt. Three boats were seen far out at sea.\n")
    assert report.documents[0].copy is None
    assert [path.name for path in report.unmatched_files] == ["copy.txt"]
    assert all(Fault.NOT_HELD in each.faults for each in report.passages)


def test_a_wrong_anchor_is_found(data: Path) -> None:
    text = data.read_text(encoding="utf-8")
    data.write_text(re.sub(r'anchorLength "(\d+)"', 'anchorLength "9"', text, count=1), "utf-8")
    report = check_copy(data, TEXT)
    assert [list(each.faults) for each in report.passages].count([Fault.ANCHOR_DIFFERS]) == 1
    data.write_text(re.sub(r'offsetInWider "\d+"', 'offsetInWider "3"', text, count=1), "utf-8")
    report = check_copy(data, TEXT)
    assert "no sentences around it" in str([each.faults for each in report.passages])


def test_passages_without_anchors_get_them(data: Path) -> None:
    bare = re.sub(
        r" ;\n    tmn:(anchor|wider|offset)\w+ \"\w+\"(\^\^xsd:\w+)?", "", data.read_text("utf-8")
    )
    assert "anchor" not in bare
    whole = data.read_bytes()
    data.write_text(bare, encoding="utf-8")
    found = changes(check_copy(data, TEXT))
    assert len(found.added) == len(WORDS)
    new = changed_files.rewritten([data], found)[data]
    data.write_bytes(new)
    again = data.with_name("whole.ttl")
    again.write_bytes(whole)
    assert set(files.read([data])) == set(files.read([again]))


def test_the_wider_digest_of_a_long_passage_is_updated_too(tmp_path: Path) -> None:
    """It is not needed, but may be there; the sentences around the passage may have changed."""
    words = "Four boats with nine men and two dogs sank at the quay in the storm of Monday, and of the crew nobody was found"
    text = f"News. {words} there. The search goes on."
    source = tmp_path / "original.txt"
    source.write_text(text, encoding="utf-8")
    located = passages.locate(source, words, DOCUMENT)
    assert "widerDigest" not in located
    wide = passages.AnchoredText(text).anchor(6, 6 + len(words), wider=True)
    assert wide.wider_digest is not None
    more = "".join(
        f' ;\n    tmn:{name} "{value}"'
        + ("" if name == "widerDigest" else "^^xsd:nonNegativeInteger")
        for name, value in (
            ("widerDigest", wide.wider_digest),
            ("widerLength", wide.wider_length),
            ("offsetInWider", wide.offset),
        )
    )
    data = tmp_path / "data.ttl"
    length = '"^^xsd:nonNegativeInteger .\n\n'
    data.write_text(
        PREFIXES
        + passages.document(source, DOCUMENT)
        + located.replace(length, f"{length[:-5]}{more} .\n\n")
    )
    edited = f"Update. {words} yesterday. The search goes on."
    assert passages.check(files.read([data]), tmp_path).ok
    source.unlink()
    report = check_copy(data, edited)
    assert words_of(report) == [passages.normalized(words)]
    replace_all(changed_files.rewritten([data], changes(report)))
    report = check_copy(data, edited)
    assert [each.faults for each in report.passages] == [{}]


def test_half_an_anchor_is_malformed_and_stays(data: Path) -> None:
    """Adding a whole one would repeat what is there."""
    text = data.read_text("utf-8")
    data.write_text(
        re.sub(r' ;\n    tmn:anchor\w+ "\w+"(\^\^xsd:\w+)?', "", text, count=2), "utf-8"
    )
    report = check_copy(data, TEXT)
    assert [set(each.faults) for each in report.passages].count({Fault.MALFORMED}) == 1
    found = changes(report)
    assert not found
    assert "no values of tmn:anchorDigest" in found.left[DOCUMENT]


@pytest.mark.parametrize("suffix", [".nt", ".nq", ".trig"])
def test_other_formats_are_changed_in_place(data: Path, suffix: str) -> None:
    kinds = {".nt": RdfFormat.N_TRIPLES, ".nq": RdfFormat.N_QUADS, ".trig": RdfFormat.TRIG}
    other = data.with_suffix(suffix)
    serialize(
        (quad.triple if suffix == ".nt" else quad for quad in files.read([data])),
        str(other),
        kinds[suffix],
    )
    report = check_copy(other, COPIES["with a paragraph before it"](TEXT))
    replace_all(changed_files.rewritten([other], changes(report)))
    assert check_copy(other, COPIES["with a paragraph before it"](TEXT)).ok


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\ufeff", ""),
        ("@prefix tmn: <urn:a> . # <urn:x>\n@prefix oa: <urn:b> .\n", "@prefix tmn: <urn:c> ."),
        ("", "ex:a ex:b [ ex:c ( ex:d ex:e ) ], _:f .\n_:f ex:g _:h ."),
        ("", f"ex:a ex:b <<( <{DOCUMENT}#char=6,31> ex:c 1 )>> ."),
    ],
    ids=["byte order mark", "prefixes redefined", "blank nodes", "triple terms"],
)
def test_unusual_turtle_is_changed_in_place(data: Path, before: str, after: str) -> None:
    data.write_text(before + data.read_text("utf-8") + after + "\n", encoding="utf-8")
    text = data.read_text("utf-8")
    edited = COPIES["with a paragraph before it"](TEXT)
    replace_all(changed_files.rewritten([data], changes(check_copy(data, edited))))
    assert check_copy(data, edited).ok
    new = data.read_text("utf-8")
    assert new != text
    assert new.startswith(before)


def test_what_cannot_be_changed_in_place_is_refused(data: Path) -> None:
    other = data.with_suffix(".rdf")
    rdflib.Graph().parse(data).serialize(other, format="xml")
    before = other.read_bytes()
    found = changes(check_copy(other, "News.\n" + TEXT))
    assert found.renamed
    with pytest.raises(InputError, match="not changed in place"):
        changed_files.rewritten([other], found)
    assert other.read_bytes() == before


def test_nothing_is_half_written(data: Path) -> None:
    """If one of two files cannot be written, the other is unchanged."""
    store = data.with_name("store")
    Store(str(store)).flush()
    within = store / "data.ttl"
    within.write_bytes(b"old")
    before = data.read_bytes()
    for order in ([data, within], [within, data]):
        with pytest.raises(InputError, match="in the directory of a store"):
            replace_all(dict.fromkeys(order, b"new"))
        assert data.read_bytes() == before
        assert within.read_bytes() == b"old"


@held
@copies
def test_both_reports_are_found_in_any_copy(tmp_path: Path, copied: Callable[[str], str]) -> None:
    data, texts = tmp_path / "data", tmp_path / "texts"
    shutil.copytree(resources.folder("data") / PALMYRA, data)
    (data / "in-other-languages.ttl").unlink()  # of other reports, which are not held
    texts.mkdir()
    for path in SOURCES.glob("*.txt"):
        (texts / path.name).write_bytes(copied(path.read_text("utf-8")).encode())
    rdf = files.expand([data])
    report = passages.check(files.read(rdf), texts)
    lost = [p.passage.iri for p in report.passages if p.placed is None or p.placed.likely is None]
    assert lost == []
    replace_all(changed_files.rewritten(rdf, changes(report)))
    report = passages.check(files.read(rdf), texts)
    assert report.ok
    assert report.complete


@held
def test_every_shipped_passage_has_an_anchor() -> None:
    report = passages.check(files.read(resources.data()), SOURCES)
    assert [each.passage.iri for each in report.passages if each.passage.anchor is None] == []
