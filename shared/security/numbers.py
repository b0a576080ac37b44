"""The number of a case, which everyone may know, and the codes that only its person has."""

import re
import secrets
from datetime import date

from shared.security.identifiers import plain

# ISO/IEC 7064 MOD 37,36: one check character over letters and digits that catches every single
# wrong character and nearly every swap of neighbours.
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MODULUS = len(ALPHABET)

CASE_NUMBER = re.compile(r"(BCS)([1-9]\d{5})(\d{8})(\d{5,7})([0-9A-Z])", re.ASCII)
LOOK_ALIKES = str.maketrans("OI01", "01OI")

CODE_ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
"""Without 0 O 1 I L 2 Z 5 S 8 B U V, which people take for one another."""
CODE_LENGTH = 10
ONE_TIME_DIGITS = 6
PASS_PREFIX = "bcp_"  # noqa: S105  # how one begins, no secret
PASS_BYTES = 32


def case_number(region: str, day: date, sequence: int) -> str:
    """Write the number of a case: `BCS-341523-20260302-00001-X`; `sequence` is the node's own."""
    told = ("BCS", region, f"{day:%Y%m%d}", f"{sequence:05d}")
    return "-".join((*told, check_character("".join(told))))


def is_case_number(text: str) -> bool:
    """Tell whether this is a case number in its exact spelling, with the right check character."""
    return normalise_case_number(text) == text


def normalise_case_number(text: str) -> str | None:
    """Return the exact spelling of a number as people type it; None if it is none.

    Case, width, spaces and dashes do not matter; O and 0, I and 1 may be swapped in the check.
    """
    parts = CASE_NUMBER.fullmatch(plain(text))
    if parts is None:
        return None
    *told, check = parts.groups()
    right = check_character("".join(told))
    if right not in (check, check.translate(LOOK_ALIKES)):
        return None
    return "-".join((*told, right))


def check_character(told: str) -> str:
    """Return the ISO/IEC 7064 MOD 37,36 check character of digits and capitals."""
    carried = MODULUS
    for sign in told:
        total = (carried + ALPHABET.index(sign)) % MODULUS or MODULUS
        carried = 2 * total % (MODULUS + 1)
    return ALPHABET[(MODULUS + 1 - carried) % MODULUS]


def new_query_code() -> str:
    """Return a fresh secret of 45 bits; doors throttle guesses per number and address."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def normalise_query_code(text: str) -> str | None:
    """Return the exact spelling of a code as people type it; None if it cannot be one."""
    code = plain(text)
    well_formed = len(code) == CODE_LENGTH and set(code) <= set(CODE_ALPHABET)
    return code if well_formed else None


def new_one_time_code() -> str:
    """Return six random digits; doors count the tries, so that few of a million are ever tried."""
    return f"{secrets.randbelow(10**ONE_TIME_DIGITS):0{ONE_TIME_DIGITS}d}"


def normalise_one_time_code(text: str) -> str | None:
    """Return the digits of a code as people type it; None if it cannot be one."""
    code = plain(text)
    return code if len(code) == ONE_TIME_DIGITS and code.isascii() and code.isdigit() else None


def new_case_pass() -> str:
    """Return a secret of 256 bits that stands for a query code for a short while."""
    return f"{PASS_PREFIX}{secrets.token_urlsafe(PASS_BYTES)}"


def is_case_pass(text: str) -> bool:
    """Tell whether something shown as a query code is a pass: no query code looks like one."""
    return text.startswith(PASS_PREFIX)
