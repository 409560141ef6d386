"""Content negotiation: the formats of answers, and which one a client prefers (RFC 9110, 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pyoxigraph import QueryResultsFormat, RdfFormat

from testimonia.query.table_files import AVAILABLE

__all__ = [
    "BY_SUFFIX",
    "GRAPH_FORMATS",
    "HTML",
    "RESULT_FORMATS",
    "Format",
    "Kind",
    "acceptable_formats",
    "content_type",
    "named_format",
    "preferred_format",
    "requested_formats",
]

Kind = Literal["solutions", "boolean", "triples"]


@dataclass(frozen=True, slots=True)
class Format:
    """A serialization format.

    Attributes
    ----------
    name
        Its name, also used as the suffix of URLs.
    media_types
        Its media type, then aliases that select it as well.
    syntax
        The corresponding format of Oxigraph; None for HTML and files of tables.
    is_file
        Whether browsers can only save it.
    """

    name: str
    media_types: tuple[str, ...]
    syntax: QueryResultsFormat | RdfFormat | None = None
    is_file: bool = False

    @property
    def content_type(self) -> str:
        """The Content-Type header."""
        return content_type(self.media_types[0])


def content_type(media_type: str) -> str:
    """Return the Content-Type header for a media type: text types also need the charset."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


_XML: Final = ("application/xml", "text/xml")
_RESULTS: Final = "application/sparql-results+"
HTML: Final = Format("html", ("text/html", "application/xhtml+xml"))
_JSON = Format("json", (_RESULTS + "json", "application/json"), QueryResultsFormat.JSON)
_RESULTS_XML = Format("xml", (_RESULTS + "xml", *_XML), QueryResultsFormat.XML)
_CSV = Format("csv", ("text/csv",), QueryResultsFormat.CSV)
_TSV = Format("tsv", ("text/tab-separated-values",), QueryResultsFormat.TSV)
_TABLES = (
    Format(
        "xlsx",
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",),
        is_file=True,
    ),
    Format("parquet", ("application/vnd.apache.parquet", "application/x-parquet"), is_file=True),
)

GRAPH_FORMATS: Final = (
    Format("ttl", ("text/turtle", "application/x-turtle", "application/turtle"), RdfFormat.TURTLE),
    Format("nt", ("application/n-triples", "text/plain"), RdfFormat.N_TRIPLES),
    Format("jsonld", ("application/ld+json", "application/json"), RdfFormat.JSON_LD),
    Format("rdf", ("application/rdf+xml", *_XML), RdfFormat.RDF_XML),
    Format("n3", ("text/n3", "text/rdf+n3", "application/n3"), RdfFormat.N3),
)
"""Formats of graphs; the first one is the default."""

# CSV and TSV cannot represent a boolean (W3C SPARQL 1.1 Query Results CSV and TSV Formats).
RESULT_FORMATS: Final[dict[Kind, tuple[Format, ...]]] = {
    "solutions": (
        _JSON,
        _RESULTS_XML,
        _CSV,
        _TSV,
        HTML,
        *(form for form in _TABLES if form.name in AVAILABLE),
    ),
    "boolean": (_JSON, _RESULTS_XML, HTML),
    "triples": (*GRAPH_FORMATS, HTML),
}
"""Formats by kind of result; the first one is the default."""

BY_SUFFIX: Final = {form.name: form for forms in RESULT_FORMATS.values() for form in forms}

# Names that clients use in the parameters format, output and results, besides suffixes and media types.
_ALIASES: Final = {
    "turtle": ("ttl",),
    "ntriples": ("nt",),
    "plain": ("nt",),
    "text": ("nt",),
    "json": ("json", "jsonld"),
    "xml": ("xml", "rdf"),
    "rdfxml": ("rdf",),
    "ldjson": ("jsonld",),
    "rdfn3": ("n3",),
    "srj": ("json",),
    "srx": ("xml",),
    "sparqlresultsjson": ("json",),
    "sparqlresultsxml": ("xml",),
    "sparqljson": ("json",),
    "sparqlxml": ("xml",),
    "tabseparatedvalues": ("tsv",),
    "tab": ("tsv",),
    "htm": ("html",),
    "xhtml": ("html",),
}
_PUNCTUATION = re.compile(r"[^a-z0-9]+")
_MAX_NAME_LENGTH = 200

