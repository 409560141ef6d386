"""Turns the text of a query into SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from pyoxigraph import BlankNode, NamedNode
from pyoxigraph import Literal as LiteralTerm
from pyoxigraph import Store as Oxigraph
from rdflib import BNode, URIRef, Variable
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery

from testimonia.errors import NotCompiled
from testimonia.namespaces import PREFIXES
from testimonia.query.columnar.closing import closed, select
from testimonia.query.columnar.group_patterns import PatternCompiler
from testimonia.query.columnar.operands import Form, Operand
from testimonia.query.columnar.query_plan import QueryPlan
from testimonia.query.columnar.query_terms import is_variable, term_of, variable_name
from testimonia.query.columnar.table_facts import TableFacts
from testimonia.query.query_faults import syntax_fault

__all__ = ["CompiledColumn", "CompiledQuery", "compile_query"]

Kind = Literal["solutions", "boolean", "triples"]
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


def compile_query(text: str, facts: TableFacts) -> CompiledQuery:
    """Compile a query.

    Parameters
    ----------
    text
        SPARQL 1.1; prefixes of `testimonia.namespaces` need not be declared.
    facts
        What is known of the tables.

    Raises
    ------
    QuerySyntaxFault
        It is not well formed.
    NotCompiled
        It uses what has no equal in SQL.
    """
    algebra = _parsed(text)
    kind = _KINDS.get(algebra.name)
    if kind is None:
        raise NotCompiled(f"{algebra.name.removesuffix('Query').upper()} is not compiled to SQL")
    plan = QueryPlan(facts)
    compiler = PatternCompiler(plan, *_dataset(plan, algebra.datasetClause or []))
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
    return _finished(kind, plan, block, wanted, template)


def _finished(
    kind: Kind, plan: QueryPlan, block: Any, wanted: Sequence[str], template: Any
) -> CompiledQuery:
    if block.distinct:
        block = closed(plan, block)
    columns, written = [], {}
    for name in wanted:
        operand: Operand | None = block.columns.get(name)
        bound = operand is not None and not operand.unbound
        constant = operand.term if bound and not operand.maybe else None
        has_column = bound and constant is None
        columns.append(
            CompiledColumn(name, operand.form if bound else Form.ID, constant, has_column)
        )
        if has_column:
            as_text = operand.form is Form.INTEGER
            written[f"v{len(written)}"] = f"({operand.sql})::VARCHAR" if as_text else operand.sql
    sql = plan.with_ctes(select(block, written))
    return CompiledQuery(
        kind, sql, plan.parameters, tuple(columns), plan.calls, plan.unknown, template
    )


def _parsed(text: str) -> Any:
    try:
        Oxigraph().query(text, prefixes=PREFIXES)
    except SyntaxError as error:
        raise syntax_fault(error, text) from None
    except (RuntimeError, ValueError):
        pass  # evaluating it fails on an empty store; whether it does here will be seen
    try:
        return translateQuery(parseQuery(text), initNs=PREFIXES).algebra
    except Exception as error:  # noqa: BLE001 - pyparsing and rdflib raise many
        raise NotCompiled(f"rdflib cannot read the query: {error}") from None


def _dataset(
    plan: QueryPlan, clauses: Sequence[Any]
) -> tuple[tuple[int, ...] | None, tuple[int, ...] | None]:
    """Read FROM and FROM NAMED; None for all graphs where the query has neither."""
    if not clauses:
        return None, None
    default, named = [], []
    for clause in clauses:
        term = clause.default or clause.named
        number = plan.facts.id_of(term_of(term))
        if number is not None:
            (default if clause.default else named).append(number)
    return tuple(default), tuple(named)


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
