"""Writes the pages of some things of a site, in a process of its own: two processors write twice as fast.

Run as ``python -m testimonia.pages.site_pages STORE FOLDER``. It reads a JSON object from standard input, with the
notice, the languages, the quotations and the IRIs; for each page that it has written it writes a line.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from pyoxigraph import RdfFormat, parse

from testimonia.pages.addresses import path_of
from testimonia.pages.licence_notice import Notice
from testimonia.pages.page_renderer import PageRenderer
from testimonia.query.store import Store

__all__ = ["write_pages"]


def write_pages(
    pages: PageRenderer,
    folder: Path,
    iris: Iterable[str],
    languages: Sequence[str],
    done: Callable[[], None],
) -> None:
    """Write the page of each thing, and its twins.

    Parameters
    ----------
    pages
        Renders pages.
    folder
        The folder of the site.
    iris
        The things; something is stated about each.
    languages
        Language tags, the most preferred first.
    done
        Called after each page.
    """
    for iri in iris:
        target = folder / path_of(iri)
        target.parent.mkdir(parents=True, exist_ok=True)
        page = pages.page(iri, languages)
        assert page is not None  # noqa: S101 - something is stated about it
        _beside(target, "html").write_text(page, encoding="utf-8", newline="\n")
        for suffix, content in pages.twins(iri).items():
            _beside(target, suffix).write_bytes(content)
        done()


def _beside(target: Path, suffix: str) -> Path:
    return target.with_name(f"{target.name}.{suffix}")


def _opened(place: Path) -> Store:
    """Open what `Store.on_disk` gives."""
    if place.is_dir():
        return Store.read_only(place)
    store = Store()
    store.load(parse(path=str(place), format=RdfFormat.N_QUADS))
    return store


def _main(place: str, folder: str) -> None:
    given = json.loads(sys.stdin.buffer.read())
    pages = PageRenderer(_opened(Path(place)), Notice(**given["notice"]), given["quotations"])

    def done() -> None:
        sys.stdout.write("\n")
        sys.stdout.flush()

    try:
        write_pages(pages, Path(folder), given["iris"], given["languages"], done)
    except OSError as error:
        sys.stdout.write(f"{error.strerror or error}\n")
        sys.exit(1)


if __name__ == "__main__":
    _main(*sys.argv[1:])
