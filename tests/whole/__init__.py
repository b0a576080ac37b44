"""Whole nodes without processes, for tests and measurements that need all services at once."""
