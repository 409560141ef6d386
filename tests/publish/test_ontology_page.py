"""The page of the ontology holds every term with what is said of it, loads nothing, runs nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest
import releases
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse, serialize

from testimonia.catalogue import resources
from testimonia.errors import InputError
from testimonia.namespaces import ONTOLOGY, PREFIXES, TERMS
from testimonia.publish import publish, verify
from testimonia.publish.descriptions.expressions import without_blank_nodes
from testimonia.publish.descriptions.ontology_page import _page, ontology_page
from testimonia.publish.folder.release import Release, Resources
from testimonia.rdf import files

CORE = resources.folder("ontology") / "testimonia.ttl"
SCRIPT = """
import hashlib, sys
from pathlib import Path
import releases
from testimonia.publish.descriptions.ontology_page import ontology_page
release = releases.make(Path(sys.argv[1]), releases.shipped()[:5])
(page,) = releases.artefacts(ontology_page, release).values()
sys.stdout.write(hashlib.sha256(page).hexdigest())
"""


def page_of(release: Release) -> str:
    ((path, text),) = releases.artefacts(ontology_page, release).items()
    assert path == "ontology/testimonia.html"
    return text.decode()


@pytest.fixture(scope="module")
def text(release: Release) -> str:
    return page_of(release)


@pytest.fixture(scope="module")
def page(text: str) -> Element:
    return html5lib.HTMLParser(strict=False, namespaceHTMLElements=False).parse(text)


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def said() -> Iterator[tuple[str, str]]:
    """Give all texts on terms of the ontology."""
    shown = [PREFIXES["skos"] + name for name in ("definition", "example", "scopeNote")]
    for quad in files.read([CORE]):
        ours = quad.subject.value.startswith(ONTOLOGY)
        if ours and quad.predicate.value in [*shown, PREFIXES["rdfs"] + "label"]:
            yield quad.subject.value.removeprefix(ONTOLOGY), quad.object.value


def test_every_term_is_there_under_its_own_name(page: Element) -> None:
    entries = {
        each.get("id"): each for each in page.iter("div") if "entity" in each.get("class", "")
    }
    assert set(entries) >= TERMS
    assert all(ONTOLOGY + name in words(entries[name]) for name in TERMS)


def test_everything_said_of_a_term_is_in_its_entry(page: Element) -> None:
    entries = {each.get("id"): words(each) for each in page.iter("div")}
    texts = list(said())
    assert {name for name, _ in texts} == TERMS
    assert [(n, t) for n, t in texts if " ".join(t.split()) not in entries[n]] == []
    assert len(texts) >= 3 * len(TERMS)  # label, definition and example of each


def test_links_within_the_page_lead_somewhere(page: Element) -> None:
    ids = Counter(each.get("id") for each in page.iter() if each.get("id"))
    assert [each for each, count in ids.items() if count > 1] == []
    links = [each.get("href") for each in page.iter("a")]
    assert [each for each in links if each.startswith("#") and each[1:] not in ids] == []
    assert {re.split("[:#]", each)[0] for each in links} == {"", "http", "https"}


def test_nothing_is_loaded_and_nothing_runs(page: Element) -> None:
    tags = {each.tag for each in page.iter() if isinstance(each.tag, str)}
    assert not tags & {"script", "iframe", "object", "embed", "img", "base", "form"}
    assert {each.get("href", "").partition(",")[0] for each in page.iter("link")} == {
        "data:image/png;base64"
    }
    styles = "".join("".join(each.itertext()) for each in page.iter("style"))
    assert "@import" not in styles
    assert "url(" not in styles
    attributes = {name for each in page.iter() for name in each.attrib}
    assert not {name for name in attributes if name.startswith("on") or name in ("src", "srcset")}


def test_class_expressions_are_legible(page: Element) -> None:
    entries = {each.get("id"): words(each) for each in page.iter("div")}
    expected = "tmn:OfficialClaim and (tmn:stance some {tmc:asserts, tmc:confirms, tmc:concedes})"
    assert expected in entries["ConfirmingClaim"]


@pytest.mark.slow
def test_every_process_writes_the_same_bytes(tmp_path: Path) -> None:
    digests = {run(SCRIPT, seed, str(tmp_path / seed)) for seed in ("1", "2")}
    assert len(digests) == 1
    assert len(digests.pop()) == 64


def with_ontology(release: Release, path: Path, quads: list[Quad]) -> Release:
    path.write_bytes(serialize(quads, format=RdfFormat.TURTLE))
    kept = release.resources
    changed = Resources((path,), kept.codes, kept.shapes, kept.questions)
    return replace(release, resources=changed)


def test_text_is_never_markup(release: Release, tmp_path: Path) -> None:
    hostile = "<img src=x onerror=alert(1)> </style></title><script>alert(2)</script> [a](javascript:x) &amp;"
    shown = {PREFIXES["skos"] + name for name in ("definition", "example", "scopeNote")}
    shown |= {PREFIXES["rdfs"] + "label", PREFIXES["dcterms"] + "title"}
    quads = [
        Quad(q.subject, q.predicate, Literal(hostile, language="en"))
        if q.predicate.value in shown and q.subject.value.endswith(("Claim", "ontology"))
        else q
        for q in files.read([CORE])
    ]
    text = page_of(with_ontology(release, tmp_path / "hostile.ttl", quads))
    page = html5lib.parse(text, namespaceHTMLElements=False)
    test_nothing_is_loaded_and_nothing_runs(page)
    entries = {each.get("id"): words(each) for each in page.iter("div")}
    assert (
        entries["NarratedClaim"].count(hostile) == 5
    )  # its own four texts, and the title of the ontology
    assert words(next(page.iter("title"))) == hostile


def run(script: str, seed: str, *arguments: str) -> str:
    path = os.pathsep.join([str(Path(releases.__file__).parent), *filter(None, sys.path)])
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    return done.stdout


def test_pylode_leaves_no_traces(tmp_path: Path) -> None:
    traces = """
