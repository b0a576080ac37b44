"""The doors about parties from outside that take a body, with what would be taken."""

from typing import Any
from uuid import UUID

NOBODY = str(UUID(int=7))
PARTY = {
    "name": "市自来水公司",
    "kind": "company",
    "contact": "水务热线",
    "phone": "13812345678",
    "valid_from": "2026-01-01",
}
PARTIES = "/api/v1/outside-parties"
ASKED = f"/api/v1/outside-questions/{NOBODY}"
QUESTION = {"party_id": NOBODY, "text": "什么时候能通水？"}
LOOK = {"purpose": "核实情况"}
OUTSIDE_TAKERS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("POST", PARTIES, "dispatcher", PARTY),
    ("PUT", f"{PARTIES}/{NOBODY}", "dispatcher", PARTY),
    ("POST", f"{PARTIES}/{NOBODY}/look", "dispatcher", LOOK),
    ("POST", f"/api/v1/orders/{NOBODY}/outside", "dispatcher", QUESTION),
    ("POST", f"{ASKED}/answer", "dispatcher", LOOK),
    ("POST", f"{ASKED}/link", "dispatcher", {}),
    ("POST", f"{ASKED}/withdraw", "dispatcher", {"note": "已经解决"}),
)
