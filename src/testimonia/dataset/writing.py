"""What a dataset is written as: a release folder, a site, and claim tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from pyoxigraph import Quad

from testimonia import __version__
from testimonia.catalogue import resources
from testimonia.dataset.checking_data import CheckedData
from testimonia.dataset.deriving import Deriving
from testimonia.errors import InputError
from testimonia.query.graph_names import ACCEPTED, DERIVED
from testimonia.rdf.files import Source

if TYPE_CHECKING:
    import datetime

    from testimonia.dataset.answering import Language
    from testimonia.notes import Noted
    from testimonia.pages.site_writer import Site
    from testimonia.publish import Published
    from testimonia.tables.from_quads import ClaimTables
    from testimonia.tables.sheets.exporting import Form
    from testimonia.validation import Progress

__all__ = ["Writing"]

_SHOWN = 20
"""Findings of each shape that are kept for the publisher to read."""


class Writing(Deriving, CheckedData):
    """What a dataset can be written as."""

    def tables(self, *, plain: bool = False) -> ClaimTables:
        """Arrange the data as claim tables: data frames of claims, propositions, agents and so on.

        Parameters
        ----------
        plain
            Whether to keep out of the tables what cells of CSV files and workbooks cannot hold, such
            as a list of names one of which contains the list separator. It goes to the rest.

        Examples
        --------
        >>> import testimonia
        >>> tables = testimonia.open().tables()
        >>> tables["claims"].height > 2000
        True
        >>> tables.rest
        ()
        """
        from testimonia.tables import from_quads

        return from_quads.tables(self.quads(), plain=plain)

    def notes(self, texts: Iterable[Source] = ()) -> Noted:
        """Return the data as notes: a file for each document, from which the same data can be built.

        Parameters
        ----------
        texts
            Files with the texts of documents, if you have them: then passages are sentences by
            number, and their digests are left out.

        Raises
        ------
        InputError
            A text cannot be read.

        Examples
        --------
        >>> import testimonia
        >>> sorted(testimonia.open().notes().files)[:2]
        ['athens-2010-01.yaml', 'athens-2010-02.yaml']
        """
        from testimonia.notes import noting
        from testimonia.notes.expansion import held

        found = [held(Path(path)) for path in texts]
        return noting.export(self.quads(), {each.sha256: each for each in found})

    def write_tables(self, output: Source, *, format: Form = "csv") -> ClaimTables:  # noqa: A002
        """Write the data as claim tables, and the statements that no table holds beside them.

        Parameters
        ----------
        output
            A new or empty directory; for ``xlsx`` the file of the workbook, which may not be one of
            the files that the data come from.
        format
            ``csv``; ``parquet``, with the meaning of each column in its metadata; ``xlsx``, one
            workbook; or ``normalised``, CSV as the published RML mapping reads it, with whole IRIs
            and a file for each column that holds lists.

        Returns
        -------
        ClaimTables
            What was written: data frames by name of table, and in ``rest`` the statements that no
            table holds. These go to ``rest.nq`` in the directory, or beside the workbook to a file
            named after it.

        Raises
        ------
        InputError
            The directory is not empty, nothing can be written there, the format is unknown, or a
            file of the data cannot be read or would be overwritten.
        ExtraMissing
            The package that writes workbooks is not installed.

        Examples
        --------
        >>> import tempfile, testimonia
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     written = testimonia.open().write_tables(Path(folder, "tables"))
        ...     Path(folder, "tables", "claims.csv").is_file(), written["claims"].height > 2000
        (True, True)
        """
        from testimonia.outputs import refuse_overwriting
        from testimonia.tables.sheets.exporting import Form, export, rest_of

        if format not in get_args(Form):
            raise InputError(
                f"claim tables cannot be written as {format!r}",
                hint=f"Choose one of: {', '.join(get_args(Form))}.",
            )
        path = Path(output)
        refuse_overwriting([path, rest_of(path)] if format == "xlsx" else [path], self.files)
        found = self.tables(plain=format in ("csv", "xlsx"))
        export(found, path, format)
        return found

    def publish(
        self,
        output: Source,
        *,
        version: str | None = None,
        date: datetime.date | None = None,
        previous: Source | None = None,
        base: str | None = None,
        title: str | None = None,
        licence: str | None = None,
        derived: bool = True,
        policies: Iterable[Source] | None = None,
        shapes: bool = True,
        allow_violations: bool = False,
        compress: bool = True,
        projections: bool = True,
        progress: Progress | None = None,
    ) -> Published:
        """Write a release folder: the data in every format, their ontology and code lists, and digests.

        The same data give the same bytes on every machine and in every run.

        Parameters
        ----------
        output
            The folder: a new or empty one, or an existing release, which is replaced as a whole or
            not at all.
        version
            The version of the release; by default that of the library.
        date
            The date of issue; by default that of the environment variable ``SOURCE_DATE_EPOCH``, or
            none if it is not set.
        previous
            The folder of the previous release.
        base, title, licence
            The address that releases are published under, the title of the data, and the IRI of
            their licence; by default those of the project's own data.
        derived
            Whether to derive what follows from the claims, and publish it in separate graphs.
        policies
            Names or files of the policies whose assessments are published too; by default all that
            come with the library. They need the derived facts.
        shapes
            Whether to validate the data before anything is written. This needs memory in proportion
            to the data; publishing without derived facts does not.
        allow_violations
            Whether to publish data that violate the shapes; the manifest then states the number of
            violations.
        compress
            Whether to add gzip copies of the large files.
        projections
            Whether to add the claims in RDF 1.2, as nanopublications and as tables.
        progress
            Called with what is counted, how many are done, and the total if it is known.

        Raises
        ------
        InputError
            The folder holds something else or cannot be written, a file cannot be read, a statement
            has a blank node, the dataset has a store, or the version, address, title or licence is
            not valid.
        ExtraMissing
            The extra ``publish`` is not installed.
        PolicyError
            A policy does not exist or cannot be used.
        ViolationsFound
            The data violate the shapes; nothing was written.

        Examples
        --------
        >>> import tempfile, testimonia
        >>> dataset = testimonia.open(packs=["places"])
        >>> ours = {"base": "https://example.org/", "licence": "https://example.org/licence"}
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     made = dataset.publish(Path(folder, "release"), derived=False, title="Places", **ours)
        ...     made.manifest.graphs[0].name
        'https://w3id.org/testimonia/id/graph/places'
        """
        from testimonia import publish
        from testimonia.derivation.policies import find

        options = publish.ReleaseOptions.of(
            version=__version__ if version is None else version,
            date=date,
            previous=None if previous is None else Path(previous),
            base=base,
            title=title,
            licence=licence,
            derived=derived,
            policies=None if policies is None else tuple(policies),
            shapes=shapes,
            allow_violations=allow_violations,
            compress=compress,
            projections=projections,
        )
        for policy in options.policies or ():  # before any work
            find(Path(policy), resources.policies())
        accepted = resources.policies() if options.policies is None else options.policies
        return publish.publish(
            chain(self._published(), self._concluded(accepted) if derived else ()),
            Path(output),
            options,
            check=partial(self._violations, allow_violations, progress) if shapes else None,
            progress=progress,
        )

    def write_site(
        self,
        output: Source,
        *,
        version: str | None = None,
        title: str | None = None,
        licence: str | None = None,
        language: Language = None,
        sources: Source | None = None,
        shapes: bool = True,
        allow_violations: bool = False,
        progress: Progress | None = None,
    ) -> Site:
        """Write a page for everything in the data, as files that any web server can serve.

        The pages are those of ``testimonia serve``, byte for byte. The site also has a search, the answers
        to the questions, and SPARQL that runs in the reader's browser.

        Parameters
        ----------
        output
            The folder: a new or empty one, or a site, which is replaced as a whole or not at all.
        version, title, licence
            What every page says of the data: their version, their title, and the IRI of their licence;
            by default those of the project's own data, or what the data say of themselves.
        language
            Preferred languages for labels: BCP 47 tags, most preferred first; by default those of
            the dataset.
        sources
            Directory with texts of documents, whose words the pages then quote. They are texts of others:
            such a site is for your own use.
        shapes
            Whether to validate the data before anything is written.
        allow_violations
            Whether to write the site even if the data violate the shapes.
        progress
            Called with ``"pages"``, how many are written, and how many there will be.

        Raises
        ------
        InputError
            The folder holds something else or cannot be written, a file of the data or of the texts cannot
            be read or would be overwritten, or a language tag is not well formed.
        ExtraMissing
            The extra ``publish`` is not installed.
        ViolationsFound
            The data violate the shapes; nothing was written.

        Examples
        --------
        >>> import tempfile, testimonia
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     site = testimonia.open(packs=["places"]).write_site(Path(folder, "site"))
        ...     (site.folder / "id/place/palmyra.html").is_file()
        True
        """
        from testimonia.extras import require

        require("publish", "jinja2")
        from testimonia.outputs import refuse_overwriting
        from testimonia.pages import site_writer
        from testimonia.pages.licence_notice import described_dataset, notice, shipped_metadata

        refuse_overwriting([Path(output)], self.files)
        quotations = None if sources is None else self.quotations(sources)
        if shapes:
            self._violations(allow_violations, progress)
        self.prepare()
        shipped = self.directory is None and not self.statements and self.files == resources.data()
        metadata = shipped_metadata() if shipped else described_dataset(self.store)
        return site_writer.write_site(
            self.store,
            Path(output),
            notice(metadata, version or (__version__ if shipped else "")).named(title, licence),
            self.questions(),
            lambda question: self.bind(question, {}),
            languages=self._preferred(language),
            quotations=quotations,
            progress=progress,
        )

    def _violations(self, allowed: bool, progress: Progress | None) -> int:
        """Count the violations of the shapes, and raise unless they are allowed."""
        from testimonia.publish.violations import ViolationsFound
        from testimonia.validation import Severity

        report = self.validate(limit=_SHOWN, progress=progress)
        if not report.passes and not allowed:
            raise ViolationsFound(report)
        return report.count(Severity.VIOLATION)

    def _concluded(self, policies: Iterable[Source]) -> Iterator[Quad]:
        """Stream what was derived, and what policies accept, each in its graph."""
        conclusions = self._conclusions
        conclusions.derive()  # forgets what was accepted before
        for policy in policies:
            conclusions.accept(policy)
        for root in (DERIVED, ACCEPTED):
            for graph in self.store.graphs(root):
                for triple in self.store.statements(graph):
                    yield Quad(triple.subject, triple.predicate, triple.object, graph)
