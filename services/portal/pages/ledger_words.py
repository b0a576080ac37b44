"""Words of the ledger: what its filters, orders and columns are called."""

from collections.abc import Mapping
from types import MappingProxyType

from services.portal.pages.language import later as _

ORDERS: Mapping[str, str] = MappingProxyType(
    {
        "newest": _("最近登记的在前"),
        "oldest": _("最早登记的在前"),
        "due": _("在办的，最先到期的在前"),
        "ended": _("已结束的，最近结束的在前"),
    }
)
COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "number": _("编号"),
        "title": _("标题"),
        "status": _("状态"),
        "lamp": _("灯"),
        "unit": _("承办单位"),
        "registered": _("登记时间"),
        "due": _("承诺时限"),
        "person": _("诉求人"),
        "channel": _("来源"),
        "demand": _("诉求类型"),
        "region": _("地点"),
        "item": _("事项"),
        "complexity": _("难易"),
        "round": _("轮次"),
        "urges": _("催办次数"),
        "accepted": _("受理时间"),
        "finished": _("办结时间"),
        "closed": _("结束时间"),
        "outcome": _("办理结果"),
        "level": _("评价"),
    }
)
FILTERS: Mapping[str, str] = MappingProxyType(
    {
        "status": _("状态"),
        "lamp": _("灯"),
        "complexity": _("难易"),
        "channel": _("来源"),
        "demand": _("诉求类型"),
        "outcome": _("办理结果"),
        "party": _("诉求人类别"),
        "level": _("评价"),
        "unit": _("承办单位"),
        "region": _("地点"),
        "item": _("事项编码"),
        "kind": _("事项类型"),
        "since": _("登记不早于"),
        "until": _("登记不晚于"),
        "due_since": _("承诺时限不早于"),
        "due_until": _("承诺时限不晚于"),
        "ended_since": _("办结不早于"),
        "ended_until": _("办结不晚于"),
        "again": _("重新办理过"),
        "urged": _("本轮催办过"),
        "number": _("编号"),
    }
)
WRONG: Mapping[str, str] = MappingProxyType(
    {
        "since": _("请按日历选一天，例如 2026-03-01。"),
        "until": _("请按日历选一天，并且不早于前面那一天。"),
        "region": _("请写六位行政区划代码，例如 341523。"),
        "item": _("请写事项编码，只用字母、数字、点、横线。"),
        "column": _("没有这一列，请在下面勾选。"),
        "order": _("没有这种排序，请在下面选。"),
    }
)
"""What to do about a filter that cannot be read; days share the sentences of the first two."""
WRONG_CHOICE = _("没有这一项，请在下面选。")


def wrong_of(name: str) -> str:
    """Return what somebody reads who asked by what there is not."""
    return WRONG.get(name.removeprefix("due_").removeprefix("ended_"), WRONG_CHOICE)
