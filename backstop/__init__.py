"""The composition root: command line, node and web assembly, private servers, supervision."""
