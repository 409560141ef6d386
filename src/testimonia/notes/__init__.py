"""Notes: claims typed beside a report, in YAML, a file for each document; built into claims and back."""
