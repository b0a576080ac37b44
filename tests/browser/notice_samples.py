"""What people and duty telephones were sent, and the inbox of staff, with sample data."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.portal.pages.messages import STATES, Rung, by_phone
from services.portal.pages.notices import Notice, line_of
from shared.events.portal import NoticeKind
from shared.security.actor import Role
from tests.browser.facts import FRONT, MESSAGES, NOW, NUMBER, TOOLS, officer
from tests.browser.sample import Sample

OFFICER = officer(Role.DISPOSAL_OFFICER)
MEETINGS = frozenset(
    {
        *(NoticeKind.MEETING, NoticeKind.MEETING_MOVED, NoticeKind.MEETING_OFF),
        *(NoticeKind.MEETING_SOON, NoticeKind.MINUTES),
    }
)


def _notice(nth: int, kind: NoticeKind) -> Notice:
    told_at = NOW - timedelta(hours=nth)
    return Notice(
        notice_id=str(UUID(int=nth)),
        kind=kind,
        number=None if kind is NoticeKind.NOBODY else NUMBER,
        unit_name="县自然资源和规划局（不动产登记与确权指导中心）",
        about_at=NOW + timedelta(days=1),
        ref=str(UUID(int=7)) if kind in MEETINGS else None,
        told_at=told_at,
        read_at=told_at if nth % 3 == 2 else None,
    )


def _inbox(*notices: Notice, note: str = "") -> dict[str, Any]:
    return {
        "lines": list(map(line_of, notices)),
        "more": "next" if notices else None,
        "waiting": sum(one.read_at is None for one in notices),
        "until": NOW if notices else None,
        "note": note,
        "tools": TOOLS,
    }


RUNG = [
    Rung(
        unit_code="scjgj",
        text="【办不成事反映窗口】BCS-341523-20260305-00012-X请在3月5日12:00前签收。（3月5日02:00）",
        told_at=NOW - timedelta(hours=hours),
        state=state,
        next_at=NOW + timedelta(hours=1),
    )
    for hours, state in ((1, "queued"), (9, "delivered"))
]
ALL = [_notice(nth, kind) for nth, kind in enumerate(NoticeKind)]
HERE = "/desk/notices"
NOTICE_SAMPLES: Mapping[str, Sample] = {
    "messages": Sample(
        "desk/messages.html",
        {
            **{"phones": by_phone(MESSAGES), "more": None, "states": STATES, "tools": TOOLS},
            **{"rung": RUNG, "titles": {"scjgj": "县市场监督管理局"}},
        },
        FRONT,
        "/desk/messages",
    ),
    "notices": Sample("desk/notices.html", _inbox(*ALL), OFFICER, HERE, unread=120),
    "notices_read": Sample(
        "desk/notices.html", _inbox(ALL[2], note="全部已标为已读。"), OFFICER, HERE
    ),
    "notices_empty": Sample("desk/notices.html", _inbox(), OFFICER, HERE),
}
