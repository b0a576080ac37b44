"""Sets of limits that come with the program, each ready to be opened as a draft.

They are those of domain facts 1.6 and 5.3. What a source does not say is as in the first of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from services.sla.policy.limit_sets import (
    BY_SIGNATURE,
    STANDS_FOR,
    Demand,
    LimitKind,
    LimitRow,
    Urgency,
    When,
)
from services.sla.policy.limits import (
    SAME_WORKING_DAY,
    Complexity,
    CountsFrom,
    EndRule,
    Limit,
    Limits,
    LimitUnit,
    StartRule,
)

HOUR, DAY = 60, 24 * 60
ANY = Complexity.ORDINARY
"""Of what is the same whatever the complexity."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """A set with its name in both languages and where it is from."""

    name: str
    zh: str
    en: str
    rows: Sequence[LimitRow]


def _by(
    complexity: Complexity, limit: Limit, basis: str = "", warn: int | None = None
) -> LimitRow:
    return LimitRow(
        code=_CODES[complexity],
        kind=LimitKind.RESOLVE,
        limit=limit,
        when=When(complexity=complexity),
        warn_minutes=warn,
        basis=basis,
    )


_CODES = {complexity: f"L{number:03d}" for number, complexity in enumerate(Complexity, 1)}
_MECHANISM = "崇明区“办不成事”反映窗口工作机制"
_ONE_DAY = Limit(1)
_BASE: Sequence[LimitRow] = (
    _by(Complexity.ON_SPOT, SAME_WORKING_DAY, _MECHANISM),
    _by(Complexity.SIMPLE, SAME_WORKING_DAY, _MECHANISM),
    _by(Complexity.ORDINARY, Limit(3), _MECHANISM),
    _by(Complexity.COMPLEX, Limit(5), _MECHANISM),
    LimitRow(code="L005", kind=LimitKind.CONTACT, limit=_ONE_DAY, basis=_MECHANISM),
    LimitRow(code="L006", kind=LimitKind.FEEDBACK, limit=_ONE_DAY, basis="安徽：办结后反馈"),
    LimitRow(code="L007", kind=LimitKind.SIGN, limit=_ONE_DAY),
    LimitRow(code="L008", kind=LimitKind.SEARCH, limit=_ONE_DAY),
    LimitRow(code="L009", kind=LimitKind.CO_HANDLE, limit=Limit(2)),
    LimitRow(code="L010", kind=LimitKind.CALLBACK, limit=_ONE_DAY, basis=_MECHANISM),
    LimitRow(code="L011", kind=LimitKind.CENTRE_CALLBACK, limit=Limit(5), basis=_MECHANISM),
)


def _with(*changed: LimitRow) -> Sequence[LimitRow]:
    given = {row.code: row for row in changed}
    kept = [given.pop(row.code, row) for row in _BASE]
    return (*kept, *given.values())


_HOURS_24 = Limit(24, LimitUnit.HOUR, StartRule.INSTANT, EndRule.SAME_CLOCK_TIME)
_BEIJING = "北京 DB11/T 2021—2022"


def _calendar_days(amount: int) -> Limit:
    return Limit(amount, LimitUnit.CALENDAR_DAY, StartRule.INSTANT, EndRule.END_OF_DAY)


def _three_thirteen() -> Iterator[LimitRow]:
    days = {Demand.CONSULT: 3, Demand.HELP: 3, Demand.COMPLAINT: 13}
    for number, (demand, amount) in enumerate(days.items(), len(_BASE) + 1):
        yield LimitRow(
            code=f"L{number:03d}",
            kind=LimitKind.RESOLVE,
            limit=Limit(amount),
            when=When(demand=demand),
            basis="从次日起算",
        )


def _from_signature(row: LimitRow) -> LimitRow:
    if row.kind not in BY_SIGNATURE:
        return row
    limit = replace(row.limit, counts_from=CountsFrom.SIGNATURE)
    return replace(row, limit=limit, basis=f"{_MECHANISM}：接到工单后")


_SETS = (
    Shipped("chongming", "崇明 1-3-5", "Chongming 1-3-5", _BASE),
    Shipped(
        "chongming_signed",
        "崇明 1-3-5，从签收（接到工单）算起",
        "Chongming 1-3-5, counted from the signature",
        _with(*map(_from_signature, _BASE)),
    ),
    Shipped(
        "anhui",
        "安徽：办结后 1 个工作日内反馈",
        "Anhui: told within 1 working day of the result",
        _with(replace(_BASE[5], basis="安徽省“办不成事”反映窗口")),
    ),
    Shipped(
        "tianjin",
        "天津 5/10 个工作日",
        "Tianjin 5/10 working days",
        _with(
            _by(Complexity.ORDINARY, Limit(5), "天津：复杂问题由责任部门办理"),
            _by(Complexity.COMPLEX, Limit(10), "天津：特殊问题一事一议"),
        ),
    ),
    Shipped(
        "jiangsu",
        "江苏 15 个工作日，到期前告知",
        "Jiangsu 15 working days, told before they end",
        _with(_by(Complexity.COMPLEX, Limit(15), "江苏：复杂件出具意见，到期前说明", 3 * DAY)),
    ),
    Shipped(
        "beijing",
        "北京 24 小时 / 7 天 / 15 天",
        "Beijing 24 hours / 7 days / 15 days",
        _with(
            _by(Complexity.ON_SPOT, _HOURS_24, _BEIJING, 4 * HOUR),
            _by(Complexity.SIMPLE, _HOURS_24, _BEIJING, 4 * HOUR),
            _by(Complexity.ORDINARY, _calendar_days(7), _BEIJING),
            _by(Complexity.COMPLEX, _calendar_days(15), _BEIJING),
            LimitRow(
                code="L012",
                kind=LimitKind.RESOLVE,
                limit=replace(_HOURS_24, amount=2),
                when=When(urgency=Urgency.CRITICAL),
                warn_minutes=HOUR,
                basis=_BEIJING,
            ),
        ),
    ),
    Shipped(
        "three_thirteen",
        "咨询求助 3 个、投诉 13 个工作日",
        "3 working days for questions, 13 for complaints",
        _with(*_three_thirteen()),
    ),
    Shipped(
        "window_20",
        "窗口 20 分钟",
        "20 minutes at the window",
        _with(
            LimitRow(
                code="L012",
                kind=LimitKind.RESOLVE,
                limit=Limit(20, LimitUnit.MINUTE, StartRule.INSTANT, EndRule.SAME_CLOCK_TIME),
                when=When(channel="window", complexity=Complexity.ON_SPOT),
                warn_minutes=5,
                basis="窗口 20 分钟未办成的，查明原因",
            ),
        ),
    ),
)
AS_BUILT = "built_in"
"""In the place of a shipped set: what the settings of the node say, as rows."""


def built_in_rows(limits: Limits) -> Sequence[LimitRow]:
    """Return what the settings of a node promise, as the rows that would say the same."""
    resolving = [_by(each, limits.resolve_for(each)) for each in Complexity]
    named = [kind for kind in LimitKind if kind not in (LimitKind.RESOLVE, *STANDS_FOR)]
    others = [
        LimitRow(code=f"L{number:03d}", kind=kind, limit=limits.built_in(kind, ANY))
        for number, kind in enumerate(named, len(resolving) + 1)
    ]
    return (*resolving, *others)


SHIPPED: Mapping[str, Shipped] = MappingProxyType({each.name: each for each in _SETS})
