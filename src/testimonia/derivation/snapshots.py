"""Keeps what is read and derived from the shipped data, so that the next process need not do it again.

A snapshot is a compressed N-Quads file in the user's cache. Its name is a digest of all that its content
follows from, so it is never stale: what changes has another name. Without a usable cache, everything is
computed in memory.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Final

import pyoxigraph
from pyoxigraph import NamedNode, Quad, RdfFormat, serialize

from testimonia.catalogue import resources
from testimonia.catalogue.rules import Rule
from testimonia.derivation.policies import Policy
from testimonia.namespaces import RDF
from testimonia.outputs.temporary import LOG, beside, remove
from testimonia.printing import one_line
from testimonia.query.graph_names import ACCEPTED, DERIVED
from testimonia.query.store import Store
from testimonia.rdf.opening import zstandard

__all__ = [
    "accepted",
    "after_policy",
    "after_rules",
    "derived",
    "folder",
    "keep",
    "of_shipped_data",
    "recall",
]

_FORMAT: Final = b"1"
_ENDING: Final = ".nq.zst"
_MOST_KEPT: Final = 40  # files: four or five versions of data, facts and policies
_CODE: Final = ("catalogue", "derivation", "query", "rdf")
_PACKAGE: Final = Path(__file__).parents[1]


def folder() -> Path | None:
    """Return where snapshots are kept; None if the user wants none.

    That is the folder in the environment variable ``TESTIMONIA_CACHE``, none if this is empty; by
    default ``testimonia`` in the cache folder of the system.
    """
    named = os.environ.get("TESTIMONIA_CACHE")
    if named is not None:
        return Path(named) if named else None
    try:
        home = Path.home()
    except RuntimeError:  # there is no home
        return None
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "testimonia"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "testimonia"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "testimonia"


def of_shipped_data() -> str | None:
    """Name the snapshot of the shipped data with their vocabulary; None if they cannot be read.

    The name depends on their content, on this library and on the version of the engine.
    """
    own = (path for package in _CODE for path in sorted((_PACKAGE / package).rglob("*.py")))
    paths = [*resources.data(), *resources.ontology(), *resources.labels(), *own]
    try:
        texts = [part for path in paths for part in (path.name.encode(), path.read_bytes())]
    except OSError:
        return None
    return _name([_FORMAT, pyoxigraph.__version__.encode(), *texts])


def after_rules(content: str, rules: Sequence[Rule]) -> str:
    """Name the snapshot of what rules derive from some content."""
    texts = (text for rule in rules for text in (rule.name, rule.sparql))
    return _name(text.encode() for text in (content, *texts))


def after_policy(content: str, policy: Policy) -> str:
    """Name the snapshot of the assessments of a policy of some content with its derived facts."""
    return _name(text.encode() for text in (content, policy.name, policy.sparql))


def _name(parts: Iterable[bytes]) -> str:
    # Of digests, so that no text can be moved from one part to the next.
    return sha256(b"".join(sha256(part).digest() for part in parts)).hexdigest()


def derived(store: Store) -> Iterator[Quad]:
    """List what rules derived, and its provenance."""
    for graph in store.graphs(DERIVED):
        yield from _in_graph(store, graph)


def accepted(store: Store, policy: Policy) -> Iterator[Quad]:
    """List the assessments of a policy, and their provenance."""
    yield from _in_graph(store, policy.graph)
    done: set[NamedNode] = set()
    to_do = [policy.graph]
    while to_do:
        node = to_do.pop()
        done.add(node)
        for quad in _in_graph(store, ACCEPTED, node):
            yield quad
            thing = quad.object
            if isinstance(thing, NamedNode) and quad.predicate != RDF.type and thing not in done:
                to_do.append(thing)


def _in_graph(store: Store, graph: NamedNode, subject: NamedNode | None = None) -> Iterator[Quad]:
    for triple in store.statements(graph):
        if subject in (None, triple.subject):
            yield Quad(triple.subject, triple.predicate, triple.object, graph)


def recall(store: Store, name: str) -> bool:
    """Add the content of a snapshot to a store.

    Parameters
    ----------
    store
        The store, which is unchanged if there is no such snapshot, or it is damaged.
    name
        The name of the snapshot.

    Returns
    -------
    bool
        Whether its content was added.
    """
    place = folder()
    if place is None:
        return False
    zstd = zstandard()
    path = place / (name + _ENDING)
    try:
        title, _, quads = zstd.decompress(path.read_bytes()).partition(b"\n")
        if title != _title(name, quads):
            return False
        with contextlib.suppress(OSError):
            os.utime(path)  # the oldest are removed first
    except (OSError, zstd.ZstdError):
        return False
    store.restore(quads)
    return True


def keep(name: str, quads: Iterable[Quad]) -> None:
    """Write a snapshot, completely or not at all; if it cannot be written, nothing is.

    Parameters
    ----------
    name
        Its name.
    quads
        Its content.
    """
    place = folder()
    if place is None:
        return
    stream = BytesIO()
    serialize(quads, stream, RdfFormat.N_QUADS)
    content = stream.getvalue()
    packed = zstandard().compress(_title(name, content) + b"\n" + content)
    try:
        is_new = not place.is_dir()
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = place / (name + _ENDING)
        with beside(path, folder=False) as made:
            made.write_bytes(packed)
            made.replace(path)
        _remove_oldest(place)
    except OSError:
        return
    if is_new:
        LOG.warning(
            "kept what was computed from the shipped data in %s, so that the next start is faster",
            one_line(str(place)),
        )


def _title(name: str, content: bytes) -> bytes:
    return f"# {name} {sha256(content).hexdigest()}".encode()


def _remove_oldest(place: Path) -> None:
    found = {path: path.stat().st_mtime for path in place.glob("*" + _ENDING)}
    for path in sorted(found, key=found.__getitem__, reverse=True)[_MOST_KEPT:]:
        remove(path)
