"""What wakes sla. Each method names its cue and hands it to one handler."""

from collections.abc import Sequence

from sqlalchemy import Connection

from services.sla import handlers
from services.sla.tables import plumbing
from shared.chassis import Database, NodeSettings, Relay, Sealer, every, hears, hears_many
from shared.clock import utcnow
from shared.events.dispatch import (
    CaseFinished,
    CaseHandedOver,
    CaseJoined,
    CasePooled,
    CaseReclassified,
    CaseTracked,
    ComplexityHeard,
    ContactLogged,
    ExtensionDecided,
    HandOverAnswered,
    HandOverOffered,
    MaterialsAsked,
    MaterialsReceived,
    MeetingCalled,
    MeetingCancelled,
    MeetingHeld,
    OrderDispatched,
    OrderFinished,
    OrderReturned,
    OrderSigned,
    PartAnswered,
    PartDeclined,
    PartDissented,
    PartOpened,
    PartWithdrawn,
    TrackingReported,
)
from shared.events.intake import CaseAccepted, CaseErased, CaseWithdrawn, ComplaintMarked
from shared.events.link import NodeFactRelayed
from shared.events.notify import MessageDelivered
from shared.events.review import (
    CallbackMade,
    CaseReopened,
    EvaluationInvited,
    EvaluationReceived,
    SupervisionAnswered,
    SupervisionOrdered,
    SupervisionReached,
)

SWEEP_EVERY_SECONDS = 5
SWEEP_BATCH = 500
RECOMPUTE_BATCH = 1_000
TELL_EVERY_SECONDS = 600
TELL_YEARS_EVERY_SECONDS = 60


