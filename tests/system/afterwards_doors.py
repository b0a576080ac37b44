"""The doors by which people do something with a case that is registered already."""

from typing import Any
from uuid import UUID

NOBODY = str(UUID(int=7))
AFTERWARDS_TAKERS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("POST", "/api/v1/cases/X/urges", "", {"text": "等了一个月"}),
    ("POST", "/api/v1/cases/X/additions", "hotline_agent", {"text": "门牌号是 12 号"}),
    ("POST", "/api/v1/cases/X/withdrawal", "", {"reason": "solved", "text": "办好了"}),
    ("POST", "/api/v1/cases/X/withdrawal/back", "hotline_agent", {"channel": "hotline"}),
    ("POST", "/api/v1/cases/X/pressure", "", {"text": "单位的人打电话来"}),
    ("POST", "/api/v1/cases/X/authority", "window_officer", {"relation": "family"}),
    ("POST", "/api/v1/cases/X/care", "window_officer", {"grounds": ["elderly"]}),
    ("POST", "/api/v1/cases/X/helper", "window_officer", {"login": "nobody"}),
    ("POST", "/api/v1/cases/X/contact", "window_officer", {"phone": "13812345678"}),
    ("POST", f"/api/v1/cases/X/contact/{NOBODY}", "window_officer", {"code": "123456"}),
    (
        *("POST", f"/api/v1/cases/X/attachments/{NOBODY}/releases", "window_officer"),
        {"because": "要核对批文"},
    ),
    (
        *("POST", f"/api/v1/cases/X/releases/{NOBODY}/end", "window_officer"),
        {"because": "看完了"},
    ),
)
