"""The bus between services: names, the broker in memory, and publishing with confirms."""
