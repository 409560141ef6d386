"""Gives blank nodes names that depend on what is stated about them alone, so that a site has the same bytes in every run."""

from __future__ import annotations

from pyoxigraph import RdfFormat, parse

from testimonia.query.store import Store
from testimonia.rdf.canonical.nquads import has_blank_node
from testimonia.rdf.canonical.rdfc import labelled

__all__ = ["with_stable_names"]


def with_stable_names(store: Store) -> Store:
    """Return a store with the same statements, whose blank nodes have the labels of RDFC-1.0.

    Parameters
    ----------
    store
        The store, which is not changed.

    Returns
    -------
    Store
        A copy in memory; the store itself if it has no blank nodes.

    Raises
    ------
    InputError
        Labelling the blank nodes takes too long.
    """
    unnamed = [quad for quad in store if has_blank_node(quad)]
    if not unnamed:
        return store
    copy = Store()
    copy.load(quad for quad in store if not has_blank_node(quad))
    copy.load(parse(b"".join(labelled(unnamed)), RdfFormat.N_QUADS))
    return copy
