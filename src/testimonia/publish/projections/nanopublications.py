"""The claims as nanopublications: each with assertion, provenance and publication information.

A nanopublication asserts that the claim was made, never what it says (decision 10). Its IRI is a trusty
URI, so it can be verified wherever it is found, and a claim that has not changed keeps its IRI from one
release to the next.

Source: Nanopublication Guidelines of the Concept Web Alliance, section "Well-formed
nanopublications"; the extension terms (npx) as the nanopublication network uses them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from pyoxigraph import Literal, NamedNode, Quad, Triple

from testimonia.namespaces import DCTERMS, OA, PREFIXES, RDFS, TMN
from testimonia.publish.data.subjects import Subjects
from testimonia.publish.descriptions import identity
from testimonia.publish.descriptions.statements import NAMESPACES, node, typed
from testimonia.publish.folder.release import Artefact, Release
from testimonia.publish.projections.trusty import PLACEHOLDER, named
from testimonia.rdf import files
from testimonia.rdf.canonical.blocks import GraphBlocks, blocks
from testimonia.rdf.canonical.nquads import triples as lines_of
from testimonia.rdf.canonical.turtle import trig

__all__ = ["NAME", "PATH", "nanopublications"]

PATH: Final = "projections/nanopublications.trig"
NAME: Final = identity.HOME + "np/"
"""The namespace of nanopublications; the artifact code of each follows."""

_NPX: Final = "http://purl.org/nanopub/x/"
_PARTS: Final = ("Head", "assertion", "provenance", "pubinfo")
_INTRODUCES: Final = NamedNode(_NPX + "introduces")
_CREATED: Final = DCTERMS.created
_LABEL: Final = RDFS.label
_SELECTOR: Final = OA.hasSelector
_DESCRIBING: Final = tuple(TMN[name] for name in ("victims", "detainees", "statedAt"))
"""Links to things that only have a meaning for the claim that uses them: victim groups and times."""


class _Earlier(NamedTuple):
    """The nanopublication of a claim in the previous release."""

    name: str
    created: Literal | None


def nanopublications(release: Release) -> Iterator[Artefact]:
    """Write each claim of a release as a nanopublication.

    Parameters
    ----------
    release
        The release. If there is a previous one, unchanged nanopublications keep their date and IRI, and
        changed ones supersede the earlier.
    """
    prefixes = {**PREFIXES, "np": NAMESPACES["np"], "npx": _NPX}
    yield Artefact(PATH, trig(_graphs(release), prefixes), "application/trig")


def _graphs(release: Release) -> Iterator[GraphBlocks]:
    earlier = dict(_published_before(release.previous))
    subjects = Subjects(release.folder / "data" / "testimonia.nq")
    try:
        for claim in subjects.claims:
            code, quads = _settled(claim, subjects, release, earlier.get(claim.value))
            for part in _PARTS:
                graph = NamedNode(f"{NAME}{code}#{part}")
                lines = sorted(lines_of([quad for quad in quads if quad.graph_name == graph]))
                yield GraphBlocks(str(graph).encode(), blocks(lines))
    finally:
        subjects.close()


def _settled(
    claim: NamedNode, subjects: Subjects, release: Release, earlier: _Earlier | None
) -> tuple[str, list[Quad]]:
    """Make a nanopublication, or reuse that of the previous release if its content is the same."""
    if earlier is not None:
        code, quads = named(_made(claim, subjects, release, earlier.created, None))
        if NAME + code == earlier.name:
            return code, quads
    today = None if release.date is None else typed(f"{release.date}T00:00:00Z", "dateTime")
    return named(_made(claim, subjects, release, today, earlier))


def _made(
    claim: NamedNode,
    subjects: Subjects,
    release: Release,
    created: Literal | None,
    superseded: _Earlier | None,
) -> set[Quad]:
    own = subjects.about(claim)
    this = NamedNode(NAME + PLACEHOLDER)
    head, assertion, provenance, pubinfo = (NamedNode(f"{this.value}#{part}") for part in _PARTS)
    made = {
        Quad(this, node("rdf:type"), node("np:Nanopublication"), head),
        Quad(this, node("np:hasAssertion"), assertion, head),
        Quad(this, node("np:hasProvenance"), provenance, head),
        Quad(this, node("np:hasPublicationInfo"), pubinfo, head),
    }
    made |= _placed(_content(own, subjects), assertion)
    made |= _placed(_sources(own, subjects, assertion), provenance)
    information = [
        Triple(this, node("dcterms:creator"), NamedNode(identity.publisher(release))),
        Triple(this, node("dcterms:license"), NamedNode(release.licence)),
        Triple(this, _INTRODUCES, claim),
        *(Triple(this, _LABEL, q.object) for q in own if q.predicate == _LABEL),
    ]
    if created is not None:
        information.append(Triple(this, _CREATED, created))
    if superseded is not None:
        information.append(Triple(this, NamedNode(_NPX + "supersedes"), NamedNode(superseded.name)))
    return made | _placed(information, pubinfo)


def _content(own: list[Quad], subjects: Subjects) -> Iterator[Triple]:
    """Return the assertion: the claim, its proposition, and the groups and times they use."""
    about = [*own, *_linked(own, (TMN.proposition,), subjects)]
    for quad in (*about, *_linked(about, _DESCRIBING, subjects)):
        yield quad.triple


def _sources(own: list[Quad], subjects: Subjects, assertion: NamedNode) -> Iterator[Triple]:
    """Return the sources: the documents, by digest, and the passages, by offset and digest."""
    for quad in own:
        if quad.predicate == TMN.passage:
            yield Triple(assertion, node("prov:wasDerivedFrom"), quad.object)
        elif quad.predicate == TMN.statedIn:
            yield Triple(assertion, node("prov:hadPrimarySource"), quad.object)
    found = _linked(own, (TMN.passage, TMN.statedIn), subjects)
    for quad in (*found, *_linked(found, (_SELECTOR,), subjects)):
        yield quad.triple


def _linked(
    quads: Iterable[Quad], predicates: tuple[NamedNode, ...], subjects: Subjects
) -> list[Quad]:
    targets = sorted({str(quad.object) for quad in quads if quad.predicate in predicates})
    return [quad for target in targets for quad in subjects.about(target)]


def _placed(triples: Iterable[Triple], graph: NamedNode) -> set[Quad]:
    return {Quad(t.subject, t.predicate, t.object, graph) for t in triples}


def _published_before(folder: Path | None) -> Iterator[tuple[str, _Earlier]]:
    """Find the nanopublications of the previous release, by claim."""
    if folder is None or not (folder / PATH).is_file():
        return
    created: dict[object, Literal] = {}
    introduced: dict[object, str] = {}
    for quad in files.read([folder / PATH]):
        if quad.predicate == _CREATED and isinstance(quad.object, Literal):
            created[quad.subject] = quad.object
        elif quad.predicate == _INTRODUCES and isinstance(quad.object, NamedNode):
            introduced[quad.subject] = quad.object.value
    for publication, claim in introduced.items():
        if isinstance(publication, NamedNode):
            yield claim, _Earlier(publication.value, created.get(publication))
