"""Who needs care, and what that means for staff: one row a ground (S2-15, S2-16, S3-33).

A ground says something of a person's health, age or family: it stays sealed with the person. What
staff do for them is told to everybody who works on the case.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from types import MappingProxyType

MOST_GROUNDS = 6


@unique
class Care(StrEnum):
    """Why a person needs care."""

    ELDERLY = "elderly"
    NO_READING = "no_reading"
    BLIND = "blind"
    DEAF = "deaf"
    DISABLED = "disabled"
    ILLNESS = "illness"
    MINOR = "minor"
    LANGUAGE = "language"
    SERVICE_FAMILY = "service_family"
    PREGNANT = "pregnant"
    FROM_AFAR = "from_afar"


@dataclass(frozen=True, slots=True)
class CareRow:
    """What a ground is called in Chinese and English, and what is done for it."""

    title: tuple[str, str]
    measures: tuple[str, ...]


CARE_ROWS: Mapping[Care, CareRow] = MappingProxyType(
    {
        Care.ELDERLY: CareRow(("老年人", "Elderly"), ("call", "large_print", "helper")),
        Care.NO_READING: CareRow(("看不懂文字", "Cannot read"), ("call", "helper")),
        Care.BLIND: CareRow(("视力障碍", "Blind or weak-sighted"), ("call", "large_print")),
        Care.DEAF: CareRow(("听力、言语障碍", "Deaf or mute"), ("write", "sign_language")),
        Care.DISABLED: CareRow(("行动不便", "Cannot walk well"), ("home_visit", "priority")),
        Care.ILLNESS: CareRow(("重病、失能", "Seriously ill"), ("home_visit", "priority")),
        Care.MINOR: CareRow(("未成年人", "Under age"), ("guardian",)),
        Care.LANGUAGE: CareRow(("需要翻译", "Speaks another language"), ("interpreter",)),
        Care.SERVICE_FAMILY: CareRow(
            ("军人军属、退役军人、优抚对象", "Soldiers, veterans and their families"),
            ("priority",),
        ),
        Care.PREGNANT: CareRow(("孕期、带婴幼儿", "Expecting, or with an infant"), ("priority",)),
        Care.FROM_AFAR: CareRow(("异地来办", "Came from another place"), ("helper",)),
    }
)
MEASURES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "call": ("打电话说，不靠短信", "Call; do not rely on messages"),
        "write": ("写字或发短信，不打电话", "Write; do not call"),
        "large_print": ("给大字材料", "Large print"),
        "home_visit": ("上门办，不让多跑", "Visit at home"),
        "interpreter": ("请翻译", "Get an interpreter"),
        "sign_language": ("请手语翻译", "Get a sign language interpreter"),
        "guardian": ("和监护人一起谈", "Speak with the guardian as well"),
        "priority": ("优先接待", "Serve first"),
        "helper": ("指定一名帮办员", "Name one helper"),
    }
)
"""What is done, in Chinese and English, in the order in which it is told."""
FEWEST_COUNTED = 5
"""A number of persons below this is not told: it would lead to them."""


def measures_of(grounds: Collection[str]) -> tuple[str, ...]:
    """Return what is done for a person who needs care for these reasons.

    Who can neither read nor hear is neither written to nor called: somebody goes there.
    """
    wanted = {measure for ground in grounds for measure in CARE_ROWS[Care(ground)].measures}
    if {"call", "write"} <= wanted:
        wanted = wanted - {"call", "write"} | {"home_visit"}
    return tuple(measure for measure in MEASURES if measure in wanted)
