"""The case library: written without persons, published by a second one, offered in its time."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, select, update

from services.review import handlers
from services.review.handlers import Drafting, House
from services.review.handlers.precedents import demand_no_person
from services.review.policy.precedents import State
from services.review.repository.lexicon import ALL, counts_of
from services.review.repository.precedents import Avoided, find_latest
from services.review.repository.suggestions import Suggestion, Wish, suggest
from services.review.tables import plumbing, precedents
from shared.errors import Refused
from shared.events.intake import CaseErased, ErasureGround
from shared.events.review import PrecedentPublished, PrecedentWithdrawn, ReportAvoided
from shared.events.words import Scope
from shared.outbox import said
from tests.integration.doorway import NODE
from tests.integration.review.precedents import (
    CITY,
    QUESTION,
    READER,
    TITLE,
    WRITER,
    drafted,
    published,
    relayed,
    text,
)
from tests.integration.review.stories import (
    NINE,
    NUMBER,
    TEN,
    invited_case,
    known_case,
    last,
    names,
)

pytestmark = pytest.mark.integration

TODAY = date(2030, 1, 2)
TYPED = "我的社保卡丢了想补办，原来的单位注销了盖不了章"


def offered(db: Connection, typed: str = TYPED, **more: Any) -> list[Suggestion]:
    return list(suggest(db, Wish(typed, more.pop("day", TODAY), **more), 5))


def ids(found: list[Suggestion]) -> list[UUID]:
    return [each.precedent.precedent_id for each in found]


def refused(db: Connection, act: Any, *arguments: Any) -> tuple[str, str | None]:
    with pytest.raises(Refused) as raised:
        act(db, *arguments)
    return raised.value.code, raised.value.field


def test_one_writes_and_another_one_publishes(db: Connection) -> None:
    precedent_id = drafted(db, Scope.BOTH)

    own = refused(db, handlers.publish_precedent, precedent_id, WRITER, NODE)
    assert (own, offered(db)) == (("second_reader", None), [])
    handlers.publish_precedent(db, precedent_id, READER, NODE)

    [found] = offered(db)
    assert found.precedent.precedent_id == precedent_id
    assert {"社保卡", "补办", "注销"} <= set(found.because)
    fact = last(db, PrecedentPublished)
    assert (fact.node, fact.edition, fact.scope, fact.title) == (NODE, 1, Scope.BOTH, TITLE)
    assert audited(db) == ["precedent.write", "precedent.publish"]
    assert refused(db, handlers.publish_precedent, precedent_id, READER, NODE)[0] == "not_a_draft"


def test_an_edit_after_publishing_is_the_next_edition_and_counts_when_it_is_published(
    db: Connection,
) -> None:
    precedent_id = published(db, Scope.DOWN)
    changed = Drafting(text(title="社保卡补办不再要盖章", keywords=("容缺受理",)), Scope.BOTH)
    handlers.revise_precedent(db, precedent_id, changed, WRITER, NODE)

    assert offered(db)[0].precedent.edition == 1
    handlers.publish_precedent(db, precedent_id, READER, NODE)

    [found] = offered(db)
    assert (found.precedent.edition, found.precedent.title) == (2, "社保卡补办不再要盖章")
    states = db.scalars(select(precedents.c.state).order_by(precedents.c.edition))
    assert list(states) == [State.REPLACED, State.PUBLISHED]
    assert counts_of(db, ["社保卡", "容缺"])[ALL] == 1
    assert last(db, PrecedentPublished).edition == 2


def test_a_reader_who_changes_a_draft_has_written_it_too(db: Connection) -> None:
    precedent_id = drafted(db)

    handlers.revise_precedent(db, precedent_id, Drafting(text(), Scope.NODE), READER, NODE)

    told = refused(db, handlers.publish_precedent, precedent_id, READER, NODE)
    assert told[0] == "second_reader"


def test_what_others_have_already_is_not_shared_with_fewer(db: Connection) -> None:
    precedent_id = published(db, Scope.BOTH)
    narrower = Drafting(text(), Scope.DOWN)

    told = refused(db, handlers.revise_precedent, precedent_id, narrower, WRITER, NODE)

    assert told == ("narrower_scope", "scope")


def test_people_are_masked_and_a_name_of_something_may_not_name_a_person(db: Connection) -> None:
    precedent_id = drafted(db, question="王建国的电话13800006160，车牌皖NA1234，盖不了章")

    kept = find_latest(db, precedent_id)
    assert kept is not None
    assert not any(told in kept.question for told in ("建国", "13800006160", "A1234"))
    for field, changed in (
        ("keywords.1", {"keywords": ("社保卡", "13800006160")}),
        ("policy", {"policy": "关于联系人：王建国的通知"}),
        ("item_name", {"item_name": "社保卡补办 340123199001011234"}),
    ):
        drafting = Drafting(text(**changed), Scope.NODE)
        assert refused(db, handlers.draft_precedent, drafting, WRITER, NODE) == (
            "person_found",
            field,
        )


def test_nothing_is_published_in_which_the_masker_of_today_finds_somebody(db: Connection) -> None:
    precedent_id = drafted(db)
    plain = "请打13800006160找王建国"
    db.execute(update(precedents).values(answer=plain))

    with pytest.raises(Refused) as raised:
        handlers.publish_precedent(db, precedent_id, READER, NODE)

    assert (raised.value.code, raised.value.field) == ("person_found", "answer")
    assert raised.value.detail == str(plain.index("138") + 1)
    assert names(db) == []


def test_a_masked_text_is_told_of_nobody() -> None:
    demand_no_person(text(question="张**的电话是138****6160，住在****，证件3401****4567"))


def test_a_precedent_comes_from_a_case_that_is_finished_and_never_tells_its_number(
    db: Connection,
) -> None:
    open_case, done = known_case(db), invited_case(db)

    told = refused(
        db, handlers.draft_precedent, Drafting(text(), Scope.BOTH, open_case), WRITER, NODE
    )
    unknown = Drafting(text(), Scope.BOTH, uuid4())
    precedent_id = drafted(db, Scope.BOTH, done)
    handlers.publish_precedent(db, precedent_id, READER, NODE)

    assert told == ("not_finished", "case_id")
    assert refused(db, handlers.draft_precedent, unknown, WRITER, NODE)[0] == "unknown_case"
    kept = find_latest(db, precedent_id)
    assert kept is not None
    assert (kept.source_case, kept.source_number) == (done, NUMBER)
    assert NUMBER not in last(db, PrecedentPublished).model_dump_json()
    assert str(done) not in last(db, PrecedentPublished).model_dump_json()


def test_an_erasure_throws_drafts_away_and_asks_to_look_again_at_what_is_published(
    db: Connection,
) -> None:
    case_id = invited_case(db)
    public, draft = published(db, case_id=case_id), drafted(db, case_id=case_id)
    assert refused(db, handlers.check_precedent, public, READER)[0] == "nothing_to_check"

    handlers.erase_case(db, erased(case_id), House(NODE, {}))

    assert find_latest(db, draft) is None
    kept = find_latest(db, public)
    assert kept is not None
    assert (kept.state, kept.check_since) == (State.PUBLISHED, TEN)
    handlers.check_precedent(db, public, READER)
    checked = find_latest(db, public)
    assert checked is not None
    assert checked.check_since is None


def test_a_withdrawn_one_is_offered_no_more_and_may_come_back_as_the_next_edition(
    db: Connection,
) -> None:
    precedent_id = published(db, Scope.DOWN)

    handlers.withdraw_precedent(db, precedent_id, READER, NODE)

    assert offered(db) == []
    assert counts_of(db, ["社保卡"])[ALL] == 0
    assert last(db, PrecedentWithdrawn).scope is Scope.DOWN
    again = refused(db, handlers.withdraw_precedent, precedent_id, READER, NODE)
    assert again[0] == "not_published"
    handlers.revise_precedent(db, precedent_id, Drafting(text(), Scope.NODE), WRITER, NODE)
    handlers.publish_precedent(db, precedent_id, READER, NODE)
    assert offered(db)[0].precedent.edition == 2


def test_a_discarded_draft_leaves_what_is_published(db: Connection) -> None:
    precedent_id = published(db)
    handlers.revise_precedent(
        db, precedent_id, Drafting(text(title="乙"), Scope.NODE), WRITER, NODE
    )

    handlers.discard_draft(db, precedent_id, WRITER, NODE)

    assert ids(offered(db)) == [precedent_id]
    assert refused(db, handlers.discard_draft, precedent_id, WRITER, NODE)[0] == "not_a_draft"


def test_neither_what_is_over_nor_what_has_not_begun_is_offered(db: Connection) -> None:
    published(db, valid_to=TODAY - timedelta(days=1))
    published(db, valid_from=TODAY + timedelta(days=1))
    now = published(db, valid_from=TODAY, valid_to=TODAY)

    assert ids(offered(db)) == [now]
    assert now not in ids(offered(db, day=TODAY + timedelta(days=1)))


def test_the_same_item_and_the_same_place_come_first(db: Connection) -> None:
    elsewhere = published(db, regions=("110101",))
    plain = published(db)
    here = published(db, regions=("341500",))
    item = published(db, item_code="SBK")

    found = ids(offered(db, item="SBK", region="341523"))

    assert found == [item, here, plain]
    assert elsewhere in ids(offered(db))


def test_what_has_nothing_in_common_is_not_offered(db: Connection) -> None:
    published(db)

    assert offered(db, "营业执照变更经营范围要多久") == []
    assert offered(db, "，。！ the 的") == []
    assert offered(db, "'; DROP TABLE review.precedents; -- \\ ' & | !") == []


def test_an_avoided_report_counts_once_for_each_form(db: Connection) -> None:
    precedent_id, key = published(db), uuid4()
    told = Avoided(key=key, precedent_id=precedent_id, at=NINE)

    assert handlers.count_avoided(db, told)
    assert not handlers.count_avoided(db, replace(told, at_desk=True))

    assert [each for each in said(db) if isinstance(each, ReportAvoided)] == [
        ReportAvoided(precedent_id=precedent_id, occurred_at=NINE)
    ]
    other = replace(told, key=uuid4(), precedent_id=uuid4())
    assert refused(db, handlers.count_avoided, other)[0] == "unknown_precedent"


def test_another_nodes_precedent_is_used_here_and_withdrawn_only_there(db: Connection) -> None:
    told = theirs()
    handlers.hear_precedent(db, relayed(told))
    handlers.hear_precedent(db, relayed(told))

    [found] = offered(db)
    assert (found.precedent.node, found.precedent.source_number) == (CITY, None)
    assert counts_of(db, ["社保卡"]) == {ALL: 1, "社保卡": 1}
    for act in (handlers.withdraw_precedent, handlers.publish_precedent, handlers.discard_draft):
        code, _field = refused(db, act, told.precedent_id, READER, NODE)
        assert code == "others_precedent"
    mine = Drafting(text(), Scope.NODE)
    code, _field = refused(db, handlers.revise_precedent, told.precedent_id, mine, WRITER, NODE)
    assert code == "others_precedent"
    assert names(db) == []
    handlers.hear_precedent(db, relayed(taken_back(told)))
    handlers.hear_precedent(db, relayed(told))
    assert offered(db) == []


def test_a_later_edition_replaces_and_a_withdrawal_of_an_earlier_one_does_not_end_it(
    db: Connection,
) -> None:
    first = theirs()
    second = first.model_copy(update={"edition": 2, "title": "社保卡补办新办法，不用盖章"})

    for each in (first, second, taken_back(first), first):
        handlers.hear_precedent(db, relayed(each))

    [found] = offered(db)
    assert (found.precedent.edition, found.precedent.title) == (2, second.title)


def test_nobody_replaces_anothers_precedent_and_people_are_masked_on_arrival(
    db: Connection,
) -> None:
    mine = published(db)
    forged = theirs(precedent_id=mine, edition=7, title="别的内容")
    handlers.hear_precedent(db, relayed(forged))
    handlers.hear_precedent(db, relayed(taken_back(forged)))
    leaking = theirs(answer="请打13800006160找王建国", keywords=("13800006160",))
    handlers.hear_precedent(db, relayed(leaking))

    assert mine in ids(offered(db))
    kept = find_latest(db, leaking.precedent_id)
    assert kept is not None
    assert "13800006160" not in str(kept)
    assert "建国" not in str(kept)


def theirs(**changed: Any) -> PrecedentPublished:
    told = {
        "node": CITY,
        "precedent_id": uuid4(),
        "edition": 1,
        "scope": Scope.BOTH,
        "title": TITLE,
        "question": QUESTION,
        "answer": "凭注销证明补办。",
        "occurred_at": NINE,
    }
    return PrecedentPublished.model_validate({**told, **changed})


def taken_back(told: PrecedentPublished) -> PrecedentWithdrawn:
    about = told.model_dump(include={"node", "precedent_id", "edition", "scope"})
    return PrecedentWithdrawn(**about, occurred_at=TEN)


def erased(case_id: UUID) -> CaseErased:
    return CaseErased(
        case_id=case_id,
        occurred_at=TEN,
        number=NUMBER,
        order_id=uuid4(),
        ordered_by=NODE,
        ground=ErasureGround.REQUEST,
    )


def audited(db: Connection) -> list[str]:
    audit = plumbing.audit
    return list(db.scalars(select(audit.c.action).order_by(audit.c.id)))
