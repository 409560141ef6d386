"""``testimonia questions``: list the competency questions, or explain one."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal

from testimonia.catalogue.parameters import TYPES
from testimonia.cli.options import OwnQuestions
from testimonia.cli.terminal import console, write
from testimonia.printing import visible

if TYPE_CHECKING:
    from testimonia.catalogue.questions import Parameter, Question

__all__ = ["questions"]


def questions(
    name: str | None = None,
    /,
    *,
    format: Literal["table", "csv", "json"] = "table",  # noqa: A002
    own: OwnQuestions = (),
) -> None:
    """List the competency questions, or explain one.

    Parameters
    ----------
    name
        The question to explain.
    format
        Text, JSON, or CSV: of the questions, or of the parameters of one.
    own
        Folder with your own questions (.rq files); can be repeated.
    """
    import testimonia.dataset

    dataset = testimonia.dataset.open(questions=own)
    if format == "json":
        shown = [_as_object(question) for question in dataset.questions() if name is None]
        content = _as_object(dataset.question(name)) if name else shown
        write(json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    elif format == "csv":
        write(_as_csv(dataset.question(name)) if name else _list_as_csv(dataset.questions()))
    elif name is None:
        _list(dataset.questions())
    else:
        _explain(dataset.question(name))


def _as_object(question: Question) -> dict[str, Any]:
    return {
        "name": question.name,
        "summary": question.summary,
        "description": question.description,
        "tags": list(question.tags),
        "parameters": [asdict(parameter) for parameter in question.parameters.values()],
    }


def _list_as_csv(found: list[Question]) -> str:
    head = ["name", "summary", "description", "tags", "parameters"]
    rows = [
        [q.name, q.summary, q.description, " ".join(q.tags), " ".join(q.parameters)] for q in found
    ]
    return _csv([head, *rows])


def _as_csv(question: Question) -> str:
    head = ["name", "type", "default", "required", "description"]
    rows = [
        [p.name, p.type, p.default or "", str(p.required).lower(), p.description]
        for p in question.parameters.values()
    ]
    return _csv([head, *rows])


def _csv(rows: list[list[str]]) -> str:
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return stream.getvalue()


def _list(found: list[Question]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for question in found:
        table.add_row(Text(question.name, "bold"), Text(visible(question.summary)))
    out = console()
    out.print(table)
    out.print(Text("\ntestimonia questions NAME explains one; testimonia ask NAME asks it.", "dim"))


def _explain(question: Question) -> None:
    from rich.padding import Padding
    from rich.text import Text

    out = console()
    out.print(Text(question.name, "bold"))
    out.print(Text(visible(question.summary)))
    if question.description:
        out.print(Text("\n" + visible(question.description)))
    if question.tags:
        out.print(Text("\nTags: " + visible(", ".join(question.tags))))
    for parameter in question.parameters.values():
        out.print(Text("\n--" + parameter.name.replace("_", "-"), "bold"))
        for line in _about(parameter):
            out.print(Padding(Text(line), (0, 0, 0, 4)))


def _about(parameter: Parameter) -> list[str]:
    if parameter.required:
        fallback = "required"
    else:
        fallback = "left out by default" if parameter.default is None else parameter.default
        fallback = fallback if parameter.default is None else f"default: {fallback}"
    return [visible(parameter.description), f"Takes {TYPES[parameter.type]}; {fallback}."]
