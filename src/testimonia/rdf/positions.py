"""Finds where things are described among several files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from testimonia.errors import Place
from testimonia.rdf.files import PLAIN, Reading
from testimonia.rdf.lines import subject_lines

__all__ = ["find"]


def find(paths: Iterable[Path], iris: Iterable[str], reading: Reading = PLAIN) -> dict[str, Place]:
    """Find the file and line on which each of some things is first described.

    Parameters
    ----------
    paths
        Well-formed RDF files; the first one that describes a thing counts.
    iris
        IRIs of the things.
    reading
        How the files were read.

    Returns
    -------
    dict of str to Place
        By IRI; a thing that no file describes is left out.
    """
    missing = set(iris)
    found: dict[str, Place] = {}
    for path in paths:
        if not missing:
            break
        lines = subject_lines(path, reading)
        found |= {iri: Place(path, lines[iri]) for iri in missing & lines.keys()}
        missing -= lines.keys()
    return found
