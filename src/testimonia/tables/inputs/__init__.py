"""Tables in whatever form they come: what a file is, how it is packed and encoded, and its cells."""
