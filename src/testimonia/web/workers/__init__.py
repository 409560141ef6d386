"""The processes that run queries, and the server's side of them: scheduling, queues, cached answers."""
