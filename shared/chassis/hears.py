"""The entrypoint through which a service hears events.

The chassis owns transaction, inbox and flush: a cue gets an open connection and one event, and
its error decides what becomes of the message (see `shared.errors`). Nameko's own entrypoints
acknowledge a message whether or not its handler raised, and drop what does not decode; neither
happens here.
"""

from typing import Any

from nameko.extensions import Entrypoint

from shared.chassis.ear import Ear
from shared.chassis.hearing import Manner
from shared.events.base import Event


class Hears(Entrypoint):
    """Declares that a method is the cue of some kinds of events."""

    ear = Ear()

    def __init__(self, *kinds: type[Event], manner: Manner = Manner.ONE, **options: Any) -> None:
        self.kinds = kinds
        self.manner = manner
        super().__init__(**options)

    def setup(self) -> None:
        """Join the service's ear."""
        self.ear.add(self)

    def stop(self) -> None:
        """Stop the ear before workers and relay go."""
        self.ear.stop()

    def kill(self) -> None:
        """Let the ear begin nothing any more."""
        self.ear.kill()


hears = Hears.decorator
"""`@hears(CaseAccepted) def on_case_accepted(self, db, event)`: once per fresh event."""


def hears_many(*kinds: type[Event]) -> Any:
    """Declare `(self, db, events)`: once for each run of them; for what every case brings."""
    return hears(*kinds, manner=Manner.MANY)


def hears_envelopes(*kinds: type[Event]) -> Any:
    """Declare `(self, db, heard)`: the same with the envelope beside each event."""
    return hears(*kinds, manner=Manner.ENVELOPES)
