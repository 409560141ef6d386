"""The page on conformance is complete."""

from __future__ import annotations

from pathlib import Path

from tools.shacl_cases import cases
from tools.validation_conformance import INTRODUCTION, OWN, explanation

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "validation-conformance.md"


def test_the_page_on_conformance_is_not_stale():
    page = PAGE.read_text(encoding="utf-8")
    assert page.startswith(INTRODUCTION)
    assert "| columnar | 121 | 0 | 0 |" in page
    for case in cases(OWN):
        assert f"- **{case.name}**: {explanation(case)}\n" in page
