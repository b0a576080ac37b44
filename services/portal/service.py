"""What wakes portal: every event of the node, and the hour that tidies."""

from collections.abc import Sequence

from sqlalchemy import Connection

from services.portal import handlers, repository
from services.portal.repository import notices
from services.portal.settings import Settings
from services.portal.tables import plumbing
from shared.chassis import Database, Keys, NodeSettings, Relay, Sealer, every, hears_envelopes
from shared.clock import utcnow
from shared.events.base import Envelope, Event

TIDY_EVERY_SECONDS = 3600
TIDY_BATCH = 5_000
COUNT_EVERY_SECONDS = 3600


class PortalService:
    """The running service; it keeps no state."""

    name = "portal"

    settings: Settings = NodeSettings()
    unit = Database(plumbing)
    keys = Keys()
    relay = Relay()
    sealer = Sealer()

    @hears_envelopes(*handlers.EVERYTHING)
    def on_everything(self, db: Connection, heard: Sequence[tuple[Envelope, Event]]) -> None:
        """Something happened: journal it, show it, tell those of staff whose it is."""
        handlers.record(db, heard)
        handlers.tell_staff(db, heard, self.keys)

    @every(seconds=TIDY_EVERY_SECONDS)
    def tidy(self) -> None:
        """Time passed: prepare the next months of the journal, end what has run out."""
        now, rules = utcnow(), self.settings.patience_with_account
        with self.unit.transaction() as db:
            repository.ensure_partitions(db, now)
            handlers.tidy(db, now, self.settings.limits, rules.forgotten, TIDY_BATCH)
            handlers.tidy_exports(db, self.settings.export_rules, now)
            notices.forget_before(db, now - self.settings.keep_notices, TIDY_BATCH)
            repository.forget_runs_before(db, now - self.settings.keep_notices, TIDY_BATCH)

    @every(seconds=COUNT_EVERY_SECONDS)
    def tell_days(self) -> None:
        """A day may have ended: tell the tier above what was done on it, in numbers."""
        if self.relay.leads:
            with self.unit.transaction() as db:
                handlers.tell_days(db, self.unit.node, utcnow())
