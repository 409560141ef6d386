"""Title, licence and publisher of the shipped data, as their catalogue has them."""

from __future__ import annotations

from typing import Final

from pyoxigraph import NamedNode, Store

from testimonia.catalogue import resources
from testimonia.namespaces import DCTERMS
from testimonia.rdf.files import read

__all__ = ["shipped_titles"]

_CATALOG: Final = NamedNode("https://w3id.org/testimonia/catalog")
_DATASET: Final = NamedNode("https://w3id.org/testimonia/dataset/claims")
_WANTED: Final = {
    "title": _DATASET,
    "description": _DATASET,
    "publisher": _DATASET,
    "license": _CATALOG,  # the dataset leaves it to its distributions, which all have this one
}


def shipped_titles() -> dict[str, str]:
    """Read what the catalogue says, by the name of the property in Dublin Core, as N-Triples."""
    store = Store()
    store.extend(read([resources.catalog()]))
    found = {}
    for name, subject in _WANTED.items():
        predicate = DCTERMS[name]
        for quad in store.quads_for_pattern(subject, predicate, None):
            found[name] = str(quad.object)
    return found
