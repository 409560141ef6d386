"""The names of things in one language, as JSON: what a page of a static site needs to show them to its reader."""

from __future__ import annotations

import json
from typing import Final

from pyoxigraph import Literal, NamedNode

from testimonia.namespaces import RDFS, SKOS
from testimonia.pages.addresses import path_of
from testimonia.pages.node_reader import NodeReader
from testimonia.pages.search_index import listed
from testimonia.query.store import Store

__all__ = ["FOLDER", "LANGUAGES", "label_file"]

FOLDER: Final = "labels"
"""The folder of the files in a site; each is called after its language."""
LANGUAGES: Final = {
    "ar": "العربية",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "ru": "Русский",
    "uk": "Українська",
}
"""The languages in which all terms and codes have labels: their own names, by tag."""


def label_file(store: Store, language: str) -> bytes:
    """Write the names in a language of all that has names in several.

    Parameters
    ----------
    store
        The store.
    language
        A tag of `LANGUAGES`.

    Returns
    -------
    bytes
        An object: the names by the path of the page.
    """
    reader = NodeReader(store, [language])
    names = {}
    for _, node in listed(reader):
        label = reader.label(node.value)
        if label and _primary(label.language) == language and _is_translated(reader, node):
            names[path_of(node.value)] = label
    return json.dumps(names, ensure_ascii=False, separators=(",", ":")).encode()


def _is_translated(reader: NodeReader, node: NamedNode) -> bool:
    """Check whether a thing has names in several languages of `LANGUAGES`."""
    found = {
        _primary(value.language)
        for predicate in (SKOS.prefLabel, RDFS.label)
        for value in reader.values(node, predicate)
        if isinstance(value, Literal) and value.language
    }
    return len(found & LANGUAGES.keys()) > 1


def _primary(tag: str) -> str:
    return tag.partition("-")[0]
