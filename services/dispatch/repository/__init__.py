"""Every query of dispatch, one function each."""
