"""Workbooks (Office Open XML, ISO/IEC 29500), read as they stand and within limits."""
