"""Every query intake makes, one module for each kind of rows."""
