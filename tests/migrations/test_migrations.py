"""Data of earlier versions are brought up to this one: each migration on its own test data, and real data."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from pyoxigraph import CanonicalizationAlgorithm, NamedNode, Quad, RdfFormat, parse
from pyoxigraph import Dataset as QuadSet

import testimonia
from testimonia import migrating
from testimonia.catalogue import resources
from testimonia.catalogue.header import read_header
from testimonia.errors import InputError
from testimonia.namespaces import expand, shorten
from testimonia.rdf import files
from testimonia.validation import Severity

# The shipped data of 0.3 with what its own rules derived and its policies accepted, from history.
PALMYRA = Path(__file__).with_name("palmyra-0.3.nq.gz")
MIGRATIONS = resources.migrations()
each_migration = pytest.mark.parametrize("folder", MIGRATIONS, ids=lambda path: path.name)


def lines(quads: tuple[Quad, ...] | list[Quad]) -> set[str]:
    return {str(quad) for quad in quads}


def test_versions_run_in_order_of_their_numbers() -> None:
    assert [path.name for path in MIGRATIONS][:1] == ["0.4"]
    numbers = [[int(part) for part in path.name.split(".")] for path in MIGRATIONS]
    assert numbers == sorted(numbers)


@each_migration
def test_updates_make_of_the_data_before_what_the_data_after_are(folder: Path) -> None:
    before, after = folder / "test" / "before.trig", folder / "test" / "after.trig"
    migration = testimonia.open(before).migrate()
    assert lines(migration.quads) == lines(list(files.read([after])))
    assert all(step.removed or step.added for step in migration.steps)


@each_migration
def test_updates_can_be_run_again(folder: Path) -> None:
    migration = testimonia.open(folder / "test" / "after.trig").migrate()
    assert not migration.changes
    assert [use for use in migration.uses if not use.by_hand] == []


@each_migration
def test_the_report_tells_what_uses_what_was_changed(folder: Path) -> None:
    with (folder / "test" / "report.csv").open(encoding="utf-8", newline="") as stream:
        _head, *expected = csv.reader(stream)
    migration = testimonia.open(folder / "test" / "before.trig").migrate()
    told = [
        ["by hand" if use.by_hand else "automatic", use.change, shorten(use.thing)]
        for use in migration.uses
        if use.version == folder.name
    ]
    assert told == expected


@each_migration
def test_each_update_says_what_it_is_for(folder: Path) -> None:
    paths = sorted((folder / "updates").glob("*.ru"))
    assert paths
    for path in paths:
        assert read_header(path.read_text(encoding="utf-8"), path)["summary"]
    assert (folder / "README.md").is_file()


def test_shipped_data_of_0_3_pass_the_shapes_and_answer_as_before(tmp_path: Path) -> None:
    migration = testimonia.open(PALMYRA).migrate()
    steps = {step.name: (step.removed, step.added) for step in migration.steps}
    # 30 graphs of derived facts and assessments; four events under another type.
    assert steps["030-event-types"] == (4, 4)
    assert steps["020-accepts-figure"] == (0, 0)
    assert len({u.thing for u in migration.uses if "graph of derived" in u.change}) == 30
    assert [use for use in migration.uses if use.by_hand] == []
    migrating.write(migration.quads, tmp_path / "now.nq")
    now = testimonia.open(tmp_path / "now.nq")
    assert now.validate().count(Severity.VIOLATION) == 0
    rows = now.ask("confirmed-figures")
    columns = ("body", "harm", "victims", "lower", "upper")
    # What Central Command and the President said for their own, read from the two reports.
    assert {tuple(shorten(str(row[name])) for name in columns) for row in rows} == {
        ("agent:us-central-command", "tmc:injured", "group:service-members", "3", "3"),
        ("agent:us-central-command", "tmc:killed", "group:civilians", "1", "1"),
        ("agent:us-central-command", "tmc:killed", "group:us-troops", "2", "2"),
        ("agent:us-presidency", "tmc:injured", "group:us-troops", "3", "3"),
    }


def test_events_that_are_rules_are_filed_as_the_shipped_ones() -> None:
    type_ = NamedNode("https://w3id.org/testimonia/ns#eventType")

    def types(quads: tuple[Quad, ...] | list[Quad]) -> dict[str, str]:
        return {q.subject.value: q.object.value for q in quads if q.predicate == type_}

    shipped = types(list(files.read(resources.data())))
    migrated = types(testimonia.open(PALMYRA).migrate().quads)
    assert len(migrated) == 26
    assert {event: shipped[event] for event in migrated} == migrated


AS_WRITTEN = """
@prefix tmn: <https://w3id.org/testimonia/ns#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <https://example.org/> .
ex:figure tmn:lowerBound "007"^^xsd:nonNegativeInteger ; tmn:independentOrigins 007 ; ex:by [ ex:at "01.50"^^xsd:decimal ] .
ex:other tmn:independentOrigins 7 .
"""


@pytest.mark.parametrize("suffix", migrating.SUFFIXES)
def test_what_does_not_change_is_as_written(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "old.ttl"
    path.write_text(AS_WRITTEN)
    migration = testimonia.open(path).migrate()
    migrating.write(migration.quads, tmp_path / f"new{suffix}")
    expected = parse(
        AS_WRITTEN.replace("tmn:independentOrigins 007 ;", "")
        .replace("ex:other tmn:independentOrigins 7 .", "")
        .encode(),
        RdfFormat.TURTLE,
    )
    found = QuadSet(files.read([tmp_path / f"new{suffix}"]))
    wanted = QuadSet(expected)
    for each in (found, wanted):
        each.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    assert found == wanted


def test_the_same_data_give_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "old.ttl"
    path.write_text(AS_WRITTEN)
    for name in ("one.trig", "two.trig"):
        migrating.write(testimonia.open(path).migrate().quads, tmp_path / name)
    assert (tmp_path / "one.trig").read_bytes() == (tmp_path / "two.trig").read_bytes()


def test_named_graphs_need_a_format_that_has_them(tmp_path: Path) -> None:
    output = tmp_path / "new.ttl"
    output.write_text("# mine\n")
    before = MIGRATIONS[0] / "test" / "before.trig"
    with pytest.raises(InputError, match=r"named graphs, such as .*id/graph/desk") as caught:
        migrating.write(testimonia.open(before).migrate().quads, output)
    assert caught.value.hint == "Name a file that ends in .trig or .nq."
    assert output.read_text() == "# mine\n"


def test_a_store_is_not_migrated(tmp_path: Path) -> None:
    dataset = testimonia.open(PALMYRA, store=tmp_path / "store")
    with pytest.raises(InputError, match="in a store"):
        dataset.migrate()


def test_no_term_of_0_3_vanished() -> None:
    declared = {
        quad.subject.value
        for quad in files.read(resources.ontology())
        if hasattr(quad.subject, "value")
    }
    terms = Path(__file__).with_name("terms-0.3.txt").read_text(encoding="utf-8").split()
    assert len(terms) == 344
    # What is given up is deprecated first, and stays.
    assert [term for term in terms if expand(term) not in declared] == []
