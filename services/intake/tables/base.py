"""What all tables of intake hang on."""

from shared.db import new_metadata

metadata = new_metadata("intake")
