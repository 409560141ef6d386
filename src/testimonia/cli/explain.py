"""``testimonia explain``: explain what was derived about a resource."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from testimonia.cli.options import Data, Language, open_dataset
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
    language: Language | None = None,
) -> None:
    """Explain what was derived about a claim, proposition, event or agent, and why.

    Parameters
    ----------
    iri
        Its IRI, in full or as a CURIE such as prop:one-interpreter-killed.
    sources
        Directory with the texts of the documents, to quote passages.
    format
        Indented text, or JSON.
    output
        File to write to; standard output when left out.
    language
        Preferred languages of labels, the most preferred first, such as fr or ar,fr; otherwise English.
    """
    explanation = open_dataset(data, output, read=[sources], language=language).explain(
        iri, sources=sources
    )
    if format == "json":
        write(json.dumps(explanation.to_dict(), ensure_ascii=False, indent=2) + "\n", output)
    else:
        write_prose(explanation.to_text(), output)
