"""`python -m backstop` is the `backstop` command line."""

from backstop.cli import main

main()
