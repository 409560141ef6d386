"""Writes how to cite a release, in the Citation File Format 1.2.0.

The lines of the project's own ``CITATION.cff`` are kept; only the fields of a release are set.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from testimonia.catalogue import resources
from testimonia.errors import InputError, Place
from testimonia.publish.descriptions import identity
from testimonia.publish.folder.release import Artefact, Release

__all__ = ["PATH", "citation"]

PATH: Final = "CITATION.cff"

_KEY: Final = re.compile(r"(?P<key>[a-z-]+):")


def citation(release: Release) -> Iterator[Artefact]:
    """Write how to cite a release.

    Parameters
    ----------
    release
        The release. Nothing is written for the data of others, who decide on their own citation.

    Raises
    ------
    InputError
        The project's citation file has no version to set.
    """
    if identity.ours(release):
        text = resources.citation().read_text(encoding="utf-8")
        yield Artefact(PATH, _of_release(text, release).encode(), "text/yaml")


def _of_release(text: str, release: Release) -> str:
    entries = _entries(text)
    if "version" not in entries:
        raise InputError(
            "the citation file has no version",
            place=Place(resources.citation()),
            hint="Add a line such as: version: 1.0.0",
        )
    entries["type"] = "type: dataset\n"
    # JSON strings are YAML strings; quoted, a version such as 1.0 is not a number.
    entries["version"] = f"version: {json.dumps(release.version)}\n"
    entries["url"] = f"url: {json.dumps(release.base)}\n"
    if release.date is not None:
        entries["date-released"] = f'date-released: "{release.date.isoformat()}"\n'
    return "".join(entries.values())


def _entries(text: str) -> dict[str, str]:
    """Split a citation file into its entries, each with its lines."""
    entries: dict[str, str] = {}
    key = ""
    for line in text.splitlines(keepends=True):
        match = _KEY.match(line)
        key = match["key"] if match else key
        entries[key] = entries.get(key, "") + line
    return entries
