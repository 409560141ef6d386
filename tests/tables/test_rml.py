"""The published RML, run by an independent engine, gives the same triples as ours.

Morph-KGC lives in an environment of its own (`make .venv-mappers`).
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from claim_rows import hostile_rows
from generated_incidents import quads as generated
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from testimonia.catalogue import resources
from testimonia.namespaces import PREFIXES
from testimonia.rdf import files
from testimonia.tables.from_quads import tables
from testimonia.tables.schema import TABLES
from testimonia.tables.sheets.exporting import REST, export

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
MAPPING = ROOT / "mappings" / "claim-tables.rml.ttl"
MORPH = ROOT / ".venv-mappers" / "bin" / "python"

RUN = """
import sys
import morph_kgc
graph = morph_kgc.materialize_set(f'''[CONFIGURATION]
na_values=
number_of_processes=1
logging_level=ERROR
[TABLES]
mappings={sys.argv[1]}
''')
sys.stdout.buffer.write("".join(line + " .\\n" for line in graph).encode())
"""
"""``na_values``: only the empty cell is empty; by default the word nan would be too."""


def by_morph(directory: Path) -> set[str]:
    if not MORPH.exists():
        pytest.skip("needs Morph-KGC: make .venv-mappers")
    ran = subprocess.run(
        [MORPH, "-c", RUN, MAPPING], cwd=directory, capture_output=True, check=False, timeout=300
    )
    assert ran.returncode == 0, ran.stderr.decode()
    return {str(quad.triple) for quad in parse(ran.stdout, RdfFormat.N_TRIPLES)}


def same(quads: Iterable[Quad], directory: Path) -> bool:
    given = list(quads)
    export(tables(given), directory / "tables", "normalised")
    assert not (directory / "tables" / REST).exists()
    return by_morph(directory / "tables") == {str(quad.triple) for quad in given}


def test_palmyra(tmp_path: Path) -> None:
    assert same(files.read(resources.data()), tmp_path)


def test_generated_incidents(tmp_path: Path) -> None:
    assert same(generated(tmp_path, claims=400, seed=11), tmp_path)


def test_every_column_with_words_that_engines_stumble_over(tmp_path: Path) -> None:
    assert same(hostile_rows(), tmp_path)


def test_the_mapping_covers_every_column() -> None:
    mapped = {
        quad.object.value
        for quad in files.read([MAPPING])
        if quad.predicate.value.endswith("/predicate") and isinstance(quad.object, NamedNode)
    }
    assert mapped == {column.property_iri for t in TABLES for column in t.columns[1:]} | {
        PREFIXES["oa"] + "hasSelector"
    } | {PREFIXES["rdf"] + "type"}
