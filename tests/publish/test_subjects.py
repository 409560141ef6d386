"""Statements are looked up in sorted lines; only what was derived or accepted is passed over."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from testimonia.namespaces import TMN
from testimonia.publish.data.subjects import Subjects
from testimonia.query.graph_names import ACCEPTED, DERIVED

TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


@pytest.mark.parametrize("root", [DERIVED, ACCEPTED])
@pytest.mark.parametrize(
    ("end", "skipped"), [("", True), ("/rule", True), ("-by-hand", False), ("s/x", False)]
)
def test_what_was_computed(root: NamedNode, end: str, skipped: bool, tmp_path: Path) -> None:
    path = tmp_path / "data.nq"
    path.write_text(f"<x:c> {TYPE} {TMN.Claim} <{root.value}{end}> .\n")
    subjects = Subjects(path)
    try:
        assert subjects.claims == ([] if skipped else [NamedNode("x:c")])
        assert len(subjects.about(NamedNode("x:c"))) == (not skipped)
    finally:
        subjects.close()
