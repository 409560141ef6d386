"""Notes become claims, and faults are reported with their place and the most similar name."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import jsonschema
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testimonia.catalogue import resources
from testimonia.errors import InputError
from testimonia.notes import Built, build, read_files, schema
from testimonia.notes.against_shapes import shape_faults
from testimonia.notes.draft import Text
from testimonia.notes.drafting import begun
from testimonia.notes.expansion import expanded, held, pages_of
from testimonia.notes.noted_sentences import noted_sentences
from testimonia.notes.phrases import figure, phrase_of
from testimonia.passages import Covered, anchoring
from testimonia.passages.normal_form import NormalText, normal
from testimonia.rdf import files
from testimonia.yaml_nodes import parsed

REPORT = """PORT ALDER. Invented report.
A bomb killed four dock workers at the harbour on Tuesday, police said.
The harbour master, Ada Vance, said more than 70 people were hurt.
The Alder Front denied it had planted the bomb. Police arrested five suspects.
"""
NOTES = """
document: {label: Report on the harbour bombing, text: report.txt, published: 2026-03-04}
about: Harbour bombing
usual: {said: 2026-03-04}
events: {Harbour bombing: bombing}
agents:
  Harbour police: official body
  Harbour authority: official body
  Ada Vance: person
  Alder Front: armed group
posts: {Harbour master: Harbour authority}
groups: {Dock workers: civilian}
places: {Port Alder: ~}
nothing: {1-2: headline}
claims:
- {at: 3, who: harbour police, says: killed 4 dock workers}
- {at: 3, where: Port Alder}
- {at: The harbour master, who: Ada Vance, as: Harbour master, says: injured more than 70}
- at: 5
  who: Alder Front
  claims:
  - {by: Alder Front, stance: denies, via: Harbour police}
  - {by one of: [Alder Front, Harbour police], stance: cannot confirm}
- {at: {from: Police arrested, to: suspects}, says: detained 5 suspects, by: harbour police}
"""


def of(tmp_path: Path, notes: str, known: bool = False, base: str | None = None) -> Built:
    (tmp_path / "report.txt").write_text(REPORT, encoding="utf-8")
    (tmp_path / "report.yaml").write_text(notes, encoding="utf-8")
    data = list(files.read([resources.pack("agents")])) if known else []
    return build(read_files([tmp_path]), data, base)


def faults(tmp_path: Path, notes: str) -> list[str]:
    found = of(tmp_path, notes).faults
    return [str(fault).replace(str(tmp_path) + "/", "") for fault in found]


def test_a_named_proposition_may_be_in_a_group_with_its_event(tmp_path: Path) -> None:
    group = """- at: 4
  about: Harbour bombing
  claims: [{says: 4 dock workers killed}]
