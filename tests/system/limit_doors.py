"""The doors of the limits that take a body, with what would be taken."""

from typing import Any

ROW = {"kind": "resolve", "amount": 3, "when": {"complexity": "ordinary"}}
STEP = {"kind": "resolve", "level": 1, "step": "urge", "whom": "unit", "amount": 1}
PAST = {"since": "2026-01-01T00:00:00+08:00", "until": "2026-04-01T00:00:00+08:00"}
LIMIT_TAKERS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("POST", "/api/v1/limit-sets", "supervisor", {"title": "县里的时限"}),
    ("PUT", "/api/v1/limit-sets/draft/rows", "supervisor", {"rows": [{**ROW, "code": "L1"}]}),
    ("PUT", "/api/v1/limit-sets/draft/rows/L1", "supervisor", ROW),
    ("PUT", "/api/v1/limit-sets/draft/ladders/S1", "supervisor", STEP),
    ("PUT", "/api/v1/limit-sets/draft/moves", "supervisor", {"moves": True}),
    ("POST", "/api/v1/limit-sets/draft/replays", "supervisor", PAST),
    ("POST", "/api/v1/limit-sets/draft/sign", "supervisor", {"edition": 0}),
)
