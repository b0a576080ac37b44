"""What of the ledger may be asked for: filters, order and columns, and how an address tells them.

A filter is data: its name, and what form its values take. Which rows it keeps is the repository's.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum, unique
from types import MappingProxyType
from urllib.parse import parse_qsl, urlencode

from services.portal.policy.lamps import SEVERITY
from services.portal.policy.status import Status


@unique
class Takes(StrEnum):
    """What the values of a filter look like."""

    CODES = "codes"
    """Several, of which a case has one."""
    CODE = "code"
    DAY = "day"
    """A day of the calendar in China, itself included."""
    FLAG = "flag"


@unique
class Order(StrEnum):
    """How the ledger is sorted; each order follows an index."""

    NEWEST = "newest"
    OLDEST = "oldest"
    DUE = "due"
    """What is open, by what is due next."""
    ENDED = "ended"
    """What is at rest, the latest first."""


FILTERS: Mapping[str, Takes] = MappingProxyType(
    {
        "status": Takes.CODES,
        "lamp": Takes.CODES,
        "complexity": Takes.CODES,
        "channel": Takes.CODES,
        "demand": Takes.CODES,
        "outcome": Takes.CODES,
        "party": Takes.CODES,
        "level": Takes.CODES,
        "unit": Takes.CODE,
        "region": Takes.CODE,
        "item": Takes.CODE,
        "kind": Takes.CODE,
        "since": Takes.DAY,
        "until": Takes.DAY,
        "due_since": Takes.DAY,
        "due_until": Takes.DAY,
        "ended_since": Takes.DAY,
        "ended_until": Takes.DAY,
        "again": Takes.FLAG,
        "urged": Takes.FLAG,
        "number": Takes.CODES,
    }
)
PERIODS = (("since", "until"), ("due_since", "due_until"), ("ended_since", "ended_until"))
KNOWN: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "status": frozenset(map(str, Status)),
        "lamp": frozenset(SEVERITY),
        "level": frozenset("12345"),
    }
)
"""Filters whose values this service knows; of others a value that nobody knows fits nothing."""
COLUMNS = (
    *("number", "title", "status", "lamp", "unit", "registered", "due"),
    *("person", "channel", "demand", "region", "item", "complexity", "round", "urges"),
    *("accepted", "finished", "closed", "outcome", "level"),
)
USUAL = COLUMNS[:7]
MOST_VALUES = 60
MOST_LENGTH = 4_000
_CODE = re.compile(r"[\w.\-]{1,64}")
_FORMS: Mapping[str, re.Pattern[str]] = MappingProxyType({"region": re.compile(r"[1-9][0-9]{5}")})


class NotOfTheLedger(ValueError):
    """Asked for by a filter, an order or a column that there is not; `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the ledger is asked for: which cases, in what order, and what is shown of each."""

    by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Values by the name of their filter, in the order of `FILTERS`; no filter without any."""
    order: Order = Order.NEWEST
    columns: tuple[str, ...] = USUAL

    @classmethod
    def read(cls, told: Iterable[tuple[str, str]]) -> "Asked":
        """Read the fields of an address or a form, others passed by; NotOfTheLedger if wrong."""
        given: dict[str, list[str]] = {}
        for name, value in told:
            if value.strip():
                given.setdefault(name, []).append(value.strip())
        by = {name: _values(name, given[name]) for name in FILTERS if name in given}
        _in_turn(by)
        columns = _columns(given.get("column", ()))
        return cls(by, _order(given.get("order", ())), columns or USUAL)

    @classmethod
    def parse(cls, code: str) -> "Asked":
        """Read what `code` wrote; NotOfTheLedger if it is none."""
        if len(code) > MOST_LENGTH:
            raise NotOfTheLedger("ledger")
        return cls.read(parse_qsl(code))

    @property
    def told(self) -> tuple[tuple[str, str], ...]:
        """The fields of its address; what is as usual is left out."""
        found = [(name, value) for name, values in self.by.items() for value in values]
        if self.order is not Order.NEWEST:
            found.append(("order", self.order.value))
        if self.columns != USUAL:
            found.append(("column", ".".join(self.columns)))
        return tuple(found)

    @property
    def code(self) -> str:
        """The whole as one text, as addresses, views and exports keep it."""
        return urlencode(self.told)

    def one(self, name: str) -> str | None:
        """Return the value of a filter that has exactly one."""
        values = self.by.get(name, ())
        return values[0] if len(values) == 1 else None


EVERYTHING_THERE_IS = Asked()


def _values(name: str, given: list[str]) -> tuple[str, ...]:
    takes, several = FILTERS[name], tuple(dict.fromkeys(given))
    if len(several) > (MOST_VALUES if takes is Takes.CODES else 1):
        raise NotOfTheLedger(name)
    return tuple(_value(name, takes, value) for value in several)


def _value(name: str, takes: Takes, value: str) -> str:
    if takes is Takes.DAY:
        return _day(name, value)
    if takes is Takes.FLAG:
        if value != "1":
            raise NotOfTheLedger(name)
        return value
    if not _FORMS.get(name, _CODE).fullmatch(value) or value not in KNOWN.get(name, {value}):
        raise NotOfTheLedger(name)
    return value


def _day(name: str, value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise NotOfTheLedger(name) from error
    # Beyond these years no instant has a day on both sides of it.
    if not date.min.year < day.year < date.max.year:
        raise NotOfTheLedger(name)
    return day.isoformat()


def _in_turn(by: Mapping[str, tuple[str, ...]]) -> None:
    for since, until in PERIODS:
        if since in by and until in by and by[since] > by[until]:
            raise NotOfTheLedger(until)


def _order(given: Iterable[str]) -> Order:
    told = next(iter(given), Order.NEWEST.value)
    if told not in set(map(str, Order)):
        raise NotOfTheLedger("order")
    return Order(told)


def _columns(given: Iterable[str]) -> tuple[str, ...]:
    names = [name for told in given for name in told.split(".")]
    if not set(names) <= set(COLUMNS):
        raise NotOfTheLedger("column")
    return tuple(name for name in COLUMNS if name in names)
