"""A case that is to be called back, and one that is classified anew, with sample data."""

from datetime import timedelta

from shared.security.actor import Role
from tests.browser.facts import NOW, case, desk, officer
from tests.browser.sample import Sample

SUPERVISOR, HEAD = officer(Role.SUPERVISOR), officer(Role.WINDOW_HEAD)
DONE = case(
    status="finished",
    is_open=False,
    callback_at=NOW - timedelta(hours=2),
    centre_callback_at=NOW + timedelta(days=3),
)

CALLBACK_SAMPLES = {
    "desk_callback": Sample(
        "desk/desk.html",
        desk(
            HEAD,
            DONE,
            values={"act": "callback_centre", "level": "4", "note": "都办好了"},
            errors={"reached": "请选联系上了没有。"},
        ),
        HEAD,
        "/desk",
    ),
    "desk_complexity": Sample(
        "desk/desk.html",
        desk(
            SUPERVISOR,
            case(),
            values={"act": "reclassify", "complexity": "complex"},
            errors={"because": "请写为什么要调整。"},
        ),
        SUPERVISOR,
        "/desk",
    ),
}
