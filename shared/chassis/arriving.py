"""What neighbours send is marked with how it came, before anything else looks at it.

Whoever may write into a way in may write any bytes: a fact of this very node, for example. The
mark says that it came from outside, by the broker's own word; what the bytes say of that is
replaced. The reader lets nothing that is marked pass but what neighbours say to each other.
"""

from typing import Any

from pydantic_core import from_json, to_json

from shared.neighbours import Entry


def marked(body: bytes, entry: Entry) -> bytes:
    """Return a neighbour's message with its entry on each envelope; what is no JSON as it is."""
    try:
        document = from_json(body)
    except ValueError:
        return body  # it will be parked, as from anybody
    mark = {"inexchange": entry.exchange, "inaccount": entry.account}
    elements = document if isinstance(document, list) else [document]
    return to_json([_with(element, mark) for element in elements])


def _with(element: Any, mark: dict[str, str | None]) -> Any:
    return {**element, **mark} if isinstance(element, dict) else element
