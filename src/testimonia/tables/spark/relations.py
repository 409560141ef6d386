"""Links between the things of claim tables, as tables of pairs; and the class hierarchy of the ontology."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from testimonia.catalogue import resources
from testimonia.namespaces import PREFIXES, RDFS
from testimonia.rdf import files

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

__all__ = ["below", "closed", "contains_any", "kinds_of", "pairs"]


def kinds_of(name: str) -> list[str]:
    """List the IRIs of a class of the ontology and of all its subclasses."""
    return below(PREFIXES["tmn"] + name, RDFS.subClassOf)


def below(iri: str, upwards: NamedNode) -> list[str]:
    """List a class or code and all its descendants by a property, such as ``skos:broader``."""
    children: dict[str, list[str]] = {}
    for quad in files.read(resources.ontology()):
        one, other = quad.subject, quad.object
        named = isinstance(one, NamedNode) and isinstance(other, NamedNode)
        if quad.predicate == upwards and named:
            children.setdefault(str(other)[1:-1], []).append(str(one)[1:-1])
    found = [iri]
    for each in found:
        found += [kind for kind in children.get(each, []) if kind not in found]
    return found


def pairs(frame: DataFrame, column: str) -> DataFrame:
    """Explode a column of lists: one row for each link, from ``one`` to ``other``."""
    from pyspark.sql import functions as f

    return frame.select(frame.id.alias("one"), f.explode(column).alias("other")).distinct()


def closed(pairs: DataFrame) -> DataFrame:
    """Compute the transitive closure of some links: ``one``, ``other``."""
    from pyspark.sql import functions as f

    steps = pairs.select(f.col("one").alias("other"), f.col("other").alias("next"))
    found, newest = pairs, pairs
    # One round for each link of the longest chain; chains of speech and of command are short.
    while not newest.isEmpty():
        reached = newest.join(steps, "other").select("one", f.col("next").alias("other"))
        newest = reached.distinct().join(found, ["one", "other"], "left_anti").localCheckpoint()
        found = found.unionByName(newest).localCheckpoint()
    return found


def contains_any(kinds: Column, names: list[str]) -> Column:
    """Return whether a list of classes contains any of some."""
    from pyspark.sql import functions as f

    return f.arrays_overlap(kinds, f.array(*map(f.lit, names)))
