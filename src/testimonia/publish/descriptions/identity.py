"""The IRIs of what is published, whatever its version."""

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
"""The query service; redirects to the current host of the data."""
ONTOLOGY: Final = HOME + "ontology"
PROJECT: Final = HOME + "id/project"


def ours(release: Release) -> bool:
    """Return whether a release is one of the project, and not of a user of the library."""
    return release.base.startswith(HOME)


def dataset(release: Release) -> str:
    """Return the IRI of the dataset.

    Parameters
    ----------
    release
        The release; a dataset of others has the address of its release as its IRI.
    """
    return DATASET if ours(release) else release.base


def endpoint(release: Release) -> str:
    """Return the IRI of the query service of the dataset."""
    return ENDPOINT if ours(release) else release.iri("sparql")


def publisher(release: Release) -> str:
    """Return the IRI of the publisher of the dataset."""
    return PROJECT if ours(release) else release.iri("#publisher")
