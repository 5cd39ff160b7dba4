"""Lets `python -m dutybound` do what the `dutybound` command does."""

from dutybound.cli.main import main

if __name__ == "__main__":
    main()
