"""Tables of claims: what they hold, how datasets are mapped to them, and how they become triples."""
