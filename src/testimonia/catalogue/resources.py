"""Finds the ontology, shapes, data, questions, rules and policies that come with the library.

In a checkout they are beside ``src/``; in an installed wheel they are inside the package.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from testimonia.errors import InputError, Place

__all__ = [
    "catalog",
    "citation",
    "data",
    "descriptions",
    "folder",
    "labels",
    "migrations",
    "ontology",
    "pack",
    "packs",
    "policies",
    "queries",
    "rules",
    "shapes",
]

Name = Literal["ontology", "shapes", "data", "queries", "rules", "policies"]

_PACKAGE = Path(__file__).resolve().parents[1]
_ROOTS = (_PACKAGE / "_resources", _PACKAGE.parents[1])


def folder(name: Name) -> Path:
    """Find one of the folders that come with the library.

    Parameters
    ----------
    name
        Which one.

    Raises
    ------
    InputError
        The installation does not have it.
    """
    for root in _ROOTS:
        if (root / name).is_dir():
            return root / name
    raise _missing(f"folder {name}/")


def descriptions() -> list[Path]:
    """List the descriptions of tables by others, which `testimonia map table --as NAME` takes by name."""
    for root in (_ROOTS[0] / "descriptions", _ROOTS[1] / "mappings" / "descriptions"):
        if root.is_dir():
            return sorted(root.glob("*.yaml"))
    raise _missing("folder descriptions/")


def catalog() -> Path:
    """Find the DCAT description of the dataset, without what depends on a release."""
    return _file("catalog.ttl")


def citation() -> Path:
    """Find the citation file of the project."""
    return _file("CITATION.cff")


def _file(name: str) -> Path:
    for root in _ROOTS:
        if (root / name).is_file():
            return root / name
    raise _missing(f"file {name}")


def _missing(what: str) -> InputError:
    return InputError(
        f"the {what} that belongs to this library is missing",
        place=Place(_PACKAGE),
        hint="Install the library again, or use a complete checkout.",
    )


def ontology() -> list[Path]:
    """List the core ontology and its code lists, without the alignments."""
    root = folder("ontology")
    return [*sorted(root.glob("*.ttl")), *sorted((root / "codes").glob("*.ttl"))]


def labels() -> list[Path]:
    """List the files with labels of terms and codes in languages other than English, one a language."""
    return sorted((folder("ontology") / "labels").glob("*.ttl"))


def migrations() -> list[Path]:
    """List the folders of migrations, one for each version of the ontology, the oldest first."""
    folders = (path for path in (folder("ontology") / "migrations").iterdir() if path.is_dir())
    return sorted(folders, key=lambda path: [int(part) for part in path.name.split(".")])


def shapes() -> list[Path]:
    """List the shapes files that check data, without those that check the ontology itself."""
    return [path for path in sorted(folder("shapes").glob("*.ttl")) if path.name != "ontology.ttl"]


def data() -> list[Path]:
    """List the data files."""
    return sorted(folder("data").rglob("*.ttl"))


def packs() -> dict[str, Path]:
    """List the files of names without an incident, by their names: agents with posts, places."""
    return {path.stem: path for path in sorted(folder("data").glob("*.ttl"))}


def pack(name: str) -> Path:
    """Find a pack of names.

    Raises
    ------
    InputError
        None has that name.
    """
    found = packs()
    if name not in found:
        raise InputError(f"{name!r} is no pack of names", hint=f"There are: {', '.join(found)}.")
    return found[name]


def queries() -> list[Path]:
    """List the competency questions."""
    return sorted(folder("queries").glob("*.rq"))


def rules() -> list[Path]:
    """List the rules of derivation, in the order in which they run."""
    return sorted(folder("rules").glob("*.rq"))


def policies() -> list[Path]:
    """List the acceptance policies."""
    return sorted(folder("policies").glob("*.rq"))
