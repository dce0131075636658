"""`python -m fabconsole`."""

from fabconsole.cli.commands import main

main()
