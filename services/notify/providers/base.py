"""The port of everything that carries a message to a person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from shared.events.sealed import Sealed


class ProviderRefused(Exception):
    """The provider will never carry this message: a bad number, a refused template."""


class ProviderDown(Exception):
    """The provider cannot be reached or is busy now; a later try may succeed."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message in the clear, in memory only, for one try."""

    id: UUID
    """The same in every try: a provider that has seen it does not send it again."""
    attempts: int
    case_id: UUID | None
    """None of what is about no case."""
    purpose: str
    round: int
    phone: str = field(repr=False)
    text: str = field(repr=False)
    body: Sealed | None = field(repr=False)
    """The text as it may be stored; None of one that names nobody, and is kept as it is."""
    expires_at: datetime | None = None
    """From then on it is of no use."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider has taken the message."""

    reference: str
    """The provider's own number for it."""


Answer = Receipt | ProviderRefused | ProviderDown
"""What a provider said of one message."""


class Provider(Protocol):
    """Carries messages; called outside of any transaction."""

    @property
    def name(self) -> str:
        """How the provider is called in settings and events."""

    def send(self, messages: Sequence[Outgoing]) -> Iterable[tuple[Outgoing, Answer]]:
        """Send each once per id; tell of each as soon as the answer is there."""
