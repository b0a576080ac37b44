"""The national reasons of 好差评 by level, and the codes that were retired.

The content is versioned by the state and may not be changed locally; that is why it is no
setting. The first three of each level are the core set, the others its extension. Retired codes
still stand in old data, so an import may bring them, but nobody can choose one any more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum, unique
from types import MappingProxyType


@unique
class Level(IntEnum):
    """The five levels of 好差评 (国办发〔2019〕51号); the last two are bad."""

    VERY_DISSATISFIED = 1
    DISSATISFIED = 2
    BASICALLY_SATISFIED = 3
    SATISFIED = 4
    VERY_SATISFIED = 5


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason that a person may choose."""

    code: str
    text: str
    is_core: bool


@unique
class Standing(StrEnum):
    """What a code is to a level."""

    FITS = "fits"
    UNKNOWN = "unknown"
    RETIRED = "retired"


CORE_REASONS = 3


def _listed(first: int, *texts: str) -> Sequence[Reason]:
    return tuple(
        Reason(str(first + place), text, is_core=place < CORE_REASONS)
        for place, text in enumerate(texts)
    )


REASONS: Mapping[Level, Sequence[Reason]] = MappingProxyType(
    {
        Level.VERY_SATISFIED: _listed(
            510,
            "一个窗口受理，一次就办结",
            "可以先受理，后补材料",
            "不用再开证明",
            "全程网上就能办",
            "用手机就能办",
            "在家附近就能办",
            "不用交材料就能办",
            "服务热情，效率高",
        ),
        Level.SATISFIED: _listed(
            406,
            "只填一张表",
            "网上提交，窗口核验",
            "一张清单说清全部材料",
            "告知承诺，材料减少了",
            "可以网上预约",
            "只跑了一次",
            "自助机上就能办",
            "服务态度好",
        ),
        Level.BASICALLY_SATISFIED: _listed(
            307,
            "一次说清要补哪些材料",
            "有材料样本可以看",
            "在承诺的时间内办结",
            "办事指南准确",
            "按办事指南备的材料就够了",
            "证件可以邮寄",
            "跑的次数和承诺的一样",
            "服务态度一般",
        ),
        Level.DISSATISFIED: _listed(
            207,
            "没有材料样本",
            "没有材料清单",
            "没有在承诺的时间内办结",
            "同样的证明要交好几次",
            "说可以网上办，实际办不了",
            "网上预约了，到场还要重新排队",
            "工作人员业务不熟",
            "服务态度生硬",
        ),
        Level.VERY_DISSATISFIED: _listed(
            108,
            "在办事指南之外增加条件",
            "要求办事指南之外的材料",
            "没有理由，超过法定时间还没办结",
            "办事指南里的样本有错",
            "承诺网上收材料，实际收不了",
            "在几个窗口、部门之间来回跑",
            "跑的次数和承诺的不一样",
            "服务态度差，办事拖拉",
        ),
    }
)
MOST_REASONS = max(len(listed) for listed in REASONS.values())

RETIRED = frozenset(
    str(code)
    for code in (
        *range(501, 510),
        *(401, 402, 404, 405),
        *range(301, 307),
        *range(201, 207),
        *range(101, 108),
    )
)


def standing_of(code: str, level: Level) -> Standing:
    """Tell whether a code can be chosen for a level; one of another level is unknown to it."""
    if code in RETIRED:
        return Standing.RETIRED
    fits = any(code == reason.code for reason in REASONS[level])
    return Standing.FITS if fits else Standing.UNKNOWN
