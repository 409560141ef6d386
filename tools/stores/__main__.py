"""Runs a store until it is interrupted: ``python -m tools.stores fuseki [FOLDER]``."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from tools.stores import SERVERS, DidNotStart, NotInstalled


def main() -> None:
    """Start a store, print its addresses, and wait for an interrupt."""
    parser = argparse.ArgumentParser(prog="python -m tools.stores", description=__doc__)
    parser.add_argument("store", choices=sorted(SERVERS))
    parser.add_argument("folder", nargs="?", type=Path, help="where its data stay afterwards")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        server = SERVERS[chosen.store]((chosen.folder or Path(temporary)).absolute())
        try:
            with server:
                where = server.endpoint
                shown = {"base": where.base, "query": where.query, "update": where.update}
                shown |= {"graphs": where.graphs, "user": where.user, "password": where.password}
                shown |= {"log": str(server.log), "process": str(server.pid)}
                for name, value in shown.items():
                    sys.stdout.write(f"{name:<10}{value or '-'}\n")
                sys.stdout.flush()
                signal.sigwait({signal.SIGINT, signal.SIGTERM})
        except (NotInstalled, DidNotStart) as error:
            sys.exit(str(error))


if __name__ == "__main__":
    main()
