"""``testimonia describe``: show all statements about a resource."""

from __future__ import annotations

from testimonia.cli.options import Data, Output, open_dataset
from testimonia.cli.showing import show

__all__ = ["describe"]


def describe(iri: str, /, *, data: Data | None = None, output: Output | None = None) -> None:
    """Show all statements about a resource, as subject and as object.

    Parameters
    ----------
    iri
        Its IRI, in full or as a CURIE such as agent:us-central-command.
    """
    output = output or Output()
    dataset = open_dataset(data, *output.files, language=output.language)
    show(dataset.describe(iri), output)
