"""The formats that answers come in, and which of them a client prefers (RFC 9110, section 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pyoxigraph import QueryResultsFormat, RdfFormat

__all__ = [
    "BY_SUFFIX",
    "GRAPHS",
    "HTML",
    "KINDS",
    "Format",
    "Kind",
    "acceptable",
    "asked_for",
    "content_type",
    "named_format",
    "preferred",
]

Kind = Literal["solutions", "boolean", "triples"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format.

    Attributes
    ----------
    name
        Its name, and the suffix of addresses that ask for it.
    media_types
        Its media type, then others that ask for it as well.
    syntax
        What Oxigraph calls it; None for HTML.
    """

    name: str
    media_types: tuple[str, ...]
    syntax: QueryResultsFormat | RdfFormat | None = None

    @property
    def content_type(self) -> str:
        """Its media type, with the encoding where the type does not imply it."""
        return content_type(self.media_types[0])


def content_type(media_type: str) -> str:
    """Add the encoding to a media type that does not imply it."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


_XML: Final = ("application/xml", "text/xml")
_RESULTS: Final = "application/sparql-results+"
HTML: Final = Format("html", ("text/html", "application/xhtml+xml"))
_JSON = Format("json", (_RESULTS + "json", "application/json"), QueryResultsFormat.JSON)
_RESULTS_XML = Format("xml", (_RESULTS + "xml", *_XML), QueryResultsFormat.XML)
_CSV = Format("csv", ("text/csv",), QueryResultsFormat.CSV)
_TSV = Format("tsv", ("text/tab-separated-values",), QueryResultsFormat.TSV)

GRAPHS: Final = (
    Format("ttl", ("text/turtle", "application/x-turtle", "application/turtle"), RdfFormat.TURTLE),
    Format("nt", ("application/n-triples", "text/plain"), RdfFormat.N_TRIPLES),
    Format("jsonld", ("application/ld+json", "application/json"), RdfFormat.JSON_LD),
    Format("rdf", ("application/rdf+xml", *_XML), RdfFormat.RDF_XML),
    Format("n3", ("text/n3", "text/rdf+n3", "application/n3"), RdfFormat.N3),
)
"""Formats of graphs, the first one for whoever takes any."""

# A yes or no has no form in CSV and TSV (W3C SPARQL 1.1 Query Results CSV and TSV Formats).
KINDS: Final[dict[Kind, tuple[Format, ...]]] = {
    "solutions": (_JSON, _RESULTS_XML, _CSV, _TSV, HTML),
    "boolean": (_JSON, _RESULTS_XML, HTML),
    "triples": (*GRAPHS, HTML),
}
"""Formats by kind of result, the first one for whoever takes any."""

BY_SUFFIX: Final = {form.name: form for forms in KINDS.values() for form in forms}

# What clients call formats in the parameters format, output and results, beside suffixes and media types.
_WORDS: Final = {
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
_NO_LETTERS = re.compile(r"[^a-z0-9]+")
_LONGEST_WORD = 200

_RANGE = re.compile(
    r"""\s*(?P<type>[!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+)
        (?P<parameters>(?:\s*;\s*[^;,"=\s]+=(?:"(?:[^"\\]|\\.)*"|[^;,"\s]*))*)\s*\Z""",
    re.VERBOSE,
)
_QUALITY = re.compile(r";\s*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*(?:;|\Z)", re.IGNORECASE)
_MOST_RANGES = 100


def preferred(accept: str, offered: Sequence[Format]) -> Format | None:
    """Choose the format that a client likes best, the earlier one of two that it likes equally.

    Parameters
    ----------
    accept
        The Accept field of the request; empty where there is none.
    offered
        What there is.

    Returns
    -------
    Format or None
        None where nothing is acceptable.

    Examples
    --------
    >>> preferred("text/csv, */*;q=0.1", KINDS["solutions"]).name
    'csv'
    """
    ranges = _ranges(accept)
    if not ranges:
        return offered[0]
    ranked = [(_quality(form, ranges), -index, form) for index, form in enumerate(offered)]
    quality, _, form = max(ranked, key=lambda entry: entry[:2])
    return form if quality > 0 else None


def acceptable(accept: str) -> dict[str, str]:
    """Name the preferred format of each kind of result, where one is acceptable."""
    chosen = {kind: preferred(accept, forms) for kind, forms in KINDS.items()}
    return {kind: form.name for kind, form in chosen.items() if form is not None}


def asked_for(words: Sequence[str], accept: str) -> dict[str, str]:
    """Name the format of each kind of result, where parameters of the request name formats as well.

    The SPARQL 1.1 Protocol has no such parameters, yet many clients send them beside Accept, with words
    of their own. The first word that fits a kind of result counts, and Accept where none does.

    Parameters
    ----------
    words
        Values of the parameters: suffixes, media types, and common names of formats.
    accept
        The Accept field of the request; empty where there is none.

    Examples
    --------
    >>> asked_for(["turtle"], "text/csv")
    {'solutions': 'csv', 'triples': 'ttl'}
    """
    chosen = acceptable(accept)
    for kind, offered in KINDS.items():
        form = named_format(words, offered)
        if form is not None:
            chosen[kind] = form.name
    return chosen


def named_format(words: Sequence[str], offered: Sequence[Format]) -> Format | None:
    """Choose the format that a parameter of the request names.

    Parameters
    ----------
    words
        Values of the parameters, those that count most first.
    offered
        What there is.

    Returns
    -------
    Format or None
        None where no word names one of those offered.
    """
    return next((form for word in words if (form := _named(word, offered))), None)


def _named(word: str, offered: Sequence[Format]) -> Format | None:
    word = word.strip().lower()
    if not word or len(word) > _LONGEST_WORD:
        return None
    if "/" in word:
        # A plus sign that was not encoded arrives as a blank.
        ranges = word if ";" in word or "," in word else word.replace(" ", "+")
        form = preferred(ranges, offered) if _ranges(ranges) else None
        if form is not None:
            return form
    bare = _NO_LETTERS.sub("", word)
    names = (bare, *_WORDS.get(bare, ()))
    return next((form for form in offered if form.name in names), None)


def _ranges(accept: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in accept.split(",")[:_MOST_RANGES]:
        match = _RANGE.match(part)
        if match is not None:
            quality = _QUALITY.search(match["parameters"])
            weight = float(quality[1]) if quality else 1.0
            name = match["type"].lower()
            found[name] = max(weight, found.get(name, 0.0))
    return found


def _quality(form: Format, ranges: dict[str, float]) -> float:
    """Weigh a format by the most specific range that covers its media type, or by another name."""
    name, *others = form.media_types
    covering = (name, name.partition("/")[0] + "/*", "*/*")
    own = next((ranges[r] for r in covering if r in ranges), 0.0)
    return max(own, *(ranges.get(other, 0.0) for other in others), 0.0)
