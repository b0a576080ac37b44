"""Everything that people change, request by request, and cases that live in step."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from shared.clock import new_id
from shared.security.actor import Role
from tests.whole.counting import cost
from tests.whole.node import CITY, COUNTY, GIVEN, PASSWORD, WholeNode
from tests.whole.stories import (
    UNIT,
    Told,
    order_of,
    rate,
    register,
    register_before,
    report,
    work,
)
from tests.whole.tiers import WholeTiers
from tests.whole.waves import Ledger

CASES = 3
"""One whose events are heard alone, and some whose events are heard together."""
DISPATCHER, OFFICER, ADMIN = Role.DISPATCHER, Role.DISPOSAL_OFFICER, Role.SYSTEM_ADMINISTRATOR
NO_ITEM = "目录里没有的事项"
Written = Iterator[tuple[str, int]]


def _one(whole: WholeNode, method: str, path: str, who: Any, **more: Any) -> int:
    return cost(whole, lambda: whole.done(method, path, who, **more))


def writes(tiers: WholeTiers) -> Written:
    """Change everything once that an endpoint changes; yield what it cost."""
    yield from _at_the_door(tiers)
    yield from _at_the_desk(tiers)
    yield from _between_tiers(tiers)
    yield from _in_the_office(tiers.city)


def _at_the_door(tiers: WholeTiers) -> Written:
    city, at, key = tiers.city, "/api/v1/cases", {"idempotency-key": new_id().hex}
    _one(city, "POST", at, {}, json=report())  # opens the numbers of the day
    yield "register", _one(city, "POST", at, {}, json=report())
    yield "register, item unknown", _one(city, "POST", at, {}, json=report(item=NO_ITEM))
    yield "register, with a key", _one(city, "POST", at, key, json=report())
    yield "register, the key again", _one(city, "POST", at, key, json=report())
    lost = {"phone": "13800006161", "number": register(city).number}
    yield "ask for a one-time code", _one(city, "POST", "/api/v1/one-time-codes", {}, json=lost)


def _at_the_desk(tiers: WholeTiers) -> Written:
    city = tiers.city
    one, other = register(city, item=NO_ITEM), register(city, item=NO_ITEM)
    who = city.token(DISPATCHER)
    decline = {"reason": "litigation", "legal_basis": "条例第九条", "explanation": "已在诉讼中。"}
    at = f"/api/v1/cases/{other.number}"
    yield "decline", _one(city, "POST", f"{at}/decline", who, json=decline)
    at = f"/api/v1/cases/{one.number}"
    yield "accept", _one(city, "POST", f"{at}/accept", who, json={"complexity": "ordinary"})
    window = city.token(Role.WINDOW_OFFICER)
    yield (
        "reveal the person",
        _one(city, "POST", f"{at}/person", window, json={"purpose": "contact"}),
    )
    tiers.settle()
    yield from _at_the_unit(tiers, one)


def _at_the_unit(tiers: WholeTiers, one: Told) -> Written:
    city = tiers.city
    who, unit = city.token(DISPATCHER), city.token(OFFICER, UNIT)
    placing = {"case_id": one.case_id, "unit_code": UNIT, "because": "职责范围"}
    yield "dispatch", _one(city, "POST", "/api/v1/orders", who, json=placing)
    back = {"ground": "not_our_duty", "legal_basis": "职责清单第 3 条"}
    at = f"/api/v1/orders/{order_of(city, one)}"
    yield "return an order", _one(city, "POST", f"{at}/return", unit, json=back)
    _one(city, "POST", "/api/v1/orders", who, json=placing)
    at = f"/api/v1/orders/{order_of(city, one)}"
    reached = {"way": "phone", "reached": True}
    finish = {"outcome": "done", "answer": "五个工作日内发证。"}
    yield "sign an order", _one(city, "POST", f"{at}/sign", unit, json={})
    yield "log a contact", _one(city, "POST", f"{at}/contacts", unit, json=reached)
    yield "finish an order", _one(city, "POST", f"{at}/finish", unit, json=finish)
    tiers.settle()
    rating = {"level": 5, "solved": True, "text": "谢谢"}
    yield "rate", _one(city, "POST", "/api/v1/evaluations", one.holder, json=rating)


def _between_tiers(tiers: WholeTiers) -> Written:
    city, county = tiers.city, tiers.county
    below, ours = [register(county) for _ in range(3)], register(city)
    tiers.settle()
    at, who, theirs = "/api/v1/hand-overs", city.token(DISPATCHER), county.token(DISPATCHER)
    offers = []
    for told in below[:2]:
        body = {"case_id": told.case_id, "to_node": CITY, "because": "涉及多个县区"}
        offers.append(county.done("POST", at, theirs, json=body)["hand_over_id"])
    tiers.settle()
    refusal = {"ground": "not_our_tier", "legal_basis": "权责清单第 12 条"}
    yield "refuse a case", _one(city, "POST", f"{at}/{offers[0]}/refuse", who, json=refusal)
    yield "take a case over", _one(city, "POST", f"{at}/{offers[1]}/accept", who, json={})
    body = {"case_id": ours.case_id, "to_node": COUNTY, "because": "属地办理"}
    yield "offer a case", _one(city, "POST", at, who, json=body)
    with_us = city.done("GET", f"{at}?direction=out&state=open", who)["items"][0]["hand_over_id"]
    body = {"because": "本级能办"}
    yield "withdraw an offer", _one(city, "POST", f"{at}/{with_us}/withdraw", who, json=body)
    body = {"case_id": below[2].case_id, "because": "涉及面广，先报告"}
    yield "report up", _one(county, "POST", "/api/v1/reports-up", theirs, json=body)
    at, body = "/api/v1/supervisions", {"case_id": below[2].case_id, "text": "请说明为什么超时"}
    yield "supervise", _one(city, "POST", at, city.token(Role.SUPERVISOR), json=body)
    tiers.settle()
    [asked] = county.done("GET", f"{at}?case_id={below[2].case_id}", theirs)["items"]
    at = f"{at}/{asked['supervision_id']}/answer"
    watching = county.token(Role.SUPERVISOR)
    yield "answer a supervision", _one(county, "POST", at, watching, json={"text": "明天办好"})


def _in_the_office(city: WholeNode) -> Written:
    who, unit = city.token(ADMIN), {"title": "新单位", "region": CITY}
    item = {"title": "新事项", "kind": "licence", "unit_code": UNIT}
    account = {"name": "新人", "password": GIVEN}
    puts = (
        ("units/NEW", unit),
        ("items/NEW", item),
        (f"places/{CITY}001", {"unit_code": UNIT}),
        ("accounts/newcomer", account),
    )
    for path, body in puts:
        name = f"put {path.partition('/')[0]}"
        yield name, _one(city, "PUT", f"/api/v1/{path}", who, json=body)
    granting, roles = city.token(Role.SECURITY_ADMINISTRATOR), {"roles": ["operator"]}
    at = "/api/v1/accounts/newcomer"
    yield "put roles", _one(city, "PUT", f"{at}/roles", granting, json=roles)
    yield from _at_the_own_account(city)
    yield "end sessions", _one(city, "DELETE", f"{at}/sessions", granting)
    wish = {"login": "newcomer", "what": "password", "reason": "忘了"}
    resets = "/api/v1/account-resets"
    yield "propose a reset", _one(city, "POST", resets, granting, json=wish)
    [waiting] = city.done("GET", resets, who)
    yield "approve a reset", _one(city, "POST", f"{resets}/{waiting['id']}/approve", who)


def _at_the_own_account(city: WholeNode) -> Written:
    claimed = {"login": "newcomer", "password": GIVEN}
    yield "sign in", _one(city, "POST", "/api/v1/sessions", {}, json=claimed)
    shown = {"cookie": f"backstop_session={city.client.cookies['backstop_session']}"}
    city.client.cookies.clear()
    yield from _of_tokens(city)
    own = {"present": GIVEN, "password": PASSWORD}
    yield "change a password", _one(city, "PUT", "/api/v1/account/password", shown, json=own)
    yield "sign out", _one(city, "DELETE", "/api/v1/sessions", shown)


def _of_tokens(city: WholeNode) -> Written:
    who, at = city.token(Role.SECURITY_ADMINISTRATOR), "/api/v1/tokens"
    told = {"name": "评价器", "about": "评价", "scopes": ["case.read"], "days": 30}
    made: dict[str, Any] = {}
    yield "make a token", cost(city, lambda: made.update(city.done("POST", at, who, json=told)))
    shown = {"authorization": f"Bearer {made['token']}"}
    path = f"/api/v1/cases/{register(city).number}"
    yield "read a case by a token, first", _one(city, "GET", path, shown)
    yield "read a case by a token, again", _one(city, "GET", path, shown)
    yield "renew a token", _one(city, "POST", f"{at}/{made['id']}/rotate", who)
    yield "end a token", _one(city, "POST", f"{at}/{made['id']}/revoke", who)


def live_in_step(tiers: WholeTiers, ledger: Ledger) -> None:
    """Let some cases go through every kind of event, all at once."""
    city, county = tiers.city, tiers.county
    for role in (OFFICER, DISPATCHER):
        city.signed_in(role, UNIT)  # somebody is there to be told
    # What others left, in whatever order the tests run, is over before anything is counted.
    for each in tiers.nodes.values():
        each.sweep()
    tiers.settle()
    city.deliver()
    tiers.settle()
    ours = [register(city) for _ in range(CASES)]
    late = [register_before(city, timedelta(days=12)) for _ in range(CASES)]
    ledger.settle(tiers)
    _solve(city, ours)
    city.sweep()
    ledger.settle(tiers)
    city.deliver()
    ledger.settle(tiers)
    for told in ours:
        rate(city, told, 1, solved=False)
    for told in late:
        work(city, told, "sign", "return")
    ledger.settle(tiers)
    _solve(city, ours)
    ledger.settle(tiers)
    for told in ours:
        rate(city, told, 5, solved=True)
    ledger.settle(tiers)
    _move(tiers, ledger, [register(county) for _ in range(CASES)])


def _solve(whole: WholeNode, cases: list[Told]) -> None:
    for step in ("sign", "contacts", "finish"):
        for told in cases:
            work(whole, told, step)


def _move(tiers: WholeTiers, ledger: Ledger, cases: list[Told]) -> None:
    city, county = tiers.city, tiers.county
    ledger.settle(tiers)
    at = "/api/v1/hand-overs"
    offers = []
    for told in cases:
        body = {"case_id": told.case_id, "to_node": CITY, "because": "涉及多个县区"}
        offers.append(county.done("POST", at, county.token(DISPATCHER), json=body)["hand_over_id"])
    ledger.settle(tiers)
    for offer in offers:
        city.done("POST", f"{at}/{offer}/accept", city.token(DISPATCHER), json={})
    ledger.settle(tiers)
    _solve(city, cases)
    ledger.settle(tiers)
    for told in cases:
        rate(county, told, 5, solved=True)
    ledger.settle(tiers)
