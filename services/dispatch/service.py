"""What wakes dispatch. Each method names its cue and hands it to one handler."""

from sqlalchemy import Connection

from services.dispatch import handlers
from services.dispatch.tables import plumbing
from shared.chassis import Database, NodeSettings, Relay, hears
from shared.events.intake import CaseAccepted
from shared.events.review import CaseReopened


class DispatchService:
    """The running service; it keeps no state."""

    name = "dispatch"

    settings = NodeSettings()
    unit = Database(plumbing)
    relay = Relay()

    @hears(CaseAccepted)
    def on_case_accepted(self, db: Connection, event: CaseAccepted) -> None:
        """A case is in scope: find its unit."""
        handlers.route_case(db, event)

    @hears(CaseReopened)
    def on_case_reopened(self, db: Connection, event: CaseReopened) -> None:
        """The person says it is not solved: the unit gets it again."""
        handlers.reopen_case(db, event)
