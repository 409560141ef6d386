"""The RDF 1.2 form of the claims: what a proposition says is reified by the claims that say it.

In the plain form a proposition is a thing that claims share, and what it says is stated of it. Here
the same statements are triple terms: no longer asserted by anybody but the claims that reify them
(``rdf:reifies``; RDF 1.2 Concepts, section 1.5). The claim itself is the reifier, so its claimant,
stance and passage annotate what is reified. Decision 10 tells why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, serialize

from testimonia.errors import InputError
from testimonia.namespaces import RDF, RDFS, TMN
from testimonia.publish.folder.release import Artefact, Release
from testimonia.query.graph_names import is_computed

__all__ = ["PATH", "REIFIES", "claims_in_rdf12", "reified", "restored"]

PATH: Final = "projections/claims-rdf12.nq"
REIFIES: Final = RDF.reifies

_KEPT: Final = frozenset(
    {
        RDF.type,
        RDFS.label,
        *(TMN[name] for name in ("about", "gloss", "subsetOf", "aggregates")),
    }
)
"""What is ours to say of a proposition: its kind, name and subject, our words, how figures nest."""

_CHUNK: Final = 10_000
_MEDIA_TYPE: Final = "application/n-quads"


def claims_in_rdf12(release: Release) -> Iterator[Artefact]:
    """Write a release in the RDF 1.2 form.

    Parameters
    ----------
    release
        Whose statements they are, derived facts among them.
    """
    yield Artefact(PATH, _lines(reified(release.quads)), _MEDIA_TYPE)


def reified(stream: Callable[[], Iterator[Quad]]) -> Iterator[Quad]:
    """Turn statements on what propositions say into triple terms that claims reify.

    Parameters
    ----------
    stream
        Streams the statements from the beginning at each call; it is called twice.

    Yields
    ------
    Quad
        In the order of the statements. A triple term is reified in the graph that stated it, once
        for each claim of its proposition, in order of claim. What no claim says stays stated.

    Raises
    ------
    InputError
        A statement already reifies something.
    """
    claims: dict[object, list[NamedNode]] = defaultdict(list)
    for quad in stream():
        if quad.predicate == REIFIES:
            raise InputError(
                f"{quad.subject} already reifies a triple term",
                hint="Give the claims in their plain form.",
            )
        if quad.predicate == TMN.proposition and isinstance(quad.subject, NamedNode):
            claims[quad.object].append(quad.subject)
    ordered = {what: sorted(set(by), key=str) for what, by in claims.items()}
    for quad in stream():
        if (
            quad.subject in ordered
            and quad.predicate not in _KEPT
            and not is_computed(quad.graph_name)
        ):
            for claim in ordered[quad.subject]:
                yield Quad(claim, REIFIES, quad.triple, quad.graph_name)
        else:
            yield quad


def restored(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Turn reified triple terms back into statements: the plain form of claims.

    Parameters
    ----------
    quads
        The RDF 1.2 form.

    Yields
    ------
    Quad
        Each statement once.
    """
    told: set[Quad] = set()
    for quad in quads:
        if quad.predicate == REIFIES and isinstance(quad.object, Triple):
            what = quad.object
            plain = Quad(what.subject, what.predicate, what.object, quad.graph_name)
            if plain not in told:
                told.add(plain)
                yield plain
        else:
            yield quad


def _lines(quads: Iterator[Quad]) -> Iterator[bytes]:
    """Write quads in sorted lines, graph by graph as they come, a chunk at a time."""
    while chunk := list(islice(quads, _CHUNK)):
        yield _written(chunk)


def _written(quads: list[Quad]) -> bytes:
    written = serialize(quads, format=RdfFormat.N_QUADS)
    if written is None:
        raise TypeError("serialize gives bytes where it is given no stream")
    return written
