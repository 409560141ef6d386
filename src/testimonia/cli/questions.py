"""``testimonia questions``: list the competency questions, or explain one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from testimonia.cli.terminal import console
from testimonia.legible import visible
from testimonia.parameters import TYPES

if TYPE_CHECKING:
    from testimonia.questions import Parameter, Question

__all__ = ["questions"]


def questions(name: str | None = None, /) -> None:
    """List the competency questions, or explain one.

    Parameters
    ----------
    name
        The question to explain.
    """
    import testimonia.dataset

    dataset = testimonia.dataset.open()
    if name is None:
        _list(dataset.questions())
    else:
        _explain(dataset.question(name))


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
