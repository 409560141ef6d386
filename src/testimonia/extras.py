"""Optional packages: whether they are there, and which extra brings those that are not."""

from __future__ import annotations

from importlib.util import find_spec

from testimonia.errors import ExtraMissing

__all__ = ["require"]


def require(extra: str, *modules: str) -> None:
    """Refuse to go on where an optional package is not installed, before any work is done.

    Nothing is imported, so that asking costs next to nothing.

    Parameters
    ----------
    extra
        The extra that brings the packages.
    modules
        Their names, as they are imported.

    Raises
    ------
    ExtraMissing
        Some are not installed; the message names them all, and the extra once.
    """
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        raise ExtraMissing(missing, extra)
