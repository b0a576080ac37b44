"""Numbers that people and bodies are known by: checked, and brought to one spelling."""

import re
import unicodedata
from datetime import date
from enum import StrEnum, unique

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"
ID_CARD = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)
OLD_ID_CARD = re.compile(r"[1-9]\d{14}", re.ASCII)

HK_MACAU_PERMIT = re.compile(r"[HM]\d{8}(\d{2})?", re.ASCII)
TAIWAN_PERMIT = re.compile(r"\d{8}(\d{2})?", re.ASCII)
PASSPORT = re.compile(r"(?=[A-Z0-9]*\d{4})[A-Z0-9]{6,12}", re.ASCII)
OLD_PERMANENT_RESIDENCE = re.compile(r"[A-Z]{3}\d{12}", re.ASCII)
OF_HK_MACAU_TAIWAN = ("810000", "820000", "830000")

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC = re.compile(f"[{USCC_ALPHABET}]{{18}}")
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

SEPARATORS = re.compile(r"[\s\-‐-―_.·]+")


@unique
class IdCardFault(StrEnum):
    """What is wrong with an identity card number."""

    SHAPE = "shape"
    DATE = "date"
    FUTURE = "future"
    CHECK = "check"


@unique
class IdKind(StrEnum):
    """By which document a person is known (domain facts 5.7)."""

    IDENTITY_CARD = "identity_card"
    RESIDENCE_PERMIT = "residence_permit"
    """港澳台居民居住证."""
    HK_MACAU_PERMIT = "hk_macau_permit"
    """港澳居民来往内地通行证."""
    TAIWAN_PERMIT = "taiwan_permit"
    """台湾居民来往大陆通行证."""
    PERMANENT_RESIDENCE = "permanent_residence"
    """外国人永久居留身份证, of either generation."""
    PASSPORT = "passport"


def plain(text: str) -> str:
    """Return half-width capitals without spaces, dashes and dots."""
    return SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


def id_card_fault(text: str, today: date) -> IdCardFault | None:
    """Check an identity card number (GB 11643); any region goes, abolished ones are still carried.

    A card of the first generation (15 digits) has no check digit; its shape and date are checked.
    """
    number = normalise_id_card(text)
    if not ID_CARD.fullmatch(number):
        return IdCardFault.SHAPE
    try:
        born = date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
    except ValueError:
        return IdCardFault.DATE
    if born > today:
        return IdCardFault.FUTURE
    return None if _id_check(number[:17]) == number[17] else IdCardFault.CHECK


def normalise_id_card(text: str) -> str:
    """Return the one spelling of a number; 15 digits become the 18 of the same person."""
    number = plain(text)
    if not OLD_ID_CARD.fullmatch(number):
        return number
    body = f"{number[:6]}19{number[6:]}"
    return body + _id_check(body)


def fits_id_kind(text: str, kind: IdKind, today: date) -> bool:
    """Tell whether a number can be one of a document of this kind; checks where there are any."""
    number, is_checked = plain(text), id_card_fault(text, today) is None
    match kind:
        case IdKind.IDENTITY_CARD:
            return is_checked
        case IdKind.RESIDENCE_PERMIT:
            return is_checked and number.startswith(OF_HK_MACAU_TAIWAN)
        case IdKind.PERMANENT_RESIDENCE:
            is_new = is_checked and number.startswith("9")
            return is_new or OLD_PERMANENT_RESIDENCE.fullmatch(number) is not None
        case _:
            return _OF_ONE_SHAPE[kind].fullmatch(number) is not None


_OF_ONE_SHAPE = {
    IdKind.HK_MACAU_PERMIT: HK_MACAU_PERMIT,
    IdKind.TAIWAN_PERMIT: TAIWAN_PERMIT,
    IdKind.PASSPORT: PASSPORT,
}


def is_uscc(text: str) -> bool:
    """Check a unified social credit code (GB 32100)."""
    code = plain(text)
    if not USCC.fullmatch(code):
        return False
    total = sum(
        USCC_ALPHABET.index(sign) * pow(3, place, 31) for place, sign in enumerate(code[:17])
    )
    return USCC_ALPHABET[-total % 31] == code[17]


def has_organisation_check(uscc: str) -> bool:
    """Tell whether its organisation code checks too (GB 11714); real codes fail, so only warn."""
    body, check = plain(uscc)[8:16], plain(uscc)[16:17]
    if len(body) + len(check) != len("12345678") + 1:
        return False
    total = sum(
        ORGANISATION_ALPHABET.find(sign) * weight
        for sign, weight in zip(body, ORGANISATION_WEIGHTS, strict=True)
    )
    return check == ("0123456789X0"[11 - total % 11])


def _id_check(body: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(body, ID_WEIGHTS, strict=True))
    return ID_CHECKS[total % 11]
