"""The class of a dataset, with the methods of all purposes."""

from __future__ import annotations

from testimonia.dataset.writing import Writing

__all__ = ["Dataset"]


class Dataset(Writing):
    """Claims about incidents, with the ontology and code lists they are written in.

    Make one with `testimonia.open`. The methods are those of its base classes, each in a module of its
    own: `answering` (questions, queries, labels), `deriving` (derived facts, policies), `checking_data`
    (validation, reasoning, passages), `writing` (releases, claim tables, notes) and `loaded_data`.

    Attributes
    ----------
    files
        The RDF files its data come from; empty when they were already in a store.
    statements
        Statements that were given in addition to the files, as rdflib graphs.
    question_files
        The files of its questions; by default those that come with the library.
    directory
        The directory of its store, or None for a store in memory.
    reading
        How its files are read.
    languages
        The languages that its labels are shown in, most preferred first.
    """
