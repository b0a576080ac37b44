"""Every text of every event is gone after an erasure, or remains for a reason given here."""

import json
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from types import UnionType
from typing import Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel
from sqlalchemy import Engine, create_engine
from sqlalchemy.schema import CreateSchema

from backstop.contracts.vocabulary import every_event_by_name
from shared.events.base import CaseEvent
from shared.security.erasing import ERASED, redacted_text
from shared.security.vault import metadata
from tests.contract.previous import sample as valid

pytestmark = pytest.mark.integration

WORDS = "原话"
EVENTS = [kind for kind in every_event_by_name() if issubclass(kind, CaseEvent)]
GONE_WHERE = ("_masked", "_hash")

OF_A_UNIT = (
    *("WorkLogged", "MaterialsAsked", "MaterialsReceived", "ExtensionAsked", "ExtensionDecided"),
    *("TrackingReported", "TrackingDecided"),
    *("ArbitrationOpened", "OpinionGiven", "ArbitrationDecided"),
    *("PartOpened", "PartAnswered", "PartDissented", "PartDeclined", "PartUrged"),
    "PartWithdrawn",
    *("ArbitrationOpened", "OpinionGiven", "ArbitrationDecided", "OutsideAsked", "OutsideEnded"),
)
"""Facts about what a unit did, or whose a case is."""
OF_FILES = ("FileReleased", "FileReleaseEnded", "ReleaseTold")
"""Which unit was let see a single file."""
REMAINS: Mapping[str, frozenset[str]] = {
    "a code of this system or of a catalogue": frozenset(
        {
            *(f"{name}.item_code" for name in ("CaseRegistered", "CaseAccepted")),
            *("HandOverOffered.item_code", "HandOverOffered.item_code_there"),
            *(f"HandOverOffered.{name}" for name in ("channel", "demand", "party")),
            "CaseAccepted.party",
            "CaseAccepted.situation",
            *(f"Case{done}.measures" for done in ("Registered", "Amended", "Received")),
            *(f"AgentAuthority.{name}" for name in ("relation", "told", "kind", "scopes")),
            *("RuleTold.code", "RuleTold.title"),
            *(
                f"Matter.{name}"
                for name in ("region", "channel", "item_code", "demand", "urgency")
            ),
            *("UnitComplainedOf.code", "ChannelFieldTold.name"),
            *(f"{name}.region" for name in ("CaseRegistered", "CaseAccepted", "CaseReceived")),
            "HandOverOffered.region",
            *(f"{name}.provider" for name in ("MessageDelivered", "MessageFailed")),
            "MessageFailed.reason",
            "EvaluationReceived.reasons",
            *("ClockStopped.reason_detail", "ClockResumed.reason_detail"),
            "CaseClosed.how_detail",
            "ContactLogged.way",
            *(f"Order{done}.unit_code" for done in ("Dispatched", "Signed", "Returned")),
            *("OrderFinished.unit_code", "ContactLogged.unit_code", "CaseFinished.unit_code"),
            *(f"Clock{done}.unit_code" for done in ("Started", "Stopped", "Resumed")),
            *("LampChanged.unit_code", "DeadlineMissed.unit_code", "DueDateMoved.unit_code"),
            *("By.kind", "By.role", "By.unit"),
            *("Sealed.field", "CaseAmended.fields"),
            *("FileAdded.kind", "FileOffered.kind", "FileReleased.kind"),
            *(f"{name}.unit_code" for name in OF_FILES),
            *(f"{name}.unit_code" for name in OF_A_UNIT),
            *("ClockPaused.unit_code", "DueDateMoved.unit_code"),
            *(
                f"{name}.outcome_detail"
                for name in ("OrderFinished", "CaseFinished", "HandOverOffered")
            ),
            *("TermNear.unit_code", "TermOver.unit_code", "PartOpened.lead_code"),
            *("DutyTold.unit_code", "StepTaken.unit_code", "StepTaken.row"),
            *("LocalCause.region", "LocalCause.unit_code", "SupervisionOrdered.unit_code"),
            *("CallbackOwed.unit_code", "CallbackMade.unit_code"),
            *(
                "SupervisionOrdered.unit_code",
                "CaseAnswered.unit_code",
                "CaseAccepted.answered_by",
            ),
            *(f"Meeting{done}.unit_codes" for done in ("Called", "Cancelled", "Reminded")),
            *(f"Clock{done}.kind_detail" for done in ("Started", "Stopped", "Resumed", "Paused")),
            *(f"{name}.kind_detail" for name in ("LampChanged", "DeadlineMissed")),
            *("DueDateMoved.kind_detail", "StepTaken.kind_detail"),
        }
    ),
    "the node that is meant": frozenset(
        {
            *("CaseReceived.origin", "HandOverOffered.origin", "UnitComplainedOf.node"),
            *("CaseReportedUp.to_node", "HandOverOffered.to_node", "HandOverAnswered.to_node"),
            *("HandOverWithdrawn.to_node", "CaseHandedOver.to_node", "CaseHandedOver.to_name"),
            *(
                "SupervisionOrdered.to_node",
                "CaseErased.ordered_by",
                "CaseAmended.ordered_by",
                "OrderPassedOn.to_nodes",
            ),
            *("FactRelayed.via", "PiecesArrived.via", "CaseReceived.given_by"),
            *(f"Supervision{done}.to_node" for done in ("Answered", "Reached", "Read")),
            *("GuidanceGiven.to_node", "FileOffered.from_node"),
            *(f"File{done}.to_node" for done in ("Offered", "Asked", "Settled", "Recalled")),
            *(f"{name}.unit_node" for name in ("FileReleased", "ReleaseTold")),
        }
    ),
    "an office as it is listed, with its public telephone": frozenset(
        {
            *(f"Order{done}.unit_name" for done in ("Dispatched", "Signed", "Returned")),
            *("OrderFinished.unit_name", "ContactLogged.unit_name", "CaseFinished.unit_name"),
            *("OrderDispatched.unit_phone", "HandOverOffered.unit_name"),
            *(f"{name}.unit_name" for name in (*OF_A_UNIT, *OF_FILES)),
            *("UnitComplainedOf.title", "DutyTold.unit_name", "MeetingCalled.units"),
            "PartOpened.lead_name",
            "UnitComplainedOf.title",
            *("UnitComplainedOf.title", "OutsideMessageMade.unit_name"),
            "CaseTracked.unit_name",
        }
    ),
    "an organisation of the register of outside parties": frozenset(
        {
            *("OutsideAsked.party_name", "OutsideEnded.party_name"),
        }
    ),
    "the number under which the case stays countable": frozenset(
        f"{name}.number"
        for name in (
            *("CaseRegistered", "CaseAccepted", "CaseDeclined", "CaseErased", "CaseReceived"),
            *("HandOverOffered", "SupervisionOrdered", "CaseAmended", "GuidanceGiven"),
        )
    ),
    "the number of the case with which it stood together": frozenset(
        {
            *("CaseGrouped.lead_number", "CaseUngrouped.lead_number", "CaseJoined.lead_number"),
            *("CaseRegistered.split_from", "CaseSplit.numbers", "PartTakenBack.part_number"),
            *("CaseUrged.for_number", "InformationAdded.for_number"),
        }
    ),
    "the name of an item of the catalogue; in a person's own words it goes": frozenset(
        f"{name}.item_name" for name in ("CaseRegistered", "CaseAccepted", "HandOverOffered")
    ),
    "an account of staff, by which nobody is named": frozenset(
        {"SearchTaken.owner", "HelperAssigned.login", "CaseAnswered.account"}
    ),
    "a member of staff in office, as the person was told": frozenset(
        {"HelperAssigned.helper", "HelperAssigned.phone"}
    ),
    "a day of a public notice of the calendar": frozenset({"LocalCause.names"}),
    "SM3 of ciphertext, the proof of what was erased": frozenset({"CaseErased.digest"}),
    "the envelope of the fact within, whose data are redacted like all others": frozenset(
        {"Envelope.source", "Envelope.type", "Envelope.traceparent"}
        | {"Envelope.inexchange", "Envelope.inaccount"}
    ),
}


