"""What every page says of the data: their title, licence, version and how to cite them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from pyoxigraph import Literal, NamedNode, RdfFormat, parse
from pyoxigraph import Store as Oxigraph

from testimonia.catalogue import resources
from testimonia.namespaces import DCTERMS
from testimonia.query.store import Store
from testimonia.rdf.files import read

__all__ = ["Notice", "described_dataset", "notice", "shipped_metadata"]

_METADATA: Final = """
SELECT ?dataset ?key ?value WHERE {
  ?dataset a <http://www.w3.org/ns/dcat#Dataset> ; ?key ?value .
  FILTER(?key IN (dcterms:title, dcterms:description, dcterms:license, dcterms:publisher))
}"""
_CATALOG: Final = NamedNode("https://w3id.org/testimonia/catalog")
_DATASET: Final = NamedNode("https://w3id.org/testimonia/dataset/claims")
_SHIPPED_METADATA: Final = {
    "title": _DATASET,
    "description": _DATASET,
    "publisher": _DATASET,
    "license": _CATALOG,  # stated for each distribution, all the same as for the catalogue
}
_NAMES: Final = {
    "https://creativecommons.org/licenses/by/4.0/": "CC BY 4.0",
    "https://creativecommons.org/publicdomain/zero/1.0/": "CC0 1.0",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """What every page says of the data.

    Attributes
    ----------
    title
        Title of the dataset; empty if the data do not say.
    licence, licence_name
        IRI of the licence, and what it is called; empty if the data do not say.
    version
        Version of the data; empty for the data of others.
    """

    title: str = ""
    licence: str = ""
    licence_name: str = ""
    version: str = ""

    def named(self, title: str | None, licence: str | None) -> Notice:
        """Return it with another title and licence, where they are given."""
        found = self if title is None else replace(self, title=title)
        if licence is None:
            return found
        iri, name = _named_licence(licence)
        return replace(found, licence=iri, licence_name=name)


def _named_licence(iri: str) -> tuple[str, str]:
    iri = iri if iri.startswith(("https://", "http://")) else ""
    return iri, _NAMES.get(iri, iri)


def notice(metadata: dict[str, str], version: str = "") -> Notice:
    """Make the notice from a description of the dataset.

    Parameters
    ----------
    metadata
        Title, licence, etc.: terms in N-Triples syntax by the local name of the Dublin Core property.
    version
        Version of the data.
    """
    lines = "".join(f"<urn:x> <urn:{name}> {term} .\n" for name, term in metadata.items())
    found = {quad.predicate.value[4:]: quad.object for quad in parse(lines, RdfFormat.N_TRIPLES)}
    title, licence = found.get("title"), found.get("license")
    iri = licence.value if isinstance(licence, NamedNode) else ""
    return Notice(title.value if isinstance(title, Literal) else "", *_named_licence(iri), version)


def described_dataset(store: Store) -> dict[str, str]:
    """Return title, licence, etc. of the dataset, if the data describe exactly one."""
    rows = store.solutions(_METADATA, {})
    if len({row["dataset"] for row in rows}) != 1:  # several datasets do not describe the whole
        return {}
    return {
        key.value.rpartition("/")[2]: str(row["value"])
        for row in rows
        if isinstance(key := row["key"], NamedNode)
    }


def shipped_metadata() -> dict[str, str]:
    """Return title, licence, etc. of the shipped data from their catalogue."""
    store = Oxigraph()
    store.extend(read([resources.catalog()]))
    found = {}
    for name, subject in _SHIPPED_METADATA.items():
        for quad in store.quads_for_pattern(subject, DCTERMS[name], None):
            found[name] = str(quad.object)
    return found
