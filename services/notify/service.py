"""What wakes notify: facts that people should know of, and time. One call to a handler each."""

from collections.abc import Sequence

from sqlalchemy import Connection

from services.notify import handlers
from services.notify.handlers import Post
from services.notify.providers import Embedded
from services.notify.repository import duty
from services.notify.tables import plumbing
from shared.chassis import Database, Keys, NodeSettings, Relay, Sealer, every, hears, hears_many
from shared.clock import utcnow
from shared.events.dispatch import (
    CaseFinished,
    CaseHandedOver,
    CaseTracked,
    MaterialsAsked,
    MeetingCalled,
    MeetingCancelled,
    MeetingReminded,
    OrderDispatched,
    OutsideMessageMade,
)
from shared.events.intake import (
    AppealDecided,
    CaseAmended,
    CaseDeclined,
    CaseErased,
    CaseGrouped,
    CaseRegistered,
    CaseSplit,
    CaseWithdrawn,
    ComplaintMarked,
    DeclineAppealed,
    OneTimeCodeMade,
    OwnCodeRenewed,
    QueryCodeRenewed,
    WithdrawalTakenBack,
)
from shared.events.intake.afterwards import ContactChanged, ContactCodeMade
from shared.events.intake.care import HelperAssigned
from shared.events.link import CaseReceived, FactRelayed
from shared.events.portal import UnitTold
from shared.events.review import CaseReopened, EvaluationInvited
from shared.events.sla import ClockStarted, DueDateMoved

DELIVER_EVERY_SECONDS = 1
DELIVER_BATCH = 100
RING_EVERY_SECONDS = 5
TIDY_EVERY_SECONDS = 3600


