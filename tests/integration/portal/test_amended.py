"""What the projection shows of a case after corrections, in whatever order it hears of them."""

from collections.abc import Sequence
from itertools import permutations

import pytest
from sqlalchemy import Connection

from services.portal import handlers, repository
from services.portal.repository import CaseCard, ListKind, ListScope
from shared.clock import new_id
from shared.events.base import Event
from shared.events.intake import CaseAmended, CaseErased, ErasureGround
from shared.events.sealed import SealedParty
from shared.security.erasing import ERASED
from tests.integration.portal.stories import ALL_SEEING, NODE, Speakers, Story, sealed
from tests.integration.relaying import relayed_by

pytestmark = pytest.mark.integration

STRANGER = "341502"


def amended(story: Story, n: int, by: str = NODE) -> CaseAmended:
    return CaseAmended(
        **story.next(),
        number=story.number,
        order_id=new_id(),
        ordered_by=by,
        amendment=n,
        fields=("complainant.name", "title"),
        title=sealed("title"),
        title_masked=f"医保报销第 {n} 次更正",
        text=sealed("text"),
        text_masked="材料补了又补",
        complainant=SealedParty(
            name=sealed("name"), masked_name=f"章{n}*", masked_phone="139****7788"
        ),
    )


def told(story: Story) -> tuple[Event, ...]:
    return story.registered(), story.accepted(), amended(story, 1), amended(story, 2)


def card(db: Connection, story: Story) -> CaseCard:
    found = repository.case_page(db, story.number)
    assert found is not None
    return found


def listed(db: Connection, words: str) -> Sequence[str | None]:
    scope = ListScope(kind=ListKind.ALL, sight=ALL_SEEING, text=words)
    return [row.number for row in repository.case_list(db, scope, None, 9).rows]


@pytest.mark.parametrize("order", list(permutations(range(4)))[::3])
def test_the_last_correction_is_shown_and_found_in_any_order(
    db: Connection, order: tuple[int, ...]
) -> None:
    story = Story()
    heard = Speakers().say(*told(story))

    for place in order:
        handlers.record(db, [heard[place]])

    shown = card(db, story)
    assert (shown.title_masked, shown.text_masked) == ("医保报销第 2 次更正", "材料补了又补")
    assert (shown.person_masked, shown.phone_masked) == ("章2*", "139****7788")
    assert (shown.item_code, shown.complexity) == ("BDC-01", "ordinary")
    assert listed(db, "医保") == [story.number]
    assert listed(db, "不动产") == []


def test_another_node_corrects_only_what_it_registered(db: Connection) -> None:
    story = Story()
    handlers.record(db, Speakers().say(story.registered()))
    forged = relayed_by(STRANGER, amended(story, 7, STRANGER), story.at)
    in_its_name = relayed_by(STRANGER, amended(story, 8), story.at)

    handlers.record(db, Speakers().say(forged, in_its_name))

    assert card(db, story).title_masked == "不动产登记跑了三趟"


def test_what_was_erased_stays_erased(db: Connection) -> None:
    story = Story()
    erased = CaseErased(
        **story.next(),
        number=story.number,
        order_id=new_id(),
        ordered_by=NODE,
        ground=ErasureGround.REQUEST,
    )

    handlers.record(db, Speakers().say(*told(story), erased, amended(story, 3)))

    shown = card(db, story)
    assert (shown.title_masked, shown.person_masked) == (ERASED, None)
    assert listed(db, "医保") == []
