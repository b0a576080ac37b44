"""Whom of a unit something is told: duty, substitute, else everybody of it (ADR 41)."""

import pytest

from services.portal.pages.notice_words import MOMENTS, SENTENCES, VIEWS, place_of, sentence
from services.portal.pages.notices import Notice, line_of
from services.portal.policy.notices import (
    DESK,
    HEADS,
    Audience,
    Barred,
    Member,
    told_of,
    with_below,
)
from shared.clock import new_id, utcnow
from shared.events.portal import NoticeKind
from shared.security.actor import Role

OFFICER = frozenset({Role.DISPOSAL_OFFICER})
ZHOU, LIN, HE = (
    Member(login=login, roles=OFFICER, unit="SCJGJ", known_as=frozenset({f"hash of {login}"}))
    for login in ("zhou", "lin", "he")
)
OTHER = Member(login="other", roles=OFFICER, unit="RSJ")
XU = Member(login="xu", roles=DESK, unit="ZWFWZX")
SONG = Member(login="song", roles=frozenset({Role.SUPERVISOR}))
ALL = (ZHOU, LIN, HE, OTHER, XU, SONG)
OF_UNIT = Audience(unit="SCJGJ")


@pytest.mark.parametrize(
    ("crews", "told"),
    [
        ([["zhou", "lin"]], ("zhou",)),
        ([["lin"]], ("lin",)),
        ([["zhou"], ["he", "lin"]], ("he", "zhou")),
        ([["xu", "he"]], ("he",)),
        ([["left"]], ("he", "lin", "zhou")),
        ([], ("he", "lin", "zhou")),
    ],
    ids=[
        "who is on duty",
        "who stands in",
        "each post",
        "who may see it",
        "nobody known on duty",
        "no rota",
    ],
)
def test_who_of_a_unit_is_told(crews: list[list[str]], told: tuple[str, ...]) -> None:
    assert told_of(OF_UNIT, crews, ALL) == told


def test_nobody_is_told_of_a_case_that_complains_of_them() -> None:
    of_zhou = Barred(persons=frozenset({"hash of zhou"}))
    of_unit = Barred(units=frozenset({"SCJGJ"}))

    assert told_of(OF_UNIT, [["zhou", "lin"]], ALL, of_zhou) == ("lin",)
    assert told_of(OF_UNIT, [["zhou"]], ALL, of_zhou) == ("he", "lin")
    assert told_of(OF_UNIT, [["zhou", "lin"]], ALL, of_unit) == ()


def test_who_answers_for_it_is_told_before_all_others() -> None:
    assert told_of(Audience(DESK | HEADS), [], ALL) == ("song", "xu")
    assert told_of(Audience(DESK | HEADS, person="song"), [["xu"]], ALL) == ("song",)
    assert told_of(Audience(DESK | HEADS, person="left"), [["xu"]], ALL) == ("xu",)


def test_units_complained_of_are_told_nothing_with_all_below_them() -> None:
    parents = {"XZFB": None, "GAJ": "XZFB", "PCS": "GAJ", "WJW": "XZFB"}

    assert with_below({"GAJ"}, parents) == {"GAJ", "PCS"}
    assert with_below({"XZFB"}, parents) == set(parents)
    assert with_below({"gone"}, parents) == {"gone"}


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_has_words_and_a_place(kind: NoticeKind) -> None:
    now = utcnow()
    told = {"kind": kind, "number": "341523-1", "unit_name": "县医保局", "ref": None}
    notice = Notice(notice_id=str(new_id()), about_at=now, told_at=now, read_at=None, **told)
    line = line_of(notice)

    assert kind in SENTENCES
    assert "{" not in line.sentence + line.moment
    assert bool(line.moment) == (kind in MOMENTS)
    assert notice.place == ("/desk/rota" if kind is NoticeKind.NOBODY else _at_desk(kind))


def _at_desk(kind: NoticeKind) -> str:
    view = f"view={VIEWS[kind]}&" if kind in VIEWS else ""
    return f"/desk?{view}case=341523-1"


def test_a_notice_leads_to_its_meeting_and_one_of_a_later_release_to_the_desk() -> None:
    assert place_of(NoticeKind.MEETING, "341523-1", "a-meeting") == "/desk/meetings/a-meeting"
    assert place_of("later", None, None) == "/desk"
    assert sentence("later", None) == "later"
    assert sentence(NoticeKind.PART_BACK, "县医保局") == "县医保局的协办已收回"
    assert sentence(NoticeKind.PART_BACK, None) == "协办已收回，不用再办"
