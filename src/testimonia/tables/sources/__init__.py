"""The datasets that can be mapped to claim tables: those of this package, and plugins.

Each module here has a ``SOURCE``; the name of the dataset is that of the module, with hyphens instead of
underscores. Another package provides one as an entry point of the group ``testimonia.datasets``, which
maps the name of the dataset to its `testimonia.tables.Source`.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Final, cast

from testimonia.errors import InputError

if TYPE_CHECKING:
    from testimonia.tables.source import Source

__all__ = ["GROUP", "find", "names", "offered"]

GROUP: Final = "testimonia.datasets"
"""The group of entry points of datasets."""


def names() -> list[str]:
    """List the datasets that can be mapped."""
    return sorted({*_shipped(), *offered()})


def offered() -> dict[str, list[str]]:
    """List the datasets of other packages, without importing these: names of packages by dataset."""
    found: dict[str, list[str]] = {}
    for entry in entry_points(group=GROUP):
        found.setdefault(entry.name, []).append(_package(entry))
    return found


def find(name: str) -> Source:
    """Find a dataset by name.

    Raises
    ------
    InputError
        There is no such dataset, or several; or that of another package cannot be used.
    """
    entries = list(entry_points(group=GROUP, name=name))
    shipped = name in _shipped()
    if len(entries) + shipped > 1:
        packages = [*(["testimonia"] if shipped else []), *sorted(map(_package, entries))]
        raise InputError(
            f"{' and '.join(packages)} each have a dataset {name!r}",
            hint="Uninstall one of these packages, or ask its authors to rename the dataset.",
        )
    if shipped:
        module = import_module(f"{__name__}.{name.replace('-', '_')}")
        return cast("Source", module.SOURCE)
    if not entries:
        raise InputError(f"there is no dataset {name!r}", hint=f"There are: {', '.join(names())}.")
    return _loaded(entries[0])


def _shipped() -> list[str]:
    modules = sorted(module.name for module in iter_modules(__path__))
    return [name.replace("_", "-") for name in modules if not name.startswith("_")]


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else entry.module


def _loaded(entry: EntryPoint) -> Source:
    from testimonia.tables.source import Source

    try:
        source = entry.load()
    except Exception as error:  # importing it may raise anything
        raise _unusable(entry, f"{type(error).__name__}: {error}") from error
    if not isinstance(source, Source):
        raise _unusable(entry, f"{entry.value} is not a testimonia.tables.Source")
    if source.name != entry.name:
        raise _unusable(entry, f"{entry.value} has the name {source.name!r}")
    return source


def _unusable(entry: EntryPoint, why: str) -> InputError:
    return InputError(
        f"the dataset {entry.name!r} of the package {_package(entry)} cannot be used ({why})",
        hint="Reinstall that package, or report this to its authors.",
    )
