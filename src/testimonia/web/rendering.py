"""Fills the templates of pages; all text from outside is escaped and made visible."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from testimonia.languages import is_right_to_left
from testimonia.printing import visible

__all__ = ["STYLE", "render"]

_FOLDER: Final = Path(__file__).parent / "templates"


def _finalize(value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value)
    return value


_environment = Environment(
    loader=FileSystemLoader(_FOLDER),
    autoescape=True,
    auto_reload=False,
    finalize=_finalize,
    lstrip_blocks=True,
    trim_blocks=True,
    undefined=StrictUndefined,
)
_environment.tests["right_to_left"] = is_right_to_left
# All of them now: a worker, which fills some, may open no file.
_templates: Final = {
    name: _environment.get_template(name) for name in _environment.list_templates()
}

STYLE: Final = (_FOLDER / "style.css").read_bytes()
"""The style sheet of all pages."""


def render(template: str, **values: Any) -> str:
    """Fill a template.

    Parameters
    ----------
    template
        Its file name.
    values
        What it shows.
    """
    return _templates[template].render(values)
