"""Reports how SPARQL engines perform on the W3C suites of query evaluation.

``python -m tools.sparql_conformance`` writes docs/reference/sparql-conformance.md to standard output.
"""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Callable
from importlib.metadata import version
from typing import Any, Final

import duckdb
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, QueryBoolean, QuerySolutions, Store, Triple

from testimonia.errors import TestimoniaError
from testimonia.query.columnar.columnar_store import ColumnarStore
from testimonia.query.columnar.tables_from_quads import fill
from tools.sparql_cases import DIFFERS, EXACT, SAME_VALUES, Case, Result, cases, outcome

__all__ = ["ENGINES", "INTRODUCTION", "REASONS", "columns", "verdict"]

INTRODUCTION: Final = """\
# How conformance to SPARQL is known

<!-- Written by `python -m tools.sparql_conformance`; change that, not this page. -->

Questions over data kept in columns are compiled to SQL (`testimonia.query.columnar`). Each case of the W3C suites for
SPARQL 1.0 and 1.1 is data, a query and the answer expected of it. An answer is **exact** if it has the same terms, up to
the names of blank nodes; it has the **same values** if numbers are only written in another way (Oxigraph writes them its
own way when it stores them); otherwise it **differs**, or the engine raised an error. Tests run every case
(`tests/query/columnar/test_sparql_w3c.py`); beyond the suites, they compare all shipped questions, rules and policies, and
random queries over random data, with the answers of Oxigraph.

"""

_LOST: Final = (
    "not compiled: rdflib reads `^` in a negated property set, but loses the IRI after it"
)
_BLANK: Final = "not compiled: BNODE"
REASONS: Final[dict[str, str]] = {
    "sparql10/expr-builtin/case-insensitive-booleans": "refused, since Oxigraph does not read it",
    "sparql11/functions/bnode01": _BLANK,
    "sparql11/functions/bnode02": _BLANK,
    "sparql11/property-path/nps_inverse": _LOST,
    "sparql11/property-path/nps_direct_and_inverse": _LOST,
    "sparql11/property-path/nps_a_inverse": _LOST,
}
"""Why the answer of compiled SQL is not the expected one, by case."""

FAILED: Final = "error"


def columns(case: Case) -> Result:
    """Answer a case by SQL over columns."""
    connection = duckdb.connect()
    fill(connection, case.quads)
    store = ColumnarStore(connection, union=False)
    answer = store.query(f"BASE <{case.base}>\n{case.query}")
    if answer.compiled.kind == "boolean":
        return Result(boolean=answer.boolean)
    if answer.compiled.kind == "triples":
        return Result(triples=frozenset(answer.triples()))
    return Result(variables=tuple(answer.variables), rows=tuple(answer.rows()))


def oxigraph(case: Case) -> Result:
    """Answer a case by Oxigraph."""
    store = Store()
    store.extend(case.quads)
    found = store.query(case.query, base_iri=case.base)
    if isinstance(found, QueryBoolean):
        return Result(boolean=bool(found))
    if isinstance(found, QuerySolutions):
        names = tuple(variable.value for variable in found.variables)
        return Result(variables=names, rows=tuple(tuple(row) for row in found))
    return Result(triples=frozenset(found))


def by_rdflib(case: Case) -> Result:
    """Answer a case by rdflib."""
    dataset = rdflib.Dataset()
    for quad in case.quads:
        graph = quad.graph_name
        named = (
            dataset.graph(rdflib.URIRef(graph.value)) if isinstance(graph, NamedNode) else dataset
        )
        named.add((_to_rdflib(quad.subject), _to_rdflib(quad.predicate), _to_rdflib(quad.object)))
    found: Any = dataset.query(case.query, base=case.base)
    if found.type == "ASK":
        return Result(boolean=bool(found.askAnswer))
    if found.type == "SELECT":
        names = tuple(str(variable) for variable in found.vars or ())
        rows = tuple(tuple(map(_from_rdflib, row)) for row in found)
        return Result(variables=names, rows=rows)
    triples = (tuple(map(_from_rdflib, triple)) for triple in found)
    return Result(triples=frozenset(Triple(*triple) for triple in triples))


def _to_rdflib(term: Any) -> Any:
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    if term.datatype.value.endswith("#string"):
        return rdflib.Literal(term.value)
    return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value))


def _from_rdflib(term: Any) -> Any:
    if term is None:
        return None
    if isinstance(term, rdflib.URIRef):
        return NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return BlankNode(str(term))
    if term.language:
        return Literal(str(term), language=term.language)
    return (
        Literal(str(term), datatype=NamedNode(str(term.datatype)))
        if term.datatype
        else Literal(str(term))
    )


ENGINES: Final[dict[str, Callable[[Case], Result]]] = {
    "columns": columns,
    "Oxigraph": oxigraph,
    "rdflib": by_rdflib,
}


def verdict(case: Case, engine: Callable[[Case], Result]) -> str:
    """Compare an engine's answer with the expected one; what it raises counts as an error."""
    try:
        return outcome(engine(case), case.result())
    except TestimoniaError:
        return FAILED
    except Exception:
        if engine is columns:
            raise
        return FAILED


def main() -> int:
    """Print the tables; return 1 if a case without a known reason differs in columns."""
    logging.disable(logging.CRITICAL)
    found = cases()
    verdicts = {c: {n: verdict(c, engine) for n, engine in ENGINES.items()} for c in found}
    write = sys.stdout.write
    write(INTRODUCTION)
    names = ("duckdb", "pyoxigraph", "rdflib")
    write(f"Versions: {', '.join(f'{name} {version(name)}' for name in names)}.\n\n")
    for suite in ("sparql10", "sparql11"):
        own = [case for case in found if case.name.startswith(suite)]
        write(f"## {suite[:6].upper()} {suite[6]}.{suite[7]}: {len(own)} cases\n\n")
        write("| Engine | Exact | Same values | Differs | Error |\n|---|--:|--:|--:|--:|\n")
        for name in ENGINES:
            counted = Counter(verdicts[case][name] for case in own)
            numbers = [str(counted[each]) for each in (EXACT, SAME_VALUES, DIFFERS, FAILED)]
            write(f"| {name} | {' | '.join(numbers)} |\n")
        write("\n")
    write("## Cases that columns fail\n\n")
    write(f"| Case | {' | '.join(ENGINES)} | Why |\n|---|{'---|' * (len(ENGINES) + 1)}\n")
    unknown = 0
    for case in found:
        if verdicts[case]["columns"] not in (EXACT, SAME_VALUES):
            reason = REASONS.get(case.name, "")
            unknown += not reason
            write(f"| {case.name} | {' | '.join(verdicts[case].values())} | {reason} |\n")
    return int(unknown > 0)


if __name__ == "__main__":
    sys.exit(main())
