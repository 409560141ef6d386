"""Writes a file of notes to start with, and lists the sentences that notes refer to by number."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from testimonia.notes.draft import Text
from testimonia.printing import visible
from testimonia.yaml_nodes import Fields, Word, written

__all__ = ["begun", "numbered"]

_GUIDE = """\
Notes on one document. What you leave out has a default; see docs/guides/write-notes.md.
testimonia notes check THIS-FILE reports what is wrong, testimonia notes build writes the claims."""

_SECTIONS = """\
about:                  # the event, by its name in events
events: {}              # Bomb at the harbour: bombing
agents: {}              # Ada Vance: Person
posts: {}               # Harbour master: Harbour authority
places: {}              # Port Alder: Alderland
groups: {}              # Dock workers: civilian
usual:                  # defaults for claims by others; narration: is for the document's own claims
  voice: indirect-report
nothing: {}             # 1: dateline-line (sentences without a claim, and why)
claims: []              # - {at: 2, who: Ada Vance, as: Harbour master, says: killed 4 dock workers}
"""


def begun(text: Text, beside: Path, *, label: str | None = None, sentences: bool = False) -> str:
    """Write a file of notes without claims.

    Parameters
    ----------
    text
        The report.
    beside
        The folder that the notes will be in.
    label
        What to call the document.
    sentences
        Whether to include the sentences of the report, as comments. The file then contains the text,
        and must not be published.
    """
    try:
        file = os.path.relpath(text.path, beside)
    except ValueError:  # on another drive
        file = str(text.path)
    document = Fields(
        (
            (Word("label"), Word(label)),
            (Word("text"), Word(Path(file).as_posix())),
            (Word("published"), Word(None)),
            (Word("publisher"), Word(None)),
            (Word("language"), Word(None)),
        )
    )
    head = written(Fields(((Word("document"), document),)), _GUIDE)
    # YAML does not allow control characters, in comments neither.
    listed = "".join(f"# {visible(line)}\n" for line in numbered(text)) if sentences else ""
    return head.replace(": ~", ":") + _SECTIONS + listed


def numbered(text: Text) -> Sequence[str]:
    """List the sentences of a report with their numbers, one per line."""
    return [
        f"{number:>3}  {' '.join(text.text[start:end].split())}"
        for number, (start, end) in enumerate(text.sentences, 1)
    ]
