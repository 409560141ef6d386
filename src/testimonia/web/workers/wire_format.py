"""The messages between the server, the fork server and the workers: framed, and JSON only."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

__all__ = [
    "BODY",
    "COMMAND",
    "END",
    "FAILURE",
    "FRAME",
    "HEAD",
    "JOB",
    "READY",
    "START_LONG",
    "START_QUICK",
    "STOP",
    "Job",
    "frame",
]

READY, JOB, HEAD, BODY, END, FAILURE = b"R", b"J", b"H", b"B", b"E", b"F"
FRAME: Final = struct.Struct(">cI")
"""The header of a frame: a letter for its kind, and the length of the content that follows."""

START_QUICK, START_LONG, STOP = b"q", b"l", b"s"
COMMAND: Final = struct.Struct(">cI")
"""A command to the fork server: start or stop a worker, and the worker's number."""


def frame(kind: bytes, content: bytes = b"") -> bytes:
    """Return a frame."""
    return FRAME.pack(kind, len(content)) + content


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A query, question or page for a worker to run.

    Attributes
    ----------
    query
        SPARQL; empty for a question.
    question
        Name of a competency question; empty for a query.
    parameters
        Parameters of the question, as strings.
    page
        IRIs, of which the first that the data describe is to be shown. `formats` then has the format as
        that of ``page``; for the pages of the search there are no IRIs.
    base
        Base IRI of the query.
    default_graphs, named_graphs
        The RDF dataset that the request specifies; None for that of the query.
    formats
        Name of the format for each kind of result (solutions, boolean, triples). A kind that is missing
        is not acceptable to the client.
    labels
        Whether to add labels next to IRIs.
    languages
        Preferred languages of labels, in order of preference.
    part
        Which part of a long answer a page shows, from 1.
    address
        The address of the page, without its part, for links to the other parts; empty if there are none.
    seconds
        Time after which the worker ends itself, in case the server has not killed it.
    """

    query: str = ""
    question: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    page: tuple[str, ...] = ()
    base: str = ""
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    formats: Mapping[str, str] = field(default_factory=dict)
    labels: bool = False
    languages: tuple[str, ...] = ()
    part: int = 1
    address: str = ""
    seconds: float = 0

    def to_frame(self) -> bytes:
        """Serialize the job as a frame."""
        return frame(JOB, json.dumps(asdict(self)).encode())

    @classmethod
    def from_json(cls, content: bytes) -> Job:
        """Parse the content of a job frame."""
        entries: dict[str, Any] = json.loads(content)
        return cls(**entries)
