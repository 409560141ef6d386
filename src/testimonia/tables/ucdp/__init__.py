"""The parts of the mapping of UCDP GED."""
