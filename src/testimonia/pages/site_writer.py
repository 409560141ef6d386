"""Writes the pages of a dataset as files: a site that any web server can serve, from any folder.

The pages are those that the endpoint serves, byte for byte. Questions are answered with the defaults of their
parameters; other queries run in the reader's browser, on the data of the site.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import RdfFormat, serialize

from testimonia.catalogue.questions import Question
from testimonia.errors import InputError, Place
from testimonia.namespaces import ONTOLOGY, PREFIXES
from testimonia.pages.editor_examples import EXAMPLE, EXAMPLES, examples_json
from testimonia.pages.home_incidents import described_incidents
from testimonia.pages.label_files import FOLDER, LANGUAGES
from testimonia.pages.licence_notice import Notice
from testimonia.pages.page_renderer import PageRenderer
from testimonia.pages.question_groups import grouped
from testimonia.pages.rendering import EDITOR, SCRIPTS, STYLE, VENDORED, render
from testimonia.pages.site_answers import write_questions
from testimonia.pages.site_pages import write_pages
from testimonia.pages.stable_names import with_stable_names
from testimonia.processes.children import start_module
from testimonia.progress import Progress
from testimonia.publish.folder.folders import staged
from testimonia.query.store import Store
from testimonia.rdf.canonical import Sorter
from testimonia.rdf.canonical.nquads import chunks

__all__ = ["MARKER", "Site", "write_site"]

MARKER: Final = "site.json"
"""The file that every site has: what it holds, in numbers."""
DATA: Final = "data/all.nq.gz"
"""All that is queried."""

_FEW: Final = 300  # pages that are written by this process alone
_MOST_PROCESSES: Final = 8
_SUBJECTS: Final = "SELECT DISTINCT ?s WHERE { ?s ?p ?o . FILTER(isIRI(?s)) }"


@dataclass(frozen=True)
class Site:
    """A site that has been written.

    Attributes
    ----------
    folder
        Where it is.
    pages
        The number of pages about things.
    quads
        The number of statements that can be queried.
    size
        The size of all files in bytes.
    """

    folder: Path
    pages: int
    quads: int
    size: int


def write_site(
    store: Store,
    output: Path,
    notice: Notice,
    questions: Sequence[Question],
    bind: Callable[[Question], str],
    *,
    languages: Sequence[str] = (),
    quotations: Mapping[str, str] | None = None,
    processes: int | None = None,
    progress: Progress | None = None,
) -> Site:
    """Write the pages of a store as files.

    Parameters
    ----------
    store
        The store, with its derived facts and assessments.
    output
        The folder: a new or empty one, or a site, which is replaced as a whole or not at all.
    notice
        What every page says of the data.
    questions
        The questions to answer.
    bind
        Writes the query of a question, with the defaults of its parameters.
    languages
        Language tags for labels, the most preferred first.
    quotations
        The words of passages, by IRI, if pages are to quote them.
    processes
        How many processes write pages; by default one for each processor.
    progress
        Called with ``"pages"``, how many are written, and how many there will be.

    Raises
    ------
    InputError
        The folder holds something else, or cannot be written; or blank nodes take too long to name.
    """
    with staged(output, "site", lambda folder: (folder / MARKER).is_file()) as folder:
        try:
            pages = PageRenderer(with_stable_names(store), notice, quotations or {})
            made = _filled(pages, folder, questions, bind, languages, processes, progress)
        except OSError as error:
            raise _unwritable(output, error.strerror or str(error)) from None
    return Site(output, *made)


def _unwritable(output: Path, why: str) -> InputError:
    return InputError(
        f"the site cannot be written ({why})",
        place=Place(output),
        hint="Free some disk space, or write it elsewhere. The previous content is unchanged.",
    )


def _filled(
    pages: PageRenderer,
    folder: Path,
    questions: Sequence[Question],
    bind: Callable[[Question], str],
    languages: Sequence[str],
    processes: int | None,
    progress: Progress | None,
) -> tuple[int, int, int]:
    store = pages.store
    iris = sorted(row["s"].value for row in store.solutions(_SUBJECTS, {}))  # type: ignore[union-attr]
    iris.append(ONTOLOGY.removesuffix("#"))
    count = _Counter(len(iris), progress)
    number = min(processes or os.cpu_count() or 1, _MOST_PROCESSES)
    if number == 1 or len(iris) <= _FEW:
        write_pages(pages, folder, iris, languages, count)
    else:
        _write_in_parallel(pages, folder, iris, languages, number, count)
    quads = _write_data(store, folder)
    write_questions(pages, folder, questions, bind, languages)
    _write_own_pages(pages, folder, questions, languages, quads)
    _write_assets(folder)
    held = {"pages": len(iris), "quads": quads, **asdict(pages.notice)}
    (folder / MARKER).write_text(json.dumps(held, indent=1) + "\n", encoding="utf-8")
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return len(iris), quads, size


class _Counter:
    """Counts pages, and reports every hundredth."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._done, self._total, self._progress = 0, total, progress

    def __call__(self) -> None:
        self._done += 1
        if self._progress and (self._done % 100 == 0 or self._done == self._total):
            self._progress("pages", self._done, self._total)


