"""The facts that make up a case's story: what each is called, and what it says of its place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Any


@unique
class FactKind(StrEnum):
    """The facts that make up a case's story; the values are event names.

    Among facts of one instant, round and epoch, the later member is the later fact.
    """

    REGISTERED = "intake.case_registered.v1"
    REOPENED = "review.case_reopened.v1"
    ACCEPTED = "intake.case_accepted.v1"
    DECLINED = "intake.case_declined.v1"
    APPEALED = "intake.decline_appealed.v1"
    APPEAL_DECIDED = "intake.appeal_decided.v1"
    CLOCK_STARTED = "sla.clock_started.v1"
    CLOCK_RESUMED = "sla.clock_resumed.v1"
    DUE_MOVED = "sla.due_date_moved.v1"
    HANDED_OVER = "dispatch.case_handed_over.v1"
    DISPATCHED = "dispatch.order_dispatched.v1"
    SIGNED = "dispatch.order_signed.v1"
    CONTACTED = "dispatch.contact_logged.v1"
    ANSWERED = "intake.case_answered.v1"
    PART_OPENED = "dispatch.part_opened.v1"
    PART_ANSWERED = "dispatch.part_answered.v1"
    PART_WITHDRAWN = "dispatch.part_withdrawn.v1"
    MATERIALS_ASKED = "dispatch.materials_asked.v1"
    MATERIALS_ANSWERED = "intake.materials_answered.v1"
    MATERIALS_RECEIVED = "dispatch.materials_received.v1"
    MEETING_HELD = "dispatch.meeting_held.v1"
    MEETING_CALLED = "dispatch.meeting_called.v1"
    MINUTES_CONFIRMED = "dispatch.minutes_confirmed.v1"
    MEETING_CANCELLED = "dispatch.meeting_cancelled.v1"
    OUTSIDE_ASKED = "dispatch.outside_asked.v1"
    OUTSIDE_ENDED = "dispatch.outside_ended.v1"
    TRACKED = "dispatch.case_tracked.v1"
    RETURNED = "dispatch.order_returned.v1"
    URGED = "intake.case_urged.v1"
    INFORMATION_ADDED = "intake.information_added.v1"
    POOLED = "dispatch.case_pooled.v1"
    LAMP_CHANGED = "sla.lamp_changed.v1"
    ORDER_FINISHED = "dispatch.order_finished.v1"
    CASE_FINISHED = "dispatch.case_finished.v1"
    CLOCK_STOPPED = "sla.clock_stopped.v1"
    INVITED = "review.evaluation_invited.v1"
    RATED = "review.evaluation_received.v1"
    CLOSED = "review.case_closed.v1"
    AMENDED = "intake.case_amended.v1"
    CONTACT_CHANGED = "intake.contact_changed.v1"
    HELPER = "intake.helper_assigned.v1"
    ERASED = "intake.case_erased.v1"
    GROUPED = "intake.case_grouped.v1"
    UNGROUPED = "intake.case_ungrouped.v1"
    SPLIT = "intake.case_split.v1"
    TAKEN_BACK = "intake.part_taken_back.v1"
    WITHDRAWN = "intake.case_withdrawn.v1"
    WITHDRAWAL_TAKEN_BACK = "intake.withdrawal_taken_back.v1"


RANK: Mapping[FactKind, int] = MappingProxyType({kind: n for n, kind in enumerate(FactKind)})

OF_CUSTODY = frozenset({FactKind.HANDED_OVER, FactKind.DISPATCHED, FactKind.POOLED})
"""Facts that say under which epoch of custody they stand."""
OF_WORK = OF_CUSTODY | {
    FactKind.SIGNED,
    FactKind.CONTACTED,
    FactKind.PART_OPENED,
    FactKind.PART_ANSWERED,
    FactKind.PART_WITHDRAWN,
    FactKind.MATERIALS_ASKED,
    FactKind.MATERIALS_RECEIVED,
    FactKind.MEETING_CALLED,
    FactKind.MEETING_HELD,
    FactKind.MINUTES_CONFIRMED,
    FactKind.MEETING_CANCELLED,
    FactKind.OUTSIDE_ASKED,
    FactKind.OUTSIDE_ENDED,
    FactKind.RETURNED,
    FactKind.ORDER_FINISHED,
}
"""What whoever holds a case may say of it; all else is said by the node that registered it."""


@unique
class HandOverKind(StrEnum):
    """Why a case moved to a neighbouring node."""

    UP = "up"
    DOWN = "down"
    RETURN = "return"
    RESULT = "result"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened to a case; `params` are the event's fields that people are told."""

    kind: FactKind
    at: datetime
    round: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def node(self) -> str | None:
        """The other node that said it; None for this one."""
        return self.params.get("node")

    @property
    def order_id(self) -> str | None:
        """The order it is about."""
        return self.params.get("order_id")

    @property
    def epoch(self) -> int | None:
        """The epoch of custody that it names; what was kept before there were any is of the first.

        None for a fact that names none.
        """
        return self.params.get("epoch", 0) if self.kind in OF_CUSTODY else None