@pytest.fixture
def engine(database: Callable[..., str]) -> Iterator[Engine]:
    engine = create_engine(database())
    with engine.begin() as db:
        db.execute(CreateSchema("vault"))
        metadata.create_all(db)
    yield engine
    engine.dispose()


def test_every_text_of_every_event_goes_or_has_a_reason_to_remain(engine: Engine) -> None:
    told = {kind.name: sample(kind) for kind in EVENTS}
    with engine.connect() as db:
        left = json.loads(redacted_text(db, json.dumps(told)))

    kept = {
        path for kind in EVENTS for path, value in texts(kind, left[kind.name]) if value == WORDS
    }
    assert kept == frozenset().union(*REMAINS.values())


def test_every_event_can_be_read_again_afterwards(engine: Engine) -> None:
    told = {kind.name: valid(kind.model_json_schema(), whole=True) for kind in EVENTS}
    with engine.connect() as db:
        left = json.loads(redacted_text(db, json.dumps(told)))

    for kind in EVENTS:
        kind.model_validate(told[kind.name])
        kind.model_validate(left[kind.name])


def test_what_has_a_reason_to_remain_has_one_only() -> None:
    listed = [path for paths in REMAINS.values() for path in paths]

    assert sorted(listed) == sorted(set(listed))
    assert not [path for path in listed if path.endswith(GONE_WHERE)]


