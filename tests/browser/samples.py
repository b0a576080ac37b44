"""Every page with sample data: what tests hold templates against, and what one looks at."""

from collections.abc import Mapping
from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

from fastapi import Request

from services.portal.pages.access import access_values
from services.portal.pages.act_forms import NOBODY_NAMED
from services.portal.pages.board import board_values
from services.portal.pages.looks import Looks, look_values
from services.portal.pages.places import places
from services.portal.pages.reasons import REASONS
from services.portal.pages.rendering import page
from services.portal.pages.rooms import rooms_of
from services.portal.pages.tokens import token_values
from shared.security.actor import ActorKind, Role
from tests.browser.account_samples import ACCOUNT_SAMPLES
from tests.browser.afterwards_samples import AFTERWARDS_SAMPLES
from tests.browser.appeal_samples import APPEAL_SAMPLES
from tests.browser.audit_samples import AUDIT_SAMPLES
from tests.browser.benchmark_samples import ABOVE, BENCHMARK_SAMPLES
from tests.browser.board_facts import numbers
from tests.browser.calendar_samples import CALENDAR_SAMPLES
from tests.browser.callback_samples import CALLBACK_SAMPLES
from tests.browser.cause_samples import CAUSE_SAMPLES
from tests.browser.export_samples import EXPORT_SAMPLES
from tests.browser.facts import (
    BAD,
    BY_CODE,
    DECLINED,
    DISPATCHER,
    EMPTY_FOLLOW,
    FRONT,
    HOLDER,
    ITEMS,
    NEW,
    NOBODY,
    NODE,
    NOW,
    NUMBER,
    RATE,
    RESULT,
    REVEALED,
    SETTINGS,
    SHOWN,
    TOOLS,
    UNIT,
    UNITS,
    case,
    desk,
    draft,
    officer,
    seen,
    step,
)
from tests.browser.file_samples import FILE_SAMPLES
from tests.browser.group_samples import GROUP_SAMPLES
from tests.browser.held_samples import HELD_SAMPLES
from tests.browser.item_samples import ITEM_SAMPLES
from tests.browser.key_samples import KEY_SAMPLES, OFFICE
from tests.browser.ladder_samples import LADDER_SAMPLES
from tests.browser.lead_samples import LEAD_SAMPLES
from tests.browser.ledger_samples import LEDGER_SAMPLES
from tests.browser.life_samples import LIFE_SAMPLES
from tests.browser.limit_samples import LIMIT_SAMPLES
from tests.browser.mark_samples import MARK_SAMPLES
from tests.browser.meeting_samples import MEETING_SAMPLES
from tests.browser.notice_samples import NOTICE_SAMPLES
from tests.browser.outlook_samples import OUTLOOK_SAMPLES
from tests.browser.outside_samples import OUTSIDE_SAMPLES
from tests.browser.part_samples import PART_SAMPLES
from tests.browser.pool_samples import POOL_SAMPLES
from tests.browser.precedent_samples import PRECEDENT_SAMPLES
from tests.browser.record_samples import RECORD_SAMPLES
from tests.browser.rota_samples import ROTA_SAMPLES
from tests.browser.rule_samples import RULE_SAMPLES
from tests.browser.sample import Sample
from tests.browser.snap_samples import SNAP_SAMPLES
from tests.browser.snippet_samples import SNIPPET_SAMPLES
from tests.browser.split_samples import SPLIT_SAMPLES
from tests.browser.tier_samples import TIER_SAMPLES
from tests.browser.token_samples import MADE, TOKENS
from tests.browser.unit_samples import UNIT_SAMPLES

