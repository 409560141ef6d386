"""Clients of the endpoint that are no Python packages."""
