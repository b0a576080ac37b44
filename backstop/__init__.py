"""The composition root: command line, node assembly, web assembly, private servers, supervision."""
