"""``testimonia query``: run a SPARQL query."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from testimonia.cli.options import Data, RowOutput, TimeLimit, open_dataset
from testimonia.cli.showing import show
from testimonia.errors import InputError, Place, QueryError, placed_in

__all__ = ["query"]


def query(
    file: Annotated[Path | None, Parameter(allow_leading_hyphen=True)] = None,
    /,
    *,
    expression: Annotated[str | None, Parameter(alias="-e")] = None,
    data: Data | None = None,
    output: RowOutput | None = None,
    time_limit: TimeLimit = 60,
) -> None:
    """Run a SPARQL query (SELECT, ASK, CONSTRUCT or DESCRIBE) over the union of all graphs.

    The prefixes of Testimonia, such as tmn: and tmc:, need not be declared.

    Parameters
    ----------
    file
        File with the query; - for standard input.
    expression
        The query itself, instead of a file.
    time_limit
        Seconds that it may take, including reading and deriving.
    """
    sparql = _sparql(file, expression)
    output = output or RowOutput()
    dataset = open_dataset(data, *output.files, read=[file], language=output.language)
    try:
        answer = dataset.query(sparql, time_limit=time_limit)
    except QueryError as error:
        if file is not None and error.place is not None:
            error.place = placed_in("standard input" if str(file) == "-" else file, error.place)
        raise
    show(answer, output)


def _sparql(file: Path | None, expression: str | None) -> str:
    if (file is None) == (expression is None):
        raise InputError(
            "give either a file or -e QUERY", hint="Use - as the file for standard input."
        )
    if file is None:
        return expression or ""
    if str(file).startswith("-") and str(file) != "-":
        raise InputError(
            f"there is no option {str(file).partition('=')[0]}",
            hint="See testimonia query --help. If it is a file whose name begins with -, write ./NAME.",
        )
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        reason = f"this file cannot be read ({error.strerror or error})"
        raise InputError(reason, place=Place(file), hint="Check its name.") from None
    except UnicodeDecodeError:
        raise InputError(
            "this file is not text in UTF-8", place=Place(file), hint="Give a SPARQL query."
        ) from None
