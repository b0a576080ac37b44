"""What wakes review. Each method names its cue and hands it to one handler."""

from collections.abc import Sequence

from sqlalchemy import Connection

from services.review import handlers
from services.review.handlers import House
from services.review.tables import plumbing
from shared.chassis import (
    Database,
    Neighbourhood,
    NodeSettings,
    Relay,
    Sealer,
    every,
    hears,
    hears_many,
)
from shared.clock import utcnow
from shared.events.dispatch import CaseFinished, HandOverAnswered, UnitListed
from shared.events.intake import (
    CaseErased,
    CaseRegistered,
    CaseWithdrawn,
    ComplaintMarked,
    PressureTold,
    WithdrawalTakenBack,
)
from shared.events.link import FactRelayed, NodeFactRelayed
from shared.events.sla import StepTaken

SWEEP_EVERY_SECONDS = 60
SWEEP_BATCH = 500


class ReviewService:
    """The running service; it keeps no state."""

    name = "review"

    settings = NodeSettings()
    unit = Database(plumbing)
    neighbours = Neighbourhood()
    relay = Relay()
    sealer = Sealer()

    @hears_many(CaseRegistered)
    def on_cases_registered(self, db: Connection, events: Sequence[CaseRegistered]) -> None:
        """There are new cases."""
        handlers.know_cases(db, events)

    @hears(ComplaintMarked)
    def on_complaint_marked(self, db: Connection, event: ComplaintMarked) -> None:
        """A case complains of somebody: they do not see what is said of it."""
        handlers.hear_complaint(db, event, House(self.unit.node, self.neighbours))

    @hears(CaseFinished)
    def on_case_finished(self, db: Connection, event: CaseFinished) -> None:
        """A round has its result: ask the person, and have them called back."""
        within, rules = self.settings.answer_within, self.settings.callback_rules
        handlers.invite(db, event, within, rules)

    @hears(CaseWithdrawn)
    def on_case_withdrawn(self, db: Connection, event: CaseWithdrawn) -> None:
        """The person wants nothing of it any more: nobody asks them."""
        handlers.hear_withdrawn(db, event)

    @hears(WithdrawalTakenBack)
    def on_withdrawal_taken_back(self, db: Connection, event: WithdrawalTakenBack) -> None:
        """The person has changed their mind: the next round begins."""
        handlers.hear_taken_back(db, event)

    @hears(PressureTold)
    def on_pressure_told(self, db: Connection, event: PressureTold) -> None:
        """Somebody was asked to withdraw: they have longer to change their mind."""
        handlers.hear_pressure(db, event)

    @hears(HandOverAnswered)
    def on_hand_over_answered(self, db: Connection, event: HandOverAnswered) -> None:
        """This node took a case from another one, or did not."""
        handlers.take_here(db, event, self.unit.node)

    @hears_many(FactRelayed)
    def on_facts_relayed(self, db: Connection, events: Sequence[FactRelayed]) -> None:
        """Other nodes said something, perhaps a supervision or its answer."""
        handlers.hear_neighbours(db, events, House(self.unit.node, self.neighbours))

    @hears(NodeFactRelayed)
    def on_node_fact_relayed(self, db: Connection, event: NodeFactRelayed) -> None:
        """Another node told of itself, a lead, a precedent, or what it lets this one see."""
        handlers.hear_node_fact(db, event, self.unit.node)
        handlers.hear_precedent(db, event)

    @hears(StepTaken)
    def on_step_taken(self, db: Connection, event: StepTaken) -> None:
        """Something follows from a limit, perhaps a supervision slip."""
        handlers.give_slip(db, event, self.unit.node)

    @hears(UnitListed)
    def on_unit_listed(self, db: Connection, event: UnitListed) -> None:
        """There is a unit, or its name changed: it may be asked to change a rule."""
        handlers.hear_unit(db, event)

    @hears(CaseErased)
    def on_case_erased(self, db: Connection, event: CaseErased) -> None:
        """The person of a case is erased: nothing here may name them."""
        handlers.erase_case(db, event, House(self.unit.node, self.neighbours))

    @every(seconds=SWEEP_EVERY_SECONDS)
    def close_unanswered(self) -> bool:
        """Time passed: close what nobody answered or may take back; True while there are more."""
        with self.unit.transaction() as db:
            now = utcnow()
            silent = handlers.close_unanswered(db, now, SWEEP_BATCH)
            return SWEEP_BATCH in (silent, handlers.close_withdrawn(db, now, SWEEP_BATCH))
