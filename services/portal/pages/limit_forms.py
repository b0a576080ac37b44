"""What is typed about limits, and what the API is asked; the words of the page."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from services.portal.pages import ladder_words
from services.portal.pages.calling import Answer
from services.portal.pages.forms import Form, number_in
from services.portal.pages.language import later as _
from services.portal.pages.rule_forms import instant

CONDITIONS = ("complexity", "demand", "item", "place", "urgency", "channel", "tier")
MOST_MOVES = 20
"""So many open cases are listed that would move."""
TRIED = ("start", "signed", "complexity", "clock", "demand", "channel", "item", "urgency", "place")
"""What the box asks that tries a limit out."""
TRYING: Mapping[str, str] = MappingProxyType({"clock": "resolve", "complexity": "ordinary"})
BLANK: Mapping[str, Any] = MappingProxyType(
    {
        **dict.fromkeys(CONDITIONS, ""),
        **dict.fromkeys(("code", "amount", "warn_minutes", "basis"), ""),
        **dict.fromkeys(("extensions", "extension_days"), ""),
        **dict.fromkeys(("valid_from", "valid_until", "title", "shipped"), ""),
        "kind": "resolve",
        "unit": "working_day",
        "start": "next_working_day",
        "end": "end_of_working_day",
        "counts_from": "fact",
        "rests": "yes",
    }
)
"""The fields of a row before anything is typed."""
COUNTED = ("warn_minutes", "extensions", "extension_days")
"""The numbers of a row that may be left out."""
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "resolve": _("办结"),
        "citizen": _("对来件人的承诺（不另写就同办结）"),
        "contact": _("联系来件人"),
        "feedback": _("反馈结果"),
        "leg": _("本级办理（不另写就同办结）"),
        "sign": _("签收"),
        "search": _("找到承办单位"),
        "co_handle": _("协办单位答复"),
        "rectify": _("整改"),
        "supervision": _("答复督办单"),
        "meeting": _("召开协调会"),
        "callback": _("承办单位回访"),
        "centre_callback": _("中心回访"),
    }
)
UNITS: Mapping[str, str] = MappingProxyType(
    {
        "working_day": _("工作日"),
        "working_hour": _("工作小时"),
        "calendar_day": _("天"),
        "hour": _("小时"),
        "minute": _("分钟"),
    }
)
STARTS: Mapping[str, str] = MappingProxyType(
    {
        "next_working_day": _("次日起（当天不算）"),
        "same_day": _("当天起（当天算一天）"),
        "instant": _("当时起（不管上不上班）"),
    }
)
COUNTS_FROM: Mapping[str, str] = MappingProxyType(
    {
        "fact": _("照常（办结从派单起）"),
        "signature": _("从单位签收起（办结、联系）"),
    }
)
ENDS: Mapping[str, str] = MappingProxyType(
    {
        "end_of_working_day": _("到最后一天下班"),
        "end_of_day": _("到最后一天结束"),
        "same_clock_time": _("到同一时刻"),
    }
)
TIERS: Mapping[str, str] = MappingProxyType(
    {"province": _("省级"), "city": _("市级"), "county": _("县级"), "township": _("乡镇")}
)
YES_NO: Mapping[str, str] = MappingProxyType({"yes": _("停表"), "no": _("不停表")})
MOVING: Mapping[str, str] = MappingProxyType(
    {"no": _("在办件不动，照受理时的时限"), "yes": _("在办件也改按新时限")}
)
FINDINGS: Mapping[str, str] = MappingProxyType(
    {
        "same_conditions": _("和另一条条件完全一样，分不出用哪一条"),
        "no_default": _("有的件一条也对不上，请补一条不带条件的"),
        "never": _("结束比开始早，永远用不上"),
        "no_urgency": _("这一种时限不看缓急，永远用不上"),
        "warns_too_early": _("提前预警的时间比时限还长"),
        "not_extended": _("只有办结可以延期"),
        "not_signed_for": _("只有办结、联系可以从签收算起"),
        "unknown_place": _("没有这个地区"),
        "other_tier": _("是别的层级的，本级用不上"),
        "expired": _("有效期已过"),
        **ladder_words.FINDINGS,
    }
)

ABOUT: Mapping[str, str] = MappingProxyType({**ladder_words.WHOM, **ladder_words.CLOCKS, **TIERS})
"""What a finding is about besides its row, where that is a word."""


def begin_body(form: Form) -> dict[str, Any]:
    """Return what a draft begins with."""
    shipped = form.optional("shipped")
    return {"title": form.get("title")} | ({"shipped": shipped} if shipped else {})


def row_body(form: Form) -> dict[str, Any]:
    """Return the row that a form holds, as the API takes it."""
    named = ("valid_from", "valid_until", "basis", "counts_from")
    given = {name: form.optional(name) for name in named}
    when = {name: told for name in CONDITIONS if (told := form.optional(name))}
    counted = {name: form.optional(name) for name in COUNTED}
    return {
        **{name: form.get(name) for name in ("kind", "unit", "start", "end")},
        **{name: told for name, told in given.items() if told},
        "amount": _number(form.get("amount")),
        **{name: _number(told) for name, told in counted.items() if told},
        "rests": form.get("rests") != "no",
        "when": when,
    }


def _number(told: str) -> int | str:
    number = number_in(told)
    return told if number is None else number


def tried_query(tried: Mapping[str, str]) -> dict[str, str]:
    """Return what the API is asked; a local moment as one in China."""
    moments = {name: instant(tried[name]) for name in ("start", "signed") if name in tried}
    return {**tried, **moments}


def errors_of(answer: Answer) -> dict[str, str]:
    """Return what is wrong by the field of the form that it is about."""
    found: dict[str, str] = {}
    for place, sentence in answer.errors().items():
        found.setdefault(place.removeprefix("when."), sentence)
    return found


def form_values(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of the form for a row as the API tells it."""
    told = {name: value for name, value in row.items() if name in BLANK and value is not None}
    return {**BLANK, **told, **row["when"], "rests": "yes" if row["rests"] else "no"}


def examples_in(told: Mapping[str, Any]) -> list[UUID]:
    """Return the cases that replays name."""
    replayed = [UUID(one) for each in told.get("replays") or () for one in each["examples"] or ()]
    moved = (told.get("moves") or {}).get("cases") or ()
    return [*replayed, *(UUID(one["case_id"]) for one in moved)]


def moves_shown(told: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return what open cases would move, with its sums and instants."""
    if told is None:
        return None
    sums = {
        how: sum(counts.get(how, 0) for counts in told["moves"].values())
        for how in ("later", "earlier")
    }
    instants = ("due_before", "due_at")
    cases = [
        {**each, "case_id": UUID(each["case_id"])}
        | {name: datetime.fromisoformat(each[name]) for name in instants}
        for each in told["cases"] or ()
    ]
    return {**told, "sums": sums, "cases": cases[:MOST_MOVES]}


def replay_shown(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return a replay with its sums."""
    sums = {how: sum(told[how].values()) for how in ("later", "earlier")}
    cases = None if told["examples"] is None else [UUID(one) for one in told["examples"]]
    return {**told, "sums": sums, "examples": cases}
