"""The desk beside a case that is on legal hold, erased, or about to be, with sample data."""

from dataclasses import replace
from datetime import date, timedelta

from shared.security.actor import Role
from shared.security.erasing import ERASED
from tests.browser.facts import FRONT, NOW, case, desk, officer
from tests.browser.sample import Sample

HEAD = officer(Role.WINDOW_HEAD)
AT_REST = case(status="closed", is_open=False, lamp=None, custody_due_at=None)
HELD = replace(
    AT_REST,
    held_at=NOW - timedelta(days=20),
    held_by="window_head",
    held_because="当事人申请行政复议，复议机关要调卷",
    hold_review_on=date(2026, 9, 1),
)
ERASED_CASE = replace(
    AT_REST,
    erased_at=NOW - timedelta(days=4),
    title_masked=ERASED,
    text_masked=ERASED,
    person_masked=None,
    phone_masked=None,
)
HELD_SAMPLES = {
    "desk_held": Sample("desk/desk.html", desk(HEAD, HELD), HEAD, "/desk"),
    "desk_held_seen": Sample("desk/desk.html", desk(FRONT, HELD), FRONT, "/desk"),
    "desk_erased": Sample("desk/desk.html", desk(HEAD, ERASED_CASE), HEAD, "/desk"),
    "desk_erasing": Sample(
        "desk/desk.html",
        desk(
            HEAD,
            AT_REST,
            values={"act": "erase", "reason": "本人要求"},
            errors={"ground": "请选依据。", "requester": "请选谁要求的。"},
        ),
        HEAD,
        "/desk",
    ),
}
