"""The published language: every event one service says and another hears.

Changing a class here changes a promise. Fields may be added with a default; anything else is a
new version beside the old one (see docs/adr/0001-queues-shards-order.md and docs/events.md).
"""
