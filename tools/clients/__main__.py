"""Takes out of the lock file where packages ask for money: ``python -m tools.clients``.

npm itself leaves out where packages come from (``--omit-lockfile-registry-resolved``), but not those
addresses; the lock file names no host.
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
