"""Parties outside are asked about orders, answer by a link, and leave nothing plain behind."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, select

from services.dispatch import handlers
from services.dispatch.handlers import (
    OutsideAnswer,
    OutsideAsking,
    OutsideClaim,
    OutsideFile,
    OutsideKnock,
    PartyListing,
)
from services.dispatch.policy.outside import OutsideLimits, PartyKind
from services.dispatch.repository import outside as repository
from services.dispatch.repository.orders import Order
from services.dispatch.repository.outside import OpenCount, Party, Question
from services.dispatch.tables import complaints, outside_files, outside_questions, plumbing
from shared.clock import new_id
from shared.complaints import Complaint, keep_complaint
from shared.errors import Refused
from shared.events.dispatch import (
    OutsideAsked,
    OutsideEnd,
    OutsideEnded,
    OutsideMessage,
    OutsideMessageMade,
)
from shared.events.intake import CaseErased, ComplainedOf, ComplaintMarked
from shared.events.sealed import Sealed, SealedName
from shared.events.words import By
from shared.outbox import said
from shared.security.actor import outside
from shared.security.parties import name_hash
from shared.security.sealing import NodeKeys
from shared.security.vault import sealer_of_case
from shared.store.held import HeldStore
from shared.store.sealed import Safe
from tests.integration.dispatch.stories import (
    ADMINISTRATOR,
    HOUSE,
    MARKET_OFFICER,
    NINE,
    NODE,
    TEN,
    at_ten,
    fill_catalogue,
    finishing,
    give_key,
    held_case,
    last,
    names,
)

pytestmark = pytest.mark.integration

DAY = timedelta(days=1)
OFFICER = at_ten(MARKET_OFFICER)
LIMITS = OutsideLimits(per_address=3, per_code=3, window=timedelta(hours=1), looks=2)
WATER, CONTACT, MOBILE = "舒城县供水公司", "赵经理人", "13905641234"


def refusal_of(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


@pytest.fixture
def safe(keys: NodeKeys) -> Safe:
    return Safe(keys, HeldStore())


@pytest.fixture
def order(db: Connection, engine: Engine, keys: NodeKeys) -> Order:
    """A signed order whose person has a data key."""
    fill_catalogue(db)
    held = held_case(db)
    give_key(engine, keys, held.case_id)
    return handlers.sign(db, held.order_id, OFFICER)


def listing(**changed: Any) -> PartyListing:
    told = {"name": WATER, "kind": PartyKind.COMPANY, "valid_from": date(2029, 1, 1)}
    return PartyListing(**{**told, "contact": CONTACT, "phone": MOBILE, **changed})


def party(db: Connection, keys: NodeKeys, **changed: Any) -> Party:
    return handlers.list_party(db, keys, listing(**changed), None, at_ten(ADMINISTRATOR))


def asking(order: Order, party: Party, **changed: Any) -> OutsideAsking:
    told = {"order_id": order.order_id, "party_id": party.party_id, "days": 14}
    return OutsideAsking(**{**told, "text": "水表是谁装的？请联系 13800006160", **changed})


def token_of(db: Connection, keys: NodeKeys) -> str:
    made: OutsideMessageMade = last(db, OutsideMessageMade)
    assert made.token is not None
    return sealer_of_case(db, keys, made.case_id).open(made.token)


def show(db: Connection, keys: NodeKeys, token: str, **changed: Any) -> OutsideClaim:
    told = {"token": token, "code": "", "address": "198.51.100.7", "at": TEN}
    return handlers.claim_question(db, keys, OutsideKnock(**{**told, **changed}), LIMITS)


def only(db: Connection, order: Order) -> Question:
    (question,) = repository.questions_of(db, order.order_id)
    return question


def everything(db: Connection) -> str:
    """What stands in tables, audit and outbox, as text."""
    tables = (outside_questions, outside_files, plumbing.audit)
    rows = [str(row) for table in tables for row in db.execute(select(table))]
    return "\n".join([*rows, *(event.model_dump_json() for event in said(db))])


def test_a_party_is_asked_by_a_link_that_opens_the_question(
    db: Connection, keys: NodeKeys, order: Order
) -> None:
    sent = handlers.ask_outside(db, keys, asking(order, party(db, keys)), OFFICER)
    asked, made = last(db, OutsideAsked), last(db, OutsideMessageMade)

    assert asked.question_masked == "水表是谁装的？请联系 138****6160"
    assert (asked.party_name, asked.answer_by) == (WATER, TEN + 14 * DAY)
    assert sealer_of_case(db, keys, order.case_id).open(made.phone) == MOBILE
    claim = show(db, keys, token_of(db, keys).lower())
    assert (claim.question_id, claim.case_id) == (sent.question.question_id, order.case_id)
    assert only(db, order).opened_at == TEN


def test_a_party_answers_once_and_nothing_lies_there_plain(
    db: Connection, keys: NodeKeys, safe: Safe, order: Order
) -> None:
    about = handlers.ask_outside(db, keys, asking(order, party(db, keys)), OFFICER).question
    token, me = token_of(db, keys), outside(NODE, order.case_id, about.question_id, ())
    file = OutsideFile("pdf", "张三的水表.pdf", b"%PDF- the bytes %%EOF", "digest")
    kept = handlers.add_outside_file(db, safe, about.question_id, file, TEN)
    again = handlers.add_outside_file(db, safe, about.question_id, file, TEN)
    answer = OutsideAnswer(how=OutsideEnd.ANSWERED, text="我们装的，电话 13800006160")
    handlers.answer_question(db, keys, answer, me, TEN)
    twice = refusal_of(lambda: handlers.answer_question(db, keys, answer, me, TEN))
    late = refusal_of(lambda: handlers.add_outside_file(db, safe, UUID(me.id), file, TEN))

    question, ended = only(db, order), last(db, OutsideEnded)
    read = handlers.answer_in_words(db, keys, question)
    assert (kept.file_id, twice, late) == (again.file_id, *("question_ended",) * 2)
    assert (ended.how, ended.files, ended.by.kind) == (OutsideEnd.ANSWERED, 1, "outside")
    assert ended.text_masked == question.answer_masked == "我们装的，电话 138****6160"
    assert (read.text, read.files[0].name) == (answer.text, file.name)
    assert handlers.file_in_full(db, safe, question, kept.file_id).data == file.data
    left = everything(db)
    for secret in (token, token.replace("-", ""), MOBILE, CONTACT, "13800006160", "张三的水表"):
        assert secret not in left, secret
    assert show(db, keys, token).files == ()


def test_a_link_sent_again_kills_the_one_before_and_a_withdrawn_one_says_so(
    db: Connection, keys: NodeKeys, order: Order
) -> None:
    sent = handlers.ask_outside(db, keys, asking(order, party(db, keys)), OFFICER)
    first, about = token_of(db, keys), sent.question.question_id
    handlers.send_again(db, keys, about, None, OFFICER)
    second = token_of(db, keys)
    assert names(db).count("outside_asked") == 1
    handlers.send_again(db, keys, about, TEN + 20 * DAY, OFFICER)
    third = token_of(db, keys)

    assert last(db, OutsideAsked).answer_by == TEN + 20 * DAY
    assert show(db, keys, first).refusal == "wrong_link"
    assert show(db, keys, second).refusal == "wrong_link"
    assert show(db, keys, third).question_id == about
    over = show(db, keys, third, at=TEN + 20 * DAY)
    assert (over.refusal, over.detail) == ("link_over", "县市场监督管理局")
    past = refusal_of(lambda: handlers.send_again(db, keys, about, NINE, OFFICER))
    assert past == "bad_answer_by"

    handlers.withdraw_question(db, about, "问到了，13800006160 说的", OFFICER)
    gone = show(db, keys, third)
    assert gone.refusal == "link_withdrawn"
    ended = last(db, OutsideEnded)
    assert (ended.how, ended.text_masked) == (OutsideEnd.WITHDRAWN, "问到了，138****6160 说的")
    again = refusal_of(lambda: handlers.send_again(db, keys, about, None, OFFICER))
    assert again == "question_ended"


def test_guesses_are_counted_by_address_and_spoken_codes_by_link(
    db: Connection, keys: NodeKeys, order: Order
) -> None:
    code = handlers.ask_outside(
        db, keys, asking(order, party(db, keys), with_code=True), OFFICER
    ).code
    token = token_of(db, keys)
    assert code is not None
    assert show(db, keys, token).refusal == "link_code_needed"
    assert show(db, keys, token, code=code).question_id is not None
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert show(db, keys, token, code=wrong).refusal == "wrong_link_code"
    # Each from an address of its own, so that only the link is worn out.
    for n in (1, 2):
        show(db, keys, token, code=wrong, address=f"203.0.113.{n}")
    dead = show(db, keys, token, code=code, address="203.0.113.9")
    assert dead.refusal == "link_code_dead"

    guesses = [show(db, keys, "ACDEFGHJKMNPQRTWXY34", address="192.0.2.1") for _ in range(4)]
    assert [each.refusal for each in guesses] == [*("wrong_link",) * 3, "too_many_links"]
    assert guesses[-1].retry_after == 3600
    free = show(db, keys, token, code=code, address="192.0.2.1", at=TEN + timedelta(hours=1))
    assert free.refusal == "link_code_dead"
    renewed = handlers.send_again(db, keys, only(db, order).question_id, None, OFFICER)
    opened = show(db, keys, token_of(db, keys), code=renewed.code, address="203.0.113.9")
    assert opened.question_id is not None


def test_whom_a_case_complains_of_is_not_asked_and_asked_no_longer(
    db: Connection, keys: NodeKeys, order: Order
) -> None:
    water, other = party(db, keys), party(db, keys, name="县供电公司", contact="钱某某")
    town = party(db, keys, name="城关镇", contact="孙某某")
    handlers.ask_outside(db, keys, asking(order, water), OFFICER)
    handlers.ask_outside(db, keys, asking(order, town), OFFICER)
    hashed = name_hash(keys, "赵经理人")
    told = SealedName(name=Sealed.withheld("complained_of"), name_hash=hashed)
    marked = ComplaintMarked(
        case_id=order.case_id,
        occurred_at=TEN + DAY,
        number="BCS-341523-20300102-00001-X",
        complained_of=ComplainedOf(persons=(told,)),
        by=By(kind="staff"),
    )
    handlers.hear_complaint(db, marked, NODE)
    handlers.stop_asking_complained_of(db, keys, marked)
    ended = last(db, OutsideEnded)

    assert (ended.party_name, ended.how) == (WATER, OutsideEnd.ENDED)
    assert names(db).count("outside_ended") == 1
    again = refusal_of(lambda: handlers.ask_outside(db, keys, asking(order, water), OFFICER))
    assert again == "party_complained_of"
    keep_complaint(db, complaints, order.case_id, Complaint(units=frozenset({"cgz"})))
    about = next(q for q in repository.questions_of(db, order.order_id) if q.ended_at is None)
    renewed = refusal_of(lambda: handlers.send_again(db, keys, about.question_id, None, OFFICER))
    assert renewed == "party_complained_of"
    handlers.ask_outside(db, keys, asking(order, other), OFFICER)


def test_what_may_not_be_asked_is_refused_with_its_field(
    db: Connection, keys: NodeKeys, order: Order
) -> None:
    water = party(db, keys)
    ended = party(db, keys, name="旧公司", valid_until=date(2030, 1, 1))
    handlers.ask_outside(db, keys, asking(order, water), OFFICER)
    unsigned = held_case(db)
    tries = {
        "party_asked_already": asking(order, water),
        "party_not_in_use": asking(order, ended),
        "unknown_party": replace(asking(order, water), party_id=uuid4()),
        "unknown_order": replace(asking(order, water), order_id=uuid4()),
        "wrong_state": asking(unsigned, water),
        "bad_answer_by": asking(order, party(db, keys, name="新公司"), answer_by=NINE),
    }
    got = {
        code: refusal_of(partial(handlers.ask_outside, db, keys, wrong, OFFICER))
        for code, wrong in tries.items()
    }
    assert got == {code: code for code in tries}

    twice = refusal_of(lambda: party(db, keys))
    nobody = refusal_of(lambda: party(db, keys, name="x", phone=None))
    turned = refusal_of(lambda: party(db, keys, name="x", valid_until=date(2028, 1, 1)))
    assert (twice, nobody, turned) == (
        "party_listed_already",
        "party_unreachable",
        "period_empty",
    )
    same = listing(contact=None, phone=None, kind=PartyKind.VERTICAL)
    changed = handlers.list_party(db, keys, same, water.party_id, at_ten(ADMINISTRATOR))
    assert (changed.phone, changed.kind) == (water.phone, PartyKind.VERTICAL)


def test_a_party_is_reminded_once_and_looks_are_counted(
    db: Connection, keys: NodeKeys, order: Order
) -> None:
    water = party(db, keys)
    handlers.ask_outside(db, keys, asking(order, water), OFFICER)
    end = TEN + 14 * DAY
    early = handlers.remind_parties(db, keys, LIMITS, end - DAY - timedelta(seconds=1))
    once = handlers.remind_parties(db, keys, LIMITS, end - DAY)
    twice = handlers.remind_parties(db, keys, LIMITS, end - timedelta(hours=1))

    assert (early, once, twice) == (0, 1, 0)
    made = last(db, OutsideMessageMade)
    assert (made.kind, made.token) == (OutsideMessage.REMINDER, None)
    assert repository.count_open(db, end - DAY) == OpenCount(1, 0, None)
    assert repository.count_open(db, end) == OpenCount(1, 1, end)

    look = handlers.Looking(water.party_id, "联系诉求人 13800006160")
    seen = [handlers.look_at_party(db, keys, look, LIMITS, OFFICER) for _ in range(3)]
    assert [each.phone for each in seen] == [MOBILE, MOBILE, ""]
    assert seen[2].wait == 3600
    audit = db.execute(
        select(plumbing.audit).where(plumbing.audit.c.action == "outside.look")
    ).all()
    assert [row.outcome for row in audit] == ["done", "done", "denied"]
    assert "138****6160" in audit[0].purpose


def test_an_order_that_ends_ends_its_questions_and_takes_answers_over(
    db: Connection, keys: NodeKeys, order: Order
) -> None:
    first = handlers.ask_outside(db, keys, asking(order, party(db, keys)), OFFICER).question
    power = party(db, keys, name="县供电公司")
    second = handlers.ask_outside(db, keys, asking(order, power), OFFICER).question
    open_link = token_of(db, keys)
    me = outside(NODE, order.case_id, first.question_id, ())
    answer = OutsideAnswer(how=OutsideEnd.NOT_OURS, text="归住建局管")
    handlers.answer_question(db, keys, answer, me, TEN)
    done = replace(finishing(order.order_id, needed=False), evidence="见回函")

    unanswered = replace(done, outside=(second.question_id,))
    lacking = refusal_of(lambda: handlers.finish_order(db, keys, unanswered, OFFICER, HOUSE))
    taken = replace(done, outside=(first.question_id,))
    finished = handlers.finish_order(db, keys, taken, OFFICER, HOUSE)

    assert lacking == "not_answered_yet"
    assert finished.evidence_masked == f"见回函\n{WATER}答复：归住建局管"
    assert last(db, OutsideEnded).how is OutsideEnd.ENDED
    assert show(db, keys, open_link).refusal == "link_withdrawn"


def test_an_erased_case_keeps_no_word_no_file_and_no_link(
    db: Connection, keys: NodeKeys, safe: Safe, order: Order
) -> None:
    files = (new_id(),)
    water = party(db, keys)
    sent = handlers.ask_outside(db, keys, asking(order, water, files=files), OFFICER)
    token, about = token_of(db, keys), sent.question.question_id
    assert show(db, keys, token).files == files
    file = OutsideFile("pdf", "a.pdf", b"%PDF-", "digest")
    handlers.add_outside_file(db, safe, about, file, TEN)
    me = outside(NODE, order.case_id, about, ())
    handlers.answer_question(
        db, keys, OutsideAnswer(how=OutsideEnd.ANSWERED, text="某某的事"), me, TEN
    )
    erased = CaseErased(
        case_id=order.case_id,
        occurred_at=TEN,
        number="BCS-341523-20300102-00001-X",
        order_id=new_id(),
        ground="request",
        digest="0" * 64,
        ordered_by=NODE,
    )
    handlers.erase_case(db, erased)

    question = only(db, order)
    assert (question.answer, question.link_mark, list(question.files)) == (None, None, [])
    assert "某某" not in f"{question.answer_masked}{question.text_masked}"
    assert db.execute(select(outside_files)).all() == []
    room = handlers.file_room(lambda: nullcontext(db), safe.store)
    assert room.drop_loose(TEN, 10) == 1
    assert safe.store.held == {}  # type: ignore[attr-defined]  # it is the one in memory
    assert show(db, keys, token).refusal == "wrong_link"
    assert repository.find_party(db, water.party_id) is not None
