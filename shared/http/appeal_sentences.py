"""What people read when an appeal against a no is not taken or not decided."""

from collections.abc import Mapping

OF_APPEALS: Mapping[str, tuple[int, str, str]] = {
    "not_declined": (
        409,
        "这件没有被决定不予受理，不用提异议；对办理有意见，可以催办或者评价。",
        "It was not declined: there is nothing to appeal against.",
    ),
    "appealed_already": (
        409,
        "已经提过异议，只能提一次；结果会告诉您，也可以拨打 12345。",
        "It was appealed against already, which is possible once: call 12345.",
    ),
    "appeal_too_late": (
        409,
        "提异议的期限已过；有新的事实、理由，可以重新反映。",
        "The term of the appeal is over: report again if there is anything new.",
    ),
    "unknown_appeal": (
        404,
        "没有这个异议，请从列表中选择。",
        "No such appeal: choose from the list.",
    ),
}
