"""Checks queries for pre-binding: if SHACL allows them, can run them at once, and what they read.

SHACL gives ``$this`` and other variables their values before a query is evaluated, as if every
occurrence were replaced. One run without replacing them gives the same rows only if every group that
mentions ``$this`` begins with a triple pattern that binds it: then the rows are joined on ``$this``
wherever it occurs. This module determines for which queries that is so.

Source: SHACL, section 5.3.1 and appendix A (pre-binding of variables in SPARQL queries).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

from pyoxigraph import NamedNode

from testimonia.query.query_faults import syntax_fault
from testimonia.query.sparql import service_call
from testimonia.shacl.model import AskValidator, SelectQuery
from testimonia.shacl.paths import Path
from testimonia.shacl.sparql.decorrelating import decorrelated
from testimonia.shacl.sparql.outline import unescaped
from testimonia.shacl.sparql.rewriting import ask_as_select, write_path

__all__ = ["UnsupportedQuery", "prepare_ask", "prepare_select"]

_FORBIDDEN = {
    "MinusGraphPattern": "MINUS",
    "InlineData": "VALUES",
    "ServiceGraphPattern": "SERVICE",
}
_ONE_BY_ONE = frozenset(["SubSelect", "GraphGraphPattern"])


class UnsupportedQuery(Exception):
    """A query is not well formed, or uses something that SHACL does not allow."""


def prepare_select(
    text: str, prefixes: Mapping[str, str], path: Path | None, prebound: Collection[str]
) -> SelectQuery:
    """Check a SELECT query and determine how it can be run.

    Parameters
    ----------
    text
        The query, without prefix declarations.
    prefixes
        Prefixes and namespaces.
    path
        The path of the property shape, for ``$PATH``; None for node shapes.
    prebound
        Names of the pre-bound variables.

    Raises
    ------
    UnsupportedQuery
        It is not well formed, uses MINUS, VALUES or SERVICE, has a sub-select that does not return
        every pre-bound variable, or assigns a pre-bound variable.
    """
    return _prepared_select(_with_prefixes(text, prefixes, path), frozenset(prebound))


# To parse a query takes much longer than to run it over little data, and shapes are read for each validation.
@lru_cache(maxsize=256)
def _prepared_select(whole: str, prebound: frozenset[str]) -> SelectQuery:
    parsed = _parsed(whole)
    tree = parsed[1]
    if tree.name != "SelectQuery":
        raise UnsupportedQuery("the value of sh:select must be a SELECT query")
    _check(tree, prebound)
    if not _selects_this(tree):
        raise UnsupportedQuery("its SELECT must return $this")
    at_once = _at_once(tree)
    return SelectQuery(whole, _predicates(parsed), at_once, decorrelated(whole))


def prepare_ask(
    text: str, prefixes: Mapping[str, str], path: Path | None, prebound: Collection[str]
) -> AskValidator:
    """Check an ASK query; parameters and errors are those of :func:`prepare_select`.

    It is rewritten as a SELECT query that has a solution if the answer is true: Oxigraph accepts
    values only for variables that a query selects, and needs them to use its index.
    """
    whole = _with_prefixes(text, prefixes, path)
    parsed = _parsed(whole)
    tree = parsed[1]
    if tree.name != "AskQuery":
        raise UnsupportedQuery("the value of sh:ask must be an ASK query")
    _check(tree, prebound)
    names = [name for name in ("value", "this") if _mentions(tree, name)]
    asked = ask_as_select(whole, names or ["value"])
    return AskValidator(asked, _predicates(parsed), decorrelated(asked))


def _with_prefixes(text: str, prefixes: Mapping[str, str], path: Path | None) -> str:
    # NamedNode accepts only IRIs, so a namespace cannot contain the closing bracket.
    head = "".join(
        f"PREFIX {prefix}: {NamedNode(namespace)}\n" for prefix, namespace in prefixes.items()
    )
    return head + write_path(unescaped(text), path)


def _parsed(text: str) -> Any:
    import pyoxigraph
    from pyparsing import ParseException
    from rdflib.plugins.sparql.parser import parseQuery

    if service_call(
        text
    ):  # checked first: running the query, even on an empty store, may call the server
        raise UnsupportedQuery("the query calls on another server (SERVICE): nothing is fetched")
    try:
        pyoxigraph.Store().query(text)
    except SyntaxError as fault:
        raise UnsupportedQuery(syntax_fault(fault, text, prefixes={}).message) from fault
    try:
        return parseQuery(text)
    except (ParseException, RecursionError) as fault:
        raise UnsupportedQuery(f"the query cannot be analysed: {fault}") from fault


def _of(part: Any, name: str) -> Any:
    # Not part.get, which rdflib defines differently.
    return part[name] if name in part else None  # noqa: SIM401


def _parts(tree: Any) -> Iterator[Any]:
    """Yield every named part of a parse tree, beginning with the tree itself."""
    from pyparsing import ParseResults
    from rdflib.plugins.sparql.parserutils import CompValue

    if isinstance(tree, CompValue):
        yield tree
        for value in tree.values():
            yield from _parts(value)
    elif isinstance(tree, list | tuple | ParseResults):
        for each in tree:
            yield from _parts(each)


def _mentions(tree: Any, name: str) -> bool:
    from pyparsing import ParseResults
    from rdflib.plugins.sparql.parserutils import CompValue
    from rdflib.term import Variable

    if isinstance(tree, Variable):
        return str(tree) == name
    if isinstance(tree, CompValue):
        return any(_mentions(value, name) for value in tree.values())
    if isinstance(tree, list | tuple | ParseResults):
        return any(_mentions(each, name) for each in tree)
    return False


def _check(tree: Any, prebound: Collection[str]) -> None:
    for part in _parts(tree):
        if part.name in _FORBIDDEN:
            raise UnsupportedQuery(f"{_FORBIDDEN[part.name]} is not allowed in SHACL queries")
        if _of(part, "valuesClause"):
            raise UnsupportedQuery("VALUES is not allowed in SHACL queries")
        for assigned in (_of(part, "evar"), _of(part, "var") if part.name == "Bind" else None):
            if assigned is not None and str(assigned) in prebound:
                raise UnsupportedQuery(f"${assigned} is pre-bound and cannot be assigned")
        if part.name == "SubSelect":
            returned = {
                str(_of(each, "var") or _of(each, "evar")) for each in part.projection or ()
            }
            required = set(prebound) - {"shapesGraph", "currentShape", "PATH"}
            if missing := sorted(required - returned):
                raise UnsupportedQuery(
                    f"a sub-select must return ${missing[0]}, which is pre-bound"
                )


def _selects_this(tree: Any) -> bool:
    """Return whether a query selects ``$this``, as SHACL, section 5.2.1, requires."""
    if not tree.projection:
        return _mentions(tree.where, "this")
    return any(str(_of(each, "var") or _of(each, "evar")) == "this" for each in tree.projection)


def _at_once(tree: Any) -> bool:
    """Return whether one run, filtered by focus nodes, gives the same rows as a run for each."""
    modifiers = ("groupby", "having", "limitoffset")
    if any(_of(tree, modifier) for modifier in modifiers) or _aggregates(tree):
        return False
    if any(part.name in _ONE_BY_ONE for part in _parts(tree)):
        return False
    if any(_mentions(tree, name) for name in ("shapesGraph", "currentShape")):
        return False
    return _binds_first(tree.where) and all(
        _binds_first(group)
        for part in _parts(tree.where)
        for group in _inner_groups(part)
        if _mentions(group, "this")
    )


def _aggregates(tree: Any) -> bool:
    return any(part.name.startswith("Aggregate_") for part in _parts(tree))


def _inner_groups(part: Any) -> list[Any]:
    if part.name in ("OptionalGraphPattern", "Builtin_EXISTS", "Builtin_NOTEXISTS"):
        return [part.graph]
    if part.name == "GroupOrUnionGraphPattern":
        return list(part.graph)
    return []


def _binds_first(group: Any) -> bool:
    """Return whether a group begins with a triple pattern that binds ``$this``."""
    from rdflib.term import Variable

    elements = list(_of(group, "part") or ()) if group.name == "GroupGraphPatternSub" else []
    if not elements or elements[0].name != "TriplesBlock":
        return False
    for triples in elements[0].triples:
        for index in range(0, len(triples) - 2, 3):
            ends = (triples[index], triples[index + 2])
            if any(isinstance(end, Variable) and str(end) == "this" for end in ends):
                return not _parsed_path_may_be_empty(triples[index + 1])
    return False


def _parsed_path_may_be_empty(verb: Any) -> bool:
    """Return whether a path may have zero length, so that it binds nothing."""
    match getattr(verb, "name", ""):
        case "PathAlternative":
            return any(_parsed_path_may_be_empty(part) for part in verb.part)
        case "PathSequence":
            return all(_parsed_path_may_be_empty(part) for part in verb.part)
        case "PathElt":
            return _of(verb, "mod") in ("*", "?") or _parsed_path_may_be_empty(verb.part)
        case "PathEltOrInverse":
            return _parsed_path_may_be_empty(verb.part)
    return False


def _predicates(parsed: Any) -> frozenset[NamedNode] | None:
    """Return the predicates a query reads, or None if it may read any.

    Must be called last, because rdflib modifies the parse tree when translating it.
    """
    from rdflib.plugins.sparql.algebra import translateQuery

    try:
        algebra = translateQuery(parsed).algebra
    except Exception:  # noqa: BLE001 - rdflib raises bare Exception; Oxigraph has accepted the query
        return None
    found: set[NamedNode] = set()
    for subject, verb, target in _triple_patterns(algebra):
        read = _verb_predicates(subject, verb, target)
        if read is None:
            return None
        found |= read
    return frozenset(found)


def _triple_patterns(algebra: Any) -> Iterator[Any]:
    for part in _parts(algebra):
        if part.name == "BGP":
            yield from part.triples
        elif part.name == "TriplesBlock":  # in EXISTS, which rdflib translates later
            for triples in part.triples:
                yield from (triples[index : index + 3] for index in range(0, len(triples), 3))


def _verb_predicates(subject: Any, verb: Any, target: Any) -> set[NamedNode] | None:
    from rdflib.term import URIRef, Variable

    if isinstance(verb, URIRef):
        return {NamedNode(str(verb))}
    open_ends = isinstance(subject, Variable) and isinstance(target, Variable)
    if isinstance(verb, Variable) or (open_ends and _translated_path_may_be_empty(verb)):
        return None
    return _path_predicates(verb)


def _path_predicates(path: Any) -> set[NamedNode] | None:
    from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath
    from rdflib.term import URIRef

    match path:
        case URIRef():
            return {NamedNode(str(path))}
        case MulPath():
            return _path_predicates(path.path)
        case InvPath():
            return _path_predicates(path.arg)
        case SequencePath() | AlternativePath():
            read: set[NamedNode] = set()
            for each in map(_path_predicates, path.args):
                if each is None:
                    return None
                read |= each
            return read
    return None


def _translated_path_may_be_empty(path: Any) -> bool:
    """Return whether a path may have zero length."""
    from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath

    match path:
        case MulPath():
            return bool(path.zero) or _translated_path_may_be_empty(path.path)
        case InvPath():
            return _translated_path_may_be_empty(path.arg)
        case SequencePath():
            return all(map(_translated_path_may_be_empty, path.args))
        case AlternativePath():
            return any(map(_translated_path_may_be_empty, path.args))
    return False
