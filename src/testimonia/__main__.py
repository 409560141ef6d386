"""Runs the command line: ``python -m testimonia``."""

from testimonia.cli import main

if __name__ == "__main__":
    main()
