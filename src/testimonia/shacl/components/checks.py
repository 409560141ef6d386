"""The core constraint components that need no other shape, each over all value nodes at once.

Source: SHACL, sections 4.1 to 4.5 and 4.8.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import singledispatch

import polars as pl
from pyoxigraph import NamedNode

from testimonia.shacl.bounded_work import Crashed, Failed, TimeIsUp
from testimonia.shacl.data.graph import PAIRS, Graph, distinct
from testimonia.shacl.faults import NotEvaluated
from testimonia.shacl.model import (
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
from testimonia.shacl.names import sh
from testimonia.shacl.values.literals import (
    has_datatype,
    is_blank,
    is_iri,
    is_literal,
    language,
    lexical_form,
)
from testimonia.shacl.values.ordering import holds
from testimonia.shacl.values.patterns import compiled

__all__ = ["ValueNodes", "find"]

_NO_VALUE = pl.lit(None, dtype=pl.UInt32).alias("value")
_KINDS: dict[NamedNode, tuple[Callable[[pl.Expr], pl.Expr], ...]] = {
    sh("IRI"): (is_iri,),
    sh("BlankNode"): (is_blank,),
    sh("Literal"): (is_literal,),
    sh("BlankNodeOrIRI"): (is_blank, is_iri),
    sh("BlankNodeOrLiteral"): (is_blank, is_literal),
    sh("IRIOrLiteral"): (is_iri, is_literal),
}


@dataclass(frozen=True)
class ValueNodes:
    """The focus nodes of a shape, each once, and their value nodes as pairs, in a data graph.

    Attributes
    ----------
    seconds
        How long a constraint may take whose time has no bound; None for ever.
    """

    graph: Graph
    focus: pl.Series
    pairs: pl.DataFrame
    seconds: float | None = None


@singledispatch
def find(constraint: Constraint, at: ValueNodes) -> pl.DataFrame:
    """Return the results of a constraint.

    Parameters
    ----------
    constraint
        One of the core constraints that refer to no shape.
    at
        What to check it at.

    Returns
    -------
    polars.DataFrame
        Columns ``focus`` and ``value`` (null where the result has none); of ``sh:closed`` also
        ``path``.
    """
    raise NotImplementedError(type(constraint).__name__)


@find.register
def _class(constraint: ClassOf, at: ValueNodes) -> pl.DataFrame:
    instances = at.graph.instances(at.graph.terms.id(constraint.cls))
    return at.pairs.join(pl.DataFrame({"value": instances}), on="value", how="anti")


@find.register
def _datatype(constraint: DatatypeOf, at: ValueNodes) -> pl.DataFrame:
    return _unless(at, lambda text: has_datatype(text, constraint.datatype))


@find.register
def _node_kind(constraint: NodeKind, at: ValueNodes) -> pl.DataFrame:
    kinds = _KINDS[constraint.kind]
    return _unless(at, lambda text: pl.any_horizontal(kind(text) for kind in kinds))


@find.register
def _length(constraint: Length, at: ValueNodes) -> pl.DataFrame:
    def fits(text: pl.Expr) -> pl.Expr:
        length = lexical_form(text).str.len_chars()
        return length >= constraint.length if constraint.lower else length <= constraint.length

    return _unless(at, fits)


@find.register
def _pattern(constraint: Pattern, at: ValueNodes) -> pl.DataFrame:
    texts = at.graph.texts(distinct(at.pairs["value"])).with_columns(
        lexical=lexical_form(pl.col("text"))
    )
    pattern = compiled(constraint.pattern, constraint.flags)
    try:
        fits = pattern.matches(texts["lexical"], seconds=at.seconds)
    except (TimeIsUp, Crashed, Failed) as fault:
        reason = (
            f"matching {constraint.pattern!r} took longer than {at.seconds:g} seconds"
            if isinstance(fault, TimeIsUp)
            else f"{constraint.pattern!r} could not be matched: {fault}"
        )
        raise NotEvaluated(reason) from fault
    unfit = texts.filter(~fits.fill_null(False))["node"]
    return at.pairs.join(pl.DataFrame({"value": unfit}), on="value", how="semi")


@find.register
def _language_in(constraint: LanguageIn, at: ValueNodes) -> pl.DataFrame:
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

    return _unless(at, matched)


@find.register
def _bound(constraint: Bound, at: ValueNodes) -> pl.DataFrame:
    different = at.graph.texts(distinct(at.pairs["value"]))
    limit = pl.Series([str(constraint.limit)]).new_from_index(0, different.height)
    left, right = (limit, different["text"]) if constraint.lower else (different["text"], limit)
    unfit = different.filter(~holds(left, right, constraint.sign))["node"]
    return at.pairs.join(pl.DataFrame({"value": unfit}), on="value", how="semi")


@find.register
def _in(constraint: In, at: ValueNodes) -> pl.DataFrame:
    members = pl.DataFrame({"value": at.graph.terms.ids(constraint.members)})
    return at.pairs.join(members, on="value", how="anti")


@find.register
def _has_value(constraint: HasValue, at: ValueNodes) -> pl.DataFrame:
    with_it = at.pairs.filter(pl.col("value") == at.graph.terms.id(constraint.value))
    return (
        pl.DataFrame({"focus": at.focus})
        .join(with_it, on="focus", how="anti")
        .with_columns(_NO_VALUE)
    )


@find.register
def _min_count(constraint: MinCount, at: ValueNodes) -> pl.DataFrame:
    if constraint.count <= 0:
        return pl.DataFrame(schema=PAIRS)
    enough = at.pairs if constraint.count == 1 else _counted(at.pairs, pl.len() >= constraint.count)
    return (
        pl.DataFrame({"focus": at.focus})
        .join(enough, on="focus", how="anti")
        .with_columns(_NO_VALUE)
    )


@find.register
def _max_count(constraint: MaxCount, at: ValueNodes) -> pl.DataFrame:
    return _counted(at.pairs, pl.len() > constraint.count).with_columns(_NO_VALUE)


def _counted(values: pl.DataFrame, condition: pl.Expr) -> pl.DataFrame:
    return values.group_by("focus").agg(condition.alias("meets")).filter("meets").select("focus")


@find.register
def _unique_lang(_constraint: UniqueLang, at: ValueNodes) -> pl.DataFrame:
    tagged = at.graph.texts(distinct(at.pairs["value"])).select(
        value="node", tag=language(pl.col("text"))
    )
    used = at.pairs.join(tagged.drop_nulls("tag"), on="value").group_by("focus", "tag").len()
    return used.filter(pl.col("len") > 1).select("focus", _NO_VALUE)


@find.register
def _pair(constraint: Pair, at: ValueNodes) -> pl.DataFrame:
    others = at.graph.pairs(constraint.predicate).join(
        pl.DataFrame({"focus": at.focus}), on="focus", how="semi"
    )
    if constraint.component == sh("EqualsConstraintComponent"):
        pair = ["focus", "value"]
        return pl.concat(
            [at.pairs.join(others, on=pair, how="anti"), others.join(at.pairs, on=pair, how="anti")]
        )
    if constraint.component == sh("DisjointConstraintComponent"):
        return at.pairs.join(others, on=["focus", "value"], how="semi")
    sign = "<" if constraint.component == sh("LessThanConstraintComponent") else "<="
    pairs = at.pairs.join(others.rename({"value": "other"}), on="focus")
    terms = at.graph.terms
    fits = holds(terms.decode(pairs["value"]), terms.decode(pairs["other"]), sign)
    return pairs.filter(~fits).select("focus", "value")


@find.register
def _closed(constraint: Closed, at: ValueNodes) -> pl.DataFrame:
    allowed = at.graph.terms.ids(constraint.allowed)
    stray = at.graph.triples(distinct(at.pairs["value"])).filter(
        ~pl.col("predicate").is_in(allowed.implode())
    )
    stray = stray.rename({"focus": "node", "value": "object"})
    return at.pairs.join(stray, left_on="value", right_on="node").select(
        "focus", value="object", path="predicate"
    )


def _unless(at: ValueNodes, fits: Callable[[pl.Expr], pl.Expr]) -> pl.DataFrame:
    """Return the value nodes whose text does not pass a test, each text tested once."""
    ids = distinct(at.pairs["value"])
    unfit = at.graph.where(ids, lambda text: ~fits(text).fill_null(False))
    return at.pairs.join(pl.DataFrame({"value": unfit}), on="value", how="semi")
