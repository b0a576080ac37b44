"""The doors of snippets."""

from typing import Any
from uuid import UUID

NOBODY = str(UUID(int=7))
SNIPPET = {"abbreviation": "bq", "text": "请补齐{事项}的材料。"}
SNIPPET_TAKERS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("POST", "/api/v1/snippets", "window_officer", SNIPPET),
    ("PUT", f"/api/v1/snippets/{NOBODY}", "window_officer", SNIPPET),
)
