"""A dataset whose questions and queries DuckDB answers, from a folder that keeps quads by column."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NoReturn

from testimonia.catalogue.lookup import Names
from testimonia.dataset.facade import Dataset
from testimonia.errors import InputError, Place
from testimonia.query.deadlines import Deadline

if TYPE_CHECKING:
    from pyoxigraph import NamedNode, Quad

    from testimonia.catalogue.parameters import Bindable
    from testimonia.catalogue.questions import Question
    from testimonia.derivation.conclusions import Conclusions
    from testimonia.derivation.explaining import Explanation
    from testimonia.derivation.policies import Policy
    from testimonia.derivation.running import Derivation
    from testimonia.query.columnar.column_data import ColumnData
    from testimonia.query.store import Store
    from testimonia.rdf.files import Source

__all__ = ["ENGINES", "ColumnDataset", "Engine", "columns_opened"]

Engine = Literal["auto", "oxigraph", "duckdb"]
"""What answers queries."""
ENGINES: Final = ("auto", "oxigraph", "duckdb")


class ColumnDataset(Dataset):
    """A dataset whose data are kept by column.

    Parameters
    ----------
    data
        The data.
    engine
        ``"duckdb"`` or ``"auto"`` for DuckDB; ``"oxigraph"`` for a copy in memory, which takes longer to make than
        DuckDB takes to answer, also where there are few statements.
    languages, question_files
        As for `Dataset`.
    """

    def __init__(
        self,
        data: ColumnData,
        engine: Engine,
        languages: Sequence[str],
        question_files: Sequence[Path],
    ) -> None:
        super().__init__([], languages=languages, question_files=question_files)
        self.engine = engine
        self._hold(data)

    def _hold(self, data: ColumnData) -> None:
        self._data = data
        self._closed = weakref.finalize(self, data.close)

    def __repr__(self) -> str:
        return f"<Dataset: columns in {self._data.directory}, {len(self._data):,} statements>"

    @property
    def _queried(self) -> ColumnData | Store:
        return self._data.oxigraph() if self.engine == "oxigraph" else self._data

    @property
    def store(self) -> Store:
        """Raise an error: the data are not in a store that can be changed."""
        self._refuse("nothing can be written there but what is derived")

    def derive(self, *, policies: bool = False) -> Derivation:
        """Derive what follows from the claims, with DuckDB, and keep it in the folder.

        What was derived before is replaced, completely or not at all.

        Parameters
        ----------
        policies
            Whether to run all shipped policies as well.

        Raises
        ------
        InputError
            The folder cannot be written, or another process changes it.
        """
        from testimonia.derivation.column_derivation import derive_by_column
        from testimonia.derivation.policies import shipped

        made = derive_by_column(self._data.directory, shipped() if policies else ())
        self._reopen()
        return made

    def _given(self) -> Iterator[Quad]:
        self._refuse("its data cannot be checked or published from there")

    def quads(self) -> Iterator[Quad]:
        """Raise an error: data are published and checked from their files."""
        return self._given()

    def _refuse_store(self) -> None:
        self._given()

    def _concluding(self, _names: Names) -> Conclusions:
        self._refuse("what was derived there is read from queries")

    def _accepted(self, policy: Source, deadline: Deadline | None) -> Policy:
        from testimonia.derivation.column_derivation import accept_by_column

        found = accept_by_column(self._data, policy, deadline)
        self._reopen()
        return found

    def _explained(
        self, node: NamedNode, quotations: Mapping[str, str], names: Names
    ) -> Explanation:
        from testimonia.derivation.column_derivation import explain_by_column

        in_english = Names(self._data).label  # as sentences are
        return explain_by_column(self._data, node, quotations, in_english, names.label)

    def _reopen(self) -> None:
        """See what was written to the folder."""
        from testimonia.query.columnar.column_data import ColumnData

        self._closed()
        self._hold(ColumnData(self._data.directory))

    def _prepare(
        self,
        question: Question,
        parameters: Mapping[str, Bindable | None],
        deadline: Deadline | None,
    ) -> None:
        """Leave it at what the folder holds; the answer notes what is missing."""

    def _begun(self, time_limit: float | None) -> Deadline | None:
        return None if time_limit is None else Deadline(time_limit)

    def _refuse(self, why: str) -> NoReturn:
        raise InputError(
            f"these data are kept by column, and {why}",
            place=Place(self._data.directory),
            hint="Use the files, or an Oxigraph store made from them (testimonia derive --data FILE --store STORE).",
        )


def columns_opened(
    directory: Path, engine: Engine, languages: Sequence[str], question_files: Sequence[Path]
) -> ColumnDataset:
    """Open a folder that keeps quads by column.

    Parameters
    ----------
    directory
        The folder.
    engine, languages, question_files
        As for `ColumnDataset`.

    Raises
    ------
    InputError
        It cannot be read.
    ExtraMissing
        DuckDB is not installed.
    """
    from testimonia.query.columnar.column_data import ColumnData

    return ColumnDataset(ColumnData(directory), engine, languages, question_files)
