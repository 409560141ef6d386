"""A dataset whose questions and queries a SPARQL endpoint answers."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from testimonia.dataset.facade import Dataset
from testimonia.dataset.loaded_data import CLAIMS
from testimonia.errors import InputError, Place, StoreError
from testimonia.query.deadlines import Deadline

if TYPE_CHECKING:
    from pyoxigraph import Quad

    from testimonia.catalogue.lookup import Names
    from testimonia.catalogue.parameters import Bindable
    from testimonia.catalogue.questions import Question
    from testimonia.derivation.conclusions import Conclusions
    from testimonia.query.remote.remote_data import RemoteData
    from testimonia.query.store import Store

__all__ = ["RemoteDataset", "connected"]


class RemoteDataset(Dataset):
    """A dataset that stays where it is, behind a SPARQL endpoint.

    Parameters
    ----------
    url
        The URL of the endpoint.
    data
        What it holds.
    languages, question_files
        As for `Dataset`.
    """

    def __init__(
        self, url: str, data: RemoteData, languages: Sequence[str], question_files: Sequence[Path]
    ) -> None:
        super().__init__([], languages=languages, question_files=question_files)
        self.url = url
        self._data = data

    def __repr__(self) -> str:
        return f"<Dataset: SPARQL endpoint {self.url}>"  # counting would send queries

    @property
    def _queried(self) -> RemoteData:
        return self._data

    def count_claims(self) -> int:
        """Count the claims."""
        return self._data.count(CLAIMS)

    @property
    def store(self) -> Store:
        """Raise an error: the store is not here."""
        self._refuse("it has no store that can be used here")

    def _given(self) -> Iterator[Quad]:
        self._refuse("its data can be neither read as published nor checked")

    def _refuse_store(self) -> None:
        self._given()

    def _concluding(self, _names: Names) -> Conclusions:
        self._refuse("nothing can be derived, accepted or explained there")

    def _prepare(
        self,
        question: Question,
        parameters: Mapping[str, Bindable | None],
        deadline: Deadline | None,
    ) -> None:
        """Leave it at what the endpoint holds; the answer notes what is missing."""

    def _begun(self, time_limit: float | None) -> Deadline | None:
        return None if time_limit is None else Deadline(time_limit)

    def _refuse(self, why: str) -> NoReturn:
        raise InputError(
            f"this dataset is a SPARQL endpoint, and {why}",
            place=Place(self.url),
            hint="An endpoint answers questions and queries. For all else, get the data as files, such "
            "as a release or a dump, and open these.",
        )


def connected(url: str, languages: Sequence[str], question_files: Sequence[Path]) -> RemoteDataset:
    """Connect to a SPARQL endpoint.

    Parameters
    ----------
    url
        Its URL: that of one of the stores in `testimonia.query.remote.PROFILES`, which is then
        queried over the union of its graphs, or that of any other endpoint, which is queried over its
        default graph.
    languages, question_files
        As for `Dataset`.

    Raises
    ------
    InputError
        The URL cannot be used.
    StoreError
        Nothing answers, or not as an endpoint does.
    """
    from testimonia.query.remote import connect
    from testimonia.query.remote.profiles import ENDPOINT
    from testimonia.query.remote.remote_data import RemoteData

    try:
        remote = connect(url, otherwise=ENDPOINT)
    except InputError as error:
        error.place = None  # names an option of the command line
        raise
    except StoreError as error:
        error.hint = (
            f"{error.hint} A URL is opened as a SPARQL endpoint: download a file, and open that."
        ).strip()
        raise
    dataset = RemoteDataset(url, RemoteData(remote), languages, question_files)
    weakref.finalize(dataset, remote.close)
    return dataset