_RANGE = re.compile(
    r"""\s*(?P<type>[!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+)
        (?P<parameters>(?:\s*;\s*[^;,"=\s]+=(?:"(?:[^"\\]|\\.)*"|[^;,"\s]*))*)\s*\Z""",
    re.VERBOSE,
)
_QUALITY = re.compile(r";\s*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*(?:;|\Z)", re.IGNORECASE)
_MAX_RANGES = 100


def preferred_format(accept: str, offered: Sequence[Format]) -> Format | None:
    """Return the format that an Accept header prefers; of equally preferred ones the first.

    Parameters
    ----------
    accept
        The Accept header of the request; empty if there is none.
    offered
        The formats available, the default one first.

    Returns
    -------
    Format or None
        None if none of them is acceptable.

    Examples
    --------
    >>> preferred_format("text/csv, */*;q=0.1", RESULT_FORMATS["solutions"]).name
    'csv'
    """
    ranges = _ranges(accept)
    if not ranges:
        return offered[0]
    ranked = [(_quality(form, ranges), -index, form) for index, form in enumerate(offered)]
    quality, _, form = max(ranked, key=lambda entry: entry[:2])
    return form if quality > 0 else None


def acceptable_formats(accept: str) -> dict[str, str]:
    """Return the name of the preferred format for each kind of result that has an acceptable one."""
    chosen = {kind: preferred_format(accept, forms) for kind, forms in RESULT_FORMATS.items()}
    return {kind: form.name for kind, form in chosen.items() if form is not None}


def requested_formats(names: Sequence[str], accept: str) -> dict[str, str]:
    """Return the name of the format for each kind of result, by request parameters or else by Accept.

    The SPARQL 1.1 Protocol has no such parameters, but many clients send them along with Accept, each
    with names of its own. The first name that fits a kind of result is used; if none fits, Accept is.

    Parameters
    ----------
    names
        Values of the parameters: suffixes, media types, and common names of formats.
    accept
        The Accept header of the request; empty if there is none.

    Examples
    --------
    >>> requested_formats(["turtle"], "text/csv")
    {'solutions': 'csv', 'triples': 'ttl'}
    """
    chosen = acceptable_formats(accept)
    for kind, offered in RESULT_FORMATS.items():
        form = named_format(names, offered)
        if form is not None:
            chosen[kind] = form.name
    return chosen


def named_format(names: Sequence[str], offered: Sequence[Format]) -> Format | None:
    """Return the format that a request parameter names.

    Parameters
    ----------
    names
        Values of the parameters, in order of precedence.
    offered
        The formats available.

    Returns
    -------
    Format or None
        None if no name fits any of them.
    """
    return next((form for name in names if (form := _find(name, offered))), None)


def _find(name: str, offered: Sequence[Format]) -> Format | None:
    name = name.strip().lower()
    if not name or len(name) > _MAX_NAME_LENGTH:
        return None
    if "/" in name:
        # A plus sign that was not percent-encoded arrives as a space.
        ranges = name if ";" in name or "," in name else name.replace(" ", "+")
        form = preferred_format(ranges, offered) if _ranges(ranges) else None
        if form is not None:
            return form
    bare = _PUNCTUATION.sub("", name)
    names = (bare, *_ALIASES.get(bare, ()))
    return next((form for form in offered if form.name in names), None)


def _ranges(accept: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in accept.split(",")[:_MAX_RANGES]:
        match = _RANGE.match(part)
        if match is not None:
            quality = _QUALITY.search(match["parameters"])
            weight = float(quality[1]) if quality else 1.0
            name = match["type"].lower()
            found[name] = max(weight, found.get(name, 0.0))
    return found


def _quality(form: Format, ranges: dict[str, float]) -> float:
    """Return the quality of a format: of the most specific media range for it, or of an alias."""
    name, *aliases = form.media_types
    covering = (name, name.partition("/")[0] + "/*", "*/*")
    own = next((ranges[r] for r in covering if r in ranges), 0.0)
    return max(own, *(ranges.get(alias, 0.0) for alias in aliases), 0.0)
