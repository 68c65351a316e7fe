"""Run the `brief` command as `python -m brief`."""

from brief.cli.main import main

main()
