"""Finds the file and line in which resources are described."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from testimonia.errors import Place
from testimonia.rdf.files import PLAIN, Reading
from testimonia.rdf.lines import subject_lines

__all__ = ["find"]


def find(paths: Iterable[Path], iris: Iterable[str], reading: Reading = PLAIN) -> dict[str, Place]:
    """Find the file and line in which each of some resources is first described.

    Parameters
    ----------
    paths
        Well-formed RDF files; the first one that describes a resource counts.
    iris
        IRIs of the resources.
    reading
        The options that the files were read with.

    Returns
    -------
    dict of str to Place
        Places by IRI; a resource that no file describes is left out.
    """
    missing = set(iris)
    found: dict[str, Place] = {}
    for path in paths:
        if not missing:
            break
        lines = subject_lines(path, reading, missing)
        found |= {iri: Place(path, lines[iri]) for iri in missing & lines.keys()}
        missing -= lines.keys()
    return found
