"""Turns exceptions of Spark into errors for the user."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

from testimonia.errors import Place, SparkError, TableError, TestimoniaError
from testimonia.tables.spark.session import faults, why

__all__ = ["spark_errors", "unreadable"]


@contextmanager
def spark_errors() -> Iterator[None]:
    """Turn exceptions of Spark into errors for the user."""
    try:
        yield
    except faults() as error:
        raise _plain(str(error)) from error


def _plain(trace: str) -> TestimoniaError:
    from testimonia.tables.spark.staging import FAULT

    fault = re.search(re.escape(FAULT) + r"(\{.*\})", trace)
    if fault:
        found = json.loads(fault[1])
        place = found.pop("place")
        return TableError(**found, place=Place(place) if place else None)
    unread = re.search(r"while reading file (\S+?)\.? ", trace)
    if unread:
        return unreadable(unread[1], trace)
    return SparkError(f"Spark failed ({why(trace)})", hint="See the logs of Spark for more.")


def unreadable(path: str, trace: str) -> TableError:
    """Describe a table that Spark cannot read.

    Parameters
    ----------
    path
        The table.
    trace
        What Spark said.
    """
    return TableError(
        f"this table cannot be read ({why(trace)})",
        place=Place(path),
        hint="It must be CSV in UTF-8, every row with as many cells as the header, or Parquet.",
    )
