"""The HTTP endpoint: read-only SPARQL, a page for each question, dataset descriptions and dumps.

`server` starts it and stops it; `app` lists its routes and middleware.

| Package | Holds |
|---|---|
| `routes` | what each address answers: the handlers, and the responses that they share |
| `workers` | the processes that run queries, the queues before them, and the cache of answers |
| `http` | HTTP itself: headers, content negotiation, limits for each client, request parsing |

The server process holds no data. A process that never starts a thread loads the data and forks workers
(`workers.fork_server`); each worker runs one query at a time (`workers.worker`) and can be killed safely.
"""
