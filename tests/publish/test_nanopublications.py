"""Every claim is a well-formed nanopublication, by the rules of the guidelines, read by rdflib."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime
from pathlib import Path

import pytest
import rdflib
import releases
from pyoxigraph import NamedNode, Quad, RdfFormat, parse
from rdflib import DCTERMS, PROV, RDF, Dataset, URIRef

from testimonia.namespaces import PREFIXES, TMC, TMN
from testimonia.publish.folder.release import Release
from testimonia.publish.projections.nanopublications import NAME, PATH, nanopublications
from testimonia.publish.projections.trusty import artifact_code

NP = rdflib.Namespace("http://www.nanopub.org/nschema#")
NPX = rdflib.Namespace("http://purl.org/nanopub/x/")
PARTS = ("hasAssertion", "hasProvenance", "hasPublicationInfo")
Four = tuple[URIRef, URIRef, URIRef, URIRef]


def written(release: Release) -> bytes:
    ((path, text),) = releases.artefacts(nanopublications, release).items()
    assert path == PATH
    return text


@pytest.fixture(scope="module")
def text(release: Release) -> bytes:
    return written(release)


def parsed(text: bytes) -> Dataset:
    dataset = Dataset()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib warns of itself
        dataset.parse(data=text, format="trig")
    return dataset


@pytest.fixture(scope="module")
def content(text: bytes) -> Dataset:
    return parsed(text)


def publications(content: Dataset) -> dict[URIRef, Four]:
    """Find the graphs of each nanopublication: head, assertion, provenance, publication info."""
    found: dict[URIRef, Four] = {}
    for this, _, _, head in content.quads((None, RDF.type, NP.Nanopublication, None)):
        parts = []
        for name in PARTS:
            (part,) = content.graph(head).objects(this, NP[name])
            parts.append(part)
        assert this not in found  # exactly one head each
        found[this] = (head, *parts)
    return found


def claims(release: Release) -> set[str]:
    kind = NamedNode(PREFIXES["rdf"] + "type")
    return {
        q.subject.value for q in release.quads() if (q.predicate, q.object) == (kind, TMN.Claim)
    }


def test_every_claim_is_introduced_by_one(release: Release, content: Dataset) -> None:
    introduced = [
        str(content.graph(graphs[3]).value(this, NPX.introduces))
        for this, graphs in publications(content).items()
    ]
    assert sorted(introduced) == sorted(claims(release))


def test_each_is_well_formed(content: Dataset) -> None:
    used = set()
    for this, graphs in publications(content).items():
        head, assertion, provenance, pubinfo = graphs
        assert len({*graphs}) == 4
        assert all(len(content.graph(each)) > 0 for each in graphs)
        assert len(content.graph(head)) == 4  # nothing else stands in the head
        assert list(content.graph(provenance).triples((assertion, None, None)))
        assert {this} <= set(content.graph(pubinfo).subjects())
        used.update(graphs)
    statements = {quad[3] for quad in content.quads((None, None, None, None))}
    assert statements == used  # every statement is in one of the four, and in no default graph
    nodes = {node for quad in content.quads((None, None, None, None)) for node in quad[:3]}
    assert not [node for node in nodes if isinstance(node, rdflib.BNode)]


def created(info: rdflib.Graph, this: URIRef) -> datetime:
    moment = info.value(this, DCTERMS.created).toPython()
    assert isinstance(moment, datetime)
    return moment


def test_each_has_its_publisher_and_date(content: Dataset) -> None:
    for this, (*_, pubinfo) in publications(content).items():
        info = content.graph(pubinfo)
        assert str(info.value(this, DCTERMS.creator)) == "https://w3id.org/testimonia/id/project"
        assert created(info, this) == datetime(2026, 11, 30, tzinfo=UTC)
        assert str(info.value(this, DCTERMS.license)).startswith("https://creativecommons.org/")


def test_the_assertion_is_that_the_claim_was_made(release: Release, content: Dataset) -> None:
    stated = {(q.subject.value, q.predicate.value, q.object) for q in release.quads()}
    found = publications(content)
    for this, (_, assertion, provenance, pubinfo) in found.items():
        claim = str(content.graph(pubinfo).value(this, NPX.introduces))
        graph = content.graph(assertion)
        own = {(p, o) for p, o in graph.predicate_objects(URIRef(claim))}
        assert len(own) == sum(subject == claim for subject, _, _ in stated)
        sources = set(content.graph(provenance).objects(assertion, PROV.wasDerivedFrom))
        assert sources == {o for p, o in own if str(p) == TMN.passage.value}
        for passage in sources:
            digest = URIRef(TMN.passageDigest.value)
            assert content.graph(provenance).value(passage, digest) is not None
        # No event gets a statement of its own: nothing contested is asserted.
        assert not [s for s in graph.subjects() if s.startswith(PREFIXES["event"])]


def test_names_are_digests_of_what_is_said(text: bytes) -> None:
    by_name: dict[str, list[Quad]] = {}
    for quad in parse(text, format=RdfFormat.TRIG):
        by_name.setdefault(quad.graph_name.value.partition("#")[0], []).append(quad)
    for name, quads in by_name.items():
        code = name.removeprefix(NAME)
        assert artifact_code(quads, code) == code


def test_an_unchanged_claim_keeps_its_name_and_a_changed_one_supersedes(tmp_path: Path) -> None:
    before = releases.shipped()
    first = releases.make(tmp_path / "1", before)
    (first.folder / "projections").mkdir()
    (first.folder / PATH).write_bytes(written(first))
    claim = NamedNode(PREFIXES["claim"] + "istanbul-02-one-civilian-killed")
    after = [
        Quad(q.subject, q.predicate, TMC.confirms, q.graph_name)
        if (q.subject, q.predicate) == (claim, TMN.stance)
        else q
        for q in before
    ]
    second = releases.make(
        tmp_path / "2", after, previous=first.folder, date=first.date.replace(day=1, month=12)
    )
    old, new = parsed((first.folder / PATH).read_bytes()), parsed(written(second))
    names = set(publications(new)) - set(publications(old))
    (changed,) = names
    info = new.graph(publications(new)[changed][3])
    assert str(info.value(changed, NPX.introduces)) == claim.value
    assert created(info, changed) == datetime(2026, 12, 1, tzinfo=UTC)
    (superseded,) = info.objects(changed, NPX.supersedes)
    assert {superseded} == set(publications(old)) - set(publications(new))


def test_derived_facts_are_no_part_of_them(tmp_path: Path) -> None:
    quads = releases.shipped()
    derived = NamedNode("https://w3id.org/testimonia/id/graph/derived/350-agrees-with")
    (first, *_) = sorted(q.subject for q in quads if q.object == TMN.Claim)
    fact = Quad(first, TMN.agreesWith, first, derived)
    kind = Quad(
        NamedNode("https://a.example/c"), NamedNode(PREFIXES["rdf"] + "type"), TMN.Claim, derived
    )
    plain = written(releases.make(tmp_path / "1", quads))
    assert written(releases.make(tmp_path / "2", [*quads, fact, kind])) == plain
