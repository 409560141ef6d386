"""What checks pages: axe-core in the browser, and the Nu checker of HTML and CSS, which runs in Java."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from playwright.sync_api import Page

INSTALLED: Final = Path(__file__).parents[2] / "tools" / "checkers" / "node_modules"
_AXE: Final = INSTALLED / "axe-core" / "axe.min.js"
_NU: Final = INSTALLED / "vnu-jar" / "build" / "dist" / "vnu.jar"
# All that axe knows, best practices as well.
# Of files, 'self' is nothing; in the browser the policy holds, and console and axe say so.
_OF_FILES: Final = "Resource violates Content Security Policy"
_RUN: Final = "axe.run({ resultTypes: ['violations'] }).then((found) => found.violations)"


def missing() -> str:
    """Return why pages cannot be checked; an empty text if they can."""
    if not (_AXE.is_file() and _NU.is_file()):
        return "the checkers are not installed: make tools/checkers/node_modules"
    return "" if shutil.which("java") else "Java is not installed"


@cache
def _axe() -> str:
    return _AXE.read_text("utf-8")


def found_by_axe(page: Page) -> list[str]:
    """List what axe finds wrong with the page that is open, each with an element."""
    # Evaluated and not added as a script: the policy of the page allows none from elsewhere.
    page.evaluate(f"{_axe()}; undefined")
    return [
        f"{each['id']}: {each['help']}: {each['nodes'][0]['html']} ({len(each['nodes'])} times)"
        for each in page.evaluate(_RUN)
    ]


def found_by_nu(files: Iterable[Path]) -> list[str]:
    """List what the Nu checker finds wrong with pages and style sheets, warnings as well."""
    # Compiled once, and not again for speed: that pays only in longer runs.
    java = ["java", "-Xss4m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", str(_NU)]
    command = [*java, "--format", "json", "--also-check-css"]
    done = subprocess.run(
        [*command, *map(str, files)], capture_output=True, text=True, check=False, timeout=900
    )
    said = json.loads(done.stderr)["messages"]
    return [
        f"{each['url'].rpartition('/')[2]}:{each.get('lastLine')}: {each['message']}"
        for each in said
        if not each["message"].startswith(_OF_FILES)
    ]
