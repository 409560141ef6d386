"""What describes a release: catalogues, counts, changes, citation, service and ontology page."""
