"""The command ``testimonia identify``."""

from __future__ import annotations

import csv
import io
from dataclasses import astuple, fields, replace
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from testimonia.cli.options import Given, open_dataset
from testimonia.cli.terminal import write

__all__ = ["identify"]


def identify(
    *paths: Path,
    table: Path,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    data: Given | None = None,
) -> None:
    """Suggest identifiers for agents and places from a table that you provide; nothing is fetched.

    Suggestions are written as CSV, and never to the data: things with the same name may be different.

    Parameters
    ----------
    paths
        RDF files or directories; the shipped data when left out.
    table
        A CSV file with the columns identifier and name, and optionally also_called, with | between
        other names; for example an extract of Wikidata or GeoNames.
    output
        File to write to; standard output when left out.
    """
    from testimonia.notes.identifying import Suggestion, suggestions

    given = data or Given()
    dataset = open_dataset(replace(given, data=(*paths, *given.data)), output, read=[table])
    stream = io.StringIO()
    rows = csv.writer(stream)
    rows.writerow(each.name for each in fields(Suggestion))
    rows.writerows(astuple(each) for each in suggestions(dataset.quads(), table))
    write(stream.getvalue(), output)
