"""The IRIs by which what is published is known, whatever its version."""

from __future__ import annotations

from typing import Final

from testimonia.publish.folder.release import Release

__all__ = [
    "CATALOG",
    "DATASET",
    "ENDPOINT",
    "HOME",
    "ONTOLOGY",
    "PROJECT",
    "dataset",
    "endpoint",
    "ours",
    "publisher",
]

HOME: Final = "https://w3id.org/testimonia/"
CATALOG: Final = HOME + "catalog"
DATASET: Final = HOME + "dataset/claims"
ENDPOINT: Final = HOME + "sparql"
"""Where queries go; leads on to whoever serves the data."""
ONTOLOGY: Final = HOME + "ontology"
PROJECT: Final = HOME + "id/project"


def ours(release: Release) -> bool:
    """Tell whether a release is one of the project, and not of somebody who uses its library."""
    return release.base.startswith(HOME)


def dataset(release: Release) -> str:
    """Give the IRI of the dataset that is released.

    Parameters
    ----------
    release
        Of the project, or of others: theirs is known by the address of its folder.
    """
    return DATASET if ours(release) else release.base


def endpoint(release: Release) -> str:
    """Give the IRI of the service that answers queries over the dataset."""
    return ENDPOINT if ours(release) else release.iri("sparql")


def publisher(release: Release) -> str:
    """Give the IRI of whoever publishes the dataset."""
    return PROJECT if ours(release) else release.iri("#publisher")
