"""The core constraint components that need no other shape, each over all value nodes at once.

Source: SHACL, sections 4.1 to 4.5 and 4.8.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import singledispatch

import polars as pl
from pyoxigraph import NamedNode

from testimonia.validation.columnar.graph import PAIRS, Graph, distinct
from testimonia.validation.columnar.literals import (
    has_datatype,
    is_blank,
    is_iri,
    is_literal,
    language,
    lexical_form,
)
from testimonia.validation.columnar.ordering import holds
from testimonia.validation.columnar.shapes import (
    Bound,
    ClassOf,
    Closed,
    Constraint,
    DatatypeOf,
    HasValue,
    In,
    LanguageIn,
    Length,
    MaxCount,
    MinCount,
    NodeKind,
    Pair,
    Pattern,
    UniqueLang,
)
from testimonia.validation.columnar.vocabulary import sh

__all__ = ["find", "matches"]

_NO_VALUE = pl.lit(None, dtype=pl.UInt32).alias("value")
_KINDS: dict[NamedNode, tuple[Callable[[pl.Expr], pl.Expr], ...]] = {
    sh("IRI"): (is_iri,),
    sh("BlankNode"): (is_blank,),
    sh("Literal"): (is_literal,),
    sh("BlankNodeOrIRI"): (is_blank, is_iri),
    sh("BlankNodeOrLiteral"): (is_blank, is_literal),
    sh("IRIOrLiteral"): (is_iri, is_literal),
}


@singledispatch
def find(
    constraint: Constraint, graph: Graph, focus: pl.Series, values: pl.DataFrame
) -> pl.DataFrame:
    """Return the results of a constraint.

    Parameters
    ----------
    constraint
        One of the core constraints that refer to no shape.
    graph
        The data graph.
    focus
        The focus nodes, each once.
    values
        Their value nodes, as pairs ``focus`` and ``value``.

    Returns
    -------
    polars.DataFrame
        Columns ``focus`` and ``value`` (null where the result has none); of ``sh:closed`` also
        ``path``.
    """
    raise NotImplementedError(type(constraint).__name__)


@find.register
def _class(
    constraint: ClassOf, graph: Graph, focus: pl.Series, values: pl.DataFrame
) -> pl.DataFrame:
    instances = graph.instances(graph.terms.id(constraint.cls))
    return values.join(pl.DataFrame({"value": instances}), on="value", how="anti")


@find.register
def _datatype(
    constraint: DatatypeOf, graph: Graph, focus: pl.Series, values: pl.DataFrame
) -> pl.DataFrame:
    return _unless(graph, values, lambda text: has_datatype(text, constraint.datatype))


@find.register
def _node_kind(
    constraint: NodeKind, graph: Graph, focus: pl.Series, values: pl.DataFrame
) -> pl.DataFrame:
    kinds = _KINDS[constraint.kind]
    return _unless(graph, values, lambda text: pl.any_horizontal(kind(text) for kind in kinds))


@find.register
def _length(
    constraint: Length, graph: Graph, focus: pl.Series, values: pl.DataFrame
) -> pl.DataFrame:
    def fits(text: pl.Expr) -> pl.Expr:
        length = lexical_form(text).str.len_chars()
        return length >= constraint.length if constraint.lower else length <= constraint.length

    return _unless(graph, values, fits)


@find.register
def _pattern(
    constraint: Pattern, graph: Graph, focus: pl.Series, values: pl.DataFrame
) -> pl.DataFrame:
    return _unless(
        graph,
        values,
        lambda text: matches(lexical_form(text), constraint.pattern, constraint.flags),
    )


def matches(text: pl.Expr, pattern: str, flags: str) -> pl.Expr:
    """Tell the texts that SPARQL's ``REGEX`` would match.

    Rust's regular expressions judge, as in Oxigraph; a pattern that they do not know (one that
    looks around itself, say) is judged by Python's, value by value.

    Raises
    ------
    re.error
        If neither knows the pattern.
    """
    if "q" in flags:
        pattern = re.escape(pattern) if "i" in flags else pattern
        if "i" not in flags:
            return text.str.contains(pattern, literal=True)
    inline = "".join(sorted(set(flags) - {"q"}))
    whole = f"(?{inline}){pattern}" if inline else pattern
    try:
        pl.Series([""]).str.contains(whole)
    except pl.exceptions.ComputeError:
        compiled = re.compile(whole)
        return text.map_elements(
            lambda value: compiled.search(value) is not None, return_dtype=pl.Boolean
        )
    return text.str.contains(whole)


@find.register
def _language_in(
    constraint: LanguageIn, graph: Graph, focus: pl.Series, values: pl.DataFrame
) -> pl.DataFrame:
    def matched(text: pl.Expr) -> pl.Expr:
        tag = language(text)
        return pl.any_horizontal(
            pl.lit(False),
            *(
                tag.is_not_null()
                if each == "*"
                else (tag == each) | tag.str.starts_with(each + "-")
                for each in constraint.ranges
            ),
        )

    return _unless(graph, values, matched)


@find.register
def _bound(constraint: Bound, graph: Graph, focus: pl.Series, values: pl.DataFrame) -> pl.DataFrame:
    different = graph.texts(distinct(values["value"]))
    limit = pl.Series([str(constraint.limit)]).new_from_index(0, different.height)
    left, right = (limit, different["text"]) if constraint.lower else (different["text"], limit)
    unfit = different.filter(~holds(left, right, constraint.sign))["node"]
    return values.join(pl.DataFrame({"value": unfit}), on="value", how="semi")


@find.register
def _in(constraint: In, graph: Graph, focus: pl.Series, values: pl.DataFrame) -> pl.DataFrame:
    members = pl.DataFrame({"value": graph.terms.ids(constraint.members)})
    return values.join(members, on="value", how="anti")


@find.register
def _has_value(
    constraint: HasValue, graph: Graph, focus: pl.Series, values: pl.DataFrame
) -> pl.DataFrame:
    with_it = values.filter(pl.col("value") == graph.terms.id(constraint.value))
    return (
        pl.DataFrame({"focus": focus}).join(with_it, on="focus", how="anti").with_columns(_NO_VALUE)
    )


@find.register
def _min_count(
    constraint: MinCount, graph: Graph, focus: pl.Series, values: pl.DataFrame
) -> pl.DataFrame:
    if constraint.count <= 0:
        return pl.DataFrame(schema=PAIRS)
    enough = values if constraint.count == 1 else _counted(values, pl.len() >= constraint.count)
    return (
        pl.DataFrame({"focus": focus}).join(enough, on="focus", how="anti").with_columns(_NO_VALUE)
    )


@find.register
def _max_count(
    constraint: MaxCount, graph: Graph, focus: pl.Series, values: pl.DataFrame
) -> pl.DataFrame:
    return _counted(values, pl.len() > constraint.count).with_columns(_NO_VALUE)


def _counted(values: pl.DataFrame, condition: pl.Expr) -> pl.DataFrame:
    return values.group_by("focus").agg(condition.alias("meets")).filter("meets").select("focus")


@find.register
def _unique_lang(
    constraint: UniqueLang, graph: Graph, focus: pl.Series, values: pl.DataFrame
) -> pl.DataFrame:
    tagged = graph.texts(distinct(values["value"])).select(
        value="node", tag=language(pl.col("text"))
    )
    used = values.join(tagged.drop_nulls("tag"), on="value").group_by("focus", "tag").len()
    return used.filter(pl.col("len") > 1).select("focus", _NO_VALUE)


@find.register
def _pair(constraint: Pair, graph: Graph, focus: pl.Series, values: pl.DataFrame) -> pl.DataFrame:
    others = graph.pairs(constraint.predicate).join(
        pl.DataFrame({"focus": focus}), on="focus", how="semi"
    )
    if constraint.component == sh("EqualsConstraintComponent"):
        pair = ["focus", "value"]
        return pl.concat(
            [values.join(others, on=pair, how="anti"), others.join(values, on=pair, how="anti")]
        )
    if constraint.component == sh("DisjointConstraintComponent"):
        return values.join(others, on=["focus", "value"], how="semi")
    sign = "<" if constraint.component == sh("LessThanConstraintComponent") else "<="
    pairs = values.join(others.rename({"value": "other"}), on="focus")
    terms = graph.terms
    fits = holds(terms.decode(pairs["value"]), terms.decode(pairs["other"]), sign)
    return pairs.filter(~fits).select("focus", "value")


@find.register
def _closed(
    constraint: Closed, graph: Graph, focus: pl.Series, values: pl.DataFrame
) -> pl.DataFrame:
    allowed = graph.terms.ids(constraint.allowed)
    stray = graph.triples(distinct(values["value"])).filter(
        ~pl.col("predicate").is_in(allowed.implode())
    )
    stray = stray.rename({"focus": "node", "value": "object"})
    return values.join(stray, left_on="value", right_on="node").select(
        "focus", value="object", path="predicate"
    )


def _unless(graph: Graph, values: pl.DataFrame, fits: Callable[[pl.Expr], pl.Expr]) -> pl.DataFrame:
    """Return the value nodes whose text does not pass a test, each text tested once."""
    ids = distinct(values["value"])
    unfit = graph.where(ids, lambda text: ~fits(text).fill_null(False))
    return values.join(pl.DataFrame({"value": unfit}), on="value", how="semi")
