"""Renders the HTML templates; all outside text is escaped, and invisible characters are shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from testimonia.languages import is_right_to_left
from testimonia.pages.label_files import LANGUAGES
from testimonia.pages.locator_map import OUTLINES
from testimonia.printing import visible

__all__ = ["EDITOR", "SCRIPTS", "STYLE", "VENDORED", "render"]

_TEMPLATES_FOLDER: Final = Path(__file__).parent / "templates"
_SCRIPTS_FOLDER: Final = Path(__file__).parent / "scripts"
_EDITOR_FOLDER: Final = Path(__file__).parent / "editor"
_VENDOR_FOLDER: Final = Path(__file__).parent / "vendor"


def _finalize(value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value)
    return value


_environment = Environment(
    loader=FileSystemLoader(_TEMPLATES_FOLDER),
    autoescape=True,
    auto_reload=False,
    finalize=_finalize,
    lstrip_blocks=True,
    trim_blocks=True,
    undefined=StrictUndefined,
)
_environment.tests["right_to_left"] = is_right_to_left
_environment.globals["label_languages"] = LANGUAGES
# All are loaded now: a worker, which renders some, may not open files.
_templates: Final = {
    name: _environment.get_template(name) for name in _environment.list_templates()
}

STYLE: Final = (_TEMPLATES_FOLDER / "style.css").read_bytes()
"""The style sheet of all pages."""
SCRIPTS: Final = {path.name: path.read_bytes() for path in sorted(_SCRIPTS_FOLDER.glob("*.js"))}
"""The scripts of pages, by file name; every page can be read without them."""
EDITOR: Final = {
    "editor.js": (_EDITOR_FOLDER / "editor.js").read_bytes(),
    "editor-licences.txt": (_EDITOR_FOLDER / "editor-licences.txt").read_bytes(),
    OUTLINES.name: OUTLINES.read_bytes(),
}
"""What the SPARQL page loads when it is opened or a map is drawn, by file name."""

VENDORED: Final = {
    path.name: path.read_bytes()
    for path in sorted(_VENDOR_FOLDER.iterdir())
    if path.suffix in (".js", ".gz")
}
"""Kept libraries that a static site needs, by file name."""


def render(template: str, **values: Any) -> str:
    """Render a template.

    Parameters
    ----------
    template
        Its file name.
    values
        Its variables. ``up`` is the address of the root of the site, as the page sees it.
    """
    return _templates[template].render({"up": "/", **values})