import logging
import pylode.utils
folder = Path(pylode.__file__).parent
assert list(folder.rglob("*.pickle")) == []
assert logging.getLogger().handlers == []
assert logging.getLogger().level == logging.WARNING
assert pylode.utils.RDF_FOLDER == folder / "rdf"
"""
    assert len(run(SCRIPT + traces, "1", str(tmp_path))) == 64  # and nothing else is printed


EXPRESSIONS = {
    "[ a owl:Class ; owl:unionOf ( tmn:Claim tmn:Event ) ]": "tmn:Claim or tmn:Event",
    "[ a owl:Restriction ; owl:onProperty tmn:stance ; owl:hasValue tmc:denies ]": (
        "tmn:stance value tmc:denies"
    ),
    "[ a owl:Restriction ; owl:onProperty tmn:about ; owl:allValuesFrom "
    "[ a owl:Class ; owl:unionOf ( tmn:Event [ a owl:Class ; owl:oneOf ( tmc:a ) ] ) ] ]": (
        "tmn:about only (tmn:Event or {tmc:a})"
    ),
}


def quads_of(expression: str) -> list[Quad]:
    names = ("owl", "tmn", "tmc", "rdfs")
    heads = "".join(f"PREFIX {name}: <{PREFIXES[name]}> " for name in names)
    text = f"{heads} tmn:X rdfs:subClassOf {expression} ."
    return list(parse(text, format=RdfFormat.TURTLE))


@pytest.mark.parametrize(("expression", "expected"), EXPRESSIONS.items())
def test_expressions(expression: str, expected: str) -> None:
    (triple,) = without_blank_nodes(quads_of(expression))
    assert triple.subject == NamedNode(ONTOLOGY + "X")
    assert triple.object == Literal(expected)


def test_an_expression_that_cannot_be_shown_is_refused() -> None:
    with pytest.raises(InputError, match="class expression"):
        without_blank_nodes(quads_of("[ a owl:Class ; owl:complementOf tmn:Claim ]"))


def test_a_release_can_do_without_the_page(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What pyLODE 3.4.4 does on import: it takes from another library what that does not have."""
    broken = nowhere.parent / "broken"
    broken.mkdir()
    (broken / "pylode.py").write_text("from html import get_missing_labels\n")
    monkeypatch.syspath_prepend(broken)
    for name in [name for name in sys.modules if name.partition(".")[0] == "pylode"]:
        monkeypatch.delitem(sys.modules, name)
    _page.cache_clear()
    quads = [Quad(NamedNode("x:a"), NamedNode("x:b"), NamedNode("x:c"))]
    made = publish(quads, nowhere, version="1", compress=False)
    ((note),) = made.notes
    assert note.startswith("The release has no ontology/testimonia.html: pyLODE ")
    assert "ImportError: cannot import name 'get_missing_labels'" in note
    assert 'pip install "testimonia[publish]"' in note
    assert not (made.folder / "ontology/testimonia.html").exists()
    assert verify(made.folder, shapes=False).passes
