"""The command ``testimonia reason``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from testimonia.cli.options import Files, open_dataset
from testimonia.cli.rich_text import print_texts
from testimonia.cli.terminal import print_error, visible, write
from testimonia.errors import InconsistentOntology

if TYPE_CHECKING:
    from rich.text import Text

    from testimonia.reasoning import Classification

__all__ = ["reason"]

_FINDINGS = 1


def reason(
    *,
    data: Files | None = None,
    format: Literal["table", "json"] = "table",  # noqa: A002
    output: Path | None = None,
) -> int:
    """Check that ontology and data are consistent, and classify the claims (OWL, HermiT).

    Needs Java and the extra "owl". Exits with 1 if they are inconsistent or a class is unsatisfiable.

    Parameters
    ----------
    format
        Text, or JSON with the members of each defined class.
    output
        File to write to; standard output when left out.
    """
    try:
        result = open_dataset(data, output).reason()
    except InconsistentOntology as error:
        if format == "json":
            place = str(error.place) if error.place else None
            _write_json({"consistent": False, "why": error.message, "place": place}, output)
        print_error(error)
        return _FINDINGS
    if format == "json":
        content = {
            "consistent": True,
            "unsatisfiable": list(result.unsatisfiable),
            "members": {class_: list(members) for class_, members in result.members.items()},
        }
        _write_json(content, output)
    else:
        print_texts(_lines(result), output)
    return _FINDINGS if result.unsatisfiable else 0


def _write_json(content: dict[str, object], output: Path | None) -> None:
    write(json.dumps(content, ensure_ascii=False, indent=2) + "\n", output)


def _lines(result: Classification) -> list[Text]:
    from rich.text import Text

    from testimonia.namespaces import shorten

    lines = [Text("Ontology and data are consistent (HermiT).", "bold green")]
    if result.unsatisfiable:
        listed = ", ".join(visible(shorten(class_)) for class_ in result.unsatisfiable)
        lines.append(Text(f"Unsatisfiable classes: {listed}.", "bold red"))
    else:
        lines.append(Text("No class is unsatisfiable."))
    lines.append(Text("Members of the defined classes:"))
    width = max((len(shorten(class_)) for class_ in result.members), default=0)
    for class_, members in result.members.items():
        lines.append(Text(f"  {visible(shorten(class_)):<{width}}  {len(members):>6}"))
    return lines
