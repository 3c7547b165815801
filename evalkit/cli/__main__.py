"""Run the command line as `python -m evalkit.cli`."""

from evalkit.cli.app import main

if __name__ == "__main__":
    main()
