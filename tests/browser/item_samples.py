"""The room of items with sample data: the list, one item, a preview, and what is wrong."""

from collections.abc import Mapping
from typing import Any

from services.portal.pages.importing import Beside
from services.portal.pages.item_forms import NOTHING, values_of
from services.portal.pages.items import ITEM_WORDS, SOUGHT, Filled, items_values
from shared.security.actor import Role
from tests.browser.facts import TOOLS, officer
from tests.browser.sample import Sample

KEEPER = officer(Role.SYSTEM_ADMINISTRATOR)
WATCHER = officer(Role.DISPATCHER)
OFFICE = dict.fromkeys(TOOLS, False) | {"admin": True, "roles": "管理员"}
UNITS = [("SCJGJ", "县市场监督管理局"), ("CGZ", "城关镇"), ("ZWFWZX", "县政务服务中心")]
PLAIN: dict[str, Any] = {
    "kind": "行政许可",
    "unit_code": "SCJGJ",
    "complexity": "ordinary",
    "active": True,
    "legal_basis": "《中华人民共和国食品安全法》第三十五条",
    "owners": {},
    "valid_from": None,
    "valid_until": None,
    "successor": None,
}
LICENCE = {
    **PLAIN,
    "code": "SPJYXK",
    "title": "食品经营许可",
    "owners": {"341523100": "CGZ", "3415": "ZWFWZX"},
}
OLD = {
    **PLAIN,
    "code": "CYFWXK",
    "title": "餐饮服务许可",
    "valid_until": "2026-06-30",
    "successor": "SPJYXK",
}
ORPHAN = {
    **PLAIN,
    "code": "LNRBT",
    "title": "八十岁以上老年人高龄津贴申领",
    "unit_code": None,
    "kind": "公共服务",
}
CARD = {
    **LICENCE,
    "open_orders": 3,
    "orders": 41,
    "rules": [{"code": "R012", "title": "食品许可归市场监管"}],
    "neighbours": [{"node": "341500", "code": "SPJY-1", "title": "食品经营许可", "active": True}],
    "authority": [
        {
            "item_code": "SPJYXK",
            "tier": "county",
            "region": "3415",
            "valid_from": "2026-01-01",
            "valid_until": None,
            "legal_basis": "皖政〔2025〕12号",
        }
    ],
}
CHANGED = {
    "kept": False,
    "errors": [],
    "changes": [
        {"line": 2, "code": "XSHBT", "title": "新事项", "kind": "new", "fields": []},
        {
            "line": 3,
            "code": "CYFWXK",
            "title": "餐饮服务许可",
            "kind": "ended",
            "fields": ["valid_until", "successor"],
        },
        {"line": 4, "code": "SPJYXK", "title": "食品经营许可", "kind": "same", "fields": []},
    ],
}
WRONG = {
    "kept": False,
    "changes": [],
    "errors": [
        {
            "line": 7,
            "field": "owners.341523.[key]",
            "zh": "没有这个单位，请从列表中选择。",
            "en": "No such unit: choose from the list.",
        }
    ],
}


def _list(found: list[dict[str, Any]], **more: Any) -> Sample:
    sought = dict.fromkeys(SOUGHT, "") | more.pop("sought", {})
    page = {"items": found, "next": more.pop("next", None)}
    told = {
        "tools": OFFICE,
        "units": UNITS,
        "kinds": [("行政许可", "行政许可")],
        "can_write": True,
    }
    values = {**told, **items_values(page, sought), "beside": Beside(), "done": False, **more}
    return Sample("admin/items.html", values, KEEPER, "/admin/items")


def _one(card: dict[str, Any] | None, filled: Filled, *, can_write: bool = True) -> Sample:
    typed = {"values": filled.values, "errors": filled.errors, "told": filled.told}
    values = {"tools": OFFICE, "units": UNITS, "item": card, "done": False, **typed}
    at = "/admin/item/SPJYXK" if card else "/admin/items/new"
    known = {**values, **ITEM_WORDS, "can_write": can_write}
    return Sample("admin/item.html", known, KEEPER if can_write else WATCHER, at)


IN_RULES = "生效中的派单规则写着这个事项：R012。请先加上承接事项，或者确认这些规则随之失效。"

ITEM_SAMPLES: Mapping[str, Sample] = {
    "admin_items": _list([OLD, ORPHAN, LICENCE], next="abc"),
    "admin_items_none_such": _list([], sought={"q": "没有"}),
    "admin_items_empty": _list([]),
    "admin_items_preview": _list([LICENCE], beside=Beside(CHANGED, "[]")),
    "admin_items_wrong": _list([LICENCE], beside=Beside(WRONG, "[]", status=422)),
    "admin_item": _one(CARD, Filled(values_of(CARD))),
    "admin_item_in_rules": _one(
        CARD, Filled(values_of(CARD), {"rules_lapse": IN_RULES}, status=409)
    ),
    "admin_item_new": _one(None, Filled(NOTHING)),
    "admin_item_read": _one(CARD, Filled(values_of(CARD)), can_write=False),
}
