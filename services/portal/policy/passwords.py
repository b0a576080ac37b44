"""Which passwords are good enough, and what would make a bad one better."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from services.portal.policy.refusals import Refusal


@dataclass(frozen=True, slots=True)
class PasswordRules:
    """What an operator asks of a password."""

    length: int
    score: int
    """Of zxcvbn: 0 is guessed at once, 4 is out of reach."""


SITE_WORDS = (
    *("backstop", "doudi", "banbuchengshi", "banchengshi", "chuangkou", "fanyingchuangkou"),
    *("zhengwu", "zhengwufuwu", "zhengfu", "fuwuzhongxin", "12345", "guanliyuan", "admin"),
    *("woaini", "woaini1314", "5201314", "zhongguo", "mima", "mima123", "iloveyou"),
)
"""The first guesses of whoever knows where he is: the system, its names, popular pinyin."""

OWN_WORDS = "user_inputs"
POPULAR = "passwords"
PATTERNS = frozenset({"spatial", "repeat", "sequence"})
DATES = frozenset({"date", "regex"})


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a password that a guesser would try: its kind, and for words the list."""

    kind: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRules:
    """What an operator set about accounts, and the words that no password here may live by."""

    password: PasswordRules
    lasting: timedelta
    """How long a password that somebody else gave lets its owner in."""
    place: tuple[str, ...] = ()
    demo: bool = False
    """Passwords are given for good and known to everybody."""


def verdict(score: int, parts: Iterable[Part], rules: PasswordRules) -> Refusal | None:
    """Return why a password of this score is refused: the part that helps a guesser most."""
    if score >= rules.score:
        return None
    found = list(parts)
    lists, kinds = {part.words for part in found}, {part.kind for part in found}
    if OWN_WORDS in lists:
        return Refusal.PASSWORD_SITE_WORD
    if POPULAR in lists:
        return Refusal.PASSWORD_COMMON
    if kinds & PATTERNS:
        return Refusal.PASSWORD_PATTERN
    return Refusal.PASSWORD_DATE if kinds & DATES else Refusal.PASSWORD_WEAK


def own_words(*told: str) -> Collection[str]:
    """Return what a guesser knows about this account and place, cut as people type it."""
    cut = {word for text in told for word in text.replace(".", " ").replace("-", " ").split()}
    return {word.lower() for word in {*told, *cut} if word} | set(SITE_WORDS)
