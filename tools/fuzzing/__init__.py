"""Programs that feed made-up inputs to one part each, by a seed."""
