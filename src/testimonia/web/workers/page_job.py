"""Pages and descriptions of things, as a worker makes them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode, QueryTriples, Triple

from testimonia.catalogue.lookup import Names
from testimonia.errors import UnknownResource
from testimonia.namespaces import expand, shorten
from testimonia.pages.label_files import FOLDER, LANGUAGES
from testimonia.pages.page_renderer import TWINS, PageRenderer
from testimonia.query.sparql import tokens

__all__ = [
    "EDITOR_TERMS",
    "EXISTS",
    "LABELS",
    "SEARCH_INDEX",
    "SEARCH_PAGE",
    "WHOLE_SITE",
    "MadePage",
    "described_triples",
    "make_page",
]

EXISTS: Final = "exists"
"""Asks only which of the IRIs the data describe."""
SEARCH_PAGE: Final = "search.html"
SEARCH_INDEX: Final = "search.json"
EDITOR_TERMS: Final = "terms.json"
LABELS: Final = {f"{FOLDER}/{tag}.json": tag for tag in LANGUAGES}
"""The languages of files with names, by file."""
WHOLE_SITE: Final = frozenset({SEARCH_PAGE, SEARCH_INDEX, EDITOR_TERMS, *LABELS})
"""What is made from all data."""


@dataclass(frozen=True, slots=True)
class MadePage:
    """A page, or a description in RDF.

    Attributes
    ----------
    iri
        What it is about.
    content
        Its bytes.
    etag
        Its entity tag, a digest of the content.
    """

    iri: str
    content: bytes
    etag: str


def make_page(
    renderer: PageRenderer, candidates: Sequence[str], form: str, languages: Sequence[str]
) -> MadePage:
    """Make the page of the first of some IRIs that the data describe.

    Parameters
    ----------
    renderer
        Renders pages.
    candidates
        The IRIs.
    form
        ``html``, a suffix of `TWINS`, or `EXISTS`; or one of `WHOLE_SITE`, which is about no IRI.
    languages
        Language tags, the most preferred first.

    Raises
    ------
    UnknownResource
        The data describe none of them.
    """
    if form in WHOLE_SITE:
        return _made("", _of_all(renderer, form, languages))
    iri = next((each for each in candidates if renderer.knows(each)), None)
    if iri is None:
        raise UnknownResource(
            f"nothing is stated here about {shorten(candidates[0])}" if candidates else "no IRI",
            hint="Search for it, or see the questions.",
        )
    content = b""
    if form == "html":
        content = (renderer.page(iri, languages) or "").encode()
    elif form != EXISTS:
        content = renderer.rdf(iri, TWINS[form]) or b""
    return _made(iri, content)


def _of_all(renderer: PageRenderer, form: str, languages: Sequence[str]) -> bytes:
    if form == SEARCH_PAGE:
        return renderer.search_page(languages).encode()
    if form in LABELS:
        return renderer.label_file(LABELS[form])
    return renderer.search_index() if form == SEARCH_INDEX else renderer.editor_terms()


def _made(iri: str, content: bytes) -> MadePage:
    return MadePage(iri, content, f'"{hashlib.sha256(content).hexdigest()[:32]}"')


def described_triples(
    renderer: PageRenderer, query: str, results: QueryTriples, names: Names
) -> list[Triple]:
    """Return the descriptions of what a DESCRIBE query is about: those of its pages.

    Parameters
    ----------
    renderer
        Describes things.
    query
        The query.
    results
        What the store answers: statements about the things that the query finds.
    names
        Finds what resembles an unknown name.

    Raises
    ------
    UnknownResource
        The query only names things, and nothing is stated about any of them.
    """
    named, has_pattern = _named_in(query)
    found = [triple.subject for triple in results if isinstance(triple.subject, NamedNode)]
    nodes = dict.fromkeys([*named, *found])
    triples = {triple: None for node in nodes for triple in renderer.description(node.value)}
    if not triples and named and not has_pattern:
        names.resource(named[0].value)  # says what is unknown, and what it resembles
    return list(triples)


def _named_in(query: str) -> tuple[list[NamedNode], bool]:
    """List the IRIs after DESCRIBE, and say whether a pattern follows."""
    found: list[NamedNode] = []
    prefixes: dict[str, str] = {}
    prefix, begun = "", False
    for token in tokens(query):
        word = token.text.upper() if token.kind == "word" else ""
        if begun and (word or token.text in ("{", "*") or token.kind == "variable"):
            return found, True
        begun = begun or word == "DESCRIBE"
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            own = prefixes[prefix] + local if prefix in prefixes else expand(token.text)
            if begun and own is not None:
                found += _node(own)
        elif token.kind == "iri" and begun:
            found += _node(token.text[1:-1])
        elif token.kind == "iri":
            prefixes[prefix] = token.text[1:-1]
    return found, False


def _node(iri: str) -> list[NamedNode]:
    try:
        return [NamedNode(iri)]
    except ValueError:  # relative, or with escapes: the store resolves it
        return []
