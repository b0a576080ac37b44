"""Play what several do together: look up part, party or meeting, and send what is done with it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from backstop.caller import Call, CallRefused, NodeCaller
from backstop.demo.joint_steps import (
    AskOutside,
    ConfirmMinutes,
    Convene,
    HoldRound,
    JointStep,
    ListParty,
    PartStep,
)
from shared.clock import utcnow
from shared.security.actor import Actor

SOON = timedelta(seconds=1)
"""A meeting is called for a moment ahead, and written down once that has come."""
WAITED_FOR = frozenset({"meeting_not_yet", "bad_meeting_time", "not_received_yet"})
"""What is tried again: it has not begun, it has passed before it was called, no key is there."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """A case at one node, and as whom it is looked at."""

    caller: NodeCaller
    viewer: Actor
    case_id: str
    key: str

    def part_of(self, order: str, unit: str | None) -> str | None:
        """Return the part that a unit has of an order."""
        parts = self._got(f"/api/v1/orders/{order}/parts")
        return next((str(part["part_id"]) for part in parts if part["unit_code"] == unit), None)

    def do(self, step: JointStep, who: Actor, order: Callable[[], str]) -> bool:
        """Do a step; False where it cannot be done yet."""
        try:
            for call in self._calls(step, order):
                self.caller.send(call, who)
        except CallRefused as refused:
            if refused.code not in WAITED_FOR:
                raise
            return False
        return True

    def _calls(self, step: JointStep, order: Callable[[], str]) -> list[Call]:
        match step:
            case ListParty():
                return [Call("POST", "/api/v1/outside-parties", step.body, key=self.key)]
            case AskOutside():
                asked = {"party_id": self._party(step.party), "text": step.text}
                return [Call("POST", f"/api/v1/orders/{order()}/outside", asked, key=self.key)]
            case Convene():
                # Each try is for another moment, so it is another request.
                at = utcnow() + SOON
                body = {**step.body, "case_id": self.case_id, "starts_at": at.isoformat()}
                key = f"{self.key}-{at.timestamp():.0f}"
                return [Call("POST", "/api/v1/meetings", body, key=key)]
            case HoldRound():
                return [Call("POST", f"{self._meeting()}/rounds", self._round(step))]
            case ConfirmMinutes():
                minutes = f"{self._meeting()}/minutes"
                confirm = Call("POST", f"{minutes}/confirm", {})
                return [Call("PUT", minutes, step.body), confirm]
        raise TypeError(f"nobody knows where to send {type(step).__name__}")

    def _round(self, step: HoldRound) -> Row:
        parties = self._got(self._meeting())["parties"]
        seen = [{"party_id": one["party_id"], "presence": "present"} for one in parties]
        return {"seen": seen, "said": step.said, "result": "agreed"}

    def _party(self, name: str) -> str:
        found = self._got("/api/v1/outside-parties")
        return next(str(one["party_id"]) for one in found if one["name"] == name)

    def _meeting(self) -> str:
        found = self._got("/api/v1/meetings", case_id=self.case_id)
        return f"/api/v1/meetings/{found[0]['meeting_id']}"

    def _got(self, path: str, **query: str) -> Any:
        return self.caller.get(path, self.viewer, **query)


def path_of_part(step: PartStep, part: str) -> str:
    """Return where a step with a part is sent."""
    return f"/api/v1/parts/{part}/{step.verb}"