SECURITY = officer(Role.SECURITY_ADMINISTRATOR)
ADMINISTRATOR = officer(Role.SYSTEM_ADMINISTRATOR)
LOOKS = Looks.model_validate(
    {
        "per_hour": 40,
        "per_day": 200,
        "lookers": [
            {"login": name, "name": who, "looks_hour": hour, "looks_day": day}
            | {"searches_day": day // 3, "refused_day": refused, "last_at": NOW}
            for name, who, hour, day, refused in (
                ("liuqiang", "刘强", 40, 131, 6),
                ("wangfang", "王芳", 4, 23, 0),
                ("rsj-chen", "陈静", 0, 2, 0),
            )
        ],
    }
)
AGAINST = case(
    complained_of={"341523": {"version": 1, "units": ["舒城县人力资源和社会保障局"], "persons": 1}}
)
SAMPLES: Mapping[str, Sample] = {
    **AFTERWARDS_SAMPLES,
    **AUDIT_SAMPLES,
    **BENCHMARK_SAMPLES,
    **HELD_SAMPLES,
    **SNIPPET_SAMPLES,
    **PART_SAMPLES,
    **NOTICE_SAMPLES,
    **SNAP_SAMPLES,
    **PRECEDENT_SAMPLES,
    **OUTSIDE_SAMPLES,
    "home": Sample("citizen/home.html", {}),
    "report_what": Sample("citizen/report_what.html", step("what", 1, items=ITEMS)),
    "report_where": Sample(
        "citizen/report_where.html", step("where", 2, places=places(NODE.code), units=UNITS)
    ),
    "report_against": Sample(
        "citizen/report_where.html",
        step(
            "where",
            2,
            places=places(NODE.code),
            units=UNITS,
            values=draft(against_unit="RSJ", against_person="王大力"),
        ),
    ),
    "report_who": Sample("citizen/report_who.html", step("who", 3)),
    "report_parties": Sample(
        "citizen/report_who.html",
        step(
            "who",
            3,
            values=draft(
                withheld="yes", care="elderly", agent_name="申屠观海", agent_phone="13955607402"
            ),
        ),
    ),
    "report_wrong": Sample(
        "citizen/report_who.html",
        step("who", 3, values=draft(name="", phone="1380564"), errors=BAD),
    ),
    "report_review": Sample("citizen/report_review.html", step("review", 4, shown=SHOWN)),
    "report_review_against": Sample(
        "citizen/report_review.html",
        step(
            "review",
            4,
            shown=SHOWN | {"against": "舒城县人力资源和社会保障局"},
            values=draft(against_unit="RSJ", against_person="王大力"),
        ),
    ),
    "report_done": Sample("citizen/report_done.html", {"case": seen(), "holder": HOLDER}),
    "follow": Sample("citizen/follow.html", EMPTY_FOLLOW),
    "follow_refused": Sample(
        "citizen/follow.html",
        {
            "values": {"number": NUMBER, "code": "K7MQ4XRT9A"},
            "errors": {},
            "told": "编号或查询码不对。请核对回执上的编号和查询码，或拨打 12345 查询。",
        },
    ),
    "follow_case": Sample("citizen/follow_case.html", {**BY_CODE, "case": seen()}),
    "follow_late": Sample(
        "citizen/follow_case.html",
        {
            **BY_CODE,
            "case": seen(
                lamp="red", promise={"due_at": NOW - timedelta(days=3), "provisional": True}
            ),
        },
    ),
    "follow_result": Sample(
        "citizen/follow_case.html",
        {**BY_CODE, "case": seen(status="finished", lamp=None, result=RESULT, can_rate=True)},
    ),
    "follow_declined": Sample(
        "citizen/follow_case.html",
        {
            **BY_CODE,
            "case": seen(
                status="declined", lamp=None, promise=None, holder=None, decline=DECLINED
            ),
        },
    ),
    "follow_rated": Sample(
        "citizen/follow_case.html",
        {**BY_CODE, "case": seen(status="closed", lamp=None, result=RESULT, rated={"level": 5})},
    ),
    "follow_by_phone": Sample(
        "citizen/follow_case.html",
        {
            **BY_CODE,
            **{"case": seen(), "can_renew": True, "others": 2},
            "told": "要得太频繁了，请过一会儿再试。",
        },
    ),
    "follow_mine": Sample(
        "citizen/follow_mine.html",
        {"cases": [seen(), seen(number="BCS-341523-20260104-00003-M", status="closed")]},
    ),
    "follow_renewed": Sample("citizen/renewed.html", {"case": seen(), "holder": HOLDER}),
    "lost": Sample(
        "citizen/lost.html",
        {"values": {"phone": "", "number": ""}, "errors": {}, "told": ""},
    ),
    "lost_wrong": Sample(
        "citizen/lost.html",
        {
            "values": {"phone": "0564-8621234", "number": NUMBER},
            "errors": {"phone": "请填能收短信的手机号；座机请拨打 12345。"},
            "told": "",
        },
    ),
    "lost_code": Sample("citizen/lost_code.html", {"values": {}, "errors": {}, "told": ""}),
    "lost_code_wrong": Sample(
        "citizen/lost_code.html",
        {"values": {}, "errors": {"code": "验证码不对或已失效。"}, "told": ""},
    ),
    "rate_level": Sample(
        "citizen/rate_level.html",
        {"case": seen(), "values": {"key": "0" * 32}, "errors": {}, "told": ""},
    ),
    "rate_reasons": Sample(
        "citizen/rate_reasons.html",
        {
            "values": RATE,
            "options": list(REASONS[2].items()),
            "opened": False,
            "errors": {},
            "told": "",
        },
    ),
    "rate_thanks": Sample("citizen/rate_thanks.html", {"solved": False}),
    "problem": Sample(
        "problem.html",
        {"heading": "没有找到", "told": "没有找到这个页面或记录。", "trace": "4f1d2a"},
    ),
    "desk_list": Sample("desk/desk.html", desk(UNIT, None), UNIT, "/desk"),
    "desk_case": Sample("desk/desk.html", desk(UNIT, case()), UNIT, "/desk"),
    "desk_saving": Sample(
        "desk/desk.html",
        desk(UNIT, case(), waiting=UUID(int=1), note="已签收。请按时限联系诉求人。"),
        UNIT,
        "/desk",
    ),
    "desk_wrong": Sample(
        "desk/desk.html",
        desk(
            DISPATCHER,
            case(status="pooled", unit_code=None, unit_name=None),
            values={"act": "dispatch", "because": ""},
            errors={"unit_code": "请选派给哪个单位。"},
        ),
        DISPATCHER,
        "/desk",
    ),
    "desk_person": Sample(
        "desk/desk.html", desk(FRONT, case(), revealed=REVEALED), FRONT, "/desk"
    ),
    "desk_intake": Sample(
        "desk/desk.html",
        desk(
            FRONT,
            case(status="registered", citizen_due_at=None, lamp=None),
            values={"act": "decline"},
            elsewhere=[ABOVE],
        ),
        FRONT,
        "/desk",
    ),
    "desk_against": Sample(
        "desk/desk.html",
        desk(FRONT, AGAINST, values={"act": "mark"}, errors={"against_unit": NOBODY_NAMED}),
        FRONT,
        "/desk",
    ),
    "desk_found": Sample(
        "desk/desk.html",
        desk(FRONT, None, of_person=True, term="138 0564 0017"),
        FRONT,
        "/desk/find",
    ),
    "desk_without_keys": Sample(
        "desk/desk.html", desk(FRONT, case(), sealing_away=True), FRONT, "/desk"
    ),
    "admin_looks": Sample(
        "admin/looks.html",
        {"tools": OFFICE, **look_values(LOOKS)},
        officer(Role.AUDIT_ADMINISTRATOR),
        "/admin/looks",
    ),
    "desk_empty": Sample("desk/desk.html", desk(FRONT, None, rows=[]), FRONT, "/desk"),
    "admin": Sample(
        "admin/home.html",
        {"tools": OFFICE, "rooms": rooms_of(ADMINISTRATOR)},
        ADMINISTRATOR,
        "/admin",
    ),
    "admin_access": Sample(
        "admin/access.html",
        {"tools": OFFICE, **access_values()},
        ADMINISTRATOR,
        "/admin/access",
    ),
    "admin_access_role": Sample(
        "admin/access.html",
        {"tools": OFFICE, **access_values("disposal_officer")},
        ADMINISTRATOR,
        "/admin/access",
    ),
    "admin_tokens": Sample(
        "admin/tokens.html",
        {"tools": OFFICE, "can_write": True, **token_values(TOKENS), "made": MADE},
        SECURITY,
        "/admin/tokens",
    ),
    "admin_tokens_wrong": Sample(
        "admin/tokens.html",
        {
            **{"tools": OFFICE, "can_write": True},
            **token_values([]),
            "errors": {"name": "请填是哪个系统。", "scopes": "请至少选一项它可以做的事。"},
        },
        SECURITY,
        "/admin/tokens",
    ),
    "desk_nothing": Sample("desk/nothing.html", {"tools": TOOLS}, officer(Role.OPERATOR), "/desk"),
    "desk_expired": Sample(
        "desk/expired.html", {"fields": [("text", "跑了三趟")]}, NOBODY, "/desk/new"
    ),
    "desk_new": Sample("desk/new.html", NEW, FRONT, "/desk/new"),
    "desk_receipt": Sample(
        "desk/receipt.html",
        {"case": seen(), "holder": HOLDER, "tools": TOOLS},
        FRONT,
        "/desk/receipt",
    ),
    "board": Sample("board.html", board_values(numbers()), path="/board"),
    **TIER_SAMPLES,
    **RECORD_SAMPLES,
    **CALENDAR_SAMPLES,
    **LADDER_SAMPLES,
    **LIMIT_SAMPLES,
    **RULE_SAMPLES,
    **ROTA_SAMPLES,
    **UNIT_SAMPLES,
    **ITEM_SAMPLES,
    **GROUP_SAMPLES,
    **SPLIT_SAMPLES,
    **EXPORT_SAMPLES,
    **LEDGER_SAMPLES,
    **APPEAL_SAMPLES,
    **MARK_SAMPLES,
    **LEAD_SAMPLES,
    **CAUSE_SAMPLES,
    **OUTLOOK_SAMPLES,
    **POOL_SAMPLES,
    **LIFE_SAMPLES,
    **CALLBACK_SAMPLES,
    **MEETING_SAMPLES,
    **KEY_SAMPLES,
    **ACCOUNT_SAMPLES,
    **FILE_SAMPLES,
}


def shown(name: str, cookies: Mapping[str, str] | None = None) -> str:
    """Return the HTML of a sample for somebody with these cookies."""
    return rendered(SAMPLES[name], cookies)


def rendered(sample: Sample, cookies: Mapping[str, str] | None = None) -> str:
    """Return the HTML of a page for somebody with these cookies."""
    door = SimpleNamespace(node=sample.node, settings=SETTINGS, now=lambda: NOW)
    told = {
        "type": "http",
        "method": "GET",
        "path": sample.path,
        "query_string": b"",
        "headers": [
            (b"cookie", "; ".join(f"{k}={v}" for k, v in (cookies or {}).items()).encode())
        ],
        "actor": sample.actor,
        "session": "csrf" if sample.actor.kind is ActorKind.STAFF else None,
        "duty": sample.duty,
        "unread": sample.unread,
        "app": SimpleNamespace(state=SimpleNamespace(doors={"portal": door})),
    }
    return bytes(page(Request(told), sample.template, dict(sample.values)).body).decode()
