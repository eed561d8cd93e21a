"""`python -m taxonomy` is the command `taxonomy`."""

from taxonomy.cli import main

main()
