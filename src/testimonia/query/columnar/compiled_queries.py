"""Turns the text of a query into SQL."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, Literal

import rdflib
from pyoxigraph import BlankNode, NamedNode
from pyoxigraph import Literal as LiteralTerm
from pyoxigraph import Store as Oxigraph
from rdflib import BNode, URIRef, Variable
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery

from testimonia.errors import NotCompiled
from testimonia.namespaces import PREFIXES
from testimonia.query.columnar.builtin_functions import NOW
from testimonia.query.columnar.closing import closed, select
from testimonia.query.columnar.group_patterns import PatternCompiler
from testimonia.query.columnar.operands import UNBOUND, Form, Operand
from testimonia.query.columnar.query_plan import QueryPlan
from testimonia.query.columnar.query_terms import (
    in_scope,
    is_variable,
    term_of,
    variable_name,
)
from testimonia.query.columnar.select_blocks import Block
from testimonia.query.columnar.table_facts import TableFacts
from testimonia.query.evaluation import refuse_service
from testimonia.query.query_faults import syntax_fault
from testimonia.query.sparql import check

__all__ = ["CompiledColumn", "CompiledQuery", "compile_query", "with_moment"]

Kind = Literal["solutions", "boolean", "triples"]
_PARAMETER: Final = re.compile(r"\$(p\d+|now)\b")
_KINDS: Final[dict[str, Kind]] = {
    "SelectQuery": "solutions",
    "AskQuery": "boolean",
    "ConstructQuery": "triples",
}


@dataclass(frozen=True)
class CompiledColumn:
    """A variable of the result.

    Attributes
    ----------
    variable
        Its name.
    form
        How its values are held.
    term
        The value in every row, if it has no column in SQL.
    has_column
        Whether it has one; a variable that is never bound has none either.
    """

    variable: str
    form: Form
    term: NamedNode | BlankNode | LiteralTerm | None
    has_column: bool


@dataclass(frozen=True)
class CompiledQuery:
    """A query as SQL.

    Attributes
    ----------
    kind
        What it answers.
    sql
        The SQL, which has one column for each of ``columns`` that has one, in order.
    parameters
        Values of its parameters.
    columns
        The variables.
    calls
        The functions that it needs, as `testimonia.query.columnar.query_plan.QueryPlan.calls`.
    unknown
        Terms by ids that no dictionary has.
    template
        The triples that a CONSTRUCT makes of each row.
    """

    kind: Kind
    sql: str
    parameters: dict[str, Any]
    columns: tuple[CompiledColumn, ...]
    calls: dict[str, str]
    unknown: dict[int, NamedNode | BlankNode | LiteralTerm]
    template: tuple[tuple[Any, Any, Any], ...] = ()


def compile_query(
    text: str, facts: TableFacts, *, union: bool = True, owner: int = 0
) -> CompiledQuery:
    """Compile a query.

    Parameters
    ----------
    text
        SPARQL 1.1; prefixes of `testimonia.namespaces` need not be declared.
    facts
        What is known of the tables.
    union
        Whether it is over the union of all graphs where it names none (FROM).
    owner
        The number of the store that defines its functions.

    Raises
    ------
    QueryError
        It is not well formed, is an update, or calls another server (SERVICE).
    NotCompiled
        It uses what has no equal in SQL.
    """
    check(text)
    parsed, selects_all = _parsed(text)
    algebra = parsed.algebra
    kind = _KINDS.get(algebra.name)
    if kind is None:
        raise NotCompiled(f"{algebra.name.removesuffix('Query').upper()} is not compiled to SQL")
    plan = QueryPlan(facts, base=parsed.prologue.base, owner=owner)
    graphs = _dataset(plan, algebra.datasetClause or [], union=union)
    compiler = PatternCompiler(plan, *graphs)
    block = compiler.compile(algebra.p)
    template: tuple[tuple[Any, Any, Any], ...] = ()
    if kind == "boolean":
        block.columns, block.order = {}, []
        block = replace(block, limit=1) if block.is_plain else block
        wanted: list[str] = []
    elif kind == "triples":
        template = _template(algebra)
        wanted = sorted(
            {variable_name(t) for triple in template for t in triple if isinstance(t, Variable)}
        )
    else:
        wanted = [str(variable) for variable in algebra.PV]
        if selects_all:
            # rdflib counts variables that only a FILTER of an OPTIONAL reads.
            wanted = [name for name in wanted if name in in_scope(_projected(algebra.p))]
    return _finished(kind, plan, block, wanted, template)


def with_moment(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Set the parameter for NOW() of a query that is about to run."""
    found = dict(parameters)
    if NOW in found:
        moment = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        found[NOW] = f"T{PREFIXES['xsd']}dateTime {moment}"
    return found


