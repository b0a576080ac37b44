"""From bytes on the queue to events: what is fine, what is foreign, what is broken."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from shared.errors import BadMessage
from shared.events.base import Envelope, Event, every_event, problems


@dataclass(frozen=True, slots=True)
class Heard:
    """One event as it came."""

    envelope: Envelope
    event: Event

    @property
    def id(self) -> UUID:
        """The message id that the inbox remembers."""
        return self.envelope.id

    @property
    def name(self) -> str:
        """The event's name."""
        return self.envelope.type

    @property
    def subject(self) -> UUID:
        """What the event is about."""
        return self.envelope.subject

    @property
    def raw(self) -> bytes:
        """The envelope as JSON."""
        return self.envelope.model_dump_json(exclude_none=True).encode()


@dataclass(frozen=True, slots=True)
class Broken:
    """Bytes that are no event this service can hear, and why."""

    raw: bytes
    reason: str
    name: str = "?"
    id: UUID | None = None
    subject: UUID | None = None


Read = Heard | Broken


class Reader:
    """Reads messages for one service: the kinds it hears, by name."""

    def __init__(self, kinds: Mapping[str, type[Event]]) -> None:
        self._kinds = kinds
        self._from_outside = {name for name, kind in kinds.items() if kind.between_nodes}
        within = [kind for kind in every_event() if not kind.between_nodes]
        known = {kind.name for kind in within if kind.in_journal}
        # Who hears everything keeps the journal: a fact it does not know must not be lost there.
        self._parks_unknown = known <= set(kinds)
        self._of_no_journal = {kind.name for kind in within} - known - set(kinds)

    def wants(self, names: Iterable[str]) -> bool:
        """Tell whether one of these names concerns this service."""
        return self._parks_unknown or any(name in self._kinds for name in names)

    def read(self, body: bytes) -> list[Read]:
        """Read one message, which packs any number of envelopes."""
        try:
            document = from_json(body)
        except ValueError as error:
            return [Broken(body, f"not JSON: {error}")]
        elements = document if isinstance(document, list) else [document]
        return [read for element in elements if (read := self._one(element)) is not None]

    def _one(self, element: Any) -> Read | None:
        if self._is_for_others(element):
            return None  # before it is read: most of what a speaker says is
        try:
            envelope = Envelope.model_validate(element)
        except ValidationError as error:
            return Broken(to_json(element), f"not an envelope: {problems(error)}")
        kind = self._kinds.get(envelope.type)
        if kind is None:
            return _broken(envelope, element, f"unknown event {envelope.type}")
        if envelope.entry is not None and envelope.type not in self._from_outside:
            return _broken(envelope, element, f"no neighbour may say {envelope.type}")
        return _opened(envelope, kind, element)

    def _is_for_others(self, element: Any) -> bool:
        if not isinstance(element, dict) or element.get("inexchange") is not None:
            return False  # what a neighbour sends is for nobody else, known or not
        name = element.get("type")
        if self._parks_unknown:
            return name in self._of_no_journal
        return isinstance(name, str) and name not in self._kinds


def _opened(envelope: Envelope, kind: type[Event], element: Any) -> Read:
    try:
        event = envelope.open(kind)
    except BadMessage as error:
        return _broken(envelope, element, f"breaks its contract: {error}")
    return Heard(envelope, event)


def _broken(envelope: Envelope, element: Any, reason: str) -> Broken:
    return Broken(to_json(element), reason, envelope.type, envelope.id, envelope.subject)
