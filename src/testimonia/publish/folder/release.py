"""A release in the making: what is passed to each function that adds files to it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias

from pyoxigraph import Quad

__all__ = [
    "Artefact",
    "ArtefactFunction",
    "PublishedFile",
    "PublishedGraph",
    "Release",
    "Resources",
]


class Artefact(NamedTuple):
    """A file to add to a release; large content comes in chunks."""

    path: str
    """Relative to the release, with ``/`` between folders."""

    content: bytes | Iterable[bytes]

    media_type: str
    """Media type, such as ``text/turtle``."""


@dataclass(frozen=True)
class PublishedGraph:
    """A named graph of a release."""

    name: str
    """Its IRI."""

    triples: int

    sha256: str
    """SHA-256 of its canonical form (RDFC-1.0), in lower-case hexadecimal digits.

    The canonical form is that of the graph as a default graph: lines without its name.
    """


@dataclass(frozen=True)
class PublishedFile:
    """A file of a release."""

    path: str
    """Relative to the release, with ``/`` between folders."""

    bytes: int

    sha256: str
    """SHA-256 of its content, in lower-case hexadecimal digits."""

    media_type: str
    """Media type; of a compressed file, that of the compression."""

    compresses: str | None = None
    """The path of the file that it is a compressed copy of."""


@dataclass(frozen=True)
class Resources:
    """The files of the library that a release is made of."""

    ontology: tuple[Path, ...]
    """The core ontology, without code lists and alignments."""

    codes: tuple[Path, ...]
    """The code lists, one scheme in each file."""

    shapes: tuple[Path, ...]
    """The shapes that check data."""

    questions: tuple[Path, ...]
    """The competency questions."""

    labels: tuple[Path, ...] = ()
    """Labels of terms and codes in languages other than English, one language in each file."""


@dataclass(frozen=True)
class Release:
    """A release whose data are written, and to which descriptions are being added.

    The folder already holds the dumps under ``data/`` (``testimonia.nq``, ``.trig``, ``.ttl``,
    ``.jsonld``), ``ontology/`` with ``ontology/codes/`` and ``ontology/labels/``, ``shapes/`` and
    ``questions/``; see `files`.
    """

    version: str

    date: datetime.date | None
    """Date of issue; None if neither an option nor the environment gives one."""

    title: str

    licence: str
    """The IRI of the licence of the data."""

    base: str
    """The IRI that the paths of its files are relative to; ends in a slash."""

    graphs: tuple[PublishedGraph, ...]
    """Its named graphs, in order of name."""

    files: tuple[PublishedFile, ...]
    """The files written so far, in order of path."""

    resources: Resources

    quads: Callable[[], Iterator[Quad]]
    """Streams the quads in canonical order; each call starts from the beginning."""

    lines: Callable[[], Iterator[bytes]]
    """Streams the same as canonical N-Quads, a line at a time; each is in a named graph."""

    folder: Path
    """The folder with the files written so far, for reading only."""

    previous: Path | None = None
    """Folder of the previous release."""

    def iri(self, path: str) -> str:
        """Return the IRI of a file of the release."""
        return self.base + path


ArtefactFunction: TypeAlias = Callable[[Release], Iterable[Artefact]]
"""Yields files to add to a release. A pure function: the same release always gives the same bytes."""