def _finished(
    kind: Kind, plan: QueryPlan, block: Block, wanted: Sequence[str], template: Any
) -> CompiledQuery:
    if block.distinct:
        block = closed(plan, block)
    columns: list[CompiledColumn] = []
    written: dict[str, str] = {}
    for name in wanted:
        operand: Operand = block.columns.get(name, UNBOUND)
        constant = operand.term if not operand.maybe else None
        has_column = not operand.unbound and constant is None
        columns.append(CompiledColumn(name, operand.form, constant, has_column))
        if has_column:
            as_text = operand.form is Form.INTEGER
            written[f"v{len(written)}"] = f"({operand.sql})::VARCHAR" if as_text else operand.sql
    sql = plan.with_ctes(select(block, written))
    used = {name: plan.parameters[name] for name in set(_PARAMETER.findall(sql))}
    return CompiledQuery(kind, sql, used, tuple(columns), plan.calls, plan.unknown, template)


def _parsed(text: str) -> tuple[Any, bool]:
    """Parse a query, and find out whether it is a SELECT of all variables."""
    try:
        refuse_service(text)  # Oxigraph would call it
        Oxigraph().query(text, prefixes=PREFIXES)
    except SyntaxError as error:
        raise syntax_fault(error, text) from None
    except (RuntimeError, ValueError):
        pass  # evaluating it fails on an empty store; whether it does here will be seen
    try:
        with _literals_as_written():
            tree = parseQuery(text)
            return translateQuery(tree, initNs=PREFIXES), not tree[1].projection
    except Exception as error:  # noqa: BLE001 - pyparsing and rdflib raise many
        raise NotCompiled(f"rdflib cannot read the query: {error}") from None


_AS_WRITTEN: Final = threading.Lock()


@contextmanager
def _literals_as_written() -> Iterator[None]:
    """Keep rdflib from writing literals in another way, which would make other terms of them."""
    with _AS_WRITTEN:
        before, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
        try:
            yield
        finally:
            rdflib.NORMALIZE_LITERALS = before


def _dataset(
    plan: QueryPlan, clauses: Sequence[Any], *, union: bool
) -> tuple[tuple[int, ...] | None, tuple[int, ...] | None]:
    """Read FROM and FROM NAMED; without either, all graphs can be named, and all are merged in a union."""
    if not clauses:
        return (None if union else (0,)), None
    default: list[int] = []
    named: list[int] = []
    for clause in clauses:
        term = clause.default or clause.named
        number = plan.facts.id_of(term_of(term))
        if number is not None:
            (default if clause.default else named).append(number)
    return tuple(default), tuple(named)


def _projected(node: Any) -> Any:
    """Find the pattern that a SELECT is of."""
    while node.name != "Project":
        node = node.p
    return node.p


def _template(algebra: Any) -> tuple[tuple[Any, Any, Any], ...]:
    """Read the triples of a CONSTRUCT: terms, variables, and blank nodes that are new in each row."""
    triples = algebra.template
    if triples is None:  # CONSTRUCT WHERE
        triples = _patterns(algebra.p)
    return tuple(tuple(_template_term(term) for term in triple) for triple in triples)


def _patterns(node: Any) -> list[Any]:
    while node.name != "BGP":
        node = node.p
    return list(node.triples)


def _template_term(term: Any) -> Any:
    if isinstance(term, URIRef) or not is_variable(term):
        return term_of(term)
    return term if isinstance(term, BNode) else Variable(term)
