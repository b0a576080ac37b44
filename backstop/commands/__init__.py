"""The sub-commands of `backstop`, one module per noun."""