def _write_in_parallel(
    pages: PageRenderer,
    folder: Path,
    iris: Sequence[str],
    languages: Sequence[str],
    number: int,
    count: Callable[[], None],
) -> None:
    """Write pages in several processes, which each take every so manieth thing."""
    with pages.store.on_disk() as place, ExitStack() as stack:
        writers = [
            stack.enter_context(
                start_module("testimonia.pages.site_pages", str(place), str(folder))
            )
            for _ in range(number)
        ]
        stack.callback(_kill, writers)  # before they are waited for
        for index, writer in enumerate(writers):
            given = {
                "notice": asdict(pages.notice),
                "languages": list(languages),
                "quotations": dict(pages.quotations),
            }
            assert writer.stdin is not None  # noqa: S101 - a pipe
            writer.stdin.write(json.dumps({**given, "iris": iris[index::number]}).encode())
            writer.stdin.close()
        for writer in writers:
            assert writer.stdout is not None  # noqa: S101 - a pipe
            why = ""
            for line in writer.stdout:
                why = line.decode(errors="replace").strip()
                count()
            if writer.wait() != 0:
                raise OSError(0, why or "a process that writes pages died")


def _kill(writers: Iterable[subprocess.Popen[bytes]]) -> None:
    for writer in writers:
        if writer.poll() is None:
            writer.kill()


def _write_data(store: Store, folder: Path) -> int:
    """Write all statements as sorted N-Quads, compressed, and return how many there are."""
    (folder / "data").mkdir(exist_ok=True)
    number = 0
    with (
        Sorter(folder) as sorter,
        (folder / DATA).open("wb") as file,
        # Without name and time, so that the same data give the same bytes.
        gzip.GzipFile("", "wb", 9, file, mtime=0) as compressed,
    ):
        for chunk in chunks(store):
            lines = serialize(chunk, format=RdfFormat.N_QUADS) or b""
            sorter.add(lines.splitlines(keepends=True))
        for batch in sorter.batches():
            compressed.writelines(batch)
            number += len(batch)
    return number


def _write_own_pages(
    pages: PageRenderer,
    folder: Path,
    questions: Sequence[Question],
    languages: Sequence[str],
    quads: int,
) -> None:
    """Write the home page, the search, the list of questions, the editor, and the page of the data."""
    size = (folder / DATA).stat().st_size
    described = described_incidents(pages.store, languages)
    first = {each.iri for each in described}
    own: Mapping[str, str] = {
        "index.html": render(
            "local_index.html",
            up="",
            described=described,
            others=[each for each in pages.incidents(languages) if each[0].iri not in first],
            quads=quads,
            shipped=bool(pages.notice.version),
        ),
        "search.html": pages.search_page(languages),
        "questions.html": render("questions.html", up="", groups=grouped(questions)),
        "sparql.html": render(
            "local_sparql.html",
            up="",
            questions=questions,
            query=EXAMPLE,
            cut=False,
            settings={"prefixes": PREFIXES},
            program=len(VENDORED["oxigraph.wasm.gz"]) + len(VENDORED["oxigraph.js"]),
            data=size,
            quads=quads,
        ),
        "data/index.html": render(
            "local_data.html", up="../", size=size, quads=quads, notice=pages.notice
        ),
        "404.html": render("local_missing.html", up="/"),
    }
    for name, page in own.items():
        (folder / name).write_text(page, encoding="utf-8")
    (folder / "search.json").write_bytes(pages.search_index())
    (folder / EXAMPLES).write_bytes(examples_json(questions))
    (folder / "terms.json").write_bytes(pages.editor_terms())
    (folder / FOLDER).mkdir()
    for tag in LANGUAGES:
        (folder / FOLDER / f"{tag}.json").write_bytes(pages.label_file(tag))


def _write_assets(folder: Path) -> None:
    (folder / "style.css").write_bytes(STYLE)
    for name, content in {**SCRIPTS, **EDITOR, **VENDORED}.items():
        (folder / name).write_bytes(content)