@pytest.mark.parametrize("name", ["legal_basis", "guide_to", "because", "explanation"])
def test_what_officers_wrote_goes_where_something_was_written(engine: Engine, name: str) -> None:
    with engine.connect() as db:
        written, empty, none = (
            json.loads(redacted_text(db, json.dumps({"fact": {name: value}})))
            for value in (WORDS, "", None)
        )

    assert [each["fact"][name] for each in (written, empty, none)] == [ERASED, "", None]


def test_a_text_that_nobody_listed_is_found() -> None:
    class Noted(CaseEvent):
        """Somebody wrote something down."""

        remark: str | None = None

    assert [path for path, _value in texts(Noted, sample(Noted))] == ["Noted.remark"]


def sample(model: type[BaseModel]) -> dict[str, Any]:
    """An event in which every text says the same; what is no text says nothing."""
    return {name: _filled(field.annotation) for name, field in model.model_fields.items()}


def _filled(annotation: Any) -> Any:
    within = _choices(annotation)
    if str in within:
        return WORDS
    models = [each for each in within if isinstance(each, type) and issubclass(each, BaseModel)]
    if models:
        return sample(models[0])
    if get_origin(within[0]) is tuple:
        return [_filled(get_args(within[0])[0])]
    if get_origin(within[0]) is dict and get_args(within[0])[1] is not Any:
        return {"one": _filled(get_args(within[0])[1])}
    return None


def texts(model: type[BaseModel], told: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every text of an event by the class that has it and its field."""
    for name, field in model.model_fields.items():
        yield from _texts(f"{model.__name__}.{name}", field.annotation, told[name])


def _texts(path: str, annotation: Any, told: Any) -> Iterator[tuple[str, Any]]:
    within = _choices(annotation)
    models = [each for each in within if isinstance(each, type) and issubclass(each, BaseModel)]
    if str in within:
        yield path, told
    elif models:
        yield from texts(models[0], told)
    elif isinstance(told, list):
        yield from _texts(path, get_args(within[0])[0], told[0])
    elif isinstance(told, dict):
        yield from _texts(path, get_args(within[0])[1], told["one"])


def _choices(annotation: Any) -> list[Any]:
    if get_origin(annotation) in (Union, UnionType):
        return [each for each in get_args(annotation) if each is not type(None)]
    return [annotation]


def test_no_enumeration_is_taken_for_a_text() -> None:
    class Colour(StrEnum):
        RED = "red"

    assert _filled(Colour) is None