"""
    built = of(tmp_path, NOTES + group)
    assert [str(fault) for fault in built.faults] == []
    repeated = built.tables["claims"].filter(pl.col("label").str.contains("4 dock workers"))
    assert repeated["proposition"].n_unique() == 1
    assert repeated.height == 2


def test_a_named_proposition_is_not_moved_to_another_event(tmp_path: Path) -> None:
    changed = NOTES.replace("bombing: bombing}", "bombing: bombing, Raid: ambush}")
    wrong = changed + "- {at: 4, about: Raid, says: 4 dock workers killed}\n"
    assert faults(tmp_path, wrong)[0].startswith("report.yaml:25:18: the proposition ")


def test_a_key_with_spaces_is_a_name_even_beside_a_label(tmp_path: Path) -> None:
    notes = NOTES.replace("  Ada Vance: person", "  Ada Vance: {type: person, label: Ada M. Vance}")
    built = of(tmp_path, notes)
    assert [str(fault) for fault in built.faults] == []
    assert "ada-vance" in built.tables["agents"]["id"].to_list()


def test_claims_of_eight_fields_get_all_derived_fields(tmp_path: Path) -> None:
    built = of(tmp_path, NOTES)
    assert [str(fault) for fault in built.faults] == []
    rows = {row["label"]: row for row in built.tables["claims"].iter_rows(named=True)}
    police = rows["Harbour police: 4 dock workers killed"]
    assert police["verbatim_quantity"] == "four"
    assert (police["stance"], police["certainty"]) == ("asserts", "unhedged")
    assert police["on_behalf_of"] == "harbour-police"
    assert police["stated_at"] == "anywhere-2026-03-04"
    vance = rows["Ada Vance: at least 71 people injured"]
    assert (vance["in_capacity_of"], vance["on_behalf_of"]) == (
        "harbour-master",
        "harbour-authority",
    )
    assert vance["verbatim_quantity"] is None or vance["verbatim_quantity"] == "more than 70"
    narrated = next(row for row in rows.values() if row["claimant"] == "report-voice")
    assert (narrated["voice"], narrated["stated_at"]) == ("narration", "anywhere-2026-03-04")
    relayed = rows["Harbour police relays: Alder Front did it"]
    assert (relayed["stance"], relayed["certainty"]) == ("relays", None)
    assert relayed["reports"] == [rows["Alder Front denies: Alder Front did it"]["id"]]
    held = built.tables["memberships"].row(0, named=True)
    assert (held["member"], held["post"]) == ("ada-vance", "harbour-master")
    assert built.tables["propositions"].height == 6


@pytest.mark.slow
def test_claims_conform_to_the_shapes_and_results_have_lines(tmp_path: Path) -> None:
    assert "Violation" not in shape_faults(of(tmp_path, NOTES))
    odd = NOTES.replace("killed 4 dock workers", "killed 6–4 dock workers")  # noqa: RUF001
    found = shape_faults(of(tmp_path, odd))["Violation"]
    assert {fault.place.line for fault in found} == {16}


def test_coverage_reports_sentences_without_a_claim(tmp_path: Path) -> None:
    found = noted_sentences(of(tmp_path, NOTES))
    covered = [each.covered for each in found.sentences]
    assert covered == [
        Covered.WHOLLY,
        Covered.WHOLLY,
        Covered.WHOLLY,
        Covered.PARTLY,
        Covered.WHOLLY,
        Covered.WHOLLY,
    ]


def test_equal_figures_share_a_proposition_across_files_and_data(tmp_path: Path) -> None:
    twice = NOTES + "- {at: 4, who: Ada Vance, says: killed four dock workers}\n"
    built = of(tmp_path, twice)
    assert built.faults == ()
    assert built.tables["propositions"].height == 6
    again = build(read_files([tmp_path]), built.quads())
    shared = set(again.tables["claims"]["proposition"])
    assert shared == set(built.tables["claims"]["proposition"])


def test_unnamed_sources_are_kept_distinct(tmp_path: Path) -> None:
    claim = "- {at: 3, who: {described as: An official}, says: killed 4 dock workers}\n"
    built = of(tmp_path, NOTES + claim + claim)
    unnamed = built.tables["agents"].filter(built.tables["agents"]["described_as"].is_not_null())
    assert unnamed["id"].to_list() == ["report-an-official", "report-an-official-2"]


def test_a_base_applies_to_new_names_and_not_to_those_of_a_pack(
    tmp_path: Path,
) -> None:
    own = NOTES.replace("who: harbour police,", "who: United States,")
    built = of(tmp_path, own, known=True, base="https://example.org/desk/")
    assert built.faults == ()
    assert built.minted is None
    claims = built.tables["claims"]
    assert set(claims["claimant"]) >= {
        "https://w3id.org/testimonia/id/agent/united-states",
        "https://example.org/desk/agent/alder-front",
    }
    assert all(name.startswith("https://example.org/desk/claim/") for name in claims["id"])
    assert of(tmp_path, NOTES).minted == "https://w3id.org/testimonia/id/document/report"


WRONG = {
    "who: harbour police,|who: harbour polise,": (
        "report.yaml:16:16: nothing in agents is called 'harbour polise'\n"
        "  Is it 'Harbour police' or 'Harbour authority'? If not, describe it under agents: in these notes."
    ),
    "killed 4 dock|killed 4 dok": (
        "report.yaml:16:38: no group is called 'dok workers'\n"
        "  Is it Dock workers? If not, write under groups: “dok workers: civilian”, with the right category."
    ),
    "killed 4 dock workers|ran away": (
        "report.yaml:16:38: 'ran away' is not a figure\n"
        "  Write a figure, such as killed 4 dock workers, or the name of a proposition; "
        "other propositions have their own fields."
    ),
    "{at: 3, where|{at: 30, where": (
        "report.yaml:17:8: there is no such sentence: they are numbered from 1 to 6\n"
        "  “testimonia notes sentences” lists them; words of the text can be given instead."
    ),
    "said: 2026-03-04|who: Harbour police": (
        "report.yaml:4:9: usual cannot set 'who': it would not be applied\n"
        "  Write it in each claim, or group the claims: “- who: NAME, claims: [...]”."
    ),
    "stance: denies|stance: denis": (
        "report.yaml:22:31: 'denis' is not a code of stance\n  Is it denies?"
    ),
    "where: Port Alder|wher: Port Alder": (
        "report.yaml:17:11: there is no field 'wher' here\n  Is it 'where'?"
    ),
    "said: 2026-03-04|said: Wednesday": (
        "report.yaml:4:15: stated_at of claims is 'Wednesday', and needs the id of a row of bounds, "
        "or a date in EDTF such as 2026-03-03"
    ),
    "text: report.txt|text: other.txt": (
        "report.yaml:2:56: 'other.txt': this is not a text file with a report\n"
        "  Name the file relative to these notes."
    ),
}


@pytest.mark.parametrize("change", WRONG)
def test_faults_have_a_place_and_a_suggestion(tmp_path: Path, change: str) -> None:
    old, _, new = change.partition("|")
    assert old in NOTES
    found = faults(tmp_path, NOTES.replace(old, new))
    assert any(line.startswith(WRONG[change]) for line in found), found


def test_all_faults_are_reported_in_the_order_of_the_file(tmp_path: Path) -> None:
    odd = NOTES.replace("dock workers}", "dok workers}").replace("denies", "denis")
    lines = [int(line.split(":")[1]) for line in faults(tmp_path, odd)]
    assert lines == sorted(lines)
    assert {16, 22} <= set(lines)


def test_other_files_are_not_read_as_reports(tmp_path: Path) -> None:
    for name in ("/dev/zero", "/dev/null", "../" + tmp_path.name):
        assert any(
            "not a text file with a report" in line
            for line in faults(tmp_path, NOTES.replace("text: report.txt", f"text: {name}"))
        )


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("killed 4 dock workers", (4, 4, "exact")),
        ("injured >70", (71, None, "at-least")),
        ("injured 70+ people", (70, None, "at-least")),
        ("injured at least 1,200", (1200, None, "at-least")),
        ("killed 10–12", (10, 12, "range")),  # noqa: RUF001
        ("killed between 10 and 12 men", (10, 12, "range")),
        ("killed up to 5", (None, 5, "at-most")),
        ("killed <5", (None, 4, "at-most")),
        ("killed ~70 men", (63, 77, "approximately")),
        ("killed about 7", (6, 8, "approximately")),
        ("killed nearly 100", (90, 99, "nearly")),
        ("killed no one", (0, 0, "exact")),
        ("killed dozens of men", (20, None, "vague")),
        ("displaced tens of thousands of people", (10_000, None, "vague")),
        ('displaced "hundreds of thousands" people', (100_000, None, "vague")),
        ("detained several suspects", (2, None, "vague")),
        ("missing presumed dead twenty-one sailors", (21, 21, "exact")),
        ('killed "a great many" men', (None, None, "vague")),
    ],
)
def test_figures_are_read(phrase: str, expected: tuple[int | None, int | None, str]) -> None:
    found = figure(phrase)
    assert found is not None
    columns = found.columns
    bounds = columns.get("lower_bound"), columns.get("upper_bound"), columns.get("bound_type")
    assert bounds == expected


def test_nearly_a_number_is_written_as_it_is_read() -> None:
    found = figure("injured nearly 200")
    assert found is not None
    assert "point_estimate" not in found.columns  # it would lie outside of the bounds
    row = {"type": ["CasualtyProposition"], **found.columns}
    written = phrase_of(row, "", None)
    assert written is not None
    again = figure(written)
    assert again is not None
    assert written.startswith("injured nearly 200")
    assert again.columns == found.columns


@given(st.text(max_size=40), st.sampled_from(["", "killed ", "claims: [{says: ", "about: "]))
@settings(max_examples=100, deadline=None)
def test_hostile_notes_give_faults_and_never_a_crash(text: str, begin: str) -> None:
    pages, wrong = pages_of([(Path("n.yaml"), begin + text)])
    draft = expanded(pages).draft
    assert all(fault.place.path == Path("n.yaml") for fault in (*wrong, *draft.faults))
    figure("killed " + text)


def test_the_schema_accepts_notes_and_rejects_unknown_fields() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    check = jsonschema.Draft202012Validator(schema())
    fine = json.loads(
        '{"document": {"label": "R", "text": "r.txt"}, "about": "E", "agents": {"A": "Person"},'
        ' "claims": [{"at": 3, "who": {"described as": "An official"}, "as": "P",'
        ' "says": "killed 4", "as of": "2026-03-04", "stance": "cannot confirm"}]}'
    )
    assert list(check.iter_errors(fine)) == []
    for wrong in (
        {"claim": []},
        {"claims": [{"whom": "A"}]},
        {"claims": [{"stance": "denis"}]},
        {"nothing": {"1": "boring"}},
        {"passages": {"char=0,1": {"start": "x"}}},
    ):
        assert list(check.iter_errors(wrong)), wrong


def test_the_schema_accepts_exported_notes() -> None:
    from testimonia.notes import export
    from testimonia.yaml_nodes import Fields, Items, Node, parsed

    def plain(node: Node) -> object:
        if isinstance(node, Fields):
            return {key.text: plain(value) for key, value in node.entries}
        if isinstance(node, Items):
            return [plain(each) for each in node.items]
        digits = node.text is not None and node.text.isdecimal()
        return int(node.text) if digits and node.text else node.text

    check = jsonschema.Draft202012Validator(schema())
    for name, text in export(list(files.read(resources.data()))).files.items():
        fields, _ = parsed(text, name)
        assert [error.message for error in check.iter_errors(plain(fields))] == []


ODD = {
    "{at: 3, where: Port Alder}|{at: 3, where: Port Alder, who: Ada Vance, claimant: Alder Front}": (
        "report.yaml:17:46: 'claimant' is another name for a field that is given already"
    ),
    "nothing: {1-2: headline}|nothing: {1-2: headline, 3: comment}": (
        "report.yaml:14:26: a claim, or another reason, is given for this passage"
    ),
    "killed 4 dock|killed 1234567890123456789 dock": (
        "report.yaml:16:38: 'killed 1234567890123456789 dock workers' is not a figure"
    ),
    "via: Harbour police|via: [Harbour police, Alder Front]": (
        "report.yaml:22:61: nobody relays what they say themselves"
    ),
    "killed 4 dock workers|killed 4,000 dock workers": (
        "report.yaml:16:47: there is no field '000 dock workers' here\n  A comma ends a field in braces"
    ),
    "text: report.txt,|text: report.txt, sha256: " + 64 * "0" + ",": (
        "report.yaml:2:76: the text has another sha256: "
    ),
    "said: 2026-03-04}|said: 2026-03-04T10:30}": (
        "report.yaml:4:15: stated_at of claims is '2026-03-04T10:30', and needs the id of a row of "
        "bounds, or a date in EDTF such as 2026-03-03 or 2026-03-03T10:30:00+01:00"
    ),
}


@pytest.mark.parametrize("change", ODD)
def test_nothing_is_dropped_silently(tmp_path: Path, change: str) -> None:
    old, _, new = change.partition("|")
    assert old in NOTES
    found = faults(tmp_path, NOTES.replace(old, new))
    assert any(line.startswith(ODD[change]) for line in found), found


def test_the_digest_of_a_text_keeps_its_sentences(tmp_path: Path) -> None:
    digest = hashlib.sha256(REPORT.encode()).hexdigest()
    fixed = NOTES.replace("text: report.txt,", f"text: report.txt, sha256: {digest},")
    assert of(tmp_path, fixed).faults == ()


def test_a_source_in_the_common_part_of_a_group_is_one_source(tmp_path: Path) -> None:
    group = "- {at: 3, who: {described as: An official}, claims: [{says: killed 3}, {says: injured 4}]}\n"
    built = of(tmp_path, NOTES + group)
    assert built.faults == ()
    official = built.tables["claims"].filter(pl.col("claimant") == "report-an-official")
    assert official.height == 2


def test_a_field_of_a_claim_replaces_that_of_its_group_by_any_name(tmp_path: Path) -> None:
    group = "- {at: 3, who: Ada Vance, claims: [{claimant: Alder Front, says: injured 4}]}\n"
    built = of(tmp_path, NOTES + group)
    assert built.faults == ()
    assert built.tables["claims"]["claimant"].to_list()[-1] == "alder-front"


def test_a_name_in_lower_case_and_a_described_source_need_no_label(tmp_path: Path) -> None:
    agents = "agents:\n  unicef: organization\n  doctor: {described as: A doctor}\n"
    built = of(tmp_path, NOTES.replace("agents:\n", agents))
    assert built.faults == ()
    labels = dict(built.tables["agents"].select("id", "label").iter_rows())
    assert (labels["unicef"], labels["doctor"]) == ("unicef", "A doctor")


@pytest.mark.parametrize(
    ("sentence", "says", "words"),
    [
        ("One man fled when the bomb destroyed a shop.", "destroyed 1 building", None),
        ("The bomb destroyed three vehicles near four men.", "destroyed 3 vehicles", "three"),
        ("Four vehicles burned and dock workers died.", "killed 4 dock workers", None),
        ("Four of the dock workers died.", "killed 4 dock workers", "Four"),
        ("Twenty of them were civilians.", "killed 20 civilians", "Twenty"),
        ("She corrected the toll to 29: two people were alive.", "killed 29", "29"),
        ("Three of those killed were in one car with three dogs.", "killed 3 women", None),
        ("On March 4, four dock workers died.", "killed 4 dock workers", "four"),
        ("Four people died.", "killed 4 dock workers", "Four"),
        ("Four died, and four vehicles burned.", "killed 4", "Four"),
    ],
)
def test_words_of_a_number_are_those_beside_what_is_counted(
    tmp_path: Path, sentence: str, says: str, words: str | None
) -> None:
    (tmp_path / "report.txt").write_text(sentence, encoding="utf-8")
    notes = NOTES.partition("nothing:")[0] + f"claims:\n- {{at: 1, says: {says}}}\n"
    (tmp_path / "report.yaml").write_text(notes, encoding="utf-8")
    built = build(read_files([tmp_path]))
    assert [str(fault) for fault in built.faults] == []
    (claim,) = built.tables["claims"].iter_rows(named=True)
    assert claim.get("verbatim_quantity") == words


def test_words_of_an_inner_figure_are_not_those_of_the_claim(tmp_path: Path) -> None:
    claim = """- at: 5
  who: Alder Front
  happened: A bomb went off.
  subset of: killed "four" dock workers
