"""What a release is, as far as it is made: what each function that adds files to it is given."""

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
    """A file to add to a release; where it is large, its content comes in pieces."""

    path: str
    """Relative to the release, with ``/`` between folders."""

    content: bytes | Iterable[bytes]

    media_type: str
    """Such as ``text/turtle``."""


@dataclass(frozen=True)
class PublishedGraph:
    """A named graph of a release."""

    name: str
    """Its IRI."""

    triples: int

    sha256: str
    """SHA-256 of its canonical form by RDFC-1.0, in lower-case hexadecimal digits.

    The canonical form is that of the dataset whose default graph it is: lines without its name.
    """


@dataclass(frozen=True)
class PublishedFile:
    """A file of a release."""

    path: str
    """Relative to the release, with ``/`` between folders."""

    bytes: int

    sha256: str
    """Of its bytes, in lower-case hexadecimal digits."""

    media_type: str
    """Of a compressed file, that of the compression."""

    compresses: str | None = None
    """The path of the file that it holds compressed."""


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
    """What terms and codes are called in other languages than English, one in each file."""


@dataclass(frozen=True)
class Release:
    """A release whose data are written, and whose descriptions are being added.

    The folder already holds the dumps under ``data/`` (``testimonia.nq``, ``.trig``, ``.ttl``,
    ``.jsonld``), ``ontology/`` with ``ontology/codes/`` and ``ontology/labels/``, ``shapes/`` and
    ``questions/``; see `files`.
    """

    version: str

    date: datetime.date | None
    """When it is issued; None where neither an option nor the environment tells."""

    title: str

    licence: str
    """The IRI of the licence of the data."""

    base: str
    """The IRI that the paths of its files are relative to; ends in a slash."""

    graphs: tuple[PublishedGraph, ...]
    """Its named graphs, in order of name."""

    files: tuple[PublishedFile, ...]
    """The files made so far, in order of path."""

    resources: Resources

    quads: Callable[[], Iterator[Quad]]
    """Streams the quads in canonical order, from the beginning at each call."""

    folder: Path
    """Where the files made so far lie, for reading alone."""

    previous: Path | None = None
    """The folder of the release before."""

    def iri(self, path: str) -> str:
        """Give the IRI of a file of the release."""
        return self.base + path


ArtefactFunction: TypeAlias = Callable[[Release], Iterable[Artefact]]
"""Adds files to a release. It is pure: the same release always gives the same bytes."""
