"""Competency questions, rules and their parameters, read from ``.rq`` files with a header; and where those files are."""
