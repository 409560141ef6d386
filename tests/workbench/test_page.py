"""The page of the workbench, used in a real browser: by mouse, by keyboard, twice at once, and attacked."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from desk_browser import Desk, found_browser, launched, serving
from playwright.sync_api import Browser
from small_disk import MayNotMount, SmallDisk
from workbench_folders import NOTES, REPORT, begin

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(found_browser() is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = begin(tmp_path / "desk")
    (folder / "harbour.yaml").write_text(NOTES, encoding="utf-8")
    return folder


@pytest.fixture
def address(folder: Path) -> Iterator[str]:
    with serving(folder) as address:
        yield address


@pytest.fixture
def desk(browser: Browser, address: str) -> Iterator[Desk]:
    context = browser.new_context(viewport={"width": 1300, "height": 900})
    desk = Desk(context, address)
    yield desk
    context.close()
    assert desk.wrong == []
    assert desk.asked <= {address.partition("?")[0].rstrip("/"), *_static(address)}


def _static(address: str) -> set[str]:
    own = address.partition("?")[0]
    names = ("workbench.js", "workbench.css")
    return {address, own, "data:,", *(f"{own}static/{name}" for name in names)}


def saved(folder: Path, name: str = "harbour.yaml") -> str:
    return (folder / name).read_text(encoding="utf-8")


def test_mark_with_the_mouse_type_see_and_save(desk: Desk, folder: Path) -> None:
    desk.open("harbour.txt")
    assert desk.text("#title") == "harbour.txt"
    sentence = desk.page.locator(".sentence").nth(2)
    box = sentence.bounding_box()
    assert box is not None
    desk.page.mouse.move(box["x"] + 22, box["y"] + box["height"] / 2)
    desk.page.mouse.down()
    desk.page.mouse.move(box["x"] + box["width"] - 1, box["y"] + box["height"] / 2, steps=12)
    desk.page.mouse.up()
    button = desk.page.get_by_role("button", name="Claim on these words")
    button.click()
    desk.type("Ada Vance")
    desk.press("Escape", "Tab")
    desk.type("injured 12 people")
    desk.press("Escape")
    desk.wait_saved()
    last = saved(folder).strip().splitlines()[-1]
    assert "who: Ada Vance, says: injured 12 people}" in last
    assert last.startswith("- {at: ")
    # What it becomes, and what the sentence says of the harbour master's claim.
    desk.wait(lambda: "12 to 12" in desk.text("#claim"))
    claim = desk.text("#claim")
    assert "Ada Vance" in claim
    assert "injured" in claim
    assert "asserts" in claim
    desk.wait(lambda: "4 claims" in desk.text("#progress"))


def test_everything_by_keyboard(desk: Desk, folder: Path) -> None:
    (folder / "harbour.yaml").write_text(NOTES.partition("claims:")[0], encoding="utf-8")
    desk.page.locator("#list-rows a").first.wait_for()
    desk.press("Enter")  # the first report has the focus
    desk.page.locator(".sentence").first.wait_for()
    # It begins at the first sentence that nothing covers; its figure is suggested.
    desk.wait(lambda: "killed 4 dock workers" in desk.text("#suggestion-list"))
    assert desk.text("#current") == "Sentence 2 of 4"
    desk.press("1")
    desk.wait(lambda: "claims:" in desk.notes())
    line = desk.notes().strip().splitlines()[-1]
    assert line == "- {at: 2, who: Ada Vance, says: killed 4 dock workers}"
    # A name is completed, and another claim stands on words of the next sentence.
    desk.press("Alt+ArrowDown", "F6", "ArrowRight", "ArrowRight", "Shift+ArrowRight", "Enter")
    desk.type("Port o")
    desk.page.locator(".cm-tooltip-autocomplete li", has_text="Port official").wait_for()
    desk.page.wait_for_timeout(150)  # the editor takes no completion in the first moment
    desk.press("Enter", "Tab")
    desk.type("injured 9 peple")
    desk.press("Escape")
    desk.wait_saved()
    last = saved(folder).strip().splitlines()[-1]
    assert last == "- {at: port official, who: Port official, says: injured 9 peple}"
    # To the fault, which is fixed; undo brings it back.
    desk.wait(lambda: "peple" in desk.text("#problems"))
    desk.press("F6", "F8")
    desk.wait(lambda: desk.page.locator(".cm-editor.cm-focused").count() == 1)
    desk.press("End", "ArrowLeft", "Shift+Control+ArrowLeft")
    desk.type("people")
    desk.press("Escape")
    desk.wait(
        lambda: "To fix" not in desk.text("#problems") and "peple" not in desk.text("#problems")
    )
    desk.press("Control+z")
    desk.wait(lambda: "peple" in desk.notes())
    desk.press("Control+y", "F6", "Escape")
    desk.wait(lambda: "Sentence 3" in desk.text("#current"))
    desk.press("Alt+ArrowDown", "x")
    desk.type("scen")
    desk.page.locator(".cm-tooltip-autocomplete li").first.wait_for()
    desk.page.wait_for_timeout(150)
    desk.press("Enter")
    desk.wait(lambda: "3 of 4 sentences covered" in desk.text("#progress"))
    desk.wait_saved()
    assert "nothing: {1: dateline-line, 4: " in saved(folder)
    desk.press("F1")
    assert desk.page.get_by_role("dialog", name="Keys").is_visible()
    desk.press("Escape")


ARABIC = """بورت ألدر
قال محافظ المرفأ يوم الثلاثاء إن أربعة من عمال المرفأ قتلوا في انفجار قنبلة.
نفت جبهة الساحل أي دور لها.
"""


def test_right_to_left(desk: Desk, folder: Path) -> None:
    (folder / "arabic.txt").write_text(ARABIC, encoding="utf-8")
    desk.page.reload()
    desk.open("arabic.txt")
    report = desk.page.locator("#report")
    assert report.get_attribute("dir") == "rtl"
    first, second = (desk.page.locator(".sentence").nth(n).bounding_box() for n in (0, 1))
    assert first is not None
    assert second is not None
    assert abs(first["x"] + first["width"] - second["x"] - second["width"]) < 2  # one right edge
    # Forward is to the left.
    desk.press("ArrowDown", "ArrowLeft", "Shift+ArrowLeft", "Enter")
    desk.type("محافظ")
    desk.press("Escape")
    desk.wait_saved()
    assert saved(folder, "arabic.yaml").strip().splitlines()[-1] == (
        "- {at: قال محافظ, who: محافظ, says: }"
    )
    desk.press("Control+Home")
    desk.page.get_by_role("textbox", name="Notes on the report").press("Control+End")
    # The language of the notes takes precedence.
    desk.page.locator(".cm-line", has_text="language:").click()
    desk.press("End")
    desk.type(" en")
    desk.press("Escape")
    desk.wait(lambda: report.get_attribute("dir") == "ltr")


def test_two_windows_never_overwrite_each_other(desk: Desk, address: str, folder: Path) -> None:
    other = Desk(desk.page.context, address)
    for window, words in ((desk, "# first"), (other, "# second")):
        window.open("harbour.txt")
        window.page.locator(".cm-content").click()
        window.press("Control+End")
        window.type(words)
    desk.page.bring_to_front()
    desk.wait(lambda: "# first" in saved(folder) or "# second" in saved(folder))
    loser = next(
        window
        for window in (desk, other)
        for _ in [window.page.wait_for_timeout(1500)]
        if window.page.locator("#conflict").is_visible()
    )
    mine, theirs = ("# first", "# second") if loser is desk else ("# second", "# first")
    assert saved(folder).endswith(theirs)
    assert mine in loser.text("#mine mark")
    assert theirs in loser.text("#other mark")
    assert loser.text("#saving") == "Not saved: changed elsewhere"
    loser.page.get_by_role("button", name="Save mine as a copy").click()
    loser.wait(lambda: "harbour.yaml.copy-1" in loser.text("#saving"))
    assert saved(folder, "harbour.yaml.copy-1").endswith(mine)
    assert saved(folder).endswith(theirs)
    assert loser.notes().endswith(theirs)
    # Mine comes back by undo, and replaces what was seen.
    loser.page.locator(".cm-content").click()
    loser.press("Control+z")
    loser.wait(lambda: loser.notes().endswith(mine))
    loser.wait_saved()
    assert saved(folder).endswith(mine)
    assert other.wrong == []


def test_a_full_disk_keeps_the_text_in_the_page(browser: Browser, tmp_path: Path) -> None:
    try:
        with SmallDisk(tmp_path / "disk", 1) as disk:
            folder = begin(disk.folder / "desk")
            (folder / "harbour.yaml").write_text(NOTES, encoding="utf-8")
            with serving(folder) as address:
                context = browser.new_context(accept_downloads=True)
                desk = Desk(context, address)
                desk.open("harbour.txt")
                disk.fill(0)
                desk.page.locator(".cm-content").click()
                desk.press("Control+End")
                desk.page.keyboard.insert_text("# more words\n" * 1_000 + "# the end")
                desk.wait(lambda: "the disk is full" in desk.text("#saving"))
                assert saved(folder) == NOTES
                # Leaving would lose it, which the page asks about; here the answer is no.
                desk.page.locator("#show-list").click()
                desk.wait(lambda: bool(desk.wrong))
                assert "not saved" in desk.wrong.pop()
                assert desk.text("#title") == "harbour.txt"
                assert desk.notes().endswith("# the end")
                with desk.page.expect_download() as download:
                    desk.page.get_by_role("button", name="Save elsewhere").click()
                kept = tmp_path / "kept.yaml"
                download.value.save_as(kept)
                assert kept.read_text(encoding="utf-8").endswith("# the end")
                disk.make_room()
                desk.wait_saved()  # it is tried again by itself
                assert saved(folder).endswith("# the end")
                subprocess.run(("mount", "-o", "remount,ro", str(disk.folder)), check=True)
                desk.page.locator(".cm-content").click()
                desk.press("Control+End")
                desk.type(" and more")
                desk.wait(lambda: "cannot be written" in desk.text("#saving"))
                assert "Read-only file system" in desk.text("#saving")
                subprocess.run(("mount", "-o", "remount,rw", str(disk.folder)), check=True)
                desk.wait_saved()
                assert saved(folder).endswith("# the end and more")
                context.close()
                assert desk.wrong == []
    except MayNotMount as why:
        pytest.skip(str(why))


def test_a_report_of_200_000_characters_can_be_worked_on(desk: Desk, folder: Path) -> None:
    sentence = (
        "The mayor said that about {} people were killed in village {}, and 30 injured there."
    )
    lines = [sentence.format(number % 90 + 2, number) for number in range(2_500)]
    text = "\n".join(" ".join(lines[at : at + 5]) for at in range(0, len(lines), 5))
    (folder / "long.txt").write_text(text, encoding="utf-8")
    assert len(text) > 200_000
    desk.page.reload()
    began = time.monotonic()
    desk.open("long.txt")
    shown = time.monotonic() - began
    desk.wait(lambda: "killed ~2 people" in desk.text("#suggestion-list"), 120)
    desk.press("End")
    desk.wait(lambda: "Sentence 2500 of 2500" in desk.text("#current"))
    began = time.monotonic()
    for _ in range(20):
        desk.press("ArrowUp")
    moved = (time.monotonic() - began) / 20
    desk.press("ArrowRight", "Shift+ArrowRight", "Enter")
    began = time.monotonic()
    desk.type("the mayor of the town")
    typed = (time.monotonic() - began) / 21
    assert shown < 20  # generous: machines are shared; seen alone it is one second
    assert moved < 0.5
    assert typed < 0.25
    desk.press("Escape")
    desk.wait_saved()
    # The words stand in every sentence, so that they are given by offsets.
    at = saved(folder, "long.yaml").strip().splitlines()[-1]
    start, end = at.partition("char=")[2].partition(", who")[0].split(",")
    assert text[int(start) : int(end)] == "The mayor"


HOSTILE = (
    "</script><script>document.title='owned'</script> killed 4 people.\n"
    "<img src=x onerror=\"document.title='owned'\"> \u202etext from the right\u202c, NUL \x00 and 😀😀 faces.\n"
    "Then 😀 a bomb killed five men.\n" + "x" * 60_000 + "\n"
)
NAME = "<img src=x onerror=alert(1)>.txt"


def test_hostile_text_and_names_stay_text(desk: Desk, folder: Path) -> None:
    (folder / NAME).write_text(HOSTILE, encoding="utf-8")
    (folder / "evil.yaml").write_text(
        "agents: {'<img src=x onerror=alert(2)>': Nobody knows}\n", encoding="utf-8"
    )
    desk.page.reload()
    desk.open(NAME)
    shown = desk.page.locator("#report").evaluate("each => each.textContent")
    assert shown == HOSTILE
    assert desk.page.locator("#report img, #report script").count() == 0
    codes = desk.page.locator(".hidden-character").evaluate_all(
        "every => every.map(each => each.dataset.code)"
    )
    assert codes == ["U+202E", "U+202C", "U+0000"]
    # Positions are code points, though the browser counts two units for a face.
    desk.wait(lambda: "killed" in desk.text("#suggestion-list"))
    desk.press("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight", "Enter")
    desk.type("<img src=x onerror=alert(3)>")
    desk.press("Escape", "Tab")
    desk.type("killed 5 men")
    desk.press("Escape")
    name = "<img src=x onerror=alert(1)>.yaml"
    desk.wait_saved()
    assert "- {at: bomb, who: <img src=x onerror=alert(3)>, says: killed 5 men}" in saved(
        folder, name
    )
    desk.wait(lambda: "onerror=alert(3)" in desk.text("#problems"))
    desk.press("Control+Home")
    assert desk.page.title() == f"{NAME} · Testimonia"
    assert desk.page.locator("img").count() == 0


def test_claims_on_sentences_behind_faces_are_at_the_right_words(desk: Desk, folder: Path) -> None:
    text = "😀😀😀 The mayor spoke of it. A bomb 😀 killed five men there 😀. He said a bomb fell."
    (folder / "faces.txt").write_text(text, encoding="utf-8")
    desk.page.reload()
    desk.open("faces.txt")
    desk.press("ArrowDown", "ArrowRight", "ArrowRight", "Enter")
    desk.press("Escape")
    desk.wait_saved()
    line = saved(folder, "faces.yaml").strip().splitlines()[-1]
    assert "at: char=" not in line or text[slice(*_offsets(line))] == "bomb"
    desk.press("F6", "ArrowRight", "ArrowLeft", "Shift+ArrowLeft", "Enter", "Escape")
    desk.wait_saved()


def _offsets(line: str) -> tuple[int, int]:
    start, end = line.partition("char=")[2].partition(", who")[0].split(",")
    return int(start), int(end)


def test_relations_are_shown_with_their_reason(desk: Desk, folder: Path) -> None:
    second = NOTES.replace("harbour.txt", "second.txt").replace("killed 4", "killed 5")
    second = second.replace("who: Ada Vance, as: Harbour master", "who: Coastal Front")
    (folder / "second.txt").write_text(REPORT, encoding="utf-8")
    (folder / "second.yaml").write_text(second.replace("Report on", "Second on"), encoding="utf-8")
    desk.open("harbour.txt")
    desk.wait(lambda: "conflicts 1" in desk.text("#relations-state"), 120)
    desk.page.locator("#relations button", has_text="line").last.click()
    desk.wait(lambda: desk.text("#relations-state") == "Of this claim:")
    shown = desk.text("#relations")
    assert "conflicts with" in shown
    assert "cannot both be true" in shown
    assert "second.yaml" in shown
    desk.wait(lambda: "time at which it was stated" in desk.text("#problems"), 180)


@pytest.mark.parametrize("width", [1300, 640, 360])
def test_narrow_windows_lose_nothing(desk: Desk, width: int) -> None:
    desk.page.set_viewport_size({"width": width, "height": 700})
    desk.open("harbour.txt")
    page = desk.page
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for selector in ("#report", "#editor .cm-content", "#panel", "#insert-claim", "#show-help"):
        part = page.locator(selector)
        part.scroll_into_view_if_needed()
        box = part.bounding_box()
        assert box is not None
        assert box["width"] > 40
        assert box["x"] + box["width"] <= width + 1


ATTACK = """<!doctype html><title>waiting</title>
<form id=f method=post enctype=text/plain target=i action="{own}api/copy"><input name=a value=b></form>
<iframe name=i></iframe>
<script src="{own}static/workbench.js"></script>
<script>
const found = [];
const tries = [
  fetch("{own}api/reports", {{credentials: "include"}}).then(r => r.text()),
  fetch("{own}api/copy", {{method: "POST", mode: "no-cors", credentials: "include",
    body: JSON.stringify({{name: "x.yaml", text: "# owned"}})}}).then(r => r.text()),
  fetch("{own}api/notes", {{method: "PUT", credentials: "include", headers: {{"If-None-Match": "*"}},
    body: JSON.stringify({{name: "x.yaml", text: "# owned"}})}}).then(r => r.text()),
];
document.getElementById("f").submit();
Promise.allSettled(tries).then(all => {{
  document.title = "done " + all.map(each => each.status + ":" + (each.value ?? "")).join(" ");
}});
</script>"""


def test_pages_of_another_origin_neither_read_nor_write(
    desk: Desk, address: str, folder: Path, tmp_path: Path
) -> None:
    # Another port of this machine is another origin, and the same site: cookies go there.
    site = tmp_path / "site"
    site.mkdir()
    own = address.partition("?")[0]
    (site / "attack.html").write_text(ATTACK.format(own=own), encoding="utf-8")
    handler = partial(_Quiet, directory=str(site))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        desk.page.locator("#list-rows a").first.wait_for()
        page = desk.page.context.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/attack.html")
        desk.wait(lambda: page.title().startswith("done"))
        page.wait_for_timeout(500)
        assert page.title() == "done rejected: rejected: rejected:"
        assert sorted(path.name for path in folder.iterdir()) == [
            "front.yaml",
            "harbour.txt",
            "harbour.yaml",
        ]
    finally:
        server.shutdown()
        server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass
