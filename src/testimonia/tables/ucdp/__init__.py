"""The mapping of UCDP GED: events, figures and places."""
