"""Every query of link, one module for each kind of rows."""
