"""The datasets that can be mapped to claim tables: one module each, with a ``SOURCE``.

The name of a dataset is that of its module, with hyphens for underscores.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import cast

from testimonia.errors import InputError
from testimonia.tables.source import Source

__all__ = ["find", "names"]


def names() -> list[str]:
    """List the datasets that can be mapped."""
    modules = sorted(module.name for module in iter_modules(__path__))
    return [name.replace("_", "-") for name in modules if not name.startswith("_")]


def find(name: str) -> Source:
    """Find a dataset by name.

    Raises
    ------
    InputError
        None has that name.
    """
    if name not in names():
        raise InputError(f"no dataset is called {name!r}", hint=f"There are: {', '.join(names())}.")
    module = import_module(f"{__name__}.{name.replace('-', '_')}")
    return cast(Source, module.SOURCE)
