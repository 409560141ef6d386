"""Resolves the names in a sheet against a base IRI, so that those of different sheets do not collide."""

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
    """Return a base IRI, if it is valid.

    Raises
    ------
    InputError
        It is not valid.
    """
    whole = base.startswith(_BEGINS) and base.endswith(_ENDS) and "#" not in base
    try:
        NamedNode(base + "agent/a")
    except ValueError:
        whole = False
    if not whole or encoded(base) != base:
        raise InputError(
            f"{base!r} cannot be a base IRI",
            hint="Give an absolute IRI that ends in a slash, such as https://example.org/desk/.",
        )
    return base


def seen_from(known: Mapping[str, set[str]], base: str) -> dict[str, set[str]]:
    """Extend known IRIs by those that the same names would have without the base.

    Parameters
    ----------
    known
        IRIs of things that are described, by table.
    base
        The base IRI of the sheet.
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
    """Replace the names in claim tables by absolute IRIs.

    A link to something that is not in the tables refers to known data: to a thing under the base, or else
    to one of the project with that name, such as an agent that is shipped with Testimonia.

    Parameters
    ----------
    tables
        Claim tables by name, without dangling links.
    known
        IRIs of things that are described elsewhere, by table.
    base
        The base IRI.
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
    """List some names that become IRIs of the project, which another sheet may use for something else.

    Bounds made from dates are left out: they are the same in every sheet.
    """
    found = []
    for name, frame in tables.items():
        if name == "bounds" or frame.is_empty():
            continue
        iris = (iri_of(each, by_name(name).base) for each in frame["id"])
        found += [iri for iri in iris if iri.startswith(IDENTIFIER)][:1]
    return found
