"""Competency questions, rules and their parameters, in ``.rq`` files with a header."""
