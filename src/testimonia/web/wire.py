"""What the server and its workers say to each other over a socket: framed, and only of plain data."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

__all__ = [
    "END",
    "FAILURE",
    "FRAME",
    "HEAD",
    "JOB",
    "LONG",
    "ORDER",
    "PART",
    "QUICK",
    "READY",
    "STOP",
    "Job",
    "frame",
]

READY, JOB, HEAD, PART, END, FAILURE = b"R", b"J", b"H", b"P", b"E", b"F"
FRAME: Final = struct.Struct(">cI")
"""A letter for the kind, and the length of the content that follows."""

QUICK, LONG, STOP = b"q", b"l", b"s"
ORDER: Final = struct.Struct(">cI")
"""An order to start or stop a worker, and the worker's number."""


def frame(kind: bytes, content: bytes = b"") -> bytes:
    """Write a frame."""
    return FRAME.pack(kind, len(content)) + content


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a worker is to do.

    Attributes
    ----------
    query
        SPARQL; left empty for a question.
    question
        Name of a competency question; left empty for a query.
    parameters
        Those of the question, as written.
    base
        What relative IRIs of the query are relative to.
    default_graphs, named_graphs
        The dataset that the request names, or None for that of the query.
    formats
        Name of the format for each kind of result (solutions, boolean, triples); a kind that is
        missing is not acceptable to the client.
    labels
        Whether to put labels beside IRIs.
    languages
        What labels are wished in, the best first.
    seconds
        After so many the worker ends itself, whatever else happens.
    """

    query: str = ""
    question: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    base: str = ""
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    formats: Mapping[str, str] = field(default_factory=dict)
    labels: bool = False
    languages: tuple[str, ...] = ()
    seconds: float = 0

    def written(self) -> bytes:
        """Write it as a frame."""
        return frame(JOB, json.dumps(asdict(self)).encode())

    @classmethod
    def read(cls, content: bytes) -> Job:
        """Read the content of its frame."""
        entries: dict[str, Any] = json.loads(content)
        return cls(**entries)
