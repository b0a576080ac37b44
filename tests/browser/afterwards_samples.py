"""What people do with a case afterwards: the parts of the follow page, and the desk's."""

from datetime import timedelta

from services.portal.pages.contacts_desk import Typed, contact_values
from services.portal.pages.follow import Beside
from services.portal.pages.withdraw_words import CHOSEN
from shared.security.actor import Role
from tests.browser.facts import (
    BY_CODE,
    NOBODY,
    NOW,
    NUMBER,
    TOOLS,
    case,
    desk,
    officer,
    seen,
)
from tests.browser.sample import Sample

URGED = {"can": False, "urges": 2, "next_at": NOW + timedelta(hours=20)}
CONTACT = {"case": seen(), "change": "", "to": "", "errors": {}, "told": "", "values": {}}
SENT = CONTACT | {"change": "0" * 36, "to": "139****7788", "errors": {"code": "验证码不对。"}}
GONE = {
    "can": False,
    "take_back_by": NOW + timedelta(days=7),
    "at": NOW,
    "can_take_back": True,
}
WITHDRAWN = {
    "status": "withdrawn",
    "withdrawal": GONE,
    "next": "您已撤回，不再办理，也不请您评价。改变主意的，在上面的日子以前可以接着办。",
}
SURE = {
    "case": seen(),
    "reasons": CHOSEN,
    "key": "0" * 32,
    "told": "",
    "values": {"reason": "other"},
    "errors": {"text": "最多 2000 个字。"},
}
AGENT = officer(Role.HOTLINE_AGENT)
LINES = [
    "2026年3月2日当天不算在内",
    "2026年3月7日至2026年3月8日休息 2 天，不算",
    "数满 5，到2026年3月9日",
    "到2026年3月9日 17:30下班为止",
]
PARTIES = {
    "person_masked": "要求保密",
    "phone_masked": None,
    "agent_masked": "要求保密",
    "name_withheld": True,
    "measures": ("call", "large_print", "home_visit"),
    "helper_login": "wang-bangban",
    "helper_name": "王帮办",
    "authority": {
        "relation": "family",
        "told": "both",
        "kind": "letter",
        "scopes": ["contact.change", "materials.answer"],
        "valid_until": "2020-01-31",
    },
}
AFTERWARDS_SAMPLES = {
    "follow_urged": Sample(
        "citizen/follow_case.html",
        {
            **BY_CODE,
            "case": seen(urge=URGED),
            "done": "已催办，承办单位看得到。",
            "beside": Beside(errors={"text": "请写要补充的内容。"}, act="add"),
        },
        NOBODY,
        "/follow/case",
    ),
    "follow_withdraw": Sample("citizen/follow_withdraw.html", SURE, NOBODY, "/follow/withdraw"),
    "follow_pressed": Sample(
        "citizen/follow_pressed.html", SURE | {"errors": {}}, NOBODY, "/follow/pressed"
    ),
    "follow_withdrawn": Sample(
        "citizen/follow_case.html",
        {**BY_CODE, "case": seen(**WITHDRAWN), "done": "已撤回，短信会告诉您。"},
        NOBODY,
        "/follow/case",
    ),
    "desk_withdrawn": Sample(
        "desk/desk.html",
        desk(
            officer(Role.SUPERVISOR, Role.WINDOW_OFFICER),
            case(
                status="withdrawn",
                is_open=False,
                withdrawn_at=NOW,
                withdrawn_why="other",
                take_back_by=NOW + timedelta(days=7),
                pressed_at=NOW,
                pressed_masked="局里的人打电话来，说不撤就不给办别的",
            ),
            key="pressed",
            values={"act": "take_back"},
        ),
        officer(Role.SUPERVISOR, Role.WINDOW_OFFICER),
        "/desk",
    ),
    "follow_contact": Sample(
        "citizen/follow_contact.html", {**CONTACT, "key": "0" * 32}, NOBODY, "/follow/contact"
    ),
    "follow_contact_code": Sample(
        "citizen/follow_contact.html", {**SENT, "key": "0" * 32}, NOBODY, "/follow/contact"
    ),
    "follow_promise": Sample(
        "citizen/follow_promise.html", {"case": seen(), "lines": LINES}, NOBODY, "/follow/promise"
    ),
    "desk_urged": Sample(
        "desk/desk.html",
        desk(AGENT, case(status="contacted", urges=3), key="urged", values={"act": "urge"}),
        AGENT,
        "/desk",
    ),
    "desk_parties": Sample(
        "desk/desk.html",
        desk(AGENT, case(status="contacted", **PARTIES), key="all", values={"act": "authority"}),
        AGENT,
        "/desk",
    ),
    "desk_contact": Sample(
        "desk/contact.html",
        contact_values(case(), Typed(NUMBER, "0" * 36, "139****7788")) | {"tools": TOOLS},
        AGENT,
        "/desk/contact",
    ),
}
