"""The formats in which every page has a twin, and the headers that tell of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from testimonia.web.http.content_negotiation import GRAPH_FORMATS, HTML, Format

__all__ = ["FORMATS", "TWIN_BY_SUFFIX", "link_header", "location"]

FORMATS: Final = (HTML, *(form for form in GRAPH_FORMATS if form.name in ("ttl", "jsonld", "nt")))
"""The formats, in order of preference."""
TWIN_BY_SUFFIX: Final[Mapping[str, Format]] = {
    **{form.name: form for form in FORMATS},
    "json": next(form for form in FORMATS if form.name == "jsonld"),
}


def location(path: str, form: Format) -> str:
    """Return the address of a page in a format, for a redirect.

    Parameters
    ----------
    path
        The path of the page without suffix, as `testimonia.pages.addresses.path_of` gives it.
    form
        The format.
    """
    return "/" + quote(f"{path}.{form.name}", safe="/~,=()-_.")


def link_header(iri: str, path: str, form: Format, licence: str) -> str:
    """Return the Link header of a page (RFC 8288): what it describes, its twins, its licence.

    Parameters
    ----------
    iri
        What it describes, which is also how to cite it (RFC 8574).
    path
        Its path without suffix.
    form
        Its format.
    licence
        The IRI of the licence of the data; empty if the data do not say.
    """
    named = quote(iri, safe=":/?#[]@!$&'()*+,;=~%-._")
    links = [f'<{named}>; rel="describes"', f'<{named}>; rel="cite-as"']
    links += [
        f'<{location(path, other)}>; rel="alternate"; type="{other.media_types[0]}"'
        for other in FORMATS
        if other is not form
    ]
    if licence:
        links.append(f'<{quote(licence, safe=":/?#@!$&*+,;=~%-._")}>; rel="license"')
    return ", ".join(links)
