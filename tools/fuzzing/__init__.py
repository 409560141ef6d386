"""Fuzzers: each feeds generated inputs to one part of the library, reproducibly by a seed."""