class NotifyService:
    """The running service; a new instance per message, so it keeps no state."""

    name = "notify"

    settings = NodeSettings()
    unit = Database(plumbing)
    keys = Keys()
    relay = Relay()
    sealer = Sealer()

    @hears_many(CaseRegistered)
    def on_cases_registered(self, db: Connection, events: Sequence[CaseRegistered]) -> None:
        """Reports were taken down: their persons get number and query code."""
        handlers.confirm_registrations(db, events, self.settings.house(self.keys))

    @hears(ComplaintMarked)
    def on_complaint_marked(self, db: Connection, event: ComplaintMarked) -> None:
        """A case complains of somebody: they see no message about it."""
        handlers.hear_complaint(db, event, self.unit.node)

    @hears(DeclineAppealed)
    def on_decline_appealed(self, db: Connection, event: DeclineAppealed) -> None:
        """The person does not agree with a no: it is looked at again."""
        handlers.tell_appealed(db, event, self.settings.house(self.keys))

    @hears(AppealDecided)
    def on_appeal_decided(self, db: Connection, event: AppealDecided) -> None:
        """A supervisor has looked again."""
        handlers.tell_appeal_decided(db, event, self.settings.house(self.keys))

    @hears(CaseDeclined)
    def on_case_declined(self, db: Connection, event: CaseDeclined) -> None:
        """A case is out of scope: its person is told where to read why."""
        handlers.tell_declined(db, event, self.settings.house(self.keys))

    @hears(CaseWithdrawn)
    def on_case_withdrawn(self, db: Connection, event: CaseWithdrawn) -> None:
        """A case was withdrawn: its person is told, who may not have meant it."""
        handlers.tell_withdrawn(db, event, self.settings.house(self.keys))

    @hears(WithdrawalTakenBack)
    def on_withdrawal_taken_back(self, db: Connection, event: WithdrawalTakenBack) -> None:
        """A withdrawn case goes on: its person is told."""
        handlers.tell_taken_back(db, event, self.settings.house(self.keys))

    @hears(CaseSplit)
    def on_case_split(self, db: Connection, event: CaseSplit) -> None:
        """A report was taken apart: its person gets the further numbers."""
        handlers.tell_split(db, event, self.settings.house(self.keys))

    @hears(CaseGrouped)
    def on_case_grouped(self, db: Connection, event: CaseGrouped) -> None:
        """A case was put under another one; perhaps both are one person's, who is told."""
        handlers.tell_joined(db, event, self.settings.house(self.keys))

    @hears(OneTimeCodeMade)
    def on_one_time_code_made(self, db: Connection, event: OneTimeCodeMade) -> None:
        """Somebody lost the query code: their telephone gets another way in."""
        handlers.send_one_time_code(db, event, self.settings.house(self.keys))

    @hears(ContactCodeMade)
    def on_contact_code_made(self, db: Connection, event: ContactCodeMade) -> None:
        """A person gave a new telephone: it gets a code."""
        handlers.send_contact_code(db, event, self.settings.house(self.keys))

    @hears(ContactChanged)
    def on_contact_changed(self, db: Connection, event: ContactChanged) -> None:
        """A person has shown to have a new telephone: the old one is told."""
        handlers.tell_old_telephone(db, event, self.settings.house(self.keys))

    @hears(HelperAssigned)
    def on_helper_assigned(self, db: Connection, event: HelperAssigned) -> None:
        """Somebody goes through a case with its person: they are told who."""
        handlers.tell_helper(db, event, self.settings.house(self.keys))

    @hears(QueryCodeRenewed)
    def on_query_code_renewed(self, db: Connection, event: QueryCodeRenewed) -> None:
        """A case has a new query code: its person is told."""
        handlers.tell_renewed(db, event, self.settings.house(self.keys))

    @hears(OwnCodeRenewed)
    def on_own_code_renewed(self, db: Connection, event: OwnCodeRenewed) -> None:
        """One of those who reported has a new query code of their own: they are told."""
        handlers.tell_own_code(db, event, self.settings.house(self.keys))

    @hears_many(ClockStarted)
    def on_clocks_started(self, db: Connection, events: Sequence[ClockStarted]) -> None:
        """Promises began: their persons are told the date."""
        handlers.tell_promises(db, events, self.settings.house(self.keys))

    @hears_many(DueDateMoved)
    def on_due_dates_moved(self, db: Connection, events: Sequence[DueDateMoved]) -> None:
        """Promises moved with the calendar: their persons are told the new date."""
        handlers.tell_moved(db, events, self.settings.house(self.keys))

    @hears_many(OrderDispatched)
    def on_orders_dispatched(self, db: Connection, events: Sequence[OrderDispatched]) -> None:
        """Units have the cases: their persons are told which."""
        handlers.tell_dispatched(db, events, self.settings.house(self.keys))

    @hears(CaseHandedOver)
    def on_case_handed_over(self, db: Connection, event: CaseHandedOver) -> None:
        """Another tier took the case: its person is told which."""
        handlers.tell_handed_over(db, event, self.settings.house(self.keys))

    @hears_many(FactRelayed)
    def on_facts_relayed(self, db: Connection, events: Sequence[FactRelayed]) -> None:
        """Other nodes said something, perhaps which of their units have cases of this one."""
        house = self.settings.house(self.keys)
        handlers.tell_dispatched_elsewhere(db, events, house)
        handlers.tell_materials_elsewhere(db, events, house)
        handlers.tell_meetings_elsewhere(db, events, house)

    @hears(MaterialsAsked)
    def on_materials_asked(self, db: Connection, event: MaterialsAsked) -> None:
        """A unit needs something from the person, who is told."""
        handlers.tell_materials(db, event, self.settings.house(self.keys))

    @hears(MeetingCalled)
    def on_meeting_called(self, db: Connection, event: MeetingCalled) -> None:
        """A meeting is called, perhaps with the person, who is told when."""
        handlers.tell_meeting(db, event, self.settings.house(self.keys))

    @hears(MeetingCancelled)
    def on_meeting_cancelled(self, db: Connection, event: MeetingCancelled) -> None:
        """A meeting will not be: the person who was asked to it is told."""
        handlers.tell_meeting(db, event, self.settings.house(self.keys))

    @hears(MeetingReminded)
    def on_meeting_reminded(self, db: Connection, event: MeetingReminded) -> None:
        """A meeting is near, perhaps with the person, who is reminded."""
        handlers.tell_meeting(db, event, self.settings.house(self.keys))

    @hears(UnitTold)
    def on_unit_told(self, db: Connection, event: UnitTold) -> None:
        """A unit with a duty telephone was told something: it rings."""
        handlers.ring_for(db, event, self.settings.duty)

    @hears(OutsideMessageMade)
    def on_outside_message_made(self, db: Connection, event: OutsideMessageMade) -> None:
        """A unit asks somebody outside: they get their link, or are reminded."""
        handlers.tell_outside(db, event, self.settings.house(self.keys))

    @hears(CaseReceived)
    def on_case_received(self, db: Connection, event: CaseReceived) -> None:
        """A case came from another node, which goes on telling its person."""
        handlers.leave_to_origin(db, event)

    @hears(CaseFinished)
    def on_case_finished(self, db: Connection, event: CaseFinished) -> None:
        """There is a result: its person is told."""
        handlers.tell_result(db, event, self.settings.house(self.keys))

    @hears(CaseTracked)
    def on_case_tracked(self, db: Connection, event: CaseTracked) -> None:
        """A case goes on without a result: its person is told when there is more."""
        handlers.tell_tracked(db, event, self.settings.house(self.keys))

    @hears(EvaluationInvited)
    def on_evaluation_invited(self, db: Connection, event: EvaluationInvited) -> None:
        """The person is asked whether it was really solved."""
        handlers.invite_to_rate(db, event, self.settings.house(self.keys))

    @hears(CaseReopened)
    def on_case_reopened(self, db: Connection, event: CaseReopened) -> None:
        """A case is taken up again: its person is told."""
        handlers.tell_reopened(db, event, self.settings.house(self.keys))

    @hears(CaseAmended)
    def on_case_amended(self, db: Connection, event: CaseAmended) -> None:
        """A case was corrected: its person is told on the telephone that is right."""
        house = self.settings.house(self.keys)
        handlers.readdress_case(db, event, house, self.unit.node)

    @hears(CaseErased)
    def on_case_erased(self, db: Connection, event: CaseErased) -> None:
        """The person of a case is erased: nobody is left to be told."""
        handlers.erase_case(db, event)

    @every(seconds=DELIVER_EVERY_SECONDS)
    def deliver(self) -> bool:
        """Time passed: deliver what is due; True while there may be more."""
        return handlers.deliver_due(self._post, DELIVER_BATCH) == DELIVER_BATCH

    @every(seconds=RING_EVERY_SECONDS)
    def ring(self) -> bool:
        """Time passed: ring duty telephones, perhaps for what waited for the morning."""
        return handlers.ring_due(self._post, DELIVER_BATCH) == DELIVER_BATCH

    @every(seconds=TIDY_EVERY_SECONDS)
    def tidy(self) -> None:
        """Time passed: forget what duty telephones were told long ago."""
        if self.relay.leads:
            with self.unit.transaction() as db:
                duty.forget_before(db, utcnow() - self.settings.keep_duty)

    @property
    def _post(self) -> Post:
        opening = self.unit.transaction
        return Post(opening, self.keys, Embedded(opening), self.settings.pace, utcnow)
