"""The W3C test cases of SHACL, read from their manifests, and the comparison of whole reports."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
)

SHARED = Path(os.environ.get("TESTIMONIA_SHARED", Path(__file__).parents[4] / "shared"))
SUITE = SHARED / "suites" / "shacl"

SH = "http://www.w3.org/ns/shacl#"
SHT = "http://www.w3.org/ns/shacl-test#"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
MESSAGE = NamedNode(SH + "resultMessage")


def sh(name: str) -> NamedNode:
    return NamedNode(SH + name)


def read(path: Path) -> list[Triple]:
    quads = parse(path=path, format=RdfFormat.TURTLE, base_iri=path.resolve().as_uri())
    return [quad.triple for quad in quads]


@dataclass(frozen=True)
class Case:
    """One case: a data graph, a shapes graph, and the report expected of them."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(SUITE).with_suffix("").as_posix()

    @cached_property
    def _triples(self) -> list[Triple]:
        return read(self.path)

    def _object(self, subject: object, predicate: str) -> object:
        (found,) = (
            triple.object
            for triple in self._triples
            if triple.subject == subject and triple.predicate.value == predicate
        )
        return found

    @property
    def _entry(self) -> object:
        kind = NamedNode(SHT + "Validate")
        (entry,) = (triple.subject for triple in self._triples if triple.object == kind)
        return entry

    def _graph(self, which: str) -> list[Triple]:
        named = self._object(self._object(self._entry, MF + "action"), SHT + which)
        path = Path(str(named.value).removeprefix("file://"))
        return self._triples if path == self.path.resolve() else read(path)

    @property
    def data(self) -> list[Triple]:
        return self._graph("dataGraph")

    @property
    def shapes(self) -> list[Triple]:
        return self._graph("shapesGraph")

    @property
    def fails(self) -> bool:
        return self._object(self._entry, MF + "result") == NamedNode(SHT + "Failure")

    @property
    def expected(self) -> list[Triple]:
        """The expected report, with the blank nodes of paths but not the shapes it refers to."""
        return report_triples(self._triples, self._object(self._entry, MF + "result"))


def report_triples(triples: Iterable[Triple], report: object) -> list[Triple]:
    """Return what belongs to a report: its results, and the paths in them."""
    by_subject: dict[object, list[Triple]] = {}
    for triple in triples:
        by_subject.setdefault(triple.subject, []).append(triple)

    def below(node: object) -> Iterator[Triple]:
        for triple in by_subject.get(node, []):
            yield triple
            follow = triple.predicate in (sh("result"), sh("resultPath")) or not (
                triple.predicate.value.startswith(SH)
                and triple.predicate.value.removeprefix(SH)
                in ("focusNode", "value", "sourceShape", "sourceConstraint")
            )
            if follow and isinstance(triple.object, BlankNode):
                yield from below(triple.object)

    return list(below(report))


def same_report(actual: Iterable[Triple], expected: Iterable[Triple], known: set[object]) -> bool:
    """Tell whether two reports are the same graph.

    Blank nodes of the data and shapes (``known``) are what they are, not merely isomorphic.
    Messages count only where the expected report has any, as the suite's documentation says.
    """
    expected = list(expected)
    actual = list(actual)
    if not any(triple.predicate == MESSAGE for triple in expected):
        actual = [triple for triple in actual if triple.predicate != MESSAGE]
    return _canonical(actual, known) == _canonical(expected, known)


def _canonical(triples: list[Triple], known: set[object]) -> Dataset:
    def fixed(term: object) -> object:
        return NamedNode(f"urn:known:{term.value}") if term in known else term

    dataset = Dataset(
        Quad(fixed(triple.subject), triple.predicate, fixed(triple.object)) for triple in triples
    )
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def blank_nodes(triples: Iterable[Triple]) -> set[object]:
    return {
        term
        for triple in triples
        for term in (triple.subject, triple.object)
        if isinstance(term, BlankNode)
    }


def cases() -> list[Case]:
    """Return all cases of the suite, or none where it is absent."""
    validate = "sht:Validate"
    found = [path for path in SUITE.rglob("*.ttl") if validate in path.read_text("utf-8")]
    return [Case(path) for path in sorted(found)]
