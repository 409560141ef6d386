"""The claim tables of a release hold its data, and are the same bytes each time."""

from __future__ import annotations

from pathlib import Path

import palmyra
import pytest
import releases
from pyoxigraph import NamedNode, Quad

from testimonia.publish.data.claim_tables import claim_tables
from testimonia.publish.folder.release import Release
from testimonia.rdf import files
from testimonia.tables.schema import TABLES
from testimonia.tables.sheets.mapped import map_sheet

DERIVED = "https://w3id.org/testimonia/id/graph/derived"


@pytest.mark.slow
def test_both_forms_hold_the_data_and_nothing_derived(tmp_path: Path) -> None:
    shipped = releases.shipped()
    fact = Quad(
        shipped[0].subject,
        NamedNode("https://w3id.org/testimonia/ns#party"),
        shipped[0].subject,
        NamedNode(f"{DERIVED}/010-party"),
    )
    release = releases.make(tmp_path, [*shipped, fact])
    made = {a.path: a for a in claim_tables(release)}
    names = [table.name for table in TABLES]
    expected = [f"tables/{form}/{name}.{form}" for form in ("csv", "parquet") for name in names]
    assert sorted(made) == sorted(expected)
    assert {a.media_type for a in made.values()} == {"text/csv", "application/vnd.apache.parquet"}
    for form in ("csv", "parquet"):
        folder = tmp_path / form
        folder.mkdir()
        for name in names:
            content = made[f"tables/{form}/{name}.{form}"].content
            assert isinstance(content, bytes)
            (folder / f"{name}.{form}").write_bytes(content)
        run = map_sheet(folder, tmp_path / f"{form}.nq")
        assert run.rejects is None
        stated = {q.triple for q in files.read(palmyra.FILES)}
        assert {q.triple for q in files.read([run.output])} == stated


def test_the_same_release_gives_the_same_bytes(release: Release) -> None:
    assert list(claim_tables(release)) == list(claim_tables(release))


def test_what_no_table_holds_is_kept_beside_them(tmp_path: Path) -> None:
    odd = Quad(
        NamedNode("https://example.org/a"),
        NamedNode("https://example.org/b"),
        NamedNode("https://example.org/c"),
        NamedNode("https://example.org/g"),
    )
    made = {a.path: a.content for a in claim_tables(releases.make(tmp_path, [odd]))}
    assert made["tables/csv/rest.nq"] == made["tables/parquet/rest.nq"]
    assert str(odd.graph_name) in str(made["tables/csv/rest.nq"])
