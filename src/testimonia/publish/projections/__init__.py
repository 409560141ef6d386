"""The claims of a release in other models: nanopublications and reified statements."""
