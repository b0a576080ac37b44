"""Take what identifies a person out of text that many may read, and leave the rest as it was told.

What is found is replaced in the style people know (138****6160, 张**). Case numbers, dates, sums
and hotlines stay. It errs towards masking: the sealed original is there for those who may see it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from shared.security.names import has_given_name, name_spans, surname_of
from shared.security.phones import PhoneKind, normalise_phone, phone_kind

STARS = "****"
LONGEST_PERSONAL_NAME = 4
SHORTEST_GIVEN_NAME = 2
SHORTEST_WHOLE = 2
"""A name of one sign would take every such sign out of a text."""
ADDRESSED = "(?:女士|先生|小姐|同志|老师|师傅|老板|经理|大姐|大哥|大爷|大妈|阿姨|叔叔|总|某)"

HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
SPOKEN_DIGITS = str.maketrans(
    "零〇○一幺壹二贰三叁四肆五伍六陆七柒八捌九玖", "0001112233445566778899"
)
LETTER_DIGITS = str.maketrans("OoIl", "0011")
"""Letters that are typed, or read from a picture, for digits."""

GAP = r"[ \-‐-―.·_]{0,2}"
CASE_NUMBER = re.compile(r"BCS-\d{6}-\d{8}-\d{5,7}-[0-9A-Z](?![0-9A-Za-z])", re.IGNORECASE)
MOBILE = re.compile(rf"(?<!\d)(?:(?:\+|00)?86{GAP})?1{GAP}[3-9](?:{GAP}\d){{9}}(?!\d)")
SPOKEN_MOBILE = re.compile(rf"(?<!\d)1{GAP}[3-9](?:{GAP}\d){{9}}")
"""Said in words, a number may be followed by one more: 一直没人接."""
SPOKEN_LANDLINE = re.compile(r"(?<!\d)0(?:10|2\d|[3-9]\d{2})[2-8]\d{6,7}")
GROUPED_MOBILE = re.compile(r"(?<!\d)1[3-9]\d[,，、;；/]\d{4}[,，、;；/]\d{4}(?!\d)")
DATED = re.compile(r"19\d\d[-./ ](?:0?[1-9]|1[0-2])(?:[-./ ]|$)")
LANDLINE = re.compile(
    r"(?<![\d.])\(?0(?:10|2\d|[3-9]\d{2})\)?[ \-‐-―]{0,2}"
    r"[2-8]\d{2,3}[ -]?\d{4}(?:[-转]\d{1,6})?(?!\d)"
)
LOCAL_PHONE = re.compile(
    r"(?:电话|座机|固话|号码|致电|拨打|Tel|TEL)[是为:： ]{0,3}"
    r"(?P<hit>[2-8]\d{2,3}[ -]?\d{4})(?!\d)"
)
IDENTITY = re.compile(
    rf"(?<!\d)[1-9](?:{GAP}\d){{5}}(?:{GAP}\d){{2}}(?:{GAP}\d){{2}}"
    rf"{GAP}[01]{GAP}\d{GAP}[0-3]{GAP}\d(?:{GAP}\d){{3}}{GAP}[\dXx](?![\dA-Za-z])"
)
OLD_IDENTITY = re.compile(
    r"(?<![\dA-Za-z-])[1-8]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?![\dA-Za-z])"
)
SPACED_OLD_IDENTITY = re.compile(
    r"(?<![\dA-Za-z-])[1-8]\d{5}[ -]\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ -]\d{3}"
    r"(?![\dA-Za-z])"
)
LABELLED_IDENTITY = re.compile(
    r"(?:身份证|证件号|护照|通行证|居住证|居留证|军官证)[^\d,，。；;A-Za-z]{0,8}"
    r"(?P<hit>[A-Za-z]{0,2}\d[\d ]{5,20}[\dXx])(?![\dA-Za-z])"
)
BANK_CARD = re.compile(
    r"(?<![\d.A-Za-z-])(?:62|[3-6]\d)\d{2}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?![\d.])"
)
LABELLED_CARD = re.compile(
    r"(?:银行卡|储蓄卡|卡号|账号|帐号|账户|帐户)号?[是为:： ]{0,3}(?P<hit>\d[\d -]{8,26}\d)(?!\d)"
)
PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][ ·•・‧.\-]?"
    r"(?=[A-Z]*\d)(?:[A-HJ-NP-Z\d]{6}|[A-HJ-NP-Z\d]{4}[A-HJ-NP-Z\d挂学警港澳])(?![A-Za-z\d])",
    re.IGNORECASE,
)
EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64} ?@ ?[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
ACCOUNT = re.compile(
    r"(?:QQ|微信|VX|WX|抖音)(?:号码?|ID)?[是为:： ]{0,3}(?P<hit>[A-Za-z0-9][A-Za-z0-9_-]{4,19})",
    re.IGNORECASE,
)


FEW = "[0-9一二三四五六七八九十]"
HOUSE = re.compile(
    rf"{FEW}{{1,4}}(?:栋|幢|座|号楼)(?:{FEW}{{1,3}}单元)?(?:[0-9]{{2,5}}(?:室|号|房)?|{FEW}{{1,4}}室)"
    rf"|{FEW}{{1,4}}(?:栋|幢|座|号楼){FEW}{{1,3}}单元"
    rf"|{FEW}{{1,3}}单元[0-9]{{2,5}}(?:室|号|房)?"
    rf"|(?<=[村庄岗湾冲区])第?{FEW}{{1,3}}(?:组|队)[0-9]{{1,4}}号"
)
"""Where somebody lives, from the building or the group of a village on; streets and villages stay,
for the matter is often there."""


class Span(NamedTuple):
    """A stretch of text and what stands there afterwards."""

    start: int
    end: int
    mask: str


def mask_text(text: str, known: Sequence[str] = ()) -> str:
    """Mask numbers and names; `known` are names of the persons of the case, never of bodies."""
    return _replaced(text, _spans(text, known))


def mask_wholly(text: str, names: Sequence[str]) -> str:
    """Mask the same and leave nothing of it, neither surnames nor last digits.

    `names` are those that must not be known, also of bodies; of persons by their surname as well.
    """
    found = chain(_whole(text, names), _spans(text, names))
    spans = sorted(_apart(found, len(text)))
    return _replaced(text, [_wholly(span, text) for span in spans])


def unmasked_in(text: str) -> Sequence[Span]:
    """Return where a text still tells a number or a name, in its order."""
    return [span for span in _spans(text) if text[span.start : span.end] != span.mask]


def mask_name(name: str) -> str:
    """Keep the surname and hide the length: 张**; of a body keep its first two signs."""
    told = name.strip()
    if len(told) > LONGEST_PERSONAL_NAME and "·" not in told:
        return f"{told[:2]}{STARS}"
    return f"{surname_of(told)}**" if told else ""


def mask_phone(phone: str) -> str:
    """Keep the first three and last four digits: 138****6160; of a landline the area code."""
    normal = normalise_phone(phone)
    if normal is None:
        return f"{STARS}{phone.strip()[-2:]}"
    match phone_kind(normal):
        case PhoneKind.SERVICE:
            return normal
        case PhoneKind.MOBILE:
            return f"{normal[3:6]}{STARS}{normal[-4:]}"
        case PhoneKind.LANDLINE:
            return f"0{normal[3:6]}{STARS}{normal.partition(';')[0][-2:]}"
        case PhoneKind.ABROAD:
            return f"{normal[:4]}{STARS}{normal[-2:]}"


def mask_id(number: str) -> str:
    """Keep province and city of an identity number and its last two signs."""
    told = number.strip()
    return f"{told[:4]}{STARS}{STARS}{told[-2:]}" if len(told) > len("34152319") else STARS


def mask_address(address: str) -> str:
    """Keep at most the first six signs of an address, mostly county and town, never half of it."""
    told = address.strip()
    return f"{told[: min(len('舒城县城关镇'), len(told) // 2)]}{STARS}"


def _spans(text: str, known: Sequence[str] = ()) -> Sequence[Span]:
    folded = text.translate(HALF_WIDTH)
    kept = (found.span() for found in CASE_NUMBER.finditer(folded))
    cases = (Span(start, end, text[start:end]) for start, end in kept)
    found = chain(cases, _numbers(folded), _known(text, known), _names(text))
    return sorted(_apart(found, len(text)))


def _apart(spans: Iterable[Span], length: int) -> Iterator[Span]:
    covered = bytearray(length)
    for span in spans:
        if not any(covered[span.start : span.end]):
            covered[span.start : span.end] = b"\1" * (span.end - span.start)
            yield span


def _numbers(folded: str) -> Iterator[Span]:
    yield from _found(EMAIL, folded, lambda hit: f"{hit[0]}{STARS}@{hit.rpartition('@')[2]}")
    yield from _found(LABELLED_IDENTITY, folded, mask_id)
    yield from _found(IDENTITY, folded, mask_id)
    yield from _found(LABELLED_CARD, folded, _ends_only)
    yield from (span for span in _found(BANK_CARD, folded, _ends_only) if _is_card(folded, span))
    yield from _mobiles(folded)
    yield from _found(GROUPED_MOBILE, folded, _ends_only)
    yield from _mobiles(folded.translate(LETTER_DIGITS))
    yield from _spoken(folded)
    yield from _found(OLD_IDENTITY, folded, mask_id)
    yield from _found(SPACED_OLD_IDENTITY, folded, mask_id)
    yield from _found(LANDLINE, folded, mask_phone)
    yield from _found(LOCAL_PHONE, folded, _ends_only)
    yield from _found(PLATE, folded, lambda hit: f"{hit[:2].upper()}{STARS}")
    yield from _found(ACCOUNT, folded, _ends_only)
    yield from _found(HOUSE, folded, lambda _hit: STARS)


def _spoken(folded: str) -> Iterator[Span]:
    digits = folded.translate(SPOKEN_DIGITS)
    if digits == folded:
        return
    yield from _found(IDENTITY, digits, mask_id)
    yield from _found(SPOKEN_MOBILE, digits, mask_phone)
    yield from _found(SPOKEN_LANDLINE, digits, _ends_only)


def _mobiles(digits: str) -> Iterator[Span]:
    for span in _found(MOBILE, digits, mask_phone):
        if not DATED.match(digits, span.start):
            yield span


def _found(pattern: re.Pattern[str], text: str, mask: Callable[[str], str]) -> Iterator[Span]:
    group = "hit" if "hit" in pattern.groupindex else 0
    for hit in pattern.finditer(text):
        yield Span(*hit.span(group), mask(hit[group]))


def _known(text: str, known: Sequence[str]) -> Iterator[Span]:
    names = [told.strip() for told in known if has_given_name(told.strip())]
    for name in sorted(names, key=len, reverse=True):
        given = name[len(surname_of(name)) :]
        yield from _told(name, mask_name(name), text)
        if len(given) >= SHORTEST_GIVEN_NAME:
            yield from _told(given, "**", text)


def _whole(text: str, names: Sequence[str]) -> Iterator[Span]:
    told = {name.strip() for name in names if len(name.strip()) >= SHORTEST_WHOLE}
    for name in sorted(told, key=len, reverse=True):
        yield from _told(name, STARS, text)
        if len(name) <= LONGEST_PERSONAL_NAME:
            surname = re.escape(surname_of(name))
            for hit in re.finditer(f"{surname}(?={ADDRESSED})", text):
                yield Span(*hit.span(), STARS)


def _wholly(span: Span, text: str) -> Span:
    is_kept = text[span.start : span.end] == span.mask
    return span if is_kept else span._replace(mask=STARS)


def _told(name: str, mask: str, text: str) -> Iterator[Span]:
    for hit in re.finditer(re.escape(name), text):
        yield Span(*hit.span(), mask)


def _names(text: str) -> Iterator[Span]:
    for start, end in name_spans(text):
        yield Span(start, end, mask_name(text[start:end]))


def _is_card(folded: str, span: Span) -> bool:
    digits = [int(sign) for sign in folded[span.start : span.end] if sign.isdigit()]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _ends_only(told: str) -> str:
    return f"{STARS}{told[-2:]}"


def _replaced(text: str, spans: Sequence[Span]) -> str:
    parts, position = [], 0
    for span in spans:
        parts += [text[position : span.start], span.mask]
        position = span.end
    return "".join((*parts, text[position:]))
