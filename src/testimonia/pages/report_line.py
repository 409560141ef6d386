"""Where a report can be read: its address, when it was published, and its language."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from pyoxigraph import NamedNode

from testimonia.namespaces import DCTERMS, TMN
from testimonia.pages.incident_claims import time_bounds
from testimonia.pages.node_reader import NodeReader
from testimonia.pages.written_dates import days_in_words

__all__ = ["Report", "report_of", "web_address"]


@dataclass(frozen=True, slots=True)
class Report:
    """Where a report can be read.

    Attributes
    ----------
    address
        Its address; empty if its identifiers are none.
    identifier
        The identifier that stands for it otherwise, such as a number in an archive.
    published
        The days of its publication.
    language
        Its BCP 47 tag.
    """

    address: str
    identifier: str
    published: str
    language: str


def report_of(reader: NodeReader, document: NamedNode) -> Report | None:
    """Read where a document can be read; None if it has no identifier.

    Parameters
    ----------
    reader
        Reads the store.
    document
        The document.
    """
    given = [getattr(value, "value", "") for value in reader.values(document, DCTERMS.identifier)]
    if not given:
        return None
    published = reader.node(document, TMN.published)
    return Report(
        next(filter(None, map(web_address, given)), ""),
        given[0],
        days_in_words(time_bounds(reader, published)) if published is not None else "",
        reader.literal(document, DCTERMS.language) or "",
    )


def web_address(text: str) -> str:
    """Return a text if it is an address on the Web, else an empty text.

    Parameters
    ----------
    text
        Text from outside. What is no IRI, such as one with spaces, or has no host is none.

    Examples
    --------
    >>> web_address("https://example.org/a"), web_address("javascript:alert(1)")
    ('https://example.org/a', '')
    """
    try:
        parts = urlsplit(NamedNode(text).value)
        return text if parts.scheme in ("http", "https") and parts.hostname else ""
    except ValueError:
        return ""
