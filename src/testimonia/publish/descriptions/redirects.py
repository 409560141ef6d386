"""Writes the redirects of w3id.org for the namespace of the project.

The IRI of a term, a code or a claim redirects to a file of a release or a page of the site, in the format that
was requested. The form is what w3id.org takes: a folder with an ``.htaccess`` for Apache's
mod_rewrite and a ``README.md``. Redirects of things that are not documents have the status 303 (W3C Interest Group Note "Cool URIs for the Semantic Web", 2008,
section 4.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import NamedNode

from testimonia.errors import InputError
from testimonia.namespaces import CODE, OWL
from testimonia.publish.descriptions import identity
from testimonia.publish.folder.release import Artefact, Release
from testimonia.rdf import files

__all__ = ["FOLDER", "SITE", "htaccess", "redirects"]

FOLDER: Final = "w3id/testimonia/"
SITE: Final = "https://testimonia.example/"
"""Placeholder for the site that will serve releases and queries: a reserved name (RFC 2606)."""

_FORMATS: Final = {
    "text/html": "html",
    "text/turtle": "ttl",
    "application/ld+json": "jsonld",
    "application/rdf+xml": "rdf",
}
_PAGES: Final = {
    "text/html": "html",
    "text/turtle": "ttl",
    "application/ld+json": "jsonld",
    "application/n-triples": "nt",
}
"""The formats of the pages of a site, as `testimonia.pages` writes them."""
_NAME: Final = "[A-Za-z0-9._~,=/-]+"
_OTHERWISE: Final = "ttl"


def redirects(release: Release) -> Iterator[Artefact]:
    """Write the redirects to a release; none for the data of others.

    Parameters
    ----------
    release
        The release.
    """
    if identity.ours(release):
        yield Artefact(f"{FOLDER}.htaccess", htaccess(release, SITE).encode(), "text/plain")
        yield Artefact(f"{FOLDER}README.md", _readme(release).encode(), "text/markdown")


def htaccess(release: Release, site: str) -> str:
    """Write the redirects to a site.

    Parameters
    ----------
    release
        The release that terms, codes and shapes redirect to.
    site
        The address of the site, ending in a slash: that of an endpoint, or of a site as
        `testimonia publish --site` writes it. Releases are under ``release/``, and the query service is
        ``sparql``.

    Raises
    ------
    InputError
        The address cannot be written in a rewrite rule.
    """
    if not site.endswith("/") or not site.startswith("https://") or set(site) & set(" \t\n\"'\\$%"):
        raise InputError(
            f"{site!r} cannot be the address of a site",
            hint="Give an https address that ends in a slash, such as https://data.example.org/.",
        )
    here = f"{site}release/{release.version}/"
    lines = [
        f"# {identity.HOME} leads to {site}",
        f"# Written with version {release.version} of the data.",
        "",
        "Options +FollowSymLinks -MultiViews",
        "RewriteEngine on",
        "<IfModule mod_headers.c>",
        '    Header always set Access-Control-Allow-Origin "*"',
        "    Header always merge Vary Accept",
        "</IfModule>",
        "",
        "# The ontology and its terms",
        *_negotiated(
            f"({'|'.join(['ns', 'ontology', *_versions(release)])})/?",
            f"{here}ontology/testimonia",
            _FORMATS,
        ),
        *_sees_other(
            "ontology/alignments/([a-z-]+)(/[0-9.]+)?", f"{here}ontology/alignments/$1.ttl"
        ),
        "",
        "# Code lists and their codes",
        *_negotiated_page(f"(code/({'|'.join(_all_codes(release))}))", f"{site}$1.html"),
        *(line for path, names in _codes(release) for line in _code_list(here, path, names)),
        *_sees_other("code/?", f"{here}ontology/codes/"),
        "",
        "# Shapes, rules and questions",
        *_sees_other("shapes/?", f"{here}shapes/"),
        *_sees_other("rule/([a-z0-9-]+)", f"{here}rules/$1.rq"),
        *_sees_other("question/([a-z0-9-]+)", f"{here}questions/$1.rq"),
        "",
        "# The dataset, its description, and its releases",
        *_sees_other("(catalog|dataset/claims)", f"{here}catalog.ttl"),
        f"RewriteRule ^release/({_NAME})?$ {site}release/$1 [R=302,L]",
        *_sees_other(
            "np/(RA[A-Za-z0-9_-]{43})(/[a-z]*)?", f"{here}projections/nanopublications.trig"
        ),
        "",
        "# Queries, with whatever they carry",
        f"RewriteRule ^sparql$ {site}sparql [R=307,L]",
        "",
        "# Claims, agents, events and all else that the data speak of: their pages, and what these say as RDF",
        *_negotiated(f"(id/{_NAME})", f"{site}$1", _PAGES),
        "",
    ]
    return "\n".join(lines)


def _negotiated(path: str, target: str, formats: dict[str, str]) -> Iterator[str]:
    """Redirect to the format that is requested first, else any that is requested, else Turtle."""
    for before in ("^", ""):
        for media_type, suffix in formats.items():
            pattern = media_type.replace("+", "\\+")
            yield f"RewriteCond %{{HTTP_ACCEPT}} {before}{pattern}"
            yield from _sees_other(path, f"{target}.{suffix}")
    yield from _sees_other(path, f"{target}.{_OTHERWISE}")


def _negotiated_page(path: str, page: str) -> Iterator[str]:
    """Redirect to a page where it is requested first, as browsers do."""
    yield "RewriteCond %{HTTP_ACCEPT} ^text/html"
    yield from _sees_other(path, page)


def _sees_other(path: str, target: str) -> Iterator[str]:
    yield f"RewriteRule ^{path}$ {target} [R=303,L]"


def _code_list(here: str, name: str, codes: Iterable[str]) -> Iterator[str]:
    formats = {kind: suffix for kind, suffix in _FORMATS.items() if suffix != "html"}
    path = f"code/({'|'.join(codes)})"
    return _negotiated(path, f"{here}ontology/codes/{name}", formats)


def _codes(release: Release) -> Iterator[tuple[str, list[str]]]:
    """List the code lists by file, each with the local names of its codes and of itself."""
    for path in release.resources.codes:
        iris = {str(quad.subject)[1:-1] for quad in files.read([path])}
        yield path.stem, sorted(iri.removeprefix(CODE) for iri in iris if iri.startswith(CODE))


def _all_codes(release: Release) -> list[str]:
    return sorted(code for _, codes in _codes(release) for code in codes)


def _versions(release: Release) -> list[str]:
    """List the version IRIs of the released ontology, relative to the namespace, as patterns."""
    version, start = OWL.versionIRI, f"{identity.ONTOLOGY}/"
    found = (
        quad.object for quad in files.read(release.resources.ontology) if quad.predicate == version
    )
    iris = sorted(each.value for each in found if isinstance(each, NamedNode))
    return [re.escape(iri.removeprefix(identity.HOME)) for iri in iris if iri.startswith(start)]


def _readme(release: Release) -> str:
    return f"""# Testimonia

Attributed claims about security incidents: an ontology, SHACL shapes, code lists, a dataset and the
questions it answers.

The names under {identity.HOME} lead to release {release.version}:

| Name | Leads to |
|---|---|
| `ns#…`, `ontology`, the ontology's version | the ontology, as HTML, Turtle, JSON-LD or RDF/XML |
| `code/…` | the page of the code; the code list that holds it, as Turtle, JSON-LD or RDF/XML |
| `shapes#…` | the shapes |
| `rule/…`, `question/…` | a rule of derivation, a competency question |
| `catalog`, `dataset/claims` | the description of the dataset in DCAT |
| `release/…` | the files of a release |
| `np/…` | a claim as a nanopublication |
| `sparql` | the service that answers queries |
| `id/…` | the page of a claim, agent, event or other thing, or what it says as Turtle, JSON-LD or N-Triples |

## Before this folder goes to w3id.org

1. In `.htaccess`, put the address of the site that serves the releases in place of
   <{SITE}>, which is reserved and leads nowhere.
2. Add to this file who is responsible for the folder, with the name of an account there.
"""
