from collections.abc import Mapping
from enum import Enum
from typing import Any

import pytest

from services.dispatch.policy import PoolReason
from services.dispatch.policy.parts import PartState
from services.intake.policy.grounds import Situation
from services.portal.handlers.telling import TOLD
from services.portal.pages import calendar_words, channel_words, part_words, reasons, words
from services.portal.pages.act_forms import BODIES, NEEDED, PATHS
from services.portal.pages.desk import DONE
from services.portal.pages.next_steps import IN_STATUS, NEEDS, TITLES, WHY_NOT
from services.portal.pages.story import SENTENCES
from services.portal.policy import HandOverState, Status
from services.review.policy import REASONS
from services.sla.policy import DayKind, Finding, NoticeState
from shared.events.dispatch import (
    DissentReason,
    OverrideReason,
    PartEnd,
    PartKind,
    ReturnGround,
    Route,
)
from shared.events.dispatch.orders import ARBITRATED, SUGGESTION
from shared.events.intake import DeclineReason
from shared.events.notify import Purpose
from shared.events.review import Closing
from shared.events.words import (
    Channel,
    ClockDetail,
    Complexity,
    HandOverGround,
    HandOverKind,
    Lamp,
    Level,
    OutcomeDetail,
)
from shared.neighbours import Relation
from shared.security.actor import Role
from shared.security.identifiers import IdKind

TABLES: list[tuple[Mapping[Any, str], type[Enum]]] = [
    (words.LAMPS, Lamp),
    (words.LAMP_COLOURS, Lamp),
    (words.STATUSES, Status),
    (words.CITIZEN_STATUSES, Status),
    (words.CHANNELS, Channel),
    (words.COMPLEXITIES, Complexity),
    (words.CLOCKS, ClockDetail),
    (words.OUTCOMES, OutcomeDetail),
    (words.GROUNDS, ReturnGround),
    (words.POOL_REASONS, PoolReason),
    (words.DECLINE_REASONS, DeclineReason),
    (words.CLOSINGS, Closing),
    (words.ROLES, Role),
    (words.PURPOSES, Purpose),
    (words.HAND_OVER_KINDS, HandOverKind),
    (words.HAND_OVER_GROUNDS, HandOverGround),
    (words.HAND_OVER_STATES, HandOverState),
    (words.RELATIONS, Relation),
    (part_words.PART_KINDS, PartKind),
    (part_words.PART_STATES, PartState),
    (part_words.DISSENTS, DissentReason),
    (part_words.OVERRIDES, OverrideReason),
    (part_words.PART_ENDS, PartEnd),
    (channel_words.SITUATIONS, Situation),
    (channel_words.ID_KINDS, IdKind),
    (reasons.LEVELS, Level),
    (WHY_NOT, Status),
    (calendar_words.NOTICE_STATES, NoticeState),
    (calendar_words.FINDINGS, Finding),
    (calendar_words.DAY_KINDS, DayKind),
]


@pytest.mark.parametrize(("table", "enum"), TABLES, ids=lambda each: getattr(each, "__name__", ""))
def test_every_code_has_its_word(table: Mapping[Any, str], enum: type[Enum]) -> None:
    assert set(table) == {member.value for member in enum}


def test_every_route_has_its_word() -> None:
    assert set(words.FILED_BY) == {*Route, ARBITRATED, SUGGESTION}


def test_the_reasons_are_those_of_review() -> None:
    theirs = {
        int(level): {reason.code: reason.text for reason in found}
        for level, found in REASONS.items()
    }

    assert {level: dict(found) for level, found in reasons.REASONS.items()} == theirs


def test_the_first_reasons_of_a_level_are_its_core() -> None:
    for found in REASONS.values():
        assert [reason.is_core for reason in found[: reasons.CORE]] == [True] * reasons.CORE
        assert not any(reason.is_core for reason in found[reasons.CORE :])


def test_every_event_of_a_timeline_has_its_sentence() -> None:
    assert set(SENTENCES) == {event.name for event in TOLD}


def test_every_offered_step_has_a_title_and_a_real_status() -> None:
    assert set(IN_STATUS) <= set(Status)
    assert {act for acts in IN_STATUS.values() for act in acts} <= set(TITLES)


def test_every_act_has_its_grant_its_form_its_address_and_what_is_said_afterwards() -> None:
    assert set(TITLES) == set(NEEDS) == set(DONE)
    assert set(BODIES) == set(NEEDED) == set(PATHS) == set(TITLES) | {"person"}


def test_nobody_chooses_a_ground_that_only_the_rules_give() -> None:
    given = {HandOverGround.WITHDRAWN, HandOverGround.STALE}

    assert set(words.CHOSEN_GROUNDS) == set(HandOverGround) - given
