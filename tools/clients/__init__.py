"""Clients of the endpoint that are not Python packages."""