"""
    claims = of(tmp_path, NOTES + claim).tables["claims"]
    assert claims["verbatim_quantity"].to_list()[-1] is None


def test_reports_whose_names_begin_alike_are_different_documents(tmp_path: Path) -> None:
    (tmp_path / "r.txt").write_text(REPORT, encoding="utf-8")
    for day in ("04", "05"):
        notes = f"document: {{label: Report of {day}, text: r.txt}}\n"
        (tmp_path / f"2026.03.{day}.yaml").write_text(notes, encoding="utf-8")
    built = build(read_files([tmp_path]))
    assert built.faults == ()
    assert built.tables["documents"]["id"].to_list() == ["2026-03-04", "2026-03-05"]


def test_a_name_without_letters_needs_an_id(tmp_path: Path) -> None:
    agents = 'agents:\n  "???": person\n'
    assert faults(tmp_path, NOTES.replace("agents:\n", agents)) == [
        "report.yaml:7:3: this row of agents has no name from which an id can be made\n"
        "  Give it a name: with letters or digits, or an id:."
    ]


def test_notes_that_begin_with_a_text_with_control_characters_can_be_read(tmp_path: Path) -> None:
    report = Text(tmp_path / "report.txt", "A bomb\x00 went off.\n\x1b[31mFour died.\x85")
    fields, wrong = parsed(begun(report, tmp_path, sentences=True), "n.yaml")
    assert wrong == []
    assert fields.entries[0][0].text == "document"


def test_a_claim_that_is_repeated_for_another_sentence_is_reported(tmp_path: Path) -> None:
    again = "- {at: 5, who: harbour police, says: killed 4 dock workers}\n"
    (found,) = faults(tmp_path, NOTES + again)
    assert found.startswith("report.yaml:25:3: this is the same claim as in line 16\n")
    assert "at: [3, 25]" in found
    later = again.replace("at: 5,", "at: 5, said: 2026-03-05,")
    assert faults(tmp_path, NOTES + later) == []
    relayed = again.replace("at: 5,", "at: 5, via: Alder Front,")
    assert faults(tmp_path, NOTES + relayed) == []


def test_a_figure_without_its_bound_is_not_put_into_words(tmp_path: Path) -> None:
    fields = (
        "type: CasualtyProposition, harm: killed, bound type: at least, gloss: Some were killed."
    )
    built = of(
        tmp_path, NOTES.replace("nothing:", f"propositions: {{some: {{{fields}}}}}\nnothing:")
    )
    labels = dict(built.tables["propositions"].select("id", "label").iter_rows())
    assert labels["some"] == "Some were killed"


def test_a_text_is_prepared_once_for_all_its_passages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = []

    def counted(text: str) -> NormalText:
        prepared.append(text)
        return normal(text)

    monkeypatch.setattr(anchoring, "normal", counted)
    assert of(tmp_path, NOTES).faults == ()
    assert prepared.count(REPORT) == 1


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    notes = tmp_path / "notes.yaml"
    with pytest.raises(InputError, match="cannot be read: No such file") as missing:
        read_files([notes])
    assert str(notes) in str(missing.value)
    notes.write_bytes("\ufeffbase: é\n".encode())
    assert read_files([notes]) == [(notes, "base: é\n")]
    notes.write_bytes(b"base: \xe9\n")
    with pytest.raises(InputError, match="not UTF-8"):
        read_files([notes])


@pytest.mark.parametrize("name", ["absent.txt", "."])
def test_an_absent_text_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="not a text file") as caught:
        held(tmp_path / name)
    assert str(tmp_path / name) in str(caught.value)


def test_a_text_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as stream:
        stream.truncate(20_000_001)
    with pytest.raises(InputError, match="more than 20,000,000 bytes"):
        held(path)
