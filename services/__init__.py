"""The services never import each other: they meet in `shared.events`."""
