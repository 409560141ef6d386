"""``testimonia explain``: explain what was derived about a thing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from testimonia.cli.options import Data, open_dataset
from testimonia.cli.terminal import write, write_prose

__all__ = ["explain"]


def explain(
    iri: str,
    /,
    *,
    sources: Path | None = None,
    data: Data | None = None,
    format: Literal["text", "json"] = "text",  # noqa: A002
    output: Path | None = None,
) -> None:
    """Explain what was derived about a claim, proposition, event or agent, and why.

    Parameters
    ----------
    iri
        Its IRI, in full or as a CURIE such as prop:one-interpreter-killed.
    sources
        Directory that holds the documents' texts, to quote passages from.
    format
        An indented text, or JSON.
    output
        File to write to; standard output when left out.
    """
    explanation = open_dataset(data, output, read=[sources]).explain(iri, sources=sources)
    if format == "json":
        write(json.dumps(explanation.to_dict(), ensure_ascii=False, indent=2) + "\n", output)
    else:
        write_prose(explanation.to_text(), output)
