"""Checks of the data as published: shapes, ontology, passages, and the version they are written in."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from testimonia.catalogue import resources
from testimonia.dataset.loaded_data import LoadedData
from testimonia.rdf import files
from testimonia.rdf.files import Source

if TYPE_CHECKING:
    from pyoxigraph import Quad

    from testimonia.migrating import Migration
    from testimonia.passages import Coverage, PassageReport
    from testimonia.reasoning import Classification
    from testimonia.validation import EngineName, Progress, Report

__all__ = ["CheckedData"]


class CheckedData(LoadedData):
    """The checks of a dataset, which see every literal exactly as the files write it."""

    def validate(
        self,
        shapes: Iterable[Source] = (),
        *,
        engine: EngineName = "columnar",
        limit: int | None = None,
        strict: bool = False,
        time_limit: float | None = 60,
        progress: Progress | None = None,
    ) -> Report:
        """Check the data against the shapes, and their terms against the ontology.

        Parameters
        ----------
        shapes
            Files and directories of SHACL shapes; by default those that come with the library.
        engine
            The engine that runs the shapes: ``columnar``; ``pyshacl``, the reference, which is slow
            above some ten thousand statements; or ``both``, which reports what the columnar engine
            finds, and where the two differ.
        limit
            The most findings to keep of each shape; the report still counts all of them.
        strict
            Whether to raise an error if any part of the shapes cannot be used. Otherwise the report
            names what was left out (`Report.coverage`), and does not pass.
        time_limit
            Seconds that the SPARQL query of one constraint may take, a path that repeats, or the
            matching of a regular expression with back-references; what takes longer is left out and
            named. None sets no limit. Applies to the columnar engine only.
        progress
            Called with what is counted (``"statements"``, ``"triples"``, ``"shapes"``), how many are
            done, and the total if it is known.

        Raises
        ------
        ShapesError
            The shapes cannot be used, or use an undeclared name.
        InputError
            A file cannot be read, the engine is unknown, the limit is below 0, or the dataset has a
            store.

        Examples
        --------
        >>> import testimonia
        >>> report = testimonia.open().validate()
        >>> report.passes
        True
        """
        from testimonia import validation

        return validation.check(
            self._source(),
            ontology=files.read(resources.ontology()),
            shapes=files.expand(shapes) or resources.shapes(),
            data_files=self.files,
            reading=self.reading,
            engine=engine,
            limit=limit,
            strict=strict,
            time_limit=time_limit,
            progress=progress,
        )

    def _source(self) -> list[Path] | Iterable[Quad]:
        """Return where the data are from: files, read by column, if there is nothing else."""
        self._refuse_store()
        return self._read() if self.statements else self.files

    def explain_shapes(self, shapes: Iterable[Source] = ()) -> str:
        """Show what the columnar engine makes of shapes, without looking at any data.

        Parameters
        ----------
        shapes
            Files and directories of SHACL shapes; by default those that come with the library.

        Returns
        -------
        str
            The plan as indented text: for each shape, the steps that check it.

        Raises
        ------
        InputError
            A file cannot be read.
        ShapesError
            The shapes cannot be used.

        Examples
        --------
        >>> import testimonia
        >>> "Claim" in testimonia.open().explain_shapes()
        True
        """
        from testimonia import validation

        return validation.explain(files.expand(shapes) or resources.shapes())

    def migrate(self) -> Migration:
        """Bring data of an earlier version of the ontology up to this one.

        The dataset itself does not change: the result holds the migrated data, the changes made, and
        what a person has to decide. Derived facts are left out, to be derived again.

        Returns
        -------
        Migration
            Write its ``quads`` with `testimonia.migrating.write`.

        Raises
        ------
        InputError
            A file cannot be read; or the dataset has a store.

        Examples
        --------
        >>> import testimonia
        >>> testimonia.open().migrate().changes
        False
        """
        from testimonia import migrating

        self._refuse_store()
        return migrating.migrate(self._given())

    def reason(self) -> Classification:
        """Check that ontology and data are consistent, and classify the claims (OWL, HermiT).

        Raises
        ------
        InputError
            A file cannot be read; or the dataset has a store.
        ExtraMissing
            owlready2 is not installed.
        JavaMissing
            There is no Java runtime.
        InconsistentOntology
            No model satisfies ontology and data; the message says why, as far as can be found.
        UnsupportedDatatype
            HermiT does not support the datatype of a literal, or a literal is not valid for it.
        """
        from testimonia import reasoning

        return reasoning.reason(
            self._published(), ontology=files.read(resources.ontology()), data_files=self.files
        )

    def check_passages(self, sources: Source) -> PassageReport:
        """Compare documents and passages with the documents' texts.

        Parameters
        ----------
        sources
            Directory with the texts, as UTF-8 files of any name.

        Raises
        ------
        InputError
            The directory or a file in it cannot be read; or the dataset has a store.
        """
        from testimonia import passages

        return passages.check(self._published(), Path(sources))

    def coverage(self, sources: Source) -> Coverage:
        """Find which sentences of the documents are covered by claims, or by reasons for making none.

        Parameters
        ----------
        sources
            Directory with the texts, as UTF-8 files of any name.

        Raises
        ------
        InputError
            The directory or a file in it cannot be read; or the dataset has a store.
        """
        from testimonia import passages

        return passages.coverage(self.check_passages(sources))
