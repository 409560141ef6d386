"""Describes a release as an RO-Crate, with the metadata of each of its files.

Follows RO-Crate Metadata Specification 1.2, sections "Metadata descriptor", "Root data entity" and
"Data entities": flattened JSON-LD whose context is named and never fetched.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from testimonia.publish.descriptions import identity
from testimonia.publish.folder.release import Artefact, PublishedFile, Release

__all__ = ["PATH", "SPECIFICATION", "crate"]

PATH: Final = "ro-crate-metadata.json"
SPECIFICATION: Final = "https://w3id.org/ro/crate/1.2"

_FOLDERS: Final = {
    "data/": "The data, each file the whole in another format",
    "tables/": "The claims as tables",
    "projections/": "The claims in other models",
    "ontology/": "The ontology, its code lists, their labels in more languages, its alignments, and its page",
    "shapes/": "The shapes that data must keep",
    "questions/": "The competency questions in SPARQL",
    "rules/": "The rules of derivation in SPARQL",
    "policies/": "The acceptance policies in SPARQL",
    "w3id/": "Redirects for the namespace",
}
_TOP: Final = {
    "CHANGES.md": "What changed since the release before, for people.",
    "CITATION.cff": "How to cite the release.",
    "catalog.ttl": "The description of the dataset and its files in DCAT.",
    "changes.json": "What changed since the release before, as JSON.",
    "changes.ttl": "What changed since the release before, as linked data.",
    "context.jsonld": "The names that the JSON-LD files use.",
    "service.ttl": "The description of the service that answers queries.",
    "sparql-examples.ttl": "The competency questions as examples of queries.",
    "void.ttl": "What the graphs hold, counted.",
}
_LICENCES: Final = {
    "https://creativecommons.org/licenses/by/4.0/": "Creative Commons Attribution 4.0 International",
    "https://creativecommons.org/publicdomain/zero/1.0/": "Creative Commons Zero 1.0 Universal",
}
_Entity = dict[str, Any]


def crate(release: Release) -> Iterator[Artefact]:
    """Describe a release as an RO-Crate.

    Parameters
    ----------
    release
        The release. Without a date nothing is written: a crate must have a date of publication.
    """
    if release.date is None:
        return
    entities = [
        _descriptor(),
        _root(release, release.date.isoformat()),
        *_contexts(release),
        *_folders(release),
        *(_file(file) for file in release.files),
    ]
    graph = {"@context": f"{SPECIFICATION}/context", "@graph": entities}
    content = json.dumps(graph, ensure_ascii=False, indent=2) + "\n"
    yield Artefact(PATH, content.encode(), "application/ld+json")


def _descriptor() -> _Entity:
    return {
        "@id": PATH,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": SPECIFICATION},
    }


def _root(release: Release, date: str) -> _Entity:
    publisher = {"@id": identity.publisher(release)}
    top = [file.path for file in release.files if _folder(file.path) is None]
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": release.title,
        "description": f"{release.title}: version {release.version}, as linked data, with the "
        "ontology, the shapes and the questions that belong to it.",
        "identifier": {"@id": "#identifier"},
        "url": release.base,
        "version": release.version,
        "datePublished": date,
        "license": {"@id": release.licence},
        "author": publisher,
        "publisher": publisher,
        "hasPart": [{"@id": quote(path)} for path in (*_used_folders(release), *top)],
    }


def _contexts(release: Release) -> Iterator[_Entity]:
    ours = identity.ours(release)
    yield {
        "@id": identity.publisher(release),
        "@type": "Organization",
        "url": identity.HOME if ours else release.base,
        "name": "The Testimonia project" if ours else f"The publisher of {release.title}",
    }
    yield {
        "@id": "#identifier",
        "@type": "PropertyValue",
        "name": "Address of the release",
        "value": release.base,
        "url": release.base,
    }
    yield {
        "@id": release.licence,
        "@type": "CreativeWork",
        "name": _LICENCES.get(release.licence, release.licence),
        "description": "The licence of the data.",
    }


def _folders(release: Release) -> Iterator[_Entity]:
    for folder in _used_folders(release):
        paths = (file.path for file in release.files if file.path.startswith(folder))
        yield {
            "@id": folder,
            "@type": "Dataset",
            "name": folder.rstrip("/"),
            "description": f"{_FOLDERS[folder]}.",
            "hasPart": [{"@id": quote(path)} for path in paths],
        }


def _used_folders(release: Release) -> list[str]:
    return [name for name in _FOLDERS if any(f.path.startswith(name) for f in release.files)]


def _folder(path: str) -> str | None:
    return next((name for name in _FOLDERS if path.startswith(name)), None)


def _file(file: PublishedFile) -> _Entity:
    return {
        "@id": quote(file.path),
        "@type": "File",
        "name": file.path.rpartition("/")[2],
        "description": _description(file),
        "contentSize": str(file.bytes),
        "encodingFormat": file.media_type,
        "sha256": file.sha256,
    }


def _description(file: PublishedFile) -> str:
    if file.compresses is not None:
        return f"{file.compresses}, compressed."
    folder = _folder(file.path)
    if folder is None:
        return _TOP.get(file.path, f"{file.path}.")
    return f"Part of: {_FOLDERS[folder][0].lower()}{_FOLDERS[folder][1:]}."