class SlaService:
    """The running service; it keeps no state."""

    name = "sla"

    settings = NodeSettings()
    unit = Database(plumbing)
    relay = Relay()
    sealer = Sealer()

    @hears_many(CaseAccepted)
    def on_cases_accepted(self, db: Connection, events: Sequence[CaseAccepted]) -> None:
        """Cases were accepted: the promises to their persons begin."""
        handlers.start_citizen_clocks(db, events, self.settings.promise)

    @hears(ComplaintMarked)
    def on_complaint_marked(self, db: Connection, event: ComplaintMarked) -> None:
        """A case complains of somebody: they do not see its clocks."""
        handlers.hear_complaint(db, event, self.unit.node)

    @hears_many(OrderDispatched)
    def on_orders_dispatched(self, db: Connection, events: Sequence[OrderDispatched]) -> None:
        """Orders went out: the custody of their units begins."""
        handlers.start_custody_clocks(db, events, self.settings.promise, utcnow())

    @hears(CaseErased)
    def on_case_erased(self, db: Connection, event: CaseErased) -> None:
        """The person of a case is erased: nobody is called back."""
        handlers.erase_case(db, event)
        handlers.end_all_callbacks(db, event, self.settings.promise)

    @hears(ContactLogged)
    def on_contact_logged(self, db: Connection, event: ContactLogged) -> None:
        """A unit tried to reach the person."""
        handlers.meet_contact(db, event, self.settings.promise)

    @hears(OrderReturned)
    def on_order_returned(self, db: Connection, event: OrderReturned) -> None:
        """An order came back: its clocks charge the unit no more."""
        handlers.end_custody(db, event, self.settings.promise)

    @hears(OrderFinished)
    def on_order_finished(self, db: Connection, event: OrderFinished) -> None:
        """An order was finished."""
        handlers.end_custody(db, event, self.settings.promise)

    @hears(CasePooled)
    def on_case_pooled(self, db: Connection, event: CasePooled) -> None:
        """No unit has a case: one has to be found in time."""
        handlers.start_search_term(db, event, self.settings.promise, utcnow())

    @hears(CaseJoined)
    def on_case_joined(self, db: Connection, event: CaseJoined) -> None:
        """A case waits for the answer of another one: no unit is searched for it."""
        handlers.end_all_terms(db, event)

    @hears(OrderSigned)
    def on_order_signed(self, db: Connection, event: OrderSigned) -> None:
        """A unit signed: nobody waits for that any more, and its limit may count from here."""
        handlers.hear_signature(db, event, self.settings.promise)

    @hears(MaterialsAsked)
    def on_materials_asked(self, db: Connection, event: MaterialsAsked) -> None:
        """A unit waits for the person: its clock may rest."""
        handlers.pause(db, event, self.settings.promise)

    @hears(MaterialsReceived)
    def on_materials_received(self, db: Connection, event: MaterialsReceived) -> None:
        """A unit waits no more: its clock runs on."""
        handlers.resume(db, event, self.settings.promise)

    @hears(ExtensionDecided)
    def on_extension_decided(self, db: Connection, event: ExtensionDecided) -> None:
        """A unit was given more time, or not."""
        handlers.extend(db, event, self.settings.promise)

    @hears(PartOpened)
    def on_part_opened(self, db: Connection, event: PartOpened) -> None:
        """A unit was asked to do a part of another's order: its own clock begins."""
        handlers.start_part_clock(db, event, self.settings.promise, utcnow())

    @hears(PartAnswered)
    def on_part_answered(self, db: Connection, event: PartAnswered) -> None:
        """A unit answered its part."""
        handlers.end_part_clock(db, event, self.settings.promise)

    @hears(PartDissented)
    def on_part_dissented(self, db: Connection, event: PartDissented) -> None:
        """A unit does not agree: it has said so, what follows is the lead's."""
        handlers.end_part_clock(db, event, self.settings.promise)

    @hears(PartDeclined)
    def on_part_declined(self, db: Connection, event: PartDeclined) -> None:
        """A unit says that a part is not its matter: it is charged no more."""
        handlers.end_part_clock(db, event, self.settings.promise)

    @hears(PartWithdrawn)
    def on_part_withdrawn(self, db: Connection, event: PartWithdrawn) -> None:
        """A part was taken back."""
        handlers.end_part_clock(db, event, self.settings.promise)

    @hears(TrackingReported)
    def on_tracking_reported(self, db: Connection, event: TrackingReported) -> None:
        """A unit cannot settle a matter now: it has explained why, and named a day."""
        handlers.start_tracking_clock(db, event, self.settings.promise)

    @hears(CaseTracked)
    def on_case_tracked(self, db: Connection, event: CaseTracked) -> None:
        """The person has an explanation: what was promised is kept."""
        handlers.meet_by_explanation(db, event, self.settings.promise)

    @hears(CaseReclassified)
    def on_case_reclassified(self, db: Connection, event: CaseReclassified) -> None:
        """A case is more work than was thought, or less: its limits are counted anew."""
        handlers.reclassify(db, event, self.settings.promise)

    @hears(ComplexityHeard)
    def on_complexity_heard(self, db: Connection, event: ComplexityHeard) -> None:
        """Another node, which has the case, found the same."""
        handlers.reclassify(db, event, self.settings.promise)

    @hears(HandOverAnswered)
    def on_hand_over_answered(self, db: Connection, event: HandOverAnswered) -> None:
        """This node took a case from another one, or did not."""
        handlers.start_leg_clock(db, event, self.settings.promise)

    @hears(HandOverOffered)
    def on_hand_over_offered(self, db: Connection, event: HandOverOffered) -> None:
        """This node offers a case to another one, perhaps with its result."""
        handlers.meet_leg(db, event, self.settings.promise)

    @hears(CaseHandedOver)
    def on_case_handed_over(self, db: Connection, event: CaseHandedOver) -> None:
        """Another node took a case from this one: nothing is charged here any more."""
        handlers.end_leg(db, event, self.settings.promise)

    @hears(CaseWithdrawn)
    def on_case_withdrawn(self, db: Connection, event: CaseWithdrawn) -> None:
        """The person wants nothing of it any more: nobody here owes anything."""
        handlers.stop_all(db, event, self.settings.promise)

    @hears(CaseFinished)
    def on_case_finished(self, db: Connection, event: CaseFinished) -> None:
        """Nothing is open any more: the person is owed the result."""
        handlers.meet_promise(db, event, self.settings.promise)

    @hears(MessageDelivered)
    def on_message_delivered(self, db: Connection, event: MessageDelivered) -> None:
        """The person was told something, perhaps the result."""
        handlers.meet_feedback(db, event, self.settings.promise)

    @hears(CaseReopened)
    def on_case_reopened(self, db: Connection, event: CaseReopened) -> None:
        """The person says it is not solved."""
        handlers.resume_promise(db, event, self.settings.promise, self.unit.node)
        handlers.end_callbacks_of_before(db, event, self.settings.promise)

    @hears(EvaluationInvited)
    def on_evaluation_invited(self, db: Connection, event: EvaluationInvited) -> None:
        """A result is there: its person is to be called back."""
        handlers.start_callback_clocks(db, event, self.settings.promise)

    @hears(EvaluationReceived)
    def on_evaluation_received(self, db: Connection, event: EvaluationReceived) -> None:
        """The person has spoken of their own: nobody owes a callback."""
        handlers.end_by_rating(db, event, self.settings.promise)

    @hears(CallbackMade)
    def on_callback_made(self, db: Connection, event: CallbackMade) -> None:
        """A person was called back, or not reached."""
        handlers.meet_callback(db, event, self.settings.promise)

    @hears(SupervisionOrdered)
    def on_supervision_ordered(self, db: Connection, event: SupervisionOrdered) -> None:
        """A supervision slip went out, perhaps to a unit of this node."""
        promise, node = self.settings.promise, self.unit.node
        handlers.start_supervision_clock(db, event, promise, node)

    @hears(SupervisionReached)
    def on_supervision_reached(self, db: Connection, event: SupervisionReached) -> None:
        """A supervision of a tier above has come."""
        promise, node = self.settings.promise, self.unit.node
        handlers.start_supervision_clock(db, event, promise, node)

    @hears(SupervisionAnswered)
    def on_supervision_answered(self, db: Connection, event: SupervisionAnswered) -> None:
        """What was asked is answered."""
        handlers.end_supervision_clock(db, event, self.settings.promise)

    @hears(MeetingCalled)
    def on_meeting_called(self, db: Connection, event: MeetingCalled) -> None:
        """A meeting was called: it is to be held in time, its parties are reminded before."""
        handlers.start_meeting_clock(db, event, self.settings.promise)
        handlers.plan_reminder(db, event, self.settings.promise)

    @hears(MeetingHeld)
    def on_meeting_held(self, db: Connection, event: MeetingHeld) -> None:
        """A meeting was held: nobody is reminded of it any more."""
        handlers.end_meeting_clock(db, event, self.settings.promise)
        handlers.drop_reminder(db, event)

    @hears(MeetingCancelled)
    def on_meeting_cancelled(self, db: Connection, event: MeetingCancelled) -> None:
        """A meeting will not be held: nobody is reminded of it."""
        handlers.end_meeting_clock(db, event, self.settings.promise)
        handlers.drop_reminder(db, event)

    @hears(NodeFactRelayed)
    def on_node_fact_relayed(self, db: Connection, event: NodeFactRelayed) -> None:
        """Another node told something of itself, perhaps a notice of the calendar."""
        told = self.settings
        caller = handlers.by_time(self.unit.node, utcnow())
        handlers.hear_notice(db, event, told.promise, told.notices_from_above, caller)

    @every(seconds=SWEEP_EVERY_SECONDS)
    def sweep(self) -> bool:
        """Time passed: change the lamps whose moment has come; True while there may be more."""
        with self.unit.transaction() as db:
            return handlers.sweep(db, utcnow(), self.settings.promise, SWEEP_BATCH) == SWEEP_BATCH

    @every(seconds=SWEEP_EVERY_SECONDS)
    def sweep_terms(self) -> bool:
        """Time passed: say who has not signed, and for which cases nobody found a unit."""
        with self.unit.transaction() as db:
            return handlers.sweep_terms(db, utcnow(), SWEEP_BATCH) == SWEEP_BATCH

    @every(seconds=SWEEP_EVERY_SECONDS)
    def sweep_reminders(self) -> bool:
        """Time passed: say which meetings are near; True while there may be more."""
        with self.unit.transaction() as db:
            promise = self.settings.promise
            return handlers.sweep_reminders(db, utcnow(), promise, SWEEP_BATCH) == SWEEP_BATCH

    @every(seconds=SWEEP_EVERY_SECONDS)
    def recompute(self) -> bool:
        """Notice or limits may have been signed: move what they move; True while there is more."""
        with self.unit.transaction() as db:
            handlers.move_open_cases(db, utcnow())
        with self.unit.transaction() as db:
            known = (self.settings.promise, self.unit.node, utcnow())
            return handlers.recompute(db, *known, RECOMPUTE_BATCH)

    @every(seconds=SWEEP_EVERY_SECONDS)
    def replay(self) -> bool:
        """Somebody may have asked for a replay: do a piece of it; True while there was one."""
        with self.unit.transaction() as db:
            return handlers.replay_some(db, self.settings.promise, utcnow())

    @every(seconds=TELL_EVERY_SECONDS)
    def tell_notices(self) -> None:
        """A day has passed: tell the tiers below again which notices this node has signed."""
        with self.unit.transaction() as db:
            handlers.tell_notices(db, self.unit.node, utcnow())

    @every(seconds=TELL_YEARS_EVERY_SECONDS)
    def tell_worked_years(self) -> None:
        """The calendar may count anew, or a year began: tell which days are worked."""
        with self.unit.transaction() as db:
            handlers.tell_worked_years(db, self.settings.promise, utcnow())
            handlers.tell_local_days(db, self.settings.promise, utcnow())
