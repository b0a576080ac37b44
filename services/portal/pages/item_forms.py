"""Words and forms of the item catalogue: columns of its file, fields of one item."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from services.portal.pages.forms import Form
from services.portal.pages.importing import yes_or_no
from services.portal.pages.language import later as _
from services.portal.pages.words import COMPLEXITIES

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        _("编码"): "code",
        _("名称"): "title",
        _("种类"): "kind",
        _("负责单位编码"): "unit_code",
        _("分地区负责单位"): "owners",
        _("时限类别"): "complexity",
        _("法律依据"): "legal_basis",
        _("在用"): "active",
        _("启用日期"): "valid_from",
        _("最后一天"): "valid_until",
        _("承接事项编码"): "successor",
        _("原有规则失效"): "rules_lapse",
        _("未结工单办完"): "orders_stay",
    }
)
FIELDS: Mapping[str, str] = MappingProxyType({name: head for head, name in COLUMNS.items()})
EXAMPLE = (
    *("SPJYXK", "食品经营许可", "行政许可", "SCJGJ", "341523100=CGZ 341523101=XXZ", "一般"),
    *("《食品安全法》第三十五条", "是", "2026-01-01", "", "", "", ""),
)
NAMES = ("title", "kind", "unit_code", "complexity", "legal_basis")
DAYS = ("valid_from", "valid_until", "successor")
YES = ("rules_lapse", "orders_stay")
PIECE = re.compile(r"[\s、，,；;]+")
PAIR = re.compile(r"[=＝:：]")


def told(cells: Mapping[str, str]) -> Mapping[str, Any]:
    """Return cells in the words of people in those of the API."""
    found: dict[str, Any] = dict(cells)
    classes = {word: name for name, word in COMPLEXITIES.items()}
    if "complexity" in cells:
        found["complexity"] = classes.get(cells["complexity"], cells["complexity"])
    for name in ("active", *YES):
        if name in cells:
            found[name] = yes_or_no(cells[name])
    if "owners" in cells:
        found["owners"] = owners_in(cells["owners"])
    return found


def owners_in(text: str) -> dict[str, str]:
    """Return units by region as they are typed: `341523=SCJGJ 341524=JZSCJ`."""
    pairs = (PAIR.split(piece, 1) for piece in PIECE.split(text) if piece)
    return {pair[0]: pair[1] if len(pair) > 1 else "" for pair in pairs}


def owners_told(owners: Mapping[str, str]) -> str:
    """Return units by region as a person types them, one a line."""
    return "\n".join(f"{region}={unit}" for region, unit in owners.items())


def body_of(form: Form) -> dict[str, Any]:
    """Return what is sent of a form."""
    names = {name: form.get(name) for name in NAMES if form.get(name)}
    days = {name: form.optional(name) for name in DAYS}
    said = {name: form.get(name) == "yes" for name in YES}
    owners = owners_in(form.get("owners"))
    return {**names, **days, **said, "owners": owners, "active": form.get("active") != "no"}


def typed(form: Form) -> dict[str, str]:
    """Return a form as it was typed."""
    return {name: form.get(name) for name in ("code", *NAMES, *DAYS, *YES, "owners", "active")}


def values_of(item: Mapping[str, Any]) -> dict[str, str]:
    """Return an item as its form shows it."""
    plain = {name: item[name] or "" for name in ("code", *NAMES, *DAYS)}
    active = "yes" if item["active"] else "no"
    return {**plain, "owners": owners_told(item["owners"]), "active": active}


NOTHING: Mapping[str, str] = MappingProxyType({"complexity": "ordinary", "active": "yes"})
"""The form of a new item."""
