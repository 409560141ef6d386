"""Optional packages: whether they are installed, and which extra installs those that are not."""

from __future__ import annotations

from importlib.util import find_spec

from testimonia.errors import ExtraMissing

__all__ = ["require"]


def require(extra: str, *modules: str) -> None:
    """Raise an error if an optional package is not installed, before any work is done.

    Nothing is imported, so the check is cheap.

    Parameters
    ----------
    extra
        The extra that installs the packages.
    modules
        The names under which they are imported.

    Raises
    ------
    ExtraMissing
        Some are not installed; the message names all of them, and the extra.
    """
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        raise ExtraMissing(missing, extra)
