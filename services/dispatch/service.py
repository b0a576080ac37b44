"""What wakes dispatch. Each method names its cue and hands it to one handler."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection

from services.dispatch import handlers
from services.dispatch.handlers import House
from services.dispatch.tables import plumbing
from shared.chassis import (
    Database,
    Files,
    Keys,
    Neighbourhood,
    NodeSettings,
    Relay,
    Sealer,
    every,
    hears,
    hears_many,
)
from shared.clock import utcnow
from shared.events.intake import (
    CaseAccepted,
    CaseAmended,
    CaseAnswered,
    CaseErased,
    CaseGrouped,
    CaseUngrouped,
    CaseWithdrawn,
    ComplaintMarked,
    MaterialsAnswered,
)
from shared.events.link import CustodyHeard, FactRelayed, NodeFactRelayed
from shared.events.review import CaseReopened
from shared.events.sla import (
    ClockStarted,
    DueDateMoved,
    LocalYearTold,
    MeetingNear,
    TermNear,
    TermOver,
    WorkedYearTold,
)
from shared.store.loose import Room, shelf_at

LOOK_FOR_A_NEW_NIGHT_EVERY_SECONDS = 60
LOOK_FOR_SIMULATIONS_EVERY_SECONDS = 2
LOOK_FOR_LESSONS_EVERY_SECONDS = 2
LOOK_FOR_DUTY_GAPS_EVERY_SECONDS = 60
REMIND_PARTIES_EVERY_SECONDS = 60
MOVE_EVERY_SECONDS = 30
DROP_EVERY_SECONDS = 10
DROP_BATCH = 100
LOOK_EVERY_SECONDS = 300


class DispatchService:
    """The running service; it keeps no state."""

    name = "dispatch"

    settings = NodeSettings()
    unit = Database(plumbing)
    keys = Keys()
    neighbours = Neighbourhood()
    files = Files()
    relay = Relay()
    sealer = Sealer()

    @hears_many(CaseAccepted)
    def on_cases_accepted(self, db: Connection, events: Sequence[CaseAccepted]) -> None:
        """Cases are in scope: find their units."""
        handlers.route_cases(db, events, self.unit.node, self.settings.alone_above)

    @hears(CaseAnswered)
    def on_case_answered(self, db: Connection, event: CaseAnswered) -> None:
        """A case was answered while it was taken down: its unit has done all that it must."""
        handlers.answer_on_spot(db, self.keys, event, self._house)

    @hears(ComplaintMarked)
    def on_complaint_marked(self, db: Connection, event: ComplaintMarked) -> None:
        """A case complains of somebody: they have it no more."""
        handlers.hear_complaint(db, event, self.unit.node)
        handlers.stop_asking_complained_of(db, self.keys, event)

    @hears(CaseGrouped)
    def on_case_grouped(self, db: Connection, event: CaseGrouped) -> None:
        """A case was put under another one; perhaps it waits for the answer of that."""
        handlers.hear_grouped(db, event)

    @hears(CaseUngrouped)
    def on_case_ungrouped(self, db: Connection, event: CaseUngrouped) -> None:
        """A case stands for itself again: who had it goes on."""
        handlers.hear_ungrouped(db, event)

    @hears(CaseWithdrawn)
    def on_case_withdrawn(self, db: Connection, event: CaseWithdrawn) -> None:
        """The person wants nothing of it any more: who works on it stops."""
        handlers.hear_withdrawn(db, event, self._house)

    @hears(CaseReopened)
    def on_case_reopened(self, db: Connection, event: CaseReopened) -> None:
        """The person says it is not solved: the unit gets it again."""
        handlers.reopen_case(db, event, self._house)

    @hears(FactRelayed)
    def on_fact_relayed(self, db: Connection, event: FactRelayed) -> None:
        """Another node said something; perhaps it offers a case or answers an offer."""
        handlers.hear_neighbour(db, event, self._house)
        handlers.hear_materials_elsewhere(db, event)
        handlers.hear_tracked_elsewhere(db, event)
        handlers.hear_reclassified_elsewhere(db, event)
        handlers.hear_withdrawn_elsewhere(db, event, self._house)

    @hears(NodeFactRelayed)
    def on_node_fact_relayed(self, db: Connection, event: NodeFactRelayed) -> None:
        """Another node told of itself; perhaps a tier above of its items."""
        handlers.hear_reference(db, event)

    @hears(CaseAmended)
    def on_case_amended(self, db: Connection, event: CaseAmended) -> None:
        """A case was corrected: units and other tiers are told what is right."""
        handlers.amend_case(db, event)

    @hears(CustodyHeard)
    def on_custody_heard(self, db: Connection, event: CustodyHeard) -> None:
        """A neighbour told what its ledger of custody says: compare it with this one."""
        handlers.hear_custody(db, event, self._house, utcnow())

    @every(seconds=LOOK_FOR_A_NEW_NIGHT_EVERY_SECONDS)
    def reconcile(self) -> None:
        """A night may have begun: compare the ledger of custody with each neighbour's."""
        if self.relay.leads:
            hour = self.settings.reconcile_hour
            with self.unit.transaction() as db:
                handlers.reconcile_nightly(db, self._house, hour, utcnow())

    @hears(MaterialsAnswered)
    def on_materials_answered(self, db: Connection, event: MaterialsAnswered) -> None:
        """A person answered what a unit has asked for: the unit goes on."""
        handlers.hear_materials(db, event, event.occurred_at)

    @hears_many(ClockStarted)
    def on_clocks_started(self, db: Connection, events: Sequence[ClockStarted]) -> None:
        """Clocks began to run: with those of orders comes until when their units must sign."""
        handlers.note_sign_limits(db, events)

    @hears_many(DueDateMoved)
    def on_due_dates_moved(self, db: Connection, events: Sequence[DueDateMoved]) -> None:
        """The calendar changed, perhaps also until when units must sign."""
        handlers.move_sign_limits(db, events)

    @hears(WorkedYearTold)
    def on_worked_year_told(self, db: Connection, event: WorkedYearTold) -> None:
        """The working calendar: on such days the next word on a case may be due."""
        handlers.hear_worked_year(db, event)

    @hears(LocalYearTold)
    def on_local_year_told(self, db: Connection, event: LocalYearTold) -> None:
        """Units work otherwise than the country on some days: so do their posts of the rota."""
        handlers.hear_local_year(db, event)

    @hears(TermNear)
    def on_term_near(self, db: Connection, event: TermNear) -> None:
        """A unit should sign soon."""
        handlers.note_reminder(db, event)

    @hears(TermOver)
    def on_term_over(self, db: Connection, event: TermOver) -> None:
        """A unit did not sign in time, or nobody found a unit."""
        handlers.end_term(db, event, self.unit.node)

    @hears(MeetingNear)
    def on_meeting_near(self, db: Connection, event: MeetingNear) -> None:
        """A meeting is on the next working day: its parties are reminded."""
        handlers.remind_of_meeting(db, self.keys, event)

    @every(seconds=LOOK_FOR_SIMULATIONS_EVERY_SECONDS)
    def simulate(self) -> bool:
        """Somebody may have asked what a draft of the rules would do: replay some cases."""
        if not self.relay.leads:
            return False
        with self.unit.transaction() as db:
            return handlers.simulate_some(db, self.unit.node, utcnow())

    @every(seconds=LOOK_FOR_LESSONS_EVERY_SECONDS)
    def learn(self) -> bool:
        """Orders may have ended: learn from them whose such cases are."""
        if not self.relay.leads:
            return False
        with self.unit.transaction() as db:
            return handlers.learn_some(db)

    @every(seconds=LOOK_FOR_DUTY_GAPS_EVERY_SECONDS)
    def look_for_duty_gaps(self) -> None:
        """Time passed: somebody must be on duty where a door opens soon."""
        if self.relay.leads:
            with self.unit.transaction() as db:
                handlers.look_for_gaps(db, utcnow(), self.settings.duty_gap_notice)

    @every(seconds=REMIND_PARTIES_EVERY_SECONDS)
    def remind_parties(self) -> None:
        """Time passed: outside parties may have a day left to answer."""
        if self.relay.leads:
            with self.unit.transaction() as db:
                limits = self.settings.outside_limits
                handlers.remind_parties(db, self.keys, limits, utcnow())

    @every(seconds=MOVE_EVERY_SECONDS)
    def move_to_store(self) -> bool:
        """Time passed: move what still lies in rows into the store; True while there is more."""
        return handlers.move_to_store(self.unit.transaction, self.files)

    @every(seconds=DROP_EVERY_SECONDS)
    def drop_loose(self) -> bool:
        """Time passed: drop the bytes of what was erased or taken back; True while there are."""
        return self._room.drop_loose(utcnow(), DROP_BATCH) == DROP_BATCH

    @every(seconds=LOOK_EVERY_SECONDS)
    def look_for_loose(self) -> None:
        """Time passed: look on one of the shelves for bytes of which no row tells."""
        now = utcnow()
        self._room.note_loose(shelf_at(now, timedelta(seconds=LOOK_EVERY_SECONDS)), now)

    @hears(CaseErased)
    def on_case_erased(self, db: Connection, event: CaseErased) -> None:
        """The person of a case is erased: nothing here may name them."""
        handlers.erase_case(db, event)

    @property
    def _room(self) -> Room:
        return handlers.file_room(self.unit.transaction, self.files)

    @property
    def _house(self) -> House:
        return House(self.unit.node, self.neighbours)
