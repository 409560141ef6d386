"""The workbench's server: who is let in, what it reads and writes, and what it says of notes."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from small_disk import MayNotMount, SmallDisk
from workbench_folders import NOTES, REPORT, PageClient, begin

from testimonia.workbench.bench_app import application
from testimonia.workbench.notes_checks import NotesChecks
from testimonia.workbench.report_folder import ReportFolder

HOST = "127.0.0.1:8765"
OWN = {"Origin": f"http://{HOST}", "Sec-Fetch-Site": "same-origin"}
WRITING = ("/api/copy", "/api/check", "/api/shapes", "/api/relations")


def client_of(path: Path) -> PageClient:
    folder = ReportFolder(path)
    app = application(folder, NotesChecks(folder), 8765, "the-token")
    return PageClient(app, f"http://{HOST}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return begin(tmp_path / "desk")


@pytest.fixture
def client(folder: Path) -> Iterator[PageClient]:
    with client_of(folder) as client:
        client.get("/?token=the-token")
        client.headers.update(OWN)
        yield client


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def given(**more: str) -> dict[str, str]:
    return {"name": "harbour.yaml", "text": NOTES, "report": "harbour.txt", **more}


def version(text: str) -> dict[str, str]:
    return {"If-Match": f'"{hashlib.sha256(text.encode()).hexdigest()}"'}


# Who is let in


def test_nobody_without_the_token(folder: Path) -> None:
    with client_of(folder) as stranger:
        for path in ("/", "/?token=guessed", "/static/workbench.js", "/api/reports"):
            answer = stranger.get(path)
            assert (answer.status_code, "testimonia write" in answer.text) == (403, True)
            assert "set-cookie" not in answer.headers


def test_the_token_becomes_a_cookie_for_these_pages_alone(folder: Path) -> None:
    with client_of(folder) as owner:
        answer = owner.get("/?token=the-token")
        assert answer.status_code == 200
        cookie = answer.headers["set-cookie"]
        assert cookie == "testimonia-8765=the-token; Path=/; HttpOnly; SameSite=Strict"
        assert owner.get("/").status_code == 200
        assert owner.get("/api/reports").status_code == 200


@pytest.mark.parametrize("host", ["evil.example:8765", "127.0.0.1", "127.0.0.1:80", ""])
def test_another_name_of_the_server_is_refused(client: PageClient, host: str) -> None:
    answer = client.get("/api/reports", headers={"Host": host})
    assert (answer.status_code, answer.text) == (403, "This is no name of this server.\n")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},  # another port of this machine
    ],
)
def test_another_site_changes_nothing(
    client: PageClient, folder: Path, headers: dict[str, str]
) -> None:
    for path in WRITING:
        assert client.post(path, json=given(), headers=headers).status_code == 403
    answer = client.put("/api/notes", json=given(), headers={"If-None-Match": "*"} | headers)
    assert answer.status_code == 403
    assert files_in(folder) == ["front.yaml", "harbour.txt"]


def test_a_change_without_an_origin_is_refused(client: PageClient) -> None:
    del client.headers["Origin"]
    assert client.post("/api/copy", json=given()).status_code == 403


def test_the_page_may_load_and_send_nothing_elsewhere(client: PageClient) -> None:
    answer = client.get("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert f'content="{nonce}"' in answer.text
    assert nonce not in client.get("/").text
    for name, value in (("referrer-policy", "no-referrer"), ("cache-control", "no-store")):
        assert answer.headers[name] == value


# What is read


def test_reports_are_the_texts_of_the_folder(client: PageClient, folder: Path) -> None:
    (folder / "binary.txt").write_bytes(b"\xff\xfe")
    (folder / "<img src=x onerror=alert(1)>.txt").write_text("A.", encoding="utf-8")
    (folder / "sub").mkdir()
    (folder / "sub" / "within.txt").write_text("A.", encoding="utf-8")
    (folder / ".hidden.txt").write_text("A.", encoding="utf-8")
    (folder / "link.txt").symlink_to(folder / "sub" / "within.txt")
    Path(os.fsdecode(bytes(folder) + b"/\xff.txt")).write_text("A.", encoding="utf-8")
    found = client.get("/api/reports").json()
    assert (found["folder"], found["skipped"]) == ("desk", 2)
    names = [each["name"] for each in found["reports"]]
    assert names == ["<img src=x onerror=alert(1)>.txt", "binary.txt", "harbour.txt"]
    assert "not UTF-8 (byte 0" in found["reports"][1]["problem"]
    assert found["reports"][2] == {"name": "harbour.txt", "notes": "harbour.yaml", "begun": False}


def test_a_report_comes_with_sentences_and_notes_to_begin_with(client: PageClient) -> None:
    found = client.get("/api/report", params={"name": "harbour.txt"}).json()
    assert found["text"] == REPORT
    words = [REPORT[start:end] for start, end in found["sentences"]]
    assert words[0] == "PORT ALDER"
    assert len(words) == 4
    assert found["direction"] == "ltr"
    assert found["notes"]["version"] is None
    assert "text: harbour.txt" in found["notes"]["text"]
    assert found["checked"]["faults"] == []


def test_cues_are_figures_speech_and_names_of_the_folder(client: PageClient) -> None:
    found = client.get("/api/cues", params={"name": "harbour.txt"}).json()
    figures = [cue["phrase"] for cue in found if cue["kind"] == "figure"]
    assert figures == ["killed 4 dock workers"]
    named = [cue["name"] for cue in found if cue["kind"] == "name"]
    assert named == ["Coastal Front"]  # described in the notes of another file


@pytest.mark.parametrize(
    "name", ["../secret.txt", "/etc/passwd", "link.txt", "front.yaml", ".", ""]
)
def test_nothing_outside_of_the_folder_is_read(client: PageClient, folder: Path, name: str) -> None:
    (folder.parent / "secret.txt").write_text("Secret.", encoding="utf-8")
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")
    answer = client.get("/api/report", params={"name": name})
    assert answer.status_code == 422
    assert "Secret" not in answer.text


def test_notes_name_no_text_outside_of_the_folder(client: PageClient, folder: Path) -> None:
    (folder.parent / "secret.txt").write_text("Secret.", encoding="utf-8")
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")
    for path in ("../secret.txt", str(folder.parent / "secret.txt"), "link.txt"):
        text = NOTES.replace("text: harbour.txt", f"text: {path}")
        found = client.post("/api/check", json=given(text=text)).json()
        assert path in found["faults"][0]["message"]
        assert found["sentences"] == []


# What is written


def test_notes_are_saved_over_the_version_that_they_were_made_of(
    client: PageClient, folder: Path
) -> None:
    answer = client.put("/api/notes", json=given(), headers={"If-None-Match": "*"})
    assert answer.status_code == 200
    assert (folder / "harbour.yaml").read_bytes().decode() == NOTES
    answer = client.put("/api/notes", json=given(text="# more\n"), headers=version(NOTES))
    assert answer.status_code == 200
    assert (folder / "harbour.yaml").read_bytes() == b"# more\n"
    assert files_in(folder) == ["front.yaml", "harbour.txt", "harbour.yaml"]


def test_two_windows_never_overwrite_each_other(client: PageClient, folder: Path) -> None:
    client.put("/api/notes", json=given(), headers={"If-None-Match": "*"})
    (folder / "harbour.yaml").write_text("# of another\n", encoding="utf-8")
    for headers in (version(NOTES), {"If-None-Match": "*"}):
        answer = client.put("/api/notes", json=given(text="# mine\n"), headers=headers)
        assert answer.status_code == 412
        assert answer.json()["notes"]["text"] == "# of another\n"
    assert (folder / "harbour.yaml").read_bytes() == b"# of another\n"
    (folder / "harbour.yaml").unlink()
    answer = client.put("/api/notes", json=given(), headers=version(NOTES))
    assert (answer.status_code, answer.json()["notes"]) == (412, None)
    for number in (1, 2):
        answer = client.post("/api/copy", json=given(text=f"# mine {number}\n"))
        assert answer.json() == {"name": f"harbour.yaml.copy-{number}"}
    assert (folder / "harbour.yaml.copy-2").read_bytes() == b"# mine 2\n"
    assert len(client.get("/api/reports").json()["reports"]) == 1


def test_a_change_says_what_it_replaces(client: PageClient, folder: Path) -> None:
    assert client.put("/api/notes", json=given()).status_code == 428
    assert not (folder / "harbour.yaml").exists()


@pytest.mark.parametrize(
    "name", ["../out.yaml", "/etc/out.yaml", "harbour.txt", ".x.yaml", "a\0.yaml"]
)
def test_nothing_but_notes_is_written(client: PageClient, folder: Path, name: str) -> None:
    answer = client.put("/api/notes", json=given(name=name), headers={"If-None-Match": "*"})
    assert answer.status_code == 422
    assert client.post("/api/copy", json=given(name=name)).status_code == 422
    assert (folder / "harbour.txt").read_text(encoding="utf-8") == REPORT
    assert files_in(folder) == ["front.yaml", "harbour.txt"]


def test_no_link_is_written_through(client: PageClient, folder: Path) -> None:
    outside = folder.parent / "outside.yaml"
    outside.write_text("# outside\n", encoding="utf-8")
    (folder / "harbour.yaml").symlink_to(outside)
    for headers in ({"If-None-Match": "*"}, version("# outside\n")):
        answer = client.put("/api/notes", json=given(), headers=headers)
        assert answer.status_code == 422
    assert outside.read_text(encoding="utf-8") == "# outside\n"


def test_a_full_disk_is_said_and_harms_nothing(tmp_path: Path) -> None:
    try:
        with SmallDisk(tmp_path / "disk", 1) as disk:
            folder = begin(disk.folder / "desk")
            with client_of(folder) as client:
                client.get("/?token=the-token")
                client.headers.update(OWN)
                client.put("/api/notes", json=given(), headers={"If-None-Match": "*"})
                disk.fill(0)
                longer = NOTES + "# more\n" * 2_000
                answer = client.put("/api/notes", json=given(text=longer), headers=version(NOTES))
                assert answer.status_code == 507
                assert answer.json()["message"] == "the disk is full"
                assert (folder / "harbour.yaml").read_bytes().decode() == NOTES
                assert files_in(folder) == ["front.yaml", "harbour.txt", "harbour.yaml"]
                disk.make_room()
                answer = client.put("/api/notes", json=given(text=longer), headers=version(NOTES))
                assert answer.status_code == 200
    except MayNotMount as why:
        pytest.skip(str(why))


def test_a_folder_that_may_not_be_written_is_said(tmp_path: Path) -> None:
    try:
        with SmallDisk(tmp_path / "disk", 1) as disk:
            folder = begin(disk.folder / "desk")
            subprocess.run(("mount", "-o", "remount,ro", str(disk.folder)), check=True)
            with client_of(folder) as client:
                client.get("/?token=the-token")
                client.headers.update(OWN)
                for answer in (
                    client.put("/api/notes", json=given(), headers={"If-None-Match": "*"}),
                    client.post("/api/copy", json=given()),
                ):
                    assert answer.status_code == 403
                    assert "cannot be written" in answer.json()["message"]
    except MayNotMount as why:
        pytest.skip(str(why))


def test_odd_bodies_are_refused(client: PageClient) -> None:
    for body, status in ((b"{", 400), (b"[]", 422), (b'{"name": 3}', 422), (b" " * 9_000_000, 422)):
        answer = client.post("/api/copy", content=body)
        assert answer.status_code == status
    half = client.post("/api/copy", content=b'{"name": "a.yaml", "text": "\\ud800"}')
    assert half.json()["message"] == "text holds half a character"


# What is said of notes


def fields(claim: dict[str, Any]) -> dict[str, str]:
    return dict(claim["fields"])


def test_claims_are_shown_as_what_they_become(client: PageClient) -> None:
    found = client.post("/api/check", json=given()).json()
    assert found["faults"] == []
    first, second, third = found["claims"]
    said = fields(first)
    assert said["who"] == "Ada Vance"
    assert said["as"] == "Harbour master"
    assert said["for"] == "Harbour authority"
    assert said["stance"] == "asserts"
    assert (said["harm"], said["group"], said["bounds"]) == ("killed", "Dock workers", "4 to 4")
    assert [NOTES.splitlines()[each["line"] - 1][:12] for each in found["claims"]] == [
        "- {at: 2, wh",
        "- {at: 3, wh",
        "- {at: 4, wh",
    ]
    assert REPORT[slice(*second["spans"][0])].startswith("A port official")
    assert fields(third)["stance"] == "denies"
    assert [each["covered"] for each in found["sentences"]] == ["wholly"] * 4
    assert found["sentences"][0]["reason"]
    assert "Harbour master" in found["names"]["posts"]
    assert "Coastal Front" in found["names"]["agents"]


def test_faults_have_line_and_column_and_the_rest_is_shown(client: PageClient) -> None:
    text = NOTES.replace("who: Ada Vance", "who: Ada Vanse")
    found = client.post("/api/check", json=given(text=text)).json()
    (fault,) = found["faults"]
    line = text.splitlines()[fault["line"] - 1]
    assert line[fault["column"] - 1 :].startswith("Ada Vanse")
    assert "Ada Vance" in fault["hint"]
    assert len(found["claims"]) >= 2
    found = client.post("/api/check", json=given(text="claims: [")).json()
    assert "well-formed" in found["faults"][0]["message"]
    assert not found["read"]


def test_the_first_fault_of_other_files_is_shown(client: PageClient, folder: Path) -> None:
    (folder / "other.yaml").write_text("agents: {X: Nobody knows}\n", encoding="utf-8")
    found = client.post("/api/check", json=given()).json()
    assert found["faults"] == []
    (fault,) = found["elsewhere"]
    assert (fault["file"], fault["line"]) == ("other.yaml", 1)
    assert "Nobody knows" in fault["message"]


def test_shapes_find_what_is_missing(client: PageClient) -> None:
    found = client.post("/api/shapes", json=given()).json()
    assert {each["severity"] for each in found} <= {"Violation", "Warning", "Info"}
    assert any("time at which it was stated" in each["message"] for each in found)
    assert all(each["line"] > 1 for each in found)


def test_relations_say_with_whom_and_why(client: PageClient, folder: Path) -> None:
    other = NOTES.replace("harbour.txt", "second.txt").replace("killed 4", "killed 5")
    other = other.replace("who: Ada Vance, as: Harbour master", "who: Coastal Front")
    (folder / "second.txt").write_text(REPORT, encoding="utf-8")
    (folder / "second.yaml").write_text(other.replace("Report on", "Second on"), encoding="utf-8")
    found = client.post("/api/relations", json=given()).json()
    conflicts = [each for each in found if each["how"] == "conflicts with"]
    assert [(each["file"], "5" in each["other"]) for each in conflicts] == [("second.yaml", True)]
    assert "cannot both be true" in conflicts[0]["why"]
    line = NOTES.splitlines()[conflicts[0]["at"] - 1]
    assert line.startswith("- {at: 2")


def test_a_report_that_is_edited_is_read_again(client: PageClient, folder: Path) -> None:
    text = REPORT + "\nOne more sentence.\n"
    before = client.post("/api/check", json=given()).json()["sentences"]
    (folder / "harbour.txt").write_text(text, encoding="utf-8")
    last = NOTES + f"- {{at: {len(before) + 1}, says: killed 9}}\n"
    client.post("/api/check", json=given(text=last))
    (folder / "harbour.txt").write_text(REPORT, encoding="utf-8")
    faults = client.post("/api/check", json=given(text=last)).json()["faults"]
    assert any("there is no such sentence" in each["message"] for each in faults)


def test_notes_on_another_report_are_not_shown(client: PageClient, folder: Path) -> None:
    (folder / "harbour.yaml").write_text(NOTES, encoding="utf-8")
    (folder / "other.txt").write_text("Another report.\n", encoding="utf-8")
    (folder / "other.yaml").write_text(NOTES, encoding="utf-8")  # on harbour.txt
    notes = client.get("/api/report?name=other.txt").json()["notes"]
    assert (notes["name"], notes["version"]) == ("other-2.yaml", None)


def test_notes_that_cannot_be_read_are_named(client: PageClient, folder: Path) -> None:
    (folder / "latin.yaml").write_bytes("about: Überfall".encode("latin-1"))
    (row,) = client.get("/api/reports").json()["reports"]
    assert row["problem"].startswith("latin.yaml is not UTF-8")


def test_a_folder_that_is_gone_is_reported(client: PageClient, folder: Path) -> None:
    folder.rename(folder.with_name("moved"))
    answer = client.put("/api/notes", json=given(), headers={"If-None-Match": "*"})
    assert (answer.status_code, "cannot be opened" in answer.json()["message"]) == (403, True)
