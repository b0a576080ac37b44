"""The wire between nodes: keys and certificates, what the brokers hold, and how two nodes join.

A node's own authority vouches for its broker and for the brokers of its children, which dial it
(ADR 19). Everything here takes `now`; what a person is told stands in `backstop.commands`.
"""
