"""Documents the ontology on one self-contained HTML page, made by pyLODE.

Four behaviours of pyLODE are changed. Anonymous classes are passed as text, because it writes them from
sets, in a different order each time. Text is escaped instead of being rendered as Markdown with HTML.
Its background vocabularies are read from a temporary copy, because it would leave pickled files next to
them. The anchors of terms are their own names, so that the IRI of a term leads to its entry.
"""

from __future__ import annotations

import html
import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from types import ModuleType, SimpleNamespace
from typing import Any, Final

from pyoxigraph import NamedNode, Quad, Triple

from testimonia.errors import TestimoniaError, how_to_install
from testimonia.extras import require
from testimonia.namespaces import ONTOLOGY, PREFIXES, RDFS, shorten
from testimonia.printing import one_line
from testimonia.publish.descriptions.expressions import without_blank_nodes
from testimonia.publish.folder.release import Artefact, Release
from testimonia.rdf import files

__all__ = ["PATH", "PageFailed", "ontology_page"]

PATH: Final = "ontology/testimonia.html"

_LOCK: Final = Lock()
_STYLE: Final = """
body { overflow-wrap: anywhere; }
pre { white-space: pre-wrap; font-family: inherit; margin: 0; }
.entity th, .entity td { padding-bottom: 8px; vertical-align: top; }
.entity td > p { margin: 0; }
.entity td > ul { margin-top: 0; }
.entity:target { background: #F4FFFF; }
#pylode { position: static; transform: none; margin: 2em 0; }
@media (max-width: 900px) {
  body { padding: 1em; }
  #content { width: auto; }
  #toc { position: static; width: auto; height: auto; }
}
"""


class PageFailed(TestimoniaError):
    """The page of the ontology cannot be made; a release can do without it."""


def ontology_page(release: Release) -> Iterator[Artefact]:
    """Document the ontology of a release.

    Parameters
    ----------
    release
        The release with the ontology.

    Raises
    ------
    ExtraMissing
        pyLODE is not installed.
    PageFailed
        pyLODE cannot be imported, or fails.
    """
    triples = without_blank_nodes(files.read(release.resources.ontology))
    quads = tuple(_for_reading(triples))
    try:
        page = _page(quads)
    except TestimoniaError:
        raise
    except Exception as error:
        raise PageFailed(
            f"pyLODE {_version()} cannot make the page of the ontology "
            f"({type(error).__name__}: {one_line(str(error))})",
            hint=f"Install the version that is known to work: {how_to_install('publish')}",
        ) from error
    yield Artefact(PATH, page, "text/html")


def _for_reading(triples: list[Triple]) -> Iterator[Quad]:
    """Put the terms of the ontology before those that it reuses, and add names of agents."""
    own_first = sorted(triples, key=lambda triple: (not _is_own(triple), str(triple)))
    agents = {t.subject for t in triples if t.object == NamedNode(PREFIXES["foaf"] + "Agent")}
    for triple in own_first:
        yield Quad(triple.subject, triple.predicate, triple.object)
        if triple.subject in agents and triple.predicate == RDFS.label:
            yield Quad(triple.subject, NamedNode(PREFIXES["foaf"] + "name"), triple.object)


def _is_own(triple: Triple) -> bool:
    return isinstance(triple.subject, NamedNode) and triple.subject.value.startswith(ONTOLOGY)


@lru_cache(maxsize=1)
def _page(quads: tuple[Quad, ...]) -> bytes:
    """Make the page with pyLODE, which takes seconds, and remove what varies between runs."""
    ontology = files.to_rdflib(quads)
    for prefix, namespace in sorted(PREFIXES.items()):
        ontology.bind(prefix, namespace)
    with _patched() as pylode:
        page = pylode.OntPub(ontology)
        page.fids.update((iri, _anchor(iri)) for iri in map(str, ontology.subjects()))
        page.make_html()
        return _complete(page.doc).encode()


def _anchor(iri: str) -> str:
    return (
        iri.removeprefix(ONTOLOGY) if iri.startswith(ONTOLOGY) else shorten(iri).replace(":", "-")
    )


def _complete(document: Any) -> str:
    from dominate.tags import meta, script, style
    from dominate.util import raw

    # A script repeats the page for search engines, in JSON-LD whose order varies.
    document.head.children = [
        each for each in document.head.children if not isinstance(each, script)
    ]
    document.head.add(meta(name="viewport", content="width=device-width, initial-scale=1"))
    document.head.add(style(raw(_STYLE)))
    document.set_attribute("lang", "en")
    return f"{document.render()}\n"


@contextmanager
def _patched() -> Iterator[Any]:
    """Import pyLODE with its handling of text and background vocabularies replaced."""
    with _LOCK, _logging_kept(), TemporaryDirectory() as folder:
        pylode = _import()
        utils = pylode.utils
        background = Path(folder)
        _copy_background(utils.RDF_FOLDER, background)
        before = utils.RDF_FOLDER, utils.markdown
        utils.RDF_FOLDER, utils.markdown = background, SimpleNamespace(markdown=_paragraph)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter(
                    "ignore", ResourceWarning
                )  # it does not close its style sheet
                yield pylode
        finally:
            utils.RDF_FOLDER, utils.markdown = before


def _import() -> Any:
    require("publish", "pylode")
    version = ModuleType("pylode.version")
    version.__version__ = _version()  # type: ignore[attr-defined]
    # Version 3.4.1 reads its version from a file that is missing in the package.
    sys.modules.setdefault("pylode.version", version)
    import pylode
    import pylode.utils

    return pylode


def _version() -> str:
    try:
        return metadata.version("pylode")
    except metadata.PackageNotFoundError:  # not installed by an installer
        return "of an unknown version"


@contextmanager
def _logging_kept() -> Iterator[None]:
    """Keep pyLODE from configuring the root logger, which it does if nobody else has."""
    root = logging.getLogger()
    handlers = root.handlers[:]
    root.handlers[:] = handlers or [logging.NullHandler()]
    try:
        yield
    finally:
        root.handlers[:] = handlers


def _copy_background(source: Path, target: Path) -> None:
    """Concatenate the background vocabularies, so that they are always read in the same order."""
    texts = (path.read_bytes() for path in sorted(source.glob("*.ttl")))
    (target / "background.ttl").write_bytes(b"\n".join(texts))


def _paragraph(text: str) -> str:
    return f"<p>{html.escape(text)}</p>"
