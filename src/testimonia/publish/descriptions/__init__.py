"""Descriptions of a release: catalogues, statistics, changes, citation, service and ontology page."""
