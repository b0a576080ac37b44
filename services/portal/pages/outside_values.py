"""What of parties outside stands in the timeline of a case: who was asked, who has answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.portal.repository import Step
from shared.events.dispatch import OutsideAsked, OutsideEnd, OutsideEnded

ANSWERS = frozenset({OutsideEnd.ANSWERED.value, OutsideEnd.NOT_OURS.value})
NEAR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class OutsideLine:
    """One question as it stands: open until `how` tells how it ended."""

    question_id: str
    order_id: UUID
    party_name: str
    answer_by: datetime
    how: str = ""
    text: str = ""

    @property
    def answered(self) -> bool:
        """Whether the party said something."""
        return self.how in ANSWERS

    def lamp(self, now: datetime) -> str:
        """Return the lamp of an open question, as dispatch has it; none of one that ended."""
        if self.how:
            return ""
        if now >= self.answer_by:
            return "red"
        return "yellow" if now >= self.answer_by - NEAR else "green"


def outside_of(steps: Sequence[Step]) -> list[OutsideLine]:
    """Return what parties outside were asked about a case, the first question first."""
    ended = {
        step.params["question_id"]: step.params for step in steps if step.name == OutsideEnded.name
    }
    asked = {
        step.params["question_id"]: step.params for step in steps if step.name == OutsideAsked.name
    }
    return [_line(params, ended.get(question_id, {})) for question_id, params in asked.items()]


def _line(asked: Mapping[str, str], ended: Mapping[str, str]) -> OutsideLine:
    return OutsideLine(
        question_id=asked["question_id"],
        order_id=UUID(asked["order_id"]),
        party_name=asked["party_name"],
        answer_by=datetime.fromisoformat(asked["answer_by"]),
        how=ended.get("how", ""),
        text=ended.get("text_masked", ""),
    )
