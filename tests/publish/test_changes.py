"""Lists what changed between two real versions of the same data, for people and machines."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import html5lib
import markdown
import pytest
import rdflib
import releases
from pyoxigraph import Literal, NamedNode, Quad
from rdflib import RDF

import scenarios
from testimonia.errors import InputError
from testimonia.namespaces import PREFIXES, TMN
from testimonia.publish.descriptions.changes import changes
from testimonia.publish.folder.release import Release

AS = rdflib.Namespace("https://www.w3.org/ns/activitystreams#")
LABEL = NamedNode(PREFIXES["rdfs"] + "label")
Published = Callable[[list[Quad], list[Quad]], Release]


@pytest.fixture
def published(tmp_path: Path) -> Published:
    """Make two releases, the second of which knows the first."""

    def make(before: list[Quad], after: list[Quad]) -> Release:
        earlier = releases.make(tmp_path / "1", before, version="0.1.0")
        return releases.make(tmp_path / "2", after, previous=earlier.folder)

    return make


def claim(name: str) -> NamedNode:
    return NamedNode(PREFIXES["claim"] + name)


def without(quads: list[Quad], *subjects: NamedNode) -> list[Quad]:
    return [quad for quad in quads if quad.subject not in subjects]


def changes_of(release: Release) -> dict[str, Any]:
    return json.loads(releases.artefacts(changes, release)["changes.json"])


def names(entries: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [
        (entry["iri"].rpartition("/")[2], entry["by"].rpartition("/")[2] if "by" in entry else None)
        for entry in entries
    ]


def summary(release: Release) -> dict[tuple[str, str], list[tuple[str, str | None]]]:
    report = changes_of(release)
    return {
        (section, kind): names(entries)
        for section in ("claims", "propositions", "documents")
        for kind, entries in report[section].items()
        if entries
    }


def correction() -> list[Quad]:
    return releases.in_graph(scenarios.FOLDER / "downward-correction" / "data.ttl")


def test_a_correction_published_later(published: Published) -> None:
    after = correction()
    before = without(
        after,
        claim("correction"),
        claim("correction-of-courier"),
        NamedNode(PREFIXES["prop"] + "twenty-two"),
    )
    assert summary(published(before, after)) == {
        ("claims", "added"): [("correction", None), ("correction-of-courier", None)],
        # The relay of the old figure falls with what it passes on.
        ("claims", "corrected"): [
            # A correction reaches the figure wherever its speaker gave it.
            *(
                (claim, by)
                for claim in ("courier-relays", "first", "first-in-courier")
                for by in ("correction", "correction-of-courier")
            ),
        ],
        ("propositions", "added"): [("twenty-two", None)],
    }


def test_a_retraction_published_later(published: Published) -> None:
    after = releases.in_graph(scenarios.FOLDER / "retraction" / "data.ttl")
    report = summary(published(without(after, claim("wednesday")), after))
    assert report[("claims", "added")] == [("wednesday", None)]
    withdrawn = report[("claims", "withdrawn")]
    assert {by for _, by in withdrawn} == {"wednesday"}
    assert len(withdrawn) >= 2  # with the relay of it
    assert set(report) == {("claims", "added"), ("claims", "withdrawn")}


def test_what_is_gone_and_what_is_rewritten(published: Published) -> None:
    before = correction()
    gone, document = claim("monitor"), NamedNode(PREFIXES["doc"] + "courier-monday")
    after = [
        Quad(quad.subject, quad.predicate, Literal("other", language="en"), quad.graph_name)
        if (quad.subject, quad.predicate) == (document, LABEL)
        else quad
        for quad in without(before, gone)
    ]
    release = published(before, after)
    assert summary(release) == {
        ("claims", "withdrawn"): [("monitor", None)],
        ("documents", "corrected"): [("courier-monday", None)],
    }
    (entry,) = changes_of(release)["documents"]["corrected"]
    (old,) = {str(q.object) for q in before if (q.subject, q.predicate) == (document, LABEL)}
    assert entry["label"] == "other"
    assert entry["lost"] == [f"<{LABEL.value}> {old}"]
    assert entry["gained"] == [f'<{LABEL.value}> "other"@en']


def test_moving_between_graphs_is_no_change(published: Published) -> None:
    quads = correction()
    elsewhere = NamedNode(releases.GRAPHS + "elsewhere")
    moved = [Quad(q.subject, q.predicate, q.object, elsewhere) for q in quads]
    release = published(quads, [*quads, *moved])
    assert summary(release) == {}
    text = releases.artefacts(changes, release)["CHANGES.md"].decode()
    assert "No claim, proposition or document has changed." in text


def test_derived_facts_are_not_listed(published: Published) -> None:
    quads = correction()
    derived = NamedNode("https://w3id.org/testimonia/id/graph/derived/350-agrees-with")
    fact = Quad(claim("first"), TMN.agreesWith, claim("monitor"), derived)
    assert summary(published(quads, [*quads, fact])) == {}


def test_the_linked_data_say_the_same(published: Published) -> None:
    after = correction()
    release = published(without(after, claim("correction")), without(after, claim("monitor")))
    graph = rdflib.Graph().parse(
        data=releases.artefacts(changes, release)["changes.ttl"], format="turtle"
    )
    report = changes_of(release)
    for kind, activity in (("added", "Create"), ("corrected", "Update"), ("withdrawn", "Delete")):
        objects = {
            (str(graph.value(each, AS.object)), str(graph.value(each, AS.instrument)))
            for each in graph.subjects(RDF.type, AS[activity])
        }
        assert objects == {
            (entry["iri"], str(entry.get("by")))
            for section in ("claims", "propositions", "documents")
            for entry in report[section][kind]
        }
    (whole,) = graph.subjects(RDF.type, AS.Collection)
    assert int(str(graph.value(whole, AS.totalItems))) == len(
        list(graph.objects(whole, AS["items"]))
    )
    assert not [node for node in graph.all_nodes() if isinstance(node, rdflib.BNode)]


HOSTILE = [
    "<script>alert(1)</script>",
    "[here](javascript:alert(1)) ![x](http://a.example/x.png) <http://a.example/>",
    "# heading\n\n- item\x1b[2J\u202e `code` ``` ** __ | cell |",
    "1. one",
    "- dash",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_from_outside_stays_text(text: str, published: Published) -> None:
    quads = correction()
    new = claim("new")
    graph = quads[0].graph_name
    kind = NamedNode(PREFIXES["rdf"] + "type")
    added = [Quad(new, kind, TMN.Claim, graph), Quad(new, LABEL, Literal(text), graph)]
    first = Quad(claim("first"), TMN.verbatimQuantity, Literal(text), graph)
    release = published(quads, [*quads, *added, first])
    written = releases.artefacts(changes, release)["CHANGES.md"].decode()
    page = html5lib.parse(markdown.markdown(written), namespaceHTMLElements=False)
    tags = {each.tag for each in page.iter() if isinstance(each.tag, str)}
    # The table is not read by this reader of Markdown; all else are headings, lists and code.
    assert tags <= {"html", "head", "body", "h1", "h2", "p", "ul", "li", "code"}
    assert [each.text for each in page.iter("h2")] == ["Claims added", "Claims corrected"]
    shown = " ".join("".join(page.itertext()).split())
    assert " ".join(text.replace("\x1b", "\\x1b").replace("\u202e", "\\u202e").split()) in shown
    assert "\x1b" not in written
    assert "\u202e" not in written


def test_a_first_release_has_no_changes(release: Release) -> None:
    assert releases.artefacts(changes, release) == {}


def test_an_earlier_release_must_be_one(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    later = releases.make(tmp_path / "2", correction(), previous=tmp_path / "empty")
    with pytest.raises(InputError, match="does not hold a release to compare with"):
        releases.artefacts(changes, later)


def test_releases_must_be_in_order(published: Published) -> None:
    release = published(correction(), correction())
    dump = release.folder / "data" / "testimonia.nq"
    dump.write_text("".join(reversed(dump.read_text().splitlines(keepends=True))))
    with pytest.raises(InputError, match="canonical order"):
        releases.artefacts(changes, release)


def test_neighbours_in_order_are_distinguished(published: Published) -> None:
    """An IRI that begins another stands where its closing bracket puts it: after ``x#``, before ``xa``."""
    graph = NamedNode(releases.GRAPHS + "all")
    kind = NamedNode(PREFIXES["rdf"] + "type")
    names = ["x", "x#1", "xa", "x-1", "x~", "y"]
    quads = {name: Quad(claim(name), kind, TMN.Claim, graph) for name in names}
    before = [quads[name] for name in ("x", "x#1", "x-1", "y")]
    after = [quads[name] for name in ("x", "xa", "x~", "y")]
    assert summary(published(before, after)) == {
        ("claims", "added"): [("xa", None), ("x~", None)],
        ("claims", "withdrawn"): [("x#1", None), ("x-1", None)],
    }
