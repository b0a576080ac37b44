"""Which units of a node were let see single files of a case, as its timeline tells it."""

from collections.abc import Iterable

from services.portal.repository import Step
from shared.events.intake import FileReleased, FileReleaseEnded


def released_to(timeline: Iterable[Step], node: str) -> frozenset[str]:
    """Return the codes of the units of a node that see a file of a withheld person now."""
    shown: dict[str, str] = {}
    for step in timeline:
        if step.name == FileReleased.name and step.params.get("unit_node") == node:
            shown[step.params["release_id"]] = step.params["unit_code"]
        elif step.name == FileReleaseEnded.name:
            shown.pop(step.params["release_id"], None)
    return frozenset(shown.values())
