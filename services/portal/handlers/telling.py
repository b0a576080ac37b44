"""What the timeline of a case keeps of each event: words and names that staff may see."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from services.portal.repository import Row
from shared.events import dispatch, intake, link, notify, review, sla
from shared.events.base import CaseEvent, Envelope, Event

_UNIT = ("order_id", "unit_code", "unit_name", "by")
_PART = (*_UNIT, "kind")
_RELEASE = ("release_id", "unit_code", "unit_name", "because_masked", "by")
_CLOCK = ("kind", "unit_code", "due_at", "lamp")
_OFFER = ("kind", "to_node", "epoch", "round")
_MESSAGE = ("purpose", "provider", "attempts")

TOLD: Mapping[type[Event], tuple[str, ...]] = MappingProxyType(
    {
        intake.CaseRegistered: ("channel", "region", "item_name", "split_from", "by"),
        intake.CaseAccepted: ("complexity", "item_name", "by"),
        intake.CaseRegistered: ("channel", "region", "item_name", "channel_fields", "by"),
        intake.CaseAccepted: ("complexity", "item_name", "situation", "by"),
        intake.CaseAnswered: ("unit_code", "outcome", "answer_masked", "legal_basis", "by"),
        intake.CaseDeclined: ("reason", "legal_basis", "explanation", "guide_to", "by"),
        intake.DeclineAppealed: ("because_masked", "decide_by", "by"),
        intake.AppealDecided: ("upheld", "words_masked", "by"),
        intake.ComplaintMarked: ("by",),
        intake.FileAdded: ("kind", "bytes", "by_staff"),
        intake.FileReleased: (*_RELEASE, "kind", "redacted", "unit_node"),
        intake.FileReleaseEnded: _RELEASE,
        intake.OneTimeCodeMade: ("expires_at",),
        intake.QueryCodeRenewed: ("by",),
        intake.OwnCodeRenewed: ("complainant", "by"),
        intake.CaseAmended: ("fields",),
        intake.MaterialsAnswered: ("text_masked", "by"),
        intake.CaseUrged: ("urges", "channel", "text_masked", "for_number", "by"),
        intake.InformationAdded: ("channel", "text_masked", "for_number", "by"),
        intake.ContactCodeMade: ("masked_phone", "expires_at", "by"),
        intake.ContactChanged: (*("old_masked", "masked_phone", "channel", "complainant", "by"),),
        intake.CaseWithdrawn: ("reason", "channel", "take_back_by", "text_masked", "by"),
        intake.WithdrawalTakenBack: ("channel", "by"),
        intake.PressureTold: (),
        intake.HelperAssigned: ("helper", "by"),
        intake.CaseErased: ("ground",),
        intake.CaseHeld: ("review_on", "by"),
        intake.HoldReleased: ("by",),
        intake.CaseGrouped: ("lead_number", "kind", "because_masked", "by"),
        intake.CaseUngrouped: ("lead_number", "kind", "because_masked", "by"),
        intake.CaseSplit: ("numbers", "matters", "by"),
        intake.PartTakenBack: ("part_number", "because_masked", "by"),
        dispatch.CaseJoined: ("lead_number", "round"),
        dispatch.CasePooled: ("reason", "because"),
        dispatch.OrderDispatched: (*_UNIT, "round", "complexity", "route", "because", "rule"),
        dispatch.OrderSigned: (*_UNIT, "forced"),
        dispatch.WorkLogged: (
            *(*_UNIT, "kind", "done_at", "place_masked", "people_masked", "note_masked"),
        ),
        dispatch.MaterialsAsked: (*_UNIT, "answer_by", "materials_masked"),
        dispatch.MaterialsReceived: (*_UNIT, "how", "note_masked"),
        dispatch.OutsideAsked: (
            *(*_UNIT, "question_id", "party_name", "answer_by", "question_masked"),
        ),
        dispatch.OutsideEnded: (
            *(*_UNIT, "question_id", "party_name", "how", "text_masked", "files"),
        ),
        dispatch.OutsideMessageMade: ("kind", "masked_phone", "answer_by"),
        dispatch.ExtensionAsked: (*_UNIT, "days", "because"),
        dispatch.ExtensionDecided: (*_UNIT, "granted", "days", "because"),
        dispatch.SearchTaken: ("by",),
        dispatch.SearchEscalated: ("due_at",),
        dispatch.ArbitrationOpened: ("unit_code", "unit_name", "returns"),
        dispatch.OpinionGiven: ("party", "unit_name", "because", "legal_basis", "by"),
        dispatch.ArbitrationDecided: (
            *("unit_code", "unit_name", "because", "legal_basis", "missing", "waiver_masked"),
            *("rule_id", "withdrawn", "by"),
        ),
        dispatch.MeetingCalled: (
            *("serial", "moves", "starts_at", "place_masked", "bring_masked"),
            *("with_person", "units", "by"),
        ),
        dispatch.MeetingHeld: ("serial", "held_at", "result", "said_masked", "by"),
        dispatch.MeetingReminded: ("serial", "starts_at"),
        dispatch.MinutesConfirmed: ("serial", "conclusion_masked", "duties", "by"),
        dispatch.MeetingCancelled: ("because", "by"),
        dispatch.PartOpened: (*_PART, "lead_name", "task_masked", "days"),
        dispatch.PartAnswered: (*_PART, "answer_masked", "legal_basis"),
        dispatch.PartDissented: (*_PART, "reason", "note_masked", "legal_basis"),
        dispatch.PartDeclined: (*_PART, "ground", "note_masked", "legal_basis"),
        dispatch.PartUrged: (*_PART, "urges", "note_masked"),
        dispatch.PartWithdrawn: (*_PART, "why", "note_masked"),
        dispatch.TrackingReported: (
            *(*_UNIT, "serial", "next_on", "explanation_masked", "ground_masked"),
        ),
        dispatch.TrackingDecided: (*_UNIT, "granted", "reports", "because"),
        dispatch.CaseReclassified: ("complexity", "before", "because", "by"),
        dispatch.CaseTracked: ("unit_name", "serial", "next_on", "explanation_masked"),
        dispatch.ContactLogged: (*_UNIT, "way", "reached", "note_masked"),
        dispatch.OrderReturned: (*_UNIT, "ground", "legal_basis", "note_masked"),
        dispatch.OrderFinished: (
            *(*_UNIT, "outcome", "answer_masked", "legal_basis", "evidence_masked"),
            *("override_reason", "override_masked", "withdrawn"),
        ),
        dispatch.CaseFinished: (
            *("round", "unit_code", "unit_name", "outcome", "answer_masked", "withdrawn"),
        ),
        dispatch.HandOverOffered: (*_OFFER, "because", "ground", "legal_basis", "outcome", "by"),
        dispatch.HandOverAnswered: (*_OFFER, "accepted", "ground", "legal_basis", "note_masked"),
        dispatch.HandOverWithdrawn: ("to_node", "epoch", "because", "by"),
        dispatch.CaseHandedOver: (*_OFFER, "to_name"),
        dispatch.CaseReportedUp: ("to_node", "because", "by"),
        sla.ClockStarted: (*_CLOCK, "provisional", "explanation"),
        sla.LampChanged: _CLOCK,
        sla.DeadlineMissed: _CLOCK,
        sla.ClockStopped: (*(*_CLOCK, "reason", "reason_detail", "on_time", "explained"),),
        sla.ClockResumed: (*_CLOCK, "reason"),
        sla.ClockPaused: (*_CLOCK, "reason", "until"),
        sla.DueDateMoved: (
            *(*_CLOCK, "due_before", "provisional", "reason"),
            *("days", "promise_due_at", "sign_by", "complexity", "would_be_at"),
        ),
        sla.TermNear: ("kind", "unit_code", "due_at"),
        sla.TermOver: ("kind", "unit_code", "due_at"),
        sla.StepTaken: (*_CLOCK, "step", "level", "whom", "step_due_at", "late"),
        notify.MessageDelivered: _MESSAGE,
        notify.MessageFailed: (*_MESSAGE, "reason"),
        review.EvaluationInvited: ("round", "answer_by"),
        review.EvaluationReceived: ("round", "level", "solved", "reasons", "text_masked"),
        review.CallbackMade: (
            *("called_by", "reached", "tries", "ended", "solved", "level", "truthful"),
            *("note_masked", "by"),
        ),
        review.CaseReopened: ("round", "because"),
        review.CaseReopened: ("round", "because", "taken_back"),
        review.CaseClosed: ("round", "how", "level"),
        review.SupervisionOrdered: ("to_node", "unit_code", "text_masked", "answer_by", "by"),
        review.SupervisionAnswered: ("text_masked", "by"),
        review.SupervisionReached: (),
        review.SupervisionRead: ("by",),
        review.GuidanceGiven: ("to_node", "text_masked", "by"),
        link.CaseReceived: ("origin",),
        link.OrderPassedOn: ("to_nodes",),
    }
)
"""No field that is sealed; a test holds every case event against it."""


OF_PERSON = (
    intake.CaseUrged,
    intake.InformationAdded,
    intake.MaterialsAnswered,
    intake.FileAdded,
    intake.CaseWithdrawn,
    intake.WithdrawalTakenBack,
)
"""What a person says after registering: new to whoever works on the case."""
HEARD = "heard_at"


def step_of(envelope: Envelope, event: CaseEvent, heard_at: datetime) -> Row:
    """Return the entry of the timeline that an event makes; of a person's words, when it came."""
    is_late = heard_at > event.occurred_at and isinstance(event, OF_PERSON)
    late = {HEARD: heard_at.isoformat()} if is_late else {}
    return {
        "id": envelope.id,
        "case_id": event.case_id,
        "at": event.occurred_at,
        "node": envelope.node,
        "name": event.name,
        "params": {name: _param(event, name) for name in TOLD[type(event)]} | late,
    }


def _param(event: CaseEvent, name: str) -> object:
    # Where a field keeps to words that every release reads, its newest word stands beside it.
    return getattr(event, f"{name}_told", getattr(event, name))
