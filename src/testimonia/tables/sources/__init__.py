"""The datasets that can be mapped to claim tables, one module each."""
