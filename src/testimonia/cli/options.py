"""Options that several commands share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Group, Parameter

if TYPE_CHECKING:
    from testimonia.dataset import Dataset

__all__ = ["Data", "open_dataset"]


_DATA = Group("Data", sort_key=10)


@Parameter(name="*", group=_DATA)
@dataclass(frozen=True, kw_only=True)
class Data:
    """Where the data come from."""

    data: Annotated[tuple[Path, ...], Parameter(negative=(), consume_multiple=True)] = ()
    """RDF files or directories to use in place of the shipped data."""

    shipped: Annotated[bool, Parameter(negative=())] = False
    """Use the shipped data as well as --data."""

    store: Path | None = None
    """Directory that keeps the data between runs; in memory when left out."""


def open_dataset(options: Data | None) -> Dataset:
    """Open the dataset that the options describe."""
    import testimonia.dataset

    options = options or Data()
    shipped = True if options.shipped else None
    return testimonia.dataset.open(*options.data, shipped=shipped, store=options.store)
