"""RDF as files: read without loss, located by line, and written as the same bytes everywhere."""
