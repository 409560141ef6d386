"""Ontology, code lists, shapes, questions, rules and policies as files of a release."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from testimonia.catalogue import resources
from testimonia.publish.folder.release import Artefact, Resources
from testimonia.rdf import files
from testimonia.rdf.canonical import canonical_nquads
from testimonia.rdf.canonical.blocks import GraphBlocks, blocks
from testimonia.rdf.canonical.jsonld import Context, jsonld
from testimonia.rdf.canonical.nquads import DEFAULT
from testimonia.rdf.canonical.rdfxml import rdfxml

__all__ = ["copied", "found", "in_other_formats"]

_SPARQL: Final = "application/sparql-query"


def found() -> Resources:
    """Find the files of the library that go into a release."""
    ontology = resources.ontology()
    codes = tuple(path for path in ontology if path.parent.name == "codes")
    return Resources(
        ontology=tuple(path for path in ontology if path not in codes),
        codes=codes,
        shapes=tuple(resources.shapes()),
        questions=tuple(resources.queries()),
        labels=tuple(resources.labels()),
    )


def copied(given: Resources) -> Iterator[Artefact]:
    """Copy hand-written files byte for byte: Turtle with its comments, and queries."""
    for folder, paths in _graphs(given).items():
        for path in paths:
            yield Artefact(f"{folder}/{path.name}", path.read_bytes(), "text/turtle")
    queries = {
        "questions": given.questions,
        "rules": tuple(resources.rules()),
        "policies": tuple(resources.policies()),
    }
    for folder, paths in queries.items():
        for path in paths:
            yield Artefact(f"{folder}/{path.name}", path.read_bytes(), _SPARQL)


def in_other_formats(given: Resources, context: Context) -> Iterator[Artefact]:
    """Write ontology, code lists, labels and shapes as JSON-LD and RDF/XML.

    Parameters
    ----------
    given
        The files.
    context
        The names that JSON-LD uses.
    """
    for folder, paths in _graphs(given).items():
        for path in paths:
            lines = list(canonical_nquads(files.read([path])))
            graph = GraphBlocks(DEFAULT, blocks(lines))
            name = f"{folder}/{path.stem}"
            yield Artefact(
                f"{name}.jsonld", b"".join(jsonld([graph], context)), "application/ld+json"
            )
            yield Artefact(f"{name}.rdf", rdfxml(lines), "application/rdf+xml")


def _graphs(given: Resources) -> dict[str, tuple[Path, ...]]:
    return {
        "ontology": given.ontology,
        "ontology/codes": given.codes,
        "ontology/labels": given.labels,
        "ontology/alignments": tuple(
            sorted((resources.folder("ontology") / "alignments").glob("*.ttl"))
        ),
        "shapes": given.shapes,
    }
