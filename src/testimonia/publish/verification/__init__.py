"""Verifies a release from an untrusted source."""
