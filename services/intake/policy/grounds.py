"""The scope of the window as data: what belongs to it, what does not, and where else to go.

Sources: situations S0-21..24 (Anhui) and S3-07 (Chongming); grounds domain facts 5.2, S3-08
(国办函〔2025〕66号); who is not for the window is guided all the same (S4-14).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from types import MappingProxyType


@unique
class Situation(StrEnum):
    """In which way something could not be done: four of Anhui, three of Chongming."""

    NOT_ACCEPTED_OR_LATE = "not_accepted_or_approved_or_late"
    TWICE_UNRESOLVED = "twice_unresolved"
    BUCK_PASSING = "buck_passing"
    SPECIAL_HANDLING = "special_handling"
    NOT_FINISHED = "not_finished"
    AT_A_CENTRE = "at_a_centre"
    IN_BUSINESS = "in_business"


SITUATIONS: Mapping[Situation, tuple[str, str]] = MappingProxyType(
    {
        Situation.NOT_ACCEPTED_OR_LATE: (
            "材料齐全、符合形式，却没有受理、没有批准，或者超过时限",
            "Complete and valid, yet not accepted, not approved, or late",
        ),
        Situation.TWICE_UNRESOLVED: (
            "沪苏浙能办，来过两次以上仍办不成",
            "Done in Shanghai, Jiangsu or Zhejiang; came twice or more and still not done here",
        ),
        Situation.BUCK_PASSING: (
            "部门之间推诿、拖延",
            "Departments pass it on or drag it out",
        ),
        Situation.SPECIAL_HANDLING: (
            "政策允许的提速、延时、预约、上门办理",
            "Expedited, after hours, by appointment or at the door, as policy allows",
        ),
        Situation.NOT_FINISHED: (
            "线上线下提交了申请，没有受理、没有批准或没有办结",
            "Submitted online or offline and not accepted, approved or finished",
        ),
        Situation.AT_A_CENTRE: (
            "在政务服务中心没能办理或没能解决",
            "Could not be done or solved at a service centre",
        ),
        Situation.IN_BUSINESS: (
            "办事中遇到的其他问题",
            "Another problem met while doing business",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class GroundRow:
    """A ground on which a report is out of scope; `route` is where its person is led."""

    route: str | None
    is_government: bool = True
    """A matter of the authorities, though not of this window."""


GROUNDS: Mapping[str, GroundRow] = MappingProxyType(
    {
        "litigation": GroundRow("人民法院诉讼服务中心，或拨打 12368"),
        "arbitration": GroundRow("有管辖权的仲裁机构；劳动争议找劳动人事争议仲裁委员会"),
        "reconsideration": GroundRow("行政复议机构（当地司法局）"),
        "discipline": GroundRow("纪检监察机关，或拨打 12388"),
        "disclosure": GroundRow("该信息主管单位的政府信息公开机构"),
        "petition": GroundRow("受理该信访事项的机关，或当地信访局"),
        "repeated": GroundRow("已作答复的单位；有新的事实、理由可以再反映"),
        "unlawful": GroundRow(None),
        "no_substance": GroundRow("补充具体的事情、地点、时间后，可以再反映"),
        "emergency": GroundRow("110、119、120、122"),
        "law_bars": GroundRow("12348 公共法律服务热线，咨询可行的办法"),
        "non_government": GroundRow(
            "村（居）民委员会、人民调解委员会，或 12348 公共法律服务热线", is_government=False
        ),
    }
)
"""By the codes of `DeclineReason`."""
