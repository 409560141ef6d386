"""``testimonia describe``: show all that is stated about a thing."""

from __future__ import annotations

from testimonia.cli.options import Data, Output, open_dataset
from testimonia.cli.showing import show

__all__ = ["describe"]


def describe(iri: str, /, *, data: Data | None = None, output: Output | None = None) -> None:
    """Show all that is stated about a thing, from it and to it.

    Parameters
    ----------
    iri
        Its IRI, in full or as a CURIE such as agent:us-central-command.
    """
    output = output or Output()
    dataset = open_dataset(data, *output.files, language=output.language)
    show(dataset.describe(iri), output)
