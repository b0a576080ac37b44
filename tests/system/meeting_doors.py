"""The doors of coordination meetings that take a body."""

from typing import Any
from uuid import UUID

NOBODY = str(UUID(int=7))
MEETINGS = "/api/v1/meetings"
MEETING = f"{MEETINGS}/{NOBODY}"
SITTING = {"starts_at": "2030-01-04T09:00+08:00", "place": "政务中心 301", "agenda": "谁来修"}
PARTIES = [{"kind": "unit", "unit_code": "NOSUCH"}, {"kind": "complainant"}]
CALL = {**SITTING, "case_id": NOBODY, "topic": "路灯谁修", "parties": PARTIES}
ROUND = {"seen": [{"party_id": NOBODY, "presence": "present"}], "said": "x", "result": "agreed"}
DUTY = {"unit_code": "NOSUCH", "words": "修好", "days": 5}
MINUTES = {"conclusion": "镇里修", "duties": [DUTY]}
MEETING_TAKERS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("POST", MEETINGS, "dispatcher", CALL),
    ("POST", f"{MEETING}/parties", "dispatcher", PARTIES[0]),
    ("POST", f"{MEETING}/heard", "supervisor", {"unit_code": "NOSUCH", "because": "要听"}),
    ("POST", f"{MEETING}/parties/{NOBODY}/answer", "dispatcher", {"coming": True}),
    ("POST", f"{MEETING}/move", "dispatcher", SITTING),
    ("POST", f"{MEETING}/rounds", "dispatcher", ROUND),
    ("POST", f"{MEETING}/take", "supervisor", {}),
    ("POST", f"{MEETING}/cancel", "dispatcher", {"because": "已商定"}),
    ("PUT", f"{MEETING}/minutes", "dispatcher", MINUTES),
    ("POST", f"{MEETING}/minutes/confirm", "dispatcher", {}),
)
