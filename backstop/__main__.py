"""`python -m backstop` is the `backstop` command line."""

from backstop import starting
from backstop.cli import main

starting.loaded()
main()
