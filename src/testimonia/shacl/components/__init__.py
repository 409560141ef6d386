"""The constraint components of SHACL Core, grouped as in the specification.

Each class has all that belongs to its component: how it is parsed from a shapes graph, how it is
checked at all value nodes at once, its default message, and its step in the plan.
"""
