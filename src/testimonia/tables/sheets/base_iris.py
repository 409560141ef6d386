"""Names of a sheet under a base of one's own, so that those of two desks stay apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import polars as pl
from pyoxigraph import NamedNode

from testimonia.errors import InputError
from testimonia.namespaces import IDENTIFIER
from testimonia.tables.cell_terms import encoded, iri_of
from testimonia.tables.columns import Table
from testimonia.tables.schema import by_name

__all__ = ["based", "checked", "minted", "seen_from"]

_BEGINS: Final = ("https://", "http://", "urn:")
_ENDS: Final = ("/", ":")

_Whole = Callable[[str, Table], str]


def checked(base: str) -> str:
    """Give a base back, where IRIs can begin with it.

    Raises
    ------
    InputError
        They cannot.
    """
    whole = base.startswith(_BEGINS) and base.endswith(_ENDS) and "#" not in base
    try:
        NamedNode(base + "agent/a")
    except ValueError:
        whole = False
    if not whole or encoded(base) != base:
        raise InputError(
            f"{base!r} cannot be what IRIs begin with",
            hint="Give an IRI that ends with a slash, such as https://example.org/desk/.",
        )
    return base


def seen_from(known: Mapping[str, set[str]], base: str) -> dict[str, set[str]]:
    """Add to what data describe the names that those under the base have without one.

    Parameters
    ----------
    known
        IRIs of what is described, by table.
    base
        What the names of the sheet begin with.
    """
    return {
        name: iris
        | {
            by_name(name).base + iri.removeprefix(_base(by_name(name), base))
            for iri in iris
            if iri.startswith(_base(by_name(name), base))
        }
        for name, iris in known.items()
    }


def based(
    tables: Mapping[str, pl.DataFrame], known: Mapping[str, set[str]], base: str
) -> dict[str, pl.DataFrame]:
    """Write the names in some claim tables as whole IRIs.

    A link that leads to no row of the tables leads to data: to what is under the base there, or else
    to what goes by that name without one, such as an agent that comes with Testimonia.

    Parameters
    ----------
    tables
        Claim tables by name, every link of them leading somewhere.
    known
        IRIs of what is described elsewhere, by table.
    base
        What names begin with.
    """
    rows = {
        name: {iri_of(each, by_name(name).base) for each in frame["id"].drop_nulls()}
        for name, frame in tables.items()
    }

    def whole(value: str, target: Table) -> str:
        plain, own = iri_of(value, target.base), iri_of(value, _base(target, base))
        here = plain in rows.get(target.name, ()) or own in known.get(target.name, ())
        return own if here else plain

    return {name: _written(by_name(name), frame, whole) for name, frame in tables.items()}


def _written(table: Table, frame: pl.DataFrame, whole: _Whole) -> pl.DataFrame:
    for column in table.columns:
        if column.kind not in ("id", "link") or column.name not in frame.columns:
            continue
        target = by_name(column.target) if column.kind == "link" else table
        values = frame[column.name]
        distinct = (values.explode() if column.many else values).unique().drop_nulls()
        new = [whole(value, target) for value in distinct]
        old, cell = distinct.to_list(), pl.col(column.name)
        replaced = (
            cell.list.eval(pl.element().replace(old, new))
            if column.many
            else cell.replace(old, new)
        )
        frame = frame.with_columns(replaced)
    return frame


def _base(table: Table, base: str) -> str:
    return base + table.path


def minted(tables: Mapping[str, pl.DataFrame]) -> list[str]:
    """List some names that become IRIs of the project, in which another sheet may name something else.

    Bounds that are made of dates are left out: they are the same wherever they are made.
    """
    found = []
    for name, frame in tables.items():
        if name == "bounds" or frame.is_empty():
            continue
        iris = (iri_of(each, by_name(name).base) for each in frame["id"])
        found += [iri for iri in iris if iri.startswith(IDENTIFIER)][:1]
    return found
