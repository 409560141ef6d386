"""The constraint components of SHACL Core, by the families of its specification.

What belongs to a component stands together: how it is read from a shapes graph, how it is checked
over all its value nodes at once, what its results say, and what the plan says of it.
"""
