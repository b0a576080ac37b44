"""What people and systems read of a node with a crowd of cases: every list, page and search."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from urllib.parse import urlencode

from sqlalchemy import text

from shared.http.paging import cursor_for
from shared.security.actor import Role
from tests.whole.crowd import RARE, Crowd
from tests.whole.node import COUNTY, WholeNode

CODE = "GT4XFCPPJQ"
"""The query code that is given to the cases which are followed."""
BUSY, QUIET = "SCJGJ", "U020"
"""A unit with much to do and one with little."""
VIEWS: Mapping[Role, Sequence[str]] = {
    Role.DISPATCHER: (
        *("pool", "incoming", "red", "open", "away", "below", "reported", "feedback", "rest"),
        "all",
    ),
    Role.WINDOW_OFFICER: ("intake", "open"),
    Role.SUPERVISOR: ("red", "supervised", "below", "all"),
    Role.INSPECTOR: ("red", "rest"),
    Role.HOTLINE_AGENT: ("open",),
}
DEEP = {
    "open": ("sort_at", "is_open", "", 0.6),
    "rest": ("sort_at", "is_at_rest", "DESC", 0.6),
    "all": ("registered_at", "is_ours AND registered_at IS NOT NULL", "DESC", 0.6),
    "below": ("sort_at", "is_below", "", 0.6),
}
WORDS = {
    "a common word": "材料",
    "three common words": "公积金提取 材料 杭埠镇",
    "a rare word": RARE,
    "an unknown word": "独角兽",
    "a phone": "13812345678",
}

Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """One page as one role reads it, with different cases each time."""

    name: str
    who: Headers
    paths: Iterator[str]


def readings(whole: WholeNode, crowd: Crowd) -> list[Reading]:
    """Return all that is read, each under a name of its own."""
    return [
        *_desks(whole),
        *_unit_desks(whole),
        *_searches(whole, crowd),
        *_ledgers(whole, crowd),
        *_single_cases(whole, crowd),
        *_numbers(whole),
        *_apis(whole, crowd),
        *_audit(whole, crowd),
    ]


def desk(view: str, **more: str) -> str:
    """Return the address of a list of the desk."""
    return f"/desk?{urlencode({'view': view, **more})}"


def _desks(whole: WholeNode) -> Iterator[Reading]:
    for role, views in VIEWS.items():
        who = whole.signed_in(role)
        for view in views:
            yield Reading(f"desk, {role}: {view}", who, cycle([desk(view)]))
    who = whole.signed_in(Role.DISPATCHER)
    for view in DEEP:
        path = desk(view, cursor=_deep(whole, view))
        yield Reading(f"desk, dispatcher: {view}, far down", who, cycle([path]))
    narrowed = desk("below", node=COUNTY, lamp="red")
    yield Reading("desk, dispatcher: below, by node and lamp", who, cycle([narrowed]))


def _deep(whole: WholeNode, view: str) -> str:
    by, where, order, part = DEEP[view]
    with whole.owner() as db:
        n = db.scalar(text(f"SELECT count(*) FROM portal.cases WHERE {where}")) or 0  # noqa: S608
        row = db.execute(
            text(
                f"SELECT {by}, case_id FROM portal.cases WHERE {where}"  # noqa: S608
                f" ORDER BY {by} {order}, case_id {order} OFFSET {int(n * part)} LIMIT 1"
            )
        ).one()
    return cursor_for(row[0].isoformat(), row[1])


def _unit_desks(whole: WholeNode) -> Iterator[Reading]:
    for unit in (BUSY, QUIET):
        who = whole.signed_in(Role.DISPOSAL_OFFICER, unit)
        kind = "busy" if unit == BUSY else "quiet"
        for view in ("unit", "red", "feedback", "rest", "all"):
            yield Reading(f"desk, {kind} unit: {view}", who, cycle([desk(view)]))
        for name in ("a common word", "a rare word"):
            path = desk("rest", text=WORDS[name])
            yield Reading(f"desk, {kind} unit: rest, {name}", who, cycle([path]))


LEDGERS = {
    "everything": "everything=1",
    "oldest first": "order=oldest",
    "what is due": "order=due",
    "what is due and red": "order=due&lamp=red",
    "what has ended": "order=ended",
    "of an item": "item=SPJYXK",
    "of a region": "region=341523",
    "of a busy unit": f"unit={BUSY}",
    "of a quiet unit": f"unit={QUIET}",
    "of a channel": "channel=web",
    "of a channel that nobody uses": "channel=video",
    "pooled": "status=pooled",
    "declined": "status=declined",
    "of an item, a month, in red": "item=SPJYXK&lamp=red&since=2026-10-01&until=2026-10-31",
    "rated badly, again": "level=1&level=2&again=1",
    "of an outcome that is none": "outcome=emergency",
    "filters that shut each other out": "status=closed&outcome=tracking&lamp=red",
    "of a unit, ended, by outcome": f"order=ended&unit={QUIET}&outcome=explained_law",
    "a year, reopened": "again=1&since=2026-01-01",
    "by words": urlencode({"text": WORDS["a common word"]}),
    "by words, with filters": urlencode({"text": WORDS["three common words"], "lamp": "red"}),
    "by a rare word": urlencode({"text": WORDS["a rare word"]}),
}


def _ledgers(whole: WholeNode, crowd: Crowd) -> Iterator[Reading]:
    who = whole.signed_in(Role.DISPATCHER)
    for name, query in LEDGERS.items():
        yield Reading(f"ledger: {name}", who, cycle([f"/desk/ledger?{query}"]))
    far = urlencode({"cursor": _deep(whole, "all")})
    yield Reading("ledger: far down", who, cycle([f"/desk/ledger?{far}"]))
    chosen = urlencode([("number", number) for number in crowd.numbers["closed"][:10]])
    yield Reading("ledger: by numbers", who, cycle([f"/desk/ledger?{chosen}"]))
    officer = whole.signed_in(Role.DISPOSAL_OFFICER, QUIET)
    for name in ("everything", "of an item", "rated badly, again"):
        path = f"/desk/ledger?{LEDGERS[name]}"
        yield Reading(f"ledger, quiet unit: {name}", officer, cycle([path]))


def _searches(whole: WholeNode, crowd: Crowd) -> Iterator[Reading]:
    who = whole.signed_in(Role.DISPATCHER)
    for view in ("all", "open", "rest"):
        for name, words in WORDS.items():
            yield Reading(f"search, {view}: {name}", who, cycle([desk(view, text=words)]))
        # Each time other words: a plan that served the last ones must not be kept for them.
        in_turn = [desk(view, text=words) for words in WORDS.values()]
        yield Reading(f"search, {view}: words in turn", who, cycle(in_turn))
        numbers = [desk(view, text=number) for number in crowd.numbers["closed"]]
        yield Reading(f"search, {view}: a number", who, cycle(numbers))


def _single_cases(whole: WholeNode, crowd: Crowd) -> Iterator[Reading]:
    who = whole.signed_in(Role.DISPATCHER)
    of_all = [number for found in crowd.numbers.values() for number in found[:3]]
    yield Reading("desk with a case", who, cycle([desk("all", case=one) for one in of_all]))
    ours = [number for kind in ("closed", "signed") for number in crowd.numbers[kind]]
    give_codes(whole, ours)
    paths = [f"/api/v1/cases/{number}" for number in ours]
    yield Reading("API, a case, for staff", whole.signed_in(Role.DISPATCHER), cycle(paths))
    shown = cycle([f"{path}?code={CODE}" for path in paths])
    yield Reading("API, a case, by its query code", {}, shown)
    yield Reading("page of a citizen: follow", _following(whole, ours[0]), cycle(["/follow/case"]))


def give_codes(whole: WholeNode, numbers: Sequence[str]) -> None:
    """Give these cases a query code that fits them: a stamped one is that of its mould."""
    keys = whole.node.keys
    hashes = [{"number": one, "hash": keys.code_hash(one, CODE)} for one in numbers]
    with whole.owner() as db:
        changing = "UPDATE intake.cases SET query_code_hash = :hash WHERE number = :number"
        db.execute(text(changing), hashes)


def _following(whole: WholeNode, number: str) -> Headers:
    form = {"number": number, "code": CODE}
    opened = whole.ask("POST", "/follow", {"sec-fetch-site": "same-origin"}, data=form)
    assert opened.status_code == 303, opened.text
    cookie = opened.cookies["backstop_case"]
    whole.client.cookies.clear()
    return {"cookie": f"backstop_case={cookie}"}


def _numbers(whole: WholeNode) -> Iterator[Reading]:
    yield Reading("board", {}, cycle(["/board"]))
    yield Reading("API, board", {}, cycle(["/api/v1/board"]))
    who = whole.signed_in(Role.DISPATCHER)
    yield Reading("tiers below", who, cycle(["/desk/below"]))


def _audit(whole: WholeNode, crowd: Crowd) -> Iterator[Reading]:
    who = whole.signed_in(Role.AUDIT_ADMINISTRATOR)
    sought = {
        "newest": "",
        "of an actor": "?actor=dispatcher",
        "of an object": f"?object={crowd.numbers['closed'][0]}",
        "of an action": "?action=case.accept",
        "refused": "?outcome=denied",
    }
    for name, query in sought.items():
        yield Reading(f"API, audit: {name}", who, cycle([f"/api/v1/audit{query}"]))


def _apis(whole: WholeNode, crowd: Crowd) -> Iterator[Reading]:
    staff = whole.signed_in(Role.DISPATCHER)
    officer = whole.signed_in(Role.DISPOSAL_OFFICER, QUIET)
    with whole.owner() as db:
        cases = [
            str(one) for one in db.scalars(text(_CASES), {"numbers": crowd.numbers["closed"]})
        ]
        order = db.scalar(text("SELECT order_id FROM dispatch.orders ORDER BY case_id LIMIT 1"))
        message = db.execute(text(_MESSAGE)).one()
    sought = {
        "orders": "",
        "orders, far down": f"?{urlencode({'cursor': cursor_for(_middle(whole))})}",
        "orders, returned": "?state=returned",
        "orders, signed": "?state=signed",
        "orders of a quiet unit": f"?unit={QUIET}",
        "orders of a quiet unit, dispatched": f"?unit={QUIET}&state=dispatched",
    }
    for name, query in sought.items():
        yield Reading(f"API, {name}", staff, cycle([f"/api/v1/orders{query}"]))
    yield Reading("API, orders for a unit's officer", officer, cycle(["/api/v1/orders"]))
    yield Reading("API, one order", staff, cycle([f"/api/v1/orders/{order}"]))
    of_case = {
        "orders of a case": "/api/v1/orders?case_id=",
        "clocks of a case": "/api/v1/clocks?case_id=",
        "evaluations of a case": "/api/v1/evaluations?case_id=",
        "messages of a case": "/api/v1/messages?case_id=",
    }
    watching = whole.signed_in(Role.SUPERVISOR)
    for name, path in of_case.items():
        who = watching if "messages" in name else staff
        yield Reading(f"API, {name}", who, cycle([f"{path}{case}" for case in cases]))
    far = urlencode({"cursor": cursor_for(message[0].isoformat(), message[1])})
    rest = {
        "messages": "/api/v1/messages",
        "messages, far down": f"/api/v1/messages?{far}",
        "supervisions": "/api/v1/supervisions",
        "hand-overs to answer": "/api/v1/hand-overs?direction=in&state=open",
        "hand-overs": "/api/v1/hand-overs",
        "units": "/api/v1/units",
    }
    for name, path in rest.items():
        yield Reading(f"API, {name}", watching, cycle([path]))
    yield Reading("desk: messages", watching, cycle(["/desk/messages"]))


_CASES = "SELECT case_id FROM portal.cases WHERE number = ANY(:numbers)"
_MESSAGE = (
    "SELECT queued_at, id FROM notify.messages ORDER BY queued_at DESC, id DESC"
    " OFFSET (SELECT count(*) / 2 FROM notify.messages) LIMIT 1"
)


def _middle(whole: WholeNode) -> object:
    middle = (
        "SELECT order_id FROM dispatch.orders ORDER BY order_id"
        " OFFSET (SELECT count(*) / 2 FROM dispatch.orders) LIMIT 1"
    )
    with whole.owner() as db:
        return db.scalar(text(middle))
