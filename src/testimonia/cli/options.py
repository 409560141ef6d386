"""Options that several commands share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Group, Parameter

if TYPE_CHECKING:
    from testimonia.dataset import Dataset

__all__ = ["Data", "Files", "Format", "Output", "RowOutput", "TimeLimit", "open_dataset"]

Format = Literal["table", "csv", "tsv", "json", "turtle", "n-triples", "json-ld"]

_DATA = Group("Data", sort_key=10)
_OUTPUT = Group("Output", sort_key=20)


@Parameter(name="*", group=_DATA)
@dataclass(frozen=True, kw_only=True)
class Files:
    """Where the data come from, for checks: the store does not keep literals as the files have them."""

    data: Annotated[tuple[Path, ...], Parameter(negative=(), consume_multiple=1)] = ()
    """RDF files or directories, one or more, in place of the shipped data; name them last."""

    shipped: Annotated[bool, Parameter(negative=())] = False
    """Use the shipped data as well as --data."""


@Parameter(name="*", group=_DATA)
@dataclass(frozen=True, kw_only=True)
class Data(Files):
    """Where the data come from."""

    store: Path | None = None
    """Directory that keeps the data between runs; in memory when left out."""


@Parameter(name="*", group=_OUTPUT)
@dataclass(frozen=True, kw_only=True)
class Output:
    """What becomes of the answer."""

    format: Format = "table"
    """How to write it: rows as table, csv, tsv or json, graphs as table, turtle, n-triples or json-ld."""

    output: Path | None = None
    """File to write instead of standard output."""


@Parameter(name="*", group=_OUTPUT)
@dataclass(frozen=True, kw_only=True)
class RowOutput(Output):
    """What becomes of rows."""

    labels: Annotated[bool, Parameter(negative=())] = False
    """Put labels beside IRIs, in csv, tsv and json; a table shows them anyway."""


TimeLimit = Annotated[float, Parameter(name="--time-limit")]
"""Seconds after which a query is stopped."""


def open_dataset(options: Files | None) -> Dataset:
    """Open the dataset that the options describe."""
    import testimonia.dataset

    options = options or Files()
    shipped = True if options.shipped else None
    store = options.store if isinstance(options, Data) else None
    return testimonia.dataset.open(*options.data, shipped=shipped, store=store)
