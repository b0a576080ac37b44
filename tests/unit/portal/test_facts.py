from services.portal import handlers
from services.portal.handlers.facts import RELAYED
from services.portal.handlers.telling import TOLD
from services.portal.repository.words import words_of
from shared.events.base import CaseEvent, Event, every_event
from shared.events.dispatch import CaseJoined, OutsideMessageMade, SearchTaken
from shared.events.intake import (
    AppealDecided,
    CaseAnswered,
    CaseGrouped,
    CaseHeld,
    CaseSplit,
    CaseUngrouped,
    DeclineAppealed,
    HoldReleased,
    OneTimeCodeMade,
    OwnCodeRenewed,
    PartTakenBack,
    PressureTold,
    QueryCodeRenewed,
)
from shared.events.intake.afterwards import ContactChanged, ContactCodeMade
from shared.events.intake.care import HelperAssigned
from shared.events.link import CaseReceived, FactRelayed, OrderPassedOn
from shared.events.sealed import Sealed, SealedParty

PUBLISHED = {
    kind
    for kind in every_event()
    if kind.__module__.startswith("shared.events.") and not kind.between_nodes and kind.in_journal
}


def test_the_projector_knows_every_event_there_is() -> None:
    assert set(handlers.EVERYTHING) == PUBLISHED
    assert [kind.name for kind in handlers.EVERYTHING] == sorted(k.name for k in PUBLISHED)


def test_every_fact_about_a_case_has_its_line_in_the_timeline() -> None:
    facts = {kind for kind in PUBLISHED if issubclass(kind, CaseEvent)}

    assert set(TOLD) == facts - {FactRelayed}  # its line is that of the fact in it


HERE = {
    *(CaseReceived, OrderPassedOn, CaseHeld, HoldReleased, OneTimeCodeMade, OwnCodeRenewed),
    QueryCodeRenewed,
    *(ContactChanged, ContactCodeMade, HelperAssigned),
    *(SearchTaken, OutsideMessageMade, CaseGrouped, CaseUngrouped, CaseJoined),
    *(CaseSplit, PartTakenBack),
    *(DeclineAppealed, AppealDecided, PressureTold, CaseAnswered),
}


def test_another_node_tells_of_cases_and_of_nothing_that_stays_there() -> None:
    assert set(RELAYED.values()) == set(TOLD) - HERE


def test_the_timeline_keeps_only_fields_that_exist_and_none_that_is_sealed() -> None:
    for kind, names in TOLD.items():
        for name in names:
            assert not is_sealed(kind, name), f"{kind.name}: {name}"


def is_sealed(kind: type[Event], name: str) -> bool:
    annotation = str(kind.model_fields[name].annotation)
    return Sealed.__name__ in annotation or SealedParty.__name__ in annotation


def test_words_are_cut_by_the_dictionary_without_marks_and_in_lower_case() -> None:
    assert words_of("不动产登记，跑了3趟！", None, "GPS 定位") == sorted(
        {"不动", "动产", "不动产", "登记", "跑", "了", "3", "趟", "gps", "定位"}
    )
