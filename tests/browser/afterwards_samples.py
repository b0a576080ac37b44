"""What people do with a case afterwards: the parts of the follow page, and the desk's."""

from datetime import timedelta

from services.portal.pages.contacts_desk import Typed, contact_values
from services.portal.pages.follow import Beside
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
