"""Why a report cannot be taken apart, and which words made an officer look, as staff read it."""

from collections.abc import Mapping
from types import MappingProxyType

from services.portal.pages.language import later as _

OBJECTIONS: Mapping[str, str] = MappingProxyType(
    {
        "split_elsewhere": _("只有本级登记、现在由本级办理的件才能拆分。"),
        "split_at_rest": _("已经有结果的不能再拆分；还有别的事没办的，请另外登记。"),
        "split_is_part": _("这件自己就是拆出来的，要再拆请到原件。"),
        "split_is_joined": _("这件等别的件一起答复，请先撤销并案再拆分。"),
        "split_by_dispatcher": _("已经派给单位，请由派单员拆分。"),
        "split_too_many": _("连原件已有 9 件，不能再拆。"),
    }
)
HINTS: Mapping[str, str] = MappingProxyType(
    {
        "litigation": _("诉讼"),
        "arbitration": _("仲裁"),
        "reconsideration": _("行政复议"),
        "discipline": _("违纪违法举报"),
        "disclosure": _("政府信息公开"),
        "petition": _("信访"),
        "emergency": _("紧急求助"),
        "law_bars": _("法律不允许"),
        "non_government": _("不属于政府部门职责"),
    }
)
