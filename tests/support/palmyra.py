"""The attack near Palmyra in the two English reports, whose answers were worked out by hand for every question."""

from __future__ import annotations

import atexit
import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

import testimonia
from testimonia.catalogue import resources
from testimonia.dataset import Dataset

_FOLDER: Final = "2025-12-13-palmyra"
_REPORTS: Final = ("claims.ttl", "documents.ttl", "events.ttl")
_LATER: Final = "### The attack near Palmyra in other languages"


def _files() -> list[Path]:
    """Take the files of the incident, and from those that incidents share what its two reports name."""
    folder = Path(mkdtemp(prefix="palmyra-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    found = []
    for path in resources.data():
        if path.parent.name == _FOLDER and path.name in _REPORTS:
            found.append(path)
        elif path.name in ("agents.ttl", "places.ttl"):
            first, mark, _ = path.read_text(encoding="utf-8").partition(_LATER)
            assert mark, f"{path.name} has no section of what came with later reports"
            (folder / path.name).write_text(first, encoding="utf-8")
            found.append(folder / path.name)
        elif path.name == "groups.ttl":
            found.append(path)
    return found


FILES: Final = _files()
"""The files that describe the incident as two reports have it."""


def opened() -> Dataset:
    """Open the incident."""
    return testimonia.open(*FILES)
