"""The committed page is what its sources and the lock build, small, and names no other host."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "src" / "testimonia" / "workbench" / "static"
TOOLS = ROOT / "tools" / "workbench"
BUILT = ("workbench.js", "workbench.css", "index.html", "LICENCES.txt")


@pytest.fixture(scope="module")
def node() -> str:
    found = shutil.which("node")
    if found is None:
        pytest.skip("Node is not installed")
    if not (TOOLS / "node_modules" / "esbuild").is_dir():
        pytest.skip("the page's packages are not installed: make tools/workbench/node_modules")
    return found


def built(node: str, static: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (node, "tools/workbench/build.js", "--check"),
        cwd=ROOT,
        env={"WORKBENCH_STATIC": str(static), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_bundle_is_what_the_sources_build(node: str) -> None:
    done = built(node, STATIC)
    assert done.returncode == 0, done.stderr


def test_a_bundle_that_is_not_is_found(node: str, tmp_path: Path) -> None:
    for name in BUILT:
        shutil.copy(STATIC / name, tmp_path / name)
    with (tmp_path / "workbench.js").open("a", encoding="utf-8") as bundle:
        bundle.write("\n")
    (tmp_path / "index.html").unlink()
    done = built(node, tmp_path)
    assert done.returncode == 1
    assert "make workbench" in done.stderr
    assert done.stderr.count(str(tmp_path)) == 2


def test_the_bundle_is_small_and_hides_nothing() -> None:
    for name in ("workbench.js", "workbench.css"):
        content = (STATIC / name).read_text(encoding="utf-8")
        assert 1_000 < len(content) < 1_000_000
        odd = {each for each in content if unicodedata.category(each) in ("Cf", "Co", "Zl")}
        assert odd == set()


def test_each_package_in_the_bundle_has_its_licence() -> None:
    text = (STATIC / "LICENCES.txt").read_text(encoding="utf-8")
    held = re.findall(r"^(\S+) [0-9.]+ \((MIT|BSD-3-Clause|ISC)\)$", text, re.MULTILINE)
    assert {"@codemirror/view", "@recogito/text-annotator"} <= {name for name, _ in held}
    assert text.count("-" * 72) == len(held)
    assert text.lower().count("copyright") >= len(held)


def test_sources_make_no_markup_of_text_and_fetch_from_their_own_server_alone() -> None:
    sources = {path.name: path.read_text(encoding="utf-8") for path in (TOOLS / "src").iterdir()}
    assert len(sources) > 10
    for name, text in sources.items():
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", text
        ), name
        assert not re.search(r"https?://", text), name
        if name != "api.js":
            assert "fetch(" not in text, name
