"""The doors of the rota, the catalogue, groups and splits that take a body, and what they take."""

from typing import Any

UNIT = "SCJGJ"
HOURS = {"opens": "09:00", "closes": "17:00", "weekdays": [1, 2, 3, 4, 5]}
CREW = {"person": "walker", "substitutes": []}
PLAN = {"first": "2030-01-01", "last": "2030-01-31", "turn": "day", "crews": [CREW]}
AWAY = {
    "login": "walker",
    "begins": "2030-01-02T08:00+08:00",
    "ends": "2030-01-02T18:00+08:00",
    "ground": "病假",
}
IMPORT = {"lines": [{"line": 2, "cells": {"code": "NEW2", "title": "新单位", "region": "341523"}}]}
ITEM_LINE = {"line": 2, "cells": {"code": "NEW3", "title": "新事项", "kind": "licence"}}
GROUP = {"lead": "Y", "kind": "grouped", "because": "同一条河"}
MATTERS = {"matters": [{"title": "路坏了", "text": "村口的路坏了三个月。"}]}
POST = f"/api/v1/rota/posts/coordinator/{UNIT}"
OF_UNIT = f"/api/v1/rota/units/{UNIT}"
DUTY_TAKERS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("PUT", POST, "dispatcher", HOURS),
    ("PUT", f"{POST}/days/2030-01-02", "dispatcher", {"crew": None}),
    ("POST", f"{POST}/plan", "dispatcher", PLAN),
    ("PUT", f"{OF_UNIT}/people/walker", "dispatcher", {"name": "李", "duties": ["coordinator"]}),
    ("POST", f"{OF_UNIT}/absences", "dispatcher", AWAY),
    ("PUT", f"/api/v1/duty-telephones/{UNIT}", "dispatcher", {"phone": "13812345678"}),
    ("POST", "/api/v1/unit-imports", "system_administrator", IMPORT),
    ("POST", "/api/v1/item-imports", "system_administrator", {"lines": [ITEM_LINE]}),
    ("POST", "/api/v1/cases/X/group", "dispatcher", GROUP),
    ("POST", "/api/v1/cases/X/ungroup", "dispatcher", {"because": "不是同一件事"}),
    ("POST", "/api/v1/cases/X/split/preview", "window_officer", MATTERS),
    ("POST", "/api/v1/cases/X/split", "dispatcher", MATTERS),
    ("POST", "/api/v1/cases/X/take-back", "dispatcher", {"because": "是同一件事"}),
    ("POST", "/api/v1/ended-units/NEW/move", "dispatcher", {"because": "机构改革"}),
)
