"""A page with sample data, as one person at one node sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.http import NodeFacts
from shared.security.actor import Actor
from tests.browser.facts import NOBODY, NODE


@dataclass(frozen=True)
class Sample:
    """One page as one person sees it."""

    template: str
    values: Mapping[str, Any]
    actor: Actor = NOBODY
    path: str = "/"
    node: NodeFacts = NODE
    duty: str | None = None
    """What comes before anything else for this person."""
    unread: int = 0
    """Notices that wait for them."""
