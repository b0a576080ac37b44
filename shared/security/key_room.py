"""What is told of a node's keys, and what may be done with them, for whoever has a door to it."""

from datetime import datetime
from typing import Protocol

from pydantic import BaseModel

from shared.security.actor import Actor


class KeyState(BaseModel):
    """One wrapping key; of the key itself nothing is told."""

    name: str
    current: bool
    made_at: datetime | None
    """None for the first one, which came with the node."""
    sealed: int
    """How many rows only this key opens."""


class KeysState(BaseModel):
    """The keys of the node and how far their renewal is."""

    keys: list[KeyState]
    """The latest first."""
    places: dict[str, int]
    """What is still under an earlier key, by table and column."""
    done: int
    """Rows under the present wrapping key."""
    to_do: int
    index_made_at: datetime | None
    index_renewing: bool
    """Whether persons are still found by the earlier key of the search as well."""
    copies: list[str]
    """Copies of earlier key files, which hold keys that were retired since."""


class KeyRoom(Protocol):
    """Where keys are looked at and changed."""

    def state(self) -> KeysState:
        """Tell how things stand."""

    def rotate(self, what: str, actor: Actor, now: datetime) -> KeysState:
        """Renew a key."""

    def retire(self, name: str, actor: Actor, now: datetime) -> KeysState:
        """Destroy an old key."""
