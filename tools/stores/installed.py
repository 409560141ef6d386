"""Finds the servers that `make .venv-stores` installed, and checks the digest of each file once."""

from __future__ import annotations

import hashlib
import shutil
from functools import cache
from pathlib import Path
from typing import Final

__all__ = ["FOLDER", "NotInstalled", "java_file", "program"]

FOLDER: Final = Path(__file__).resolve().parents[2] / ".venv-stores"

_DIGESTS: Final = {
    "jena-fuseki-server-5.6.0.jar": (
        "d28c1eaf703122ee628895a460c20fa4aa60a892f435d403ea8c036f241da1f8"
    ),
    "jetty-runner-9.4.58.v20250814.jar": (
        "b692f66bb7a53bfa739b7eb466dc2bf75bddd5bfa0e7d425cd2a0434233987c2"
    ),
    "rdf4j-http-server-4.1.3.war": (
        "7cee02ac474451a09d8e012af9807aaa71e6e44c6380dc7f1a7e892fc8f629b3"
    ),
}
"""SHA-256 of each file that Maven downloads, by file name (see pom.xml)."""


class NotInstalled(Exception):
    """A server cannot be started, because a part or a dependency is not installed."""


def program(name: str, package: str) -> str:
    """Find a program that the system's package manager installs.

    Parameters
    ----------
    name
        The name of the program.
    package
        The Debian package that has it.

    Raises
    ------
    NotInstalled
        It is not on the path.
    """
    found = shutil.which(name)
    if found is None:
        raise NotInstalled(f"{name} is not installed (Debian has it in {package})")
    return found


@cache
def java_file(name: str) -> Path:
    """Find a file of Java classes, and check that it is the one that was pinned.

    Parameters
    ----------
    name
        The name of the file.

    Raises
    ------
    NotInstalled
        It is not there, or has another digest than the pinned one.
    """
    path = FOLDER / "java" / name
    if not path.is_file():
        raise NotInstalled(f"{name} is not installed: run `make stores`")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != _DIGESTS[name]:
        raise NotInstalled(f"{path} has the SHA-256 {digest}, which is not the pinned one")
    return path
