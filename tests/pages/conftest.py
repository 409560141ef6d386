"""Renderers of pages over the shipped data and over scenarios, with their derived facts."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import palmyra
import pytest

import testimonia
from testimonia.pages.licence_notice import notice, shipped_metadata
from testimonia.pages.page_renderer import PageRenderer

SCENARIOS = Path(__file__).parents[1] / "scenarios"


@cache
def over(name: str) -> PageRenderer:
    """Make the renderer of a scenario, or of the incident near Palmyra."""
    dataset = testimonia.open(*([SCENARIOS / name / "data.ttl"] if name else palmyra.FILES))
    dataset.prepare()
    said = notice(shipped_metadata(), "1.2") if not name else notice({})
    return PageRenderer(dataset.store, said)


@pytest.fixture(scope="session")
def shipped() -> PageRenderer:
    return over("")


@pytest.fixture(scope="session")
def scenario() -> Callable[[str], PageRenderer]:
    return over
