"""The HTTP endpoint: read-only SPARQL, a page for each question, dataset descriptions and dumps.

`server` starts it and stops it; `app` lists its routes and middleware.

- `routes`: what each address answers, with the handlers and the responses that they share;
- `workers`: the processes that run queries, the queues before them, and the cache of answers;
- `http`: HTTP itself, with headers, content negotiation, limits for each client, and request parsing.

The server process holds no data. A process that never starts a thread loads the data and forks workers
(`workers.fork_server`); each worker runs one query at a time (`workers.worker`) and can be killed safely.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from testimonia.lazy_names import lazy

if TYPE_CHECKING:
    from testimonia.web.server import serve
    from testimonia.web.settings import Settings

__all__ = ["Settings", "serve"]

# Workers import single modules of this package and must not load the server.
__getattr__, __dir__ = lazy(__name__, __all__, {"Settings": "settings", "serve": "server"})
