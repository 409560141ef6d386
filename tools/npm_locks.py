"""Removes the funding addresses of packages from npm's lock files: ``python -m tools.npm_locks``.

npm itself can leave out where packages come from (``--omit-lockfile-registry-resolved``), but not
those addresses, and a lock file must not name any host.
"""

from __future__ import annotations

import json
from pathlib import Path

__all__ = ["LOCKS", "main"]

LOCKS = sorted(Path(__file__).parent.glob("*/package-lock.json"))


def main() -> None:
    """Write the lock files again."""
    for path in LOCKS:
        lock = json.loads(path.read_text(encoding="utf-8"))
        for package in lock["packages"].values():
            package.pop("funding", None)
        path.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
