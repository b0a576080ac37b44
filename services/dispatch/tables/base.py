"""The one schema of dispatch."""

from shared.db import new_metadata

metadata = new_metadata("dispatch")
