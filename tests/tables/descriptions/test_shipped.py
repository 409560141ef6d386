"""The descriptions that come with the library, on invented rows: totals that were added up by hand."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import QuerySolutions, RdfFormat, Store

from testimonia.catalogue import resources
from testimonia.dataset import open as open_dataset
from testimonia.query.results import Results
from testimonia.tables.descriptions.described_source import described
from testimonia.tables.mapping import Run, map_files

TABLES = Path(__file__).parents[3] / "examples" / "tables"
NAMES = [path.stem for path in resources.descriptions()]
PREFIXES = """
PREFIX tmn: <https://w3id.org/testimonia/ns#>
PREFIX tmc: <https://w3id.org/testimonia/code/>
"""
Totals = dict[tuple[str, str, str], tuple[int, int, int]]
"""By harm, group and stance: how many figures, and the sums of their lower and upper bounds."""

# Added up by hand from the rows in examples/tables.
BY_HAND: dict[str, Totals] = {
    # ALD1 10, ALD2 4, ALD4 0; ALD3 is a peaceful protest, and ALD5 has an unknown type.
    "acled": {("killed", "anybody", "asserts"): (3, 14, 14)},
    "airwars": {
        ("killed", "civilians", "asserts"): (4, 3 + 2 + 7 + 0, 5 + 2 + 12 + 1),
        ("killed", "civilians-children", "asserts"): (2, 1 + 0, 2 + 3),
        ("killed", "civilians-women", "asserts"): (1, 1, 1),
        ("killed", "civilians-men", "asserts"): (2, 1 + 2, 2 + 2),
        ("injured", "civilians", "asserts"): (3, 4 + 1 + 0, 6 + 2 + 0),
        ("killed", "militants", "asserts"): (2, 0 + 2, 0 + 4),
        ("killed", "civilians", "concedes"): (1, 3, 3),
        ("injured", "civilians", "concedes"): (1, 4, 4),
        ("killed", "civilians", "cannot-confirm"): (1, 2, 2),
    },
    # The fifth row has a longitude that does not exist.
    "gtd": {
        ("killed", "anybody", "asserts"): (3, 5 + 2 + 0, 7),
        ("killed", "nationals-of-the-united-states", "asserts"): (3, 1, 1),
        ("killed", "attackers", "asserts"): (2, 1 + 0, 1),
        ("injured", "anybody", "asserts"): (3, 12 + 3 + 1, 16),
        ("injured", "nationals-of-the-united-states", "asserts"): (2, 0, 0),
        ("injured", "attackers", "asserts"): (2, 0, 0),
        ("abducted", "anybody", "asserts"): (1, 4, 4),
    },
    "gun-violence-archive": {
        ("killed", "anybody", "asserts"): (3, 1 + 0 + 2, 3),
        ("injured", "anybody", "asserts"): (3, 2 + 1 + 0, 3),
    },
    "aid-workers": {
        ("killed", "national-aid-workers", "asserts"): (3, 2 + 0 + 3, 5),
        ("killed", "international-aid-workers", "asserts"): (3, 0 + 1 + 0, 1),
        ("killed", "aid-workers", "asserts"): (3, 2 + 1 + 4, 7),
        ("injured", "national-aid-workers", "asserts"): (3, 1, 1),
        ("injured", "international-aid-workers", "asserts"): (3, 0, 0),
        ("injured", "aid-workers", "asserts"): (3, 1, 1),
        ("abducted", "national-aid-workers", "asserts"): (3, 0 + 1 + 0, 1),
        ("abducted", "international-aid-workers", "asserts"): (3, 0 + 1 + 0, 1),
        ("abducted", "aid-workers", "asserts"): (3, 0 + 2 + 0, 2),
    },
    # "dozens" is 20 or more without an upper bound; about 60 is 54 to 66; 100+ has no upper bound.
    "hdx-casualties": {
        ("killed", "anybody", "asserts"): (4, 3 + 20 + 1204 + 0, 3 + 1204 + 0),
        ("injured", "anybody", "asserts"): (3, 54 + 100 + 7, 66 + 7),
        ("missing", "anybody", "asserts"): (2, 2 + 5, 2 + 7),
    },
}
READ = {
    "acled": (4, 1),
    "airwars": (4, 0),
    "gtd": (5, 1),
    "gun-violence-archive": (3, 0),
    "aid-workers": (3, 0),
    "hdx-casualties": (6, 2),
}


def mapped(name: str, folder: Path) -> tuple[Run, Path]:
    output = folder / f"{name}.nq"
    return map_files(described(name), [TABLES / f"{name}.csv"], output), output


def rows(output: Path, query: str) -> list[tuple[Any, ...]]:
    store = Store()
    store.bulk_load(path=str(output), format=RdfFormat.N_QUADS)
    found = store.query(PREFIXES + query, use_default_graph_as_union=True)
    assert isinstance(found, QuerySolutions)
    return [tuple(term and term.value.rpartition("/id/")[2] for term in row) for row in found]


def last(text: str) -> str:
    return text.rpartition("/")[2]


def totals(output: Path) -> Totals:
    found: Totals = {}
    for harm, victims, stance, lower, upper in rows(
        output,
        """SELECT ?harm ?victims ?stance ?lower ?upper {
            ?claim tmn:proposition ?figure ; tmn:stance ?stance .
            ?figure tmn:harm ?harm ; tmn:victims ?victims .
            OPTIONAL { ?figure tmn:lowerBound ?lower } OPTIONAL { ?figure tmn:upperBound ?upper } }""",
    ):
        key = last(harm), last(victims), last(stance)
        count, low, high = found.get(key, (0, 0, 0))
        found[key] = count + 1, low + int(lower or 0), high + int(upper or 0)
    return found


def test_there_is_an_expectation_for_each() -> None:
    assert sorted(BY_HAND) == sorted(READ) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_totals_are_those_added_up_by_hand(name: str, tmp_path: Path) -> None:
    run, output = mapped(name, tmp_path)
    (read,), (rejected,) = run.read.values(), run.rejected.values()
    assert (read, rejected) == READ[name]
    assert totals(output) == BY_HAND[name]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_mapped_is_valid(name: str, tmp_path: Path) -> None:
    assert open_dataset(mapped(name, tmp_path)[1]).validate().findings == ()


@pytest.mark.parametrize("name", NAMES)
def test_every_column_is_mapped_or_left_out_for_a_reason(name: str, tmp_path: Path) -> None:
    assert "not known to this version" not in mapped(name, tmp_path)[0].left_out.values()


def asked(name: str, folder: Path, question: str) -> list[dict[str, Any]]:
    found = open_dataset(mapped(name, folder)[1]).ask(question)
    assert isinstance(found, Results)
    return [row.as_dict() for row in found]


def brief(value: Any) -> str:
    return last(str(value))


def test_parties_count_in_total_what_the_rows_add_up_to(tmp_path: Path) -> None:
    found = {
        (brief(row["party"]), row["year"], brief(row["victims"])): (row["atLeast"], row["atMost"])
        for row in asked("airwars", tmp_path, "totals-by-party")
        if brief(row["harm"]) == "killed"
    }
    assert found["airwars", "2031", "civilians"] == (3 + 2 + 7, 5 + 2 + 12)
    assert found["airwars", "2032", "civilians"] == (0, 1)
    assert found["Vardian_Air_Force", "2031", "civilians"] == (3, 3)


def test_a_belligerent_concedes_and_another_time_cannot_confirm(tmp_path: Path) -> None:
    conceded = asked("airwars", tmp_path, "concessions")
    assert sorted((brief(row["harm"]), row["lower"]) for row in conceded if row["harm"]) == [
        ("injured", 4),
        ("killed", 3),
    ]
    assert {brief(row["body"]) for row in conceded} == {"Vardian_Air_Force"}
    beside = asked("airwars", tmp_path, "compiler-against-source")
    assert Counter((brief(row["event"]), brief(row["otherStance"])) for row in beside) == {
        ("INV001", "concedes"): 2,
        ("INV002", "cannot-confirm"): 1,
    }


def test_ranges_are_as_wide_as_in_the_table(tmp_path: Path) -> None:
    found = asked("airwars", tmp_path, "range-width")
    widths = Counter(row["width"] for row in found if brief(row["victims"]) == "civilians")
    # Killed 3-5, 7-12, 0-1; injured 4-6, 1-2. 2-2 is not a range.
    assert widths == {2: 2, 5: 1, 1: 2}


def test_a_group_claims_responsibility_and_the_compiler_suspects_it(tmp_path: Path) -> None:
    output = mapped("gtd", tmp_path)[1]
    found = rows(
        output,
        """SELECT ?claim ?claimant ?who ?certainty ?channel {
            ?claim tmn:proposition ?it ; tmn:claimant ?claimant . ?it tmn:perpetrator ?who
            OPTIONAL { ?claim tmn:certainty ?certainty } OPTIONAL { ?claim tmn:channel ?channel } }""",
    )
    claims = sorted(
        (
            last(claim.partition("/by/")[0]),
            last(claimant),
            last(who),
            last(sure or ""),
            last(by or ""),
        )
        for claim, claimant, who, sure, by in found
    )
    assert claims == [
        ("attributed", "start", "Alder_Front", "suspected", ""),
        ("attributed", "start", "Alder_Front", "unhedged", ""),
        ("attributed", "start", "Hill_Front", "suspected", ""),
        ("attributed", "start", "Hill_Front", "suspected", ""),
        ("claimed-1", "Alder_Front", "Alder_Front", "", ""),
        ("claimed-1", "Alder_Front", "Alder_Front", "", "telephone-call"),
    ]
    parts = rows(output, "SELECT ?part ?whole { ?part tmn:partOf ?whole }")
    assert sorted(last(part) for part, _ in parts) == ["203103030001", "203103030002"]
    assert len({whole for _, whole in parts}) == 1


def test_actors_are_accounts_of_who_acted_against_whom(tmp_path: Path) -> None:
    found = rows(
        mapped("acled", tmp_path)[1],
        """SELECT ?actor ?against ?beside { ?it tmn:actor ?actor
            OPTIONAL { ?it tmn:against ?against } OPTIONAL { ?it tmn:alongside ?beside } }""",
    )
    assert sorted(tuple(last(each or "") for each in row) for row in found) == [
        ("Alder_Front", "Civilians_(Alderland)", ""),
        ("Alder_Front", "Teachers_(Alderland)", ""),
        ("Military_Forces_of_Alderland", "", ""),
        ("Military_Forces_of_Alderland", "Alder_Front", "Militia_(Pro-Government)"),
    ]


def test_a_number_that_may_stand_for_none_is_remarked(tmp_path: Path) -> None:
    found = rows(
        mapped("acled", tmp_path)[1],
        "SELECT ?text { ?claim <http://www.w3.org/2000/01/rdf-schema#comment> ?text }",
    )
    assert sum("may stand for no number" in text for (text,) in found) == 1
    assert all("Type of disorder: Political violence" in text for (text,) in found)


def test_a_total_that_its_parts_do_not_add_up_to_is_flagged(tmp_path: Path) -> None:
    run, output = mapped("aid-workers", tmp_path)
    assert run.flagged == {"parts-differ-from-best": 1, "informants-not-read": 1}
    found = rows(output, "SELECT ?record { ?record tmn:flag tmc:parts-differ-from-best }")
    assert [last(record) for (record,) in found] == [f"{output_document(output)}#record=3"]


def output_document(output: Path) -> str:
    ((document,),) = rows(output, "SELECT DISTINCT ?document { ?claim tmn:statedIn ?document }")
    return last(document)
