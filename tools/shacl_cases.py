"""Test cases in the format of the W3C SHACL test suite, and the comparison of whole reports.

The suite itself is expected in ``suites/shacl`` below the folder that the environment variable
TESTIMONIA_SHARED names, or else below ``shared`` beside the checkout.
"""

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
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
)

SHARED = Path(os.environ.get("TESTIMONIA_SHARED", Path(__file__).parents[2] / "shared"))
SUITE = SHARED / "suites" / "shacl"

SH = "http://www.w3.org/ns/shacl#"
SHT = "http://www.w3.org/ns/shacl-test#"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
MESSAGE = NamedNode(SH + "resultMessage")
CONFORMS = NamedNode(SH + "conforms")
RESULT = NamedNode(SH + "result")
DETAIL = NamedNode(SH + "detail")
COMMENT = NamedNode("http://www.w3.org/2000/01/rdf-schema#comment")
POINTERS = [
    NamedNode(SH + name) for name in ("focusNode", "value", "sourceShape", "sourceConstraint")
]
Term = NamedNode | BlankNode | Literal | Triple


def _read(path: Path) -> list[Triple]:
    quads = parse(path=path, format=RdfFormat.TURTLE, base_iri=path.resolve().as_uri())
    return [quad.triple for quad in quads]


@dataclass(frozen=True)
class Case:
    """One case: a data graph, a shapes graph, and the report expected of them."""

    path: Path
    name: str

    @cached_property
    def _triples(self) -> list[Triple]:
        return _read(self.path)

    def _object(self, subject: Term, predicate: str) -> Term:
        (found,) = (
            triple.object
            for triple in self._triples
            if triple.subject == subject and triple.predicate.value == predicate
        )
        return found

    @property
    def _entry(self) -> Term:
        kind = NamedNode(SHT + "Validate")
        (entry,) = (triple.subject for triple in self._triples if triple.object == kind)
        return entry

    def _graph(self, which: str) -> list[Triple]:
        named = self._object(self._object(self._entry, MF + "action"), SHT + which)
        assert isinstance(named, NamedNode)  # noqa: S101 - as the suite's format has it
        path = Path(named.value.removeprefix("file://"))
        return self._triples if path == self.path.resolve() else _read(path)

    @property
    def data(self) -> list[Triple]:
        """The data graph."""
        return self._graph("dataGraph")

    @property
    def shapes(self) -> list[Triple]:
        """The shapes graph."""
        return self._graph("shapesGraph")

    @property
    def fails(self) -> bool:
        """Whether a failure is expected instead of a report."""
        return self._object(self._entry, MF + "result") == NamedNode(SHT + "Failure")

    @property
    def expected(self) -> list[Triple]:
        """The expected report, with the blank nodes of paths but not the shapes it refers to."""
        return _report_triples(self._triples, self._object(self._entry, MF + "result"))


def _report_triples(triples: Iterable[Triple], report: Term) -> list[Triple]:
    """Return what belongs to a report: its results, and the paths in them."""
    by_subject: dict[Term, list[Triple]] = {}
    for triple in triples:
        by_subject.setdefault(triple.subject, []).append(triple)

    def below(node: Term) -> Iterator[Triple]:
        for triple in by_subject.get(node, []):
            yield triple
            if triple.predicate not in POINTERS and isinstance(triple.object, BlankNode):
                yield from below(triple.object)

    return list(below(report))


def same_report(case: Case, actual: Iterable[Triple], *, relabelled: bool = False) -> bool:
    """Check whether a report equals the graph that a case expects.

    Messages count only where the expected report has any, as the suite asks.

    Parameters
    ----------
    case
        What was validated, and the report expected.
    actual
        The report graph; what does not belong to a report is ignored.
    relabelled
        False if blank nodes of the data and shapes must be what they are there; True if it is
        enough that the graphs are isomorphic, for reports that another program wrote.
    """
    expected = case.expected
    actual = report_of(actual)
    if not any(triple.predicate == MESSAGE for triple in expected):
        actual = [triple for triple in actual if triple.predicate != MESSAGE]
    own = _blank_nodes(triple for triple in expected if triple.predicate not in POINTERS)
    known = set() if relabelled else _blank_nodes([*case.data, *case.shapes]) - own
    return _canonical(actual, known) == _canonical(expected, known)


def same_outcome(case: Case, actual: Iterable[Triple]) -> bool:
    """Check whether ``sh:conforms`` and the number of results are as expected."""
    kinds = (CONFORMS, RESULT)

    def outcome(triples: Iterable[Triple]) -> list[str]:
        return sorted(
            str(triple.object if triple.predicate == CONFORMS else RESULT)
            for triple in triples
            if triple.predicate in kinds
        )

    return outcome(report_of(actual)) == outcome(case.expected)


def report_of(triples: Iterable[Triple]) -> list[Triple]:
    """Return the triples of a report, from a graph that may have more, such as ``sh:detail`` and comments."""
    triples = [triple for triple in triples if triple.predicate not in (DETAIL, COMMENT)]
    reports = [triple.subject for triple in triples if triple.predicate == CONFORMS]
    return [triple for report in reports for triple in _report_triples(triples, report)]


def _canonical(triples: Iterable[Triple], known: set[Term]) -> Dataset:
    def fixed(term: Term) -> Term:
        if term in known and not isinstance(term, Triple):
            return NamedNode(f"urn:known:{term.value}")
        return term

    def named(term: NamedNode | BlankNode | Triple) -> NamedNode | BlankNode | Triple:
        found = fixed(term)
        assert not isinstance(found, Literal)  # noqa: S101 - no subject is a literal
        return found

    dataset = Dataset(
        Quad(named(triple.subject), triple.predicate, fixed(triple.object)) for triple in triples
    )
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def _blank_nodes(triples: Iterable[Triple]) -> set[Term]:
    ends = (term for triple in triples for term in (triple.subject, triple.object))
    return {term for term in ends if isinstance(term, BlankNode)}


def cases(folder: Path) -> list[Case]:
    """Return the cases in a folder and its subfolders; none if there is no such folder."""
    found = sorted(
        path for path in folder.rglob("*.ttl") if "sht:Validate" in path.read_text("utf-8")
    )
    return [Case(path, path.relative_to(folder).with_suffix("").as_posix()) for path in found]


def w3c_cases() -> list[Case]:
    """Return the cases of the W3C suite, or none if it is not there."""
    return cases(SUITE)
