"""Every query notify makes, one module for each kind of rows."""
