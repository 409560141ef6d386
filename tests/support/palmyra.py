"""The attack near Palmyra alone, whose answers were worked out by hand for every question."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import testimonia
from testimonia.catalogue import resources
from testimonia.dataset import Dataset

FILES: Final[list[Path]] = [
    path
    for path in resources.data()
    if path.parent.name == "2025-12-13-palmyra" or path.parent.name == "data"
]
"""The files of the incident, and of what incidents share."""


def opened() -> Dataset:
    """Open the incident."""
    return testimonia.open(*FILES)
