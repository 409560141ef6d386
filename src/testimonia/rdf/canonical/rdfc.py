"""Labels blank nodes by RDFC-1.0, within a time limit.

Labels depend only on the quads that have a blank node (RDFC-1.0, section 4.4.3, step 2), so only those
are canonicalised, in memory. The algorithm takes exponential time in the number of blank nodes that are
linked in the same way and cannot be distinguished by their direct neighbours. If there are such nodes,
it runs in a separate process, which is killed when the time is up.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from hashlib import sha256
from typing import Final, Literal

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, Quad

from testimonia.errors import InputError
from testimonia.rdf.canonical.nquads import nquads

__all__ = ["TIME_LIMIT", "Hash", "labelled"]

Hash = Literal["sha256", "sha384"]

TIME_LIMIT: Final = 10.0
"""Seconds that labelling similar blank nodes may take."""
_WITHOUT_PROCESS: Final = 100
"""Up to this many similar blank nodes, it is not worthwhile to start a process."""

_ALGORITHMS: Final = {
    "sha256": CanonicalizationAlgorithm.RDFC_1_0_SHA_256,
    "sha384": CanonicalizationAlgorithm.RDFC_1_0_SHA_384,
}
_CHILD: Final = (
    "import sys; from pyoxigraph import *; "
    "d = Dataset(parse(sys.stdin.buffer.read(), RdfFormat.N_QUADS)); "
    "d.canonicalize(getattr(CanonicalizationAlgorithm, sys.argv[1])); "
    "sys.stdout.buffer.write(serialize(d, format=RdfFormat.N_QUADS))"
)


def labelled(
    quads: Sequence[Quad], *, hashed_by: Hash = "sha256", time_limit: float = TIME_LIMIT
) -> list[bytes]:
    """Write quads that have blank nodes as canonical N-Quads, in no particular order.

    Parameters
    ----------
    quads
        All quads of a dataset that have a blank node.
    hashed_by
        The hash algorithm of RDFC-1.0 (section 4.2), SHA-256 by default as there.
    time_limit
        Seconds that labelling similar blank nodes may take.

    Raises
    ------
    InputError
        It takes longer, or a quad is not RDF 1.1.
    """
    quads = list(dict.fromkeys(quads))  # duplicates would change the hashes of nodes
    if _may_take_long(quads):
        return _in_a_process(quads, hashed_by, time_limit)
    dataset = Dataset(quads)
    dataset.canonicalize(_ALGORITHMS[hashed_by])
    return nquads(list(dataset))


def _may_take_long(quads: Sequence[Quad]) -> bool:
    """Check whether the algorithm may have to try permutations of blank nodes, or recurse deeply.

    It permutes the nodes that one node is linked to in the same way and that have the same first
    degree hash (section 4.8.3, steps 4 and 5.4). It recurses only through nodes that share their first
    degree hash with another (section 4.4.3, step 5).
    """
    hashes = _first_degree_hashes(quads)
    number = Counter(hashes.values())
    if sum(count for count in number.values() if count > 1) > _WITHOUT_PROCESS:
        return True
    linked: dict[tuple[BlankNode, str, str, bytes], BlankNode] = {}
    for quad in quads:
        ends = (("s", quad.subject), ("o", quad.object), ("g", quad.graph_name))
        nodes = [(position, term) for position, term in ends if isinstance(term, BlankNode)]
        for _, node in nodes:
            for position, other in nodes:
                way = (node, position, quad.predicate.value, hashes[other])
                if other != node and linked.setdefault(way, other) != other:
                    return True
    return False


def _first_degree_hashes(quads: Sequence[Quad]) -> dict[BlankNode, bytes]:
    """Compute a digest for each blank node; equal where the first degree hashes are equal (section 4.6)."""
    mentions: defaultdict[BlankNode, list[str]] = defaultdict(list)
    for quad in quads:
        terms = (quad.subject, quad.predicate, quad.object, quad.graph_name)
        for node in {term for term in terms if isinstance(term, BlankNode)}:
            mentions[node].append(" ".join(_seen_from(node, term) for term in terms))
    return {
        node: sha256("\n".join(sorted(seen)).encode()).digest() for node, seen in mentions.items()
    }


def _seen_from(node: BlankNode, term: object) -> str:
    if isinstance(term, BlankNode):
        return "_:a" if term == node else "_:z"
    return str(term)


def _in_a_process(quads: Sequence[Quad], hashed_by: Hash, time_limit: float) -> list[bytes]:
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter, constant arguments
            [
                sys.executable,
                "-P",
                "-c",
                _CHILD,
                f"RDFC_1_0_{hashed_by.upper().replace('A', 'A_')}",
            ],
            input=b"".join(nquads(quads)),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=time_limit,
            check=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        late = isinstance(error, subprocess.TimeoutExpired)
        within = f"within {time_limit:g} seconds" if late else "with the memory available"
        raise InputError(
            f"the blank nodes cannot be distinguished {within}",
            hint="Give IRIs to blank nodes that have the same statements.",
        ) from None
    return done.stdout.splitlines(keepends=True)
