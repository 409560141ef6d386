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
    ("end", "passed_over"), [("", True), ("/rule", True), ("-by-hand", False), ("s/x", False)]
)
def test_what_was_computed(root: NamedNode, end: str, passed_over: bool, tmp_path: Path) -> None:
    path = tmp_path / "data.nq"
    path.write_text(f"<x:c> {TYPE} {TMN.Claim} <{root.value}{end}> .\n")
    subjects = Subjects(path)
    try:
        assert subjects.claims == ([] if passed_over else [NamedNode("x:c")])
        assert len(subjects.about(NamedNode("x:c"))) == (not passed_over)
    finally:
        subjects.close()
