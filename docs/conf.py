"""How Sphinx makes one site of the README, these pages and the docstrings: ``make docs``.

The source folder is that of the whole project, so that links work here as they do in a checkout: to
a page they lead to that page, to any other file they bring a copy of it. Links to a folder, which a
site does not have, become plain text.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pygments.lexers.special import TextLexer
from sphinx.addnodes import pending_xref

if TYPE_CHECKING:
    from autoapi.objects import PythonObject
    from docutils import nodes
    from sphinx.application import Sphinx

ROOT: Final = Path(__file__).parents[1]

project = "Testimonia"
html_title = "Testimonia"
html_theme = "furo"
html_show_copyright = False
html_show_sourcelink = False
html_copy_source = False

extensions = ["myst_parser", "autoapi.extension", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "README"
include_patterns = [
    "*.md",
    "docs/*.md",
    "docs/**/*.md",
    "docs/python/**",
    "mappings/*.md",
    "ontology/migrations/*.md",
]
# Sphinx follows links between folders, and would walk through every environment.
exclude_patterns = [".*", "site"]

myst_heading_anchors = 3

autoapi_dirs = ["src/testimonia"]
autoapi_root = "docs/python"
autoapi_add_toctree_entry = False
autoapi_keep_files = False
autoapi_options = ["members", "imported-members", "show-module-summary", "show-inheritance"]
napoleon_google_docstring = False
# Constants that are unpacked from a range are not followed; mypy checks imports.
suppress_warnings = ["autoapi.python_import_resolution"]
# In docstrings `name` is code, not a reference.
default_role = "code"

PYTHON: Final = {
    "testimonia",
    "testimonia.catalogue",
    "testimonia.catalogue.questions",
    "testimonia.catalogue.rules",
    "testimonia.dataset",
    "testimonia.dataset.answering",
    "testimonia.dataset.checking_data",
    "testimonia.dataset.deriving",
    "testimonia.dataset.loaded_data",
    "testimonia.dataset.writing",
    "testimonia.derivation",
    "testimonia.derivation.conclusions",
    "testimonia.derivation.explaining",
    "testimonia.derivation.policies",
    "testimonia.derivation.running",
    "testimonia.edtf",
    "testimonia.errors",
    "testimonia.languages",
    "testimonia.loading",
    "testimonia.migrating",
    "testimonia.namespaces",
    "testimonia.notes",
    "testimonia.notes.building",
    "testimonia.notes.noting",
    "testimonia.passages",
    "testimonia.publish",
    "testimonia.query",
    "testimonia.query.results",
    "testimonia.rdf",
    "testimonia.rdf.files",
    "testimonia.reasoning",
    "testimonia.shacl",
    "testimonia.tables",
    "testimonia.tables.cell_checks",
    "testimonia.tables.day_bounds",
    "testimonia.tables.cell_format",
    "testimonia.tables.from_quads",
    "testimonia.tables.inputs",
    "testimonia.tables.inputs.as_tables",
    "testimonia.tables.inputs.manner",
    "testimonia.tables.mapping",
    "testimonia.tables.sheets",
    "testimonia.tables.sheets.mapped",
    "testimonia.tables.sheets.template",
    "testimonia.tables.batch_reader",
    "testimonia.tables.schema",
    "testimonia.tables.source",
    "testimonia.tables.sources",
    "testimonia.tables.spark",
    "testimonia.tables.spark.aggregates",
    "testimonia.tables.spark.jobs",
    "testimonia.validation",
    "testimonia.validation.report_formats",
    "testimonia.values",
    "testimonia.web",
    "testimonia.web.server",
    "testimonia.web.settings",
    "testimonia.workbench",
    "testimonia.workbench.local_server",
}
"""What a program that uses the library imports or is given; all else is for readers of the code."""

# Pages with a title of their own here come first: those of commands and modules have only a name.
NAVIGATION: Final = {
    "Tutorials": ["/docs/tutorials/*"],
    "Guides": ["/docs/guides/*"],
    "Reference": [
        "The command line </docs/reference/command-line>",
        "The Python library </docs/python/testimonia/index>",
        "/docs/reference/*",
        "/mappings/README",
    ],
    "Explanations": ["/docs/explanations/*"],
    "Decisions": ["/docs/decisions/*"],
    "The project": ["/CONTRIBUTING", "/SECURITY", "/CHANGELOG", "/ontology/migrations/README"],
}


def _with_navigation(_app: Sphinx, name: str, text: list[str]) -> None:
    """Add to the README, which is the first page, where all others stand."""
    if name == root_doc:
        for caption, pages in NAVIGATION.items():
            listed = "\n".join(pages)
            text[0] += f"\n```{{toctree}}\n:hidden:\n:glob:\n:caption: {caption}\n\n{listed}\n```\n"


def _not_for_users(
    _app: Sphinx, kind: str, name: str, _object: PythonObject, skip: bool, _options: list[str]
) -> bool:
    """Leave out the modules that are not listed above, and what is left out already."""
    return skip or (kind in ("module", "package") and name not in PYTHON)


def _folders_are_text(app: Sphinx, document: nodes.document) -> None:
    """Let the words of a link to a folder stand without the link."""
    page = app.env.doc2path(app.env.docname)
    for link in list(document.findall(pending_xref)):
        if link["reftype"] == "myst" and (page.parent / link["reftarget"]).is_dir():
            link.replace_self(link.children)


def _first_page(app: Sphinx, failure: Exception | None) -> None:
    """Let the address of the site itself show the README."""
    if failure is None and app.builder.format == "html":
        shutil.copyfile(app.outdir / f"{root_doc}.html", app.outdir / "index.html")


def setup(app: Sphinx) -> None:
    """Add to Sphinx what it does not do by itself."""
    app.connect("source-read", _with_navigation)
    app.connect("autoapi-skip-member", _not_for_users)
    app.connect("doctree-read", _folders_are_text)
    app.connect("build-finished", _first_page)
    app.add_lexer("csv", TextLexer)
