"""What pages say of cases that their persons have withdrawn."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from services.portal.pages.language import later as _
from services.portal.pages.words import CLOSINGS, RESUMED

WITHDRAW_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "solved": _("事情已经解决了"),
        "not_needed": _("不需要办了"),
        "elsewhere": _("改走别的途径"),
        "mistaken": _("报错了，或者报重了"),
        "other": _("其他原因"),
        "unsaid": _("没有说原因"),
    }
)
CHOSEN: Sequence[tuple[str, str]] = tuple(
    (code, words) for code, words in WITHDRAW_REASONS.items() if code != "unsaid"
)
"""What may be chosen; to say nothing is to choose nothing."""
STORY: Mapping[str, str] = MappingProxyType(
    {
        "intake.case_withdrawn.v1": "诉求人撤回（{channel}）：{reason}，{take_back_by} 前可恢复",
        "intake.pressure_told.v1": "诉求人说被要求撤回",
        "intake.withdrawal_taken_back.v1": "诉求人改变主意，接着办（{channel}）",
    }
)
STORY_OF_ONE: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "dispatch.order_finished.v1": {"withdrawn": "{unit_name}停止办理：诉求人已撤回"},
        "dispatch.case_finished.v1": {"withdrawn": "第 {round} 轮到此为止：诉求人已撤回"},
        "dispatch.arbitration_decided.v1": {"withdrawn": "不再裁定：诉求人已撤回"},
        "sla.clock_stopped.v1": {"reason_detail": "停止计时：{kind}（诉求人已撤回）"},
        "review.case_reopened.v1": {"taken_back": "诉求人改变主意，开始第 {round} 轮"},
    }
)
STORY_WORDS: Mapping[str, Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "intake.case_withdrawn.v1": {"reason": WITHDRAW_REASONS},
        "review.case_closed.v1": {"how": {**CLOSINGS, "withdrawn": "诉求人已撤回"}},
        "sla.clock_resumed.v1": {"reason": {**RESUMED, "taken_back": "诉求人改变主意"}},
    }
)
NO_STORY = frozenset({"intake.pressure_told.v1"})
"""What stands in no story of a case: whoever works on it reads that."""
