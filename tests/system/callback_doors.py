"""The doors of callbacks and of the complexity of a case that take a body."""

from typing import Any
from uuid import UUID

NOBODY = str(UUID(int=7))
CALLED = {"case_id": NOBODY, "reached": True, "solved": True, "level": 4}
ANEW = {"case_id": NOBODY, "complexity": "complex", "because": "涉及三个部门"}
CALLBACK_TAKERS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("POST", "/api/v1/callbacks/unit", "disposal_officer", CALLED),
    ("POST", "/api/v1/callbacks/centre", "reviewer", {**CALLED, "truthful": True}),
    ("POST", "/api/v1/reclassifications", "dispatcher", ANEW),
)
