"""The RDF 1.2 form of the claims: each claim reifies the content of its proposition.

In the plain form a proposition is a node that claims share, and its content is stated about it. Here the
same statements are triple terms, asserted by nobody but the claims that reify them (``rdf:reifies``; RDF
1.2 Concepts, section 1.5). The claim itself is the reifier, so its claimant, stance and passage annotate
the triple. For the reasons see decision 10.
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
"""What the dataset itself states about a proposition: its class, label, subject and gloss, and how
figures nest."""

_CHUNK: Final = 10_000
_MEDIA_TYPE: Final = "application/n-quads"


def claims_in_rdf12(release: Release) -> Iterator[Artefact]:
    """Write a release in the RDF 1.2 form.

    Parameters
    ----------
    release
        The release, with derived facts.
    """
    yield Artefact(PATH, _lines(reified(release.quads)), _MEDIA_TYPE)


def reified(stream: Callable[[], Iterator[Quad]]) -> Iterator[Quad]:
    """Turn the content of propositions into triple terms that claims reify.

    Parameters
    ----------
    stream
        Streams the statements; each call starts from the beginning. It is called twice.

    Yields
    ------
    Quad
        In the order of the statements. A triple term is reified in the graph of the statement, once for
        each claim of its proposition, sorted by claim. The content of a proposition without claims is
        left as it is.

    Raises
    ------
    InputError
        The input already has a reified triple term.
    """
    claims: dict[object, list[NamedNode]] = defaultdict(list)
    for quad in stream():
        if quad.predicate == REIFIES:
            raise InputError(
                f"{quad.subject} already reifies a triple term",
                hint="Give the claims in the plain form.",
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
    seen: set[Quad] = set()
    for quad in quads:
        if quad.predicate == REIFIES and isinstance(quad.object, Triple):
            what = quad.object
            plain = Quad(what.subject, what.predicate, what.object, quad.graph_name)
            if plain not in seen:
                seen.add(plain)
                yield plain
        else:
            yield quad


def _lines(quads: Iterator[Quad]) -> Iterator[bytes]:
    """Write quads as lines, a chunk at a time, in the order in which they come."""
    while chunk := list(islice(quads, _CHUNK)):
        yield _written(chunk)


def _written(quads: list[Quad]) -> bytes:
    written = serialize(quads, format=RdfFormat.N_QUADS)
    if written is None:
        raise TypeError("serialize returns bytes if it is given no stream")
    return written
