"""RDF files: read losslessly, with line numbers, and written reproducibly."""
