"""The unit tree: a unit stands below one other or none, and never below itself."""

from collections.abc import Mapping


def is_below(code: str, above: str, parents: Mapping[str, str | None]) -> bool:
    """Tell whether a unit is the other one or stands anywhere below it."""
    seen: set[str] = set()
    at: str | None = code
    while at is not None and at not in seen:
        if at == above:
            return True
        seen.add(at)
        at = parents.get(at)
    return False
