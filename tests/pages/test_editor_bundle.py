"""The committed editor is what its sources and the lock build, small, and names no other host."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest

from testimonia.pages import rendering

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "src" / "testimonia" / "pages" / "editor"
TOOLS = ROOT / "tools" / "editor"
SCRIPTS = ROOT / "src" / "testimonia" / "pages" / "scripts"


@pytest.fixture(scope="module")
def node() -> str:
    found = shutil.which("node")
    if found is None:
        pytest.skip("Node is not installed")
    if not (TOOLS / "node_modules" / "esbuild").is_dir():
        pytest.skip("the editor's packages are not installed: make tools/editor/node_modules")
    return found


def built(node: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (node, "tools/editor/build.js", "--check"),
        cwd=ROOT,
        env={"EDITOR_BUNDLE": str(folder), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_bundle_is_what_the_sources_build(node: str) -> None:
    done = built(node, BUILT)
    assert done.returncode == 0, done.stderr


def test_a_bundle_that_is_not_is_found(node: str, tmp_path: Path) -> None:
    shutil.copy(BUILT / "editor.js", tmp_path)
    with (tmp_path / "editor.js").open("a", encoding="utf-8") as bundle:
        bundle.write("\n")
    done = built(node, tmp_path)
    assert done.returncode == 1
    assert "make editor" in done.stderr
    assert done.stderr.count(str(tmp_path)) == 2  # the licences are missing as well


def test_the_bundle_is_small_and_hides_nothing() -> None:
    content = rendering.EDITOR["editor.js"].decode()
    assert 100_000 < len(content) < 500_000
    odd = {each for each in content if unicodedata.category(each) in ("Cf", "Co", "Zl")}
    assert odd == set()
    # Namespaces and comments aside, nothing in it is an address, and nothing makes code of text.
    assert set(re.findall(r"https?://[\w.]+", content)) <= {"http://www.w3.org"}
    assert not re.search(r"\beval\(|new Function\b", content)


def test_each_package_in_the_bundle_has_its_licence() -> None:
    text = rendering.EDITOR["editor-licences.txt"].decode()
    held = re.findall(r"^(\S+) [0-9.]+ \((MIT|ISC)\)$", text, re.MULTILINE)
    assert {"@codemirror/view", "@codemirror/legacy-modes", "d3-scale"} <= {n for n, _ in held}
    assert text.count("-" * 72) == len(held)
    assert text.lower().count("copyright") >= len(held)


def test_sources_make_no_markup_of_text_and_name_no_host() -> None:
    sources = [*(TOOLS / "src").iterdir(), *SCRIPTS.glob("*sparql*.js")]
    assert len(sources) > 10
    for path in sources:
        text = path.read_text(encoding="utf-8")
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|DOMParser", text
        ), path.name
        assert set(re.findall(r"https?://[\w.]+", text)) <= {"http://www.w3.org"}, path.name
