"""Telephone numbers brought to one spelling: one person is found however it was typed."""

import re
import unicodedata
from enum import StrEnum, unique

from phonenumbers import (
    NumberParseException,
    PhoneNumberFormat,
    PhoneNumberType,
    format_number,
    is_valid_number,
    number_type,
    parse,
)

MAINLAND_MOBILE = re.compile(r"(?:(?:\+|00)86)?(1[3-9]\d{9})", re.ASCII)
SERVICE = re.compile(r"1\d{2}|1[02]\d{3}|9[56]\d{3,4}", re.ASCII)
NOISE = re.compile(r"[\s()\-‐-―.·]+")
EXTENSION = re.compile(r"(?<=\d{7})\s*[-转#]\s*(\d{1,6})$", re.ASCII)
LONGEST_INPUT = 40


@unique
class PhoneKind(StrEnum):
    """What one can do with a number: only a mobile gets SMS."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    SERVICE = "service"
    ABROAD = "abroad"


def normalise_phone(text: str) -> str | None:
    """Return `+86…`, another country's `+…`, or a service number as it is; None if it is none.

    An extension follows as `;ext=12` (RFC 3966). A landline needs its area code.
    """
    typed = NOISE.sub("", unicodedata.normalize("NFKC", text))
    if mobile := MAINLAND_MOBILE.fullmatch(typed):
        return f"+86{mobile[1]}"
    if SERVICE.fullmatch(typed):
        return typed
    return _by_numbering_plan(text)


def phone_kind(normal: str) -> PhoneKind:
    """Say what kind of number a normalised one is."""
    if not normal.startswith("+"):
        return PhoneKind.SERVICE
    if not normal.startswith("+86"):
        return PhoneKind.ABROAD
    return PhoneKind.MOBILE if MAINLAND_MOBILE.fullmatch(normal) else PhoneKind.LANDLINE


def _by_numbering_plan(text: str) -> str | None:
    if len(text) > LONGEST_INPUT:
        return None
    try:
        typed = unicodedata.normalize("NFKC", text).strip()
        number = parse(EXTENSION.sub(r" ext \1", typed), "CN")
    except NumberParseException:
        return None
    if not is_valid_number(number) or _lacks_area(text, number_type(number)):
        return None
    told = format_number(number, PhoneNumberFormat.E164)
    return f"{told};ext={number.extension}" if number.extension else told


def _lacks_area(text: str, kind: int) -> bool:
    typed = NOISE.sub("", unicodedata.normalize("NFKC", text))
    return kind == PhoneNumberType.FIXED_LINE and not typed.startswith(("0", "+"))
