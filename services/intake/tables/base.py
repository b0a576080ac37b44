"""Where the tables of intake are declared."""

from shared.db import new_metadata

metadata = new_metadata("intake")
