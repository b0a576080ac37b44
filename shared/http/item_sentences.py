"""What people read when an item cannot be kept, or ended, as it was entered."""

from collections.abc import Mapping

OF_ITEMS: Mapping[str, tuple[int, str, str]] = {
    "item_ends_before_it_begins": (
        422,
        "最后一天不能早于启用日期。",
        "An item cannot end before it begins.",
    ),
    "item_successor_without_end": (
        422,
        "有承接事项的，要填最后一天，或者停用这个事项。",
        "An item with a successor needs its last day, or must be out of use.",
    ),
    "item_successor_ring": (
        422,
        "承接关系绕回了本事项，请选择别的承接事项。",
        "The successors lead back to this item: choose another.",
    ),
    "item_successor_not_in_use": (
        422,
        "承接事项要从本事项停用的第二天起就在用，中间不能断开。请核对双方的日期。",
        "The successor must be in use from the day after the item ends: check the dates of both.",
    ),
    "item_chain_ends": (
        422,
        "别的事项由本事项承接，停用本事项要写明再由哪个事项承接。",
        "This item took over from others: say which takes over from it.",
    ),
    "item_in_rules": (
        409,
        "生效中的派单规则写着这个事项：{detail}。请先在新一版规则里加上承接事项，"
        "或者确认这些规则随之失效。",
        "Rules in force name this item: {detail}. Add its successor to them by a new version "
        "first, or confirm that they match nothing any more.",
    ),
    "item_has_orders": (
        409,
        "这个事项还有 {detail} 个工单没有办结。请写明承接事项，或者确认由原单位继续办完。",
        "{detail} orders about this item are still open. Name its successor, or confirm that "
        "the units finish them.",
    ),
    "region_twice": (
        422,
        "同一个地区写了两个负责单位，请只留一个。",
        "A region has two owners: keep one.",
    ),
}
