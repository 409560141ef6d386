"""Removes the funding addresses of packages from the lock file: ``python -m tools.clients``.

npm itself can leave out where packages come from (``--omit-lockfile-registry-resolved``), but not
those addresses, and the lock file must not name any host.
"""

from __future__ import annotations

import json
from pathlib import Path

__all__ = ["main"]

LOCK = Path(__file__).parent / "package-lock.json"


def main() -> None:
    """Write the lock file again."""
    lock = json.loads(LOCK.read_text(encoding="utf-8"))
    for package in lock["packages"].values():
        package.pop("funding", None)
    LOCK.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
