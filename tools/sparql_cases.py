"""The W3C suites for SPARQL 1.0 and 1.1 queries: cases, and whether an answer is the expected one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

import rdflib
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    RdfFormat,
    parse,
    parse_query_results,
)
from rdflib import Namespace
from rdflib.collection import Collection

from testimonia.namespaces import PREFIXES

__all__ = ["DIFFERS", "EXACT", "SAME_VALUES", "SUITES", "Case", "Result", "cases", "outcome"]

SUITES: Final = Path(__file__).parents[2] / "shared" / "suites"
MF: Final = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT: Final = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
RS: Final = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
FOLDERS: Final = {"sparql10": "manifest-evaluation.ttl", "sparql11": "manifest-sparql11-query.ttl"}
XSD: Final = PREFIXES["xsd"]
ROW: Final = NamedNode("urn:testimonia:in-row")

Row = tuple[Any, ...]
EXACT, SAME_VALUES, DIFFERS = "exact", "same values", "differs"


@dataclass(frozen=True)
class Result:
    """An answer: a boolean, triples, or rows with the names of their columns."""

    boolean: bool | None = None
    triples: frozenset[Any] | None = None
    variables: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Case:
    """A test of query evaluation.

    Attributes
    ----------
    name
        Suite, folder and name.
    query
        The text of the query.
    base
        The IRI that it is read from.
    quads
        The dataset.
    expected
        The path of the expected result.
    """

    name: str
    query: str
    base: str
    quads: tuple[Quad, ...]
    expected: Path

    def result(self) -> Result:
        """Read the expected result."""
        return _read_result(self.expected)


def cases() -> list[Case]:
    """Read all tests of query evaluation; none where the suites are absent."""
    found: list[Case] = []
    for suite, manifest in FOLDERS.items():
        if (SUITES / suite).is_dir():
            for path in _manifests(SUITES / suite / manifest):
                found += _cases_of(suite, path)
    return found


def _manifests(path: Path) -> list[Path]:
    graph = rdflib.Graph().parse(path, publicID=path.as_uri())
    included = [
        _file(item) for head in graph.objects(None, MF.include) for item in Collection(graph, head)
    ]
    return [item for item in included if item.is_file()]


def _cases_of(suite: str, path: Path) -> Iterable[Case]:
    graph = rdflib.Graph().parse(path, publicID=path.as_uri())
    for head in graph.objects(None, MF.entries):
        for test in Collection(graph, head):
            if graph.value(test, rdflib.RDF.type) != MF.QueryEvaluationTest:
                continue
            action = graph.value(test, MF.action)
            query = _path(graph.value(action, QT.query))
            expected = _path(graph.value(test, MF.result))
            if query is None or expected is None or expected.suffix == ".csv":
                continue  # a table in CSV has lost what kind of term each cell is
            name = str(test).rpartition("#")[2] or str(graph.value(test, MF.name))
            text = query.read_text(encoding="utf-8")
            yield Case(
                f"{suite}/{path.parent.name}/{name}",
                text,
                query.as_uri(),
                tuple(_dataset(graph, action, query, text)),
                expected,
            )


def _file(node: Any) -> Path:
    return Path(str(node).removeprefix("file://"))


def _path(node: Any) -> Path | None:
    return None if node is None else _file(node)


def _dataset(graph: rdflib.Graph, action: Any, query: Path, text: str) -> Iterable[Quad]:
    """Read the data of a case; files that only its query names (FROM) are named graphs."""
    named = [_file(node) for node in graph.objects(action, QT.graphData)]
    default = [_file(node) for node in graph.objects(action, QT.data)]
    if not default and not named:
        named = [path for path in query.parent.glob("data-*") if path.name in text]
    for path in default:
        for quad in _read(path):
            yield Quad(quad.subject, quad.predicate, quad.object)
    for path in named:
        for quad in _read(path):
            yield Quad(quad.subject, quad.predicate, quad.object, NamedNode(path.as_uri()))


def _read(path: Path) -> list[Quad]:
    format_ = RdfFormat.RDF_XML if path.suffix == ".rdf" else RdfFormat.TURTLE
    return list(
        parse(path=str(path), format=format_, base_iri=path.as_uri(), rename_blank_nodes=True)
    )


def _read_result(path: Path) -> Result:
    formats = {
        ".srx": QueryResultsFormat.XML,
        ".srj": QueryResultsFormat.JSON,
        ".tsv": QueryResultsFormat.TSV,
    }
    if path.suffix in formats:
        found = parse_query_results(path=str(path), format=formats[path.suffix])
        if isinstance(found, QueryBoolean):
            return Result(boolean=bool(found))
        names = tuple(variable.value for variable in found.variables)
        return Result(variables=names, rows=tuple(tuple(row) for row in found))
    quads = _read(path)
    for quad in quads:
        if quad.predicate.value == str(RS.boolean):
            return Result(boolean=str(quad.object).startswith('"true"'))
    if any(quad.object == NamedNode(str(RS.ResultSet)) for quad in quads):
        return _result_set(quads)
    return Result(triples=frozenset(quad.triple for quad in quads))


def _result_set(quads: Sequence[Quad]) -> Result:
    """Read a result written in RDF (the vocabulary of the test suite)."""

    def objects(subject: Any, name: str) -> list[Any]:
        wanted = str(RS[name])
        return [q.object for q in quads if q.subject == subject and q.predicate.value == wanted]

    (whole,) = {q.subject for q in quads if q.object == NamedNode(str(RS.ResultSet))}
    names = tuple(sorted(term.value for term in objects(whole, "resultVariable")))
    rows = []
    for solution in objects(whole, "solution"):
        bound = {}
        for binding in objects(solution, "binding"):
            bound[objects(binding, "variable")[0].value] = objects(binding, "value")[0]
        index = objects(solution, "index")
        place = int(index[0].value) if index else 0
        rows.append((place, tuple(bound.get(name) for name in names)))
    return Result(variables=names, rows=tuple(row for _, row in sorted(rows, key=lambda r: r[0])))


def outcome(found: Result, expected: Result) -> str:
    """Compare an answer with the expected one.

    Returns
    -------
    str
        ``exact``: the same terms; ``same values``: equal once numbers are written alike; or ``differs``.
    """
    for name, rewrite in ((EXACT, lambda term: term), (SAME_VALUES, _canonical)):
        if _key(found, rewrite) == _key(expected, rewrite):
            return name
    return DIFFERS


def _key(result: Result, rewrite: Any) -> Any:
    if result.boolean is not None:
        return result.boolean
    if result.triples is not None:
        quads = [Quad(t.subject, t.predicate, rewrite(t.object)) for t in result.triples]
        return _canonical_graph(quads)
    names = sorted(result.variables)
    order = [result.variables.index(name) for name in names]
    rows = [tuple(rewrite(row[place]) for place in order) for row in result.rows]
    used = [n for n, name in enumerate(names) if any(row[n] is not None for row in rows)]
    rows = [tuple(row[n] for n in used) for row in rows]
    names = [names[n] for n in used]
    if not any(isinstance(term, BlankNode) for row in rows for term in row):
        return (tuple(names), Counter(rows))
    return (tuple(names), len(rows), _canonical_graph(_as_quads(names, rows)))


def _as_quads(names: Sequence[str], rows: Sequence[Row]) -> list[Quad]:
    quads = []
    for row in rows:
        node = BlankNode()
        quads.append(Quad(node, ROW, ROW))
        for name, term in zip(names, row, strict=True):
            if term is not None:
                quads.append(Quad(node, NamedNode(f"urn:testimonia:variable:{name}"), term))
    return quads


def _canonical_graph(quads: Sequence[Quad]) -> frozenset[str]:
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return frozenset(str(quad) for quad in dataset)


def _canonical(term: Any) -> Any:
    """Write a number as all of its value and type are written here."""
    if not isinstance(term, Literal) or not term.datatype.value.startswith(XSD):
        return term
    try:
        value = Decimal(term.value)
    except InvalidOperation:
        return term
    if not value.is_finite():
        return term
    name = term.datatype.value
    if name in (XSD + "double", XSD + "float"):
        return Literal(repr(float(value)), datatype=term.datatype)
    return Literal(f"{value.normalize():f}", datatype=term.datatype)
