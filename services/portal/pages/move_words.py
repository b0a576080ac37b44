"""How a due date that moved is told in the story of a case."""

from collections.abc import Mapping
from typing import Any

from services.portal.pages.language import later as _
from services.portal.pages.language import listed, say
from shared.regions import place_named

MOVED = _("放假安排公布，{kind}由 {due_before} 改为 {due_at}")
FIXED = _("放假安排公布，{kind} {due_at} 不变，已经确定")
"""Of a due date that stays and is no longer provisional."""
RELIMITED = _("时限规定调整，{kind}由 {due_before} 改为 {due_at}")
REALLOWED = _("时限规定调整，{kind} {due_at} 不变，可延期的次数和天数变了")
EXTENDED = _("时限延长：{kind}由 {due_before} 改为 {due_at}")
"""Of a unit that was given more time."""
SIGNING = _("放假安排公布，签收时限改为 {sign_by}")
RESIGNING = _("时限规定调整，签收时限改为 {sign_by}")
"""Of a limit to sign that moved with the calendar, or with the limits."""
RECOUNTED = _("难易调整，{kind}由 {due_before} 改为 {due_at}")
TOO_LATE = _("难易调整，{kind}按新的难易应为 {would_be_at}，已经过了，原定 {due_at} 不变")
"""Of a limit by another complexity that has passed already."""

UNSIGNED = _("开始计时：{kind}，从签收算起，不签收的从 {counted_from} 算起，最晚 {due_at}")
SIGNED = _("单位 {signed_at} 签收，从签收起算，{kind}由 {due_before} 改为 {due_at}")
SIGNED_ALIKE = _("单位 {signed_at} 签收，从签收起算，{kind} {due_at} 不变")
"""Of a limit that counts from a signature; until then it lies where it lies at the latest."""

LOCALLY = _("{local}，{kind}由 {due_before} 改为 {due_at}")
LOCAL_OFF, LOCAL_HOURS = _("{place}{names}放假"), _("{place}调整上班时间")
LOCAL_NAMED = _("{place}因{names}调整上班时间")
"""Of a limit that moved with a local notice of the calendar, and what that was."""


def local_cause(told: Mapping[str, Any]) -> str:
    """Return what a local notice of the calendar was, in plain words."""
    place = say(_("承办单位")) if told["unit_code"] else place_named(told["region"])
    usual = LOCAL_NAMED if told["names"] else LOCAL_HOURS
    sentence = LOCAL_OFF if told["off"] else usual
    return say(sentence).format(place=place, names=listed(told["names"]))


def sentence_of_move(told: Mapping[str, Any]) -> str:
    """Return how a move is told, as the fact says why it moved."""
    stays = told.get("due_before") == told.get("due_at")
    if told.get("reason") == "extension":
        return EXTENDED
    if told.get("signed_at"):
        return SIGNED_ALIKE if stays else SIGNED
    if told.get("complexity"):
        return _recounted(told, stays=stays)
    if told.get("reason") != "limits":
        usual = FIXED if stays else LOCALLY if told.get("local") else MOVED
        return SIGNING if told.get("sign_by") else usual
    return RESIGNING if told.get("sign_by") else _relimited(stays=stays)


def _recounted(told: Mapping[str, Any], *, stays: bool) -> str:
    if told.get("would_be_at"):
        return TOO_LATE
    return REALLOWED if stays else RECOUNTED


def _relimited(*, stays: bool) -> str:
    return REALLOWED if stays else RELIMITED
