"""The ladders that come with the program: every draft begins with them unless another was signed.

They are those of domain facts 5.3 (urged when the limit has passed, named in a bulletin five
working days later) in the order of 国办函〔2025〕66号: urge, supervise, bulletin, raise.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from services.sla.policy.clocks import ClockKind
from services.sla.policy.ladders import LadderRow, Side, StepKind, Whom
from services.sla.policy.limits import LimitUnit

_Told = tuple[StepKind, Whom, int, LimitUnit, Side]
_HOUR, _DAY = LimitUnit.WORKING_HOUR, LimitUnit.WORKING_DAY
_SOON: _Told = (StepKind.REMIND, Whom.UNIT, 24, LimitUnit.HOUR, Side.BEFORE)
_URGED: _Told = (StepKind.URGE, Whom.UNIT, 1, _HOUR, Side.AFTER)
_LEAD: _Told = (StepKind.URGE, Whom.UNIT_LEAD, 1, _DAY, Side.AFTER)
_OF_ORDERS: Sequence[_Told] = (
    _SOON,
    _URGED,
    _LEAD,
    (StepKind.SUPERVISE, Whom.UNIT, 2, _DAY, Side.AFTER),
    (StepKind.BULLETIN, Whom.SUPERVISOR, 5, _DAY, Side.AFTER),
    (StepKind.RAISE, Whom.DISPATCHER, 7, _DAY, Side.AFTER),
)
_OF_NODES: Sequence[_Told] = (
    (StepKind.REMIND, Whom.DISPATCHER, 24, LimitUnit.HOUR, Side.BEFORE),
    (StepKind.URGE, Whom.DISPATCHER, 1, _HOUR, Side.AFTER),
    (StepKind.URGE, Whom.SUPERVISOR, 1, _DAY, Side.AFTER),
)
_LADDERS: Mapping[ClockKind, Sequence[_Told]] = MappingProxyType(
    {
        ClockKind.RESOLVE: _OF_ORDERS,
        ClockKind.CONTACT: (_URGED, _LEAD),
        ClockKind.CO_HANDLE: (_SOON, _URGED, _LEAD),
        ClockKind.FEEDBACK: _OF_NODES[1:],
        ClockKind.CITIZEN: _OF_NODES,
        ClockKind.LEG: _OF_NODES,
        ClockKind.RECTIFY: _OF_ORDERS,
        ClockKind.SUPERVISION: (
            _URGED,
            _LEAD,
            (StepKind.BULLETIN, Whom.SUPERVISOR, 3, _DAY, Side.AFTER),
        ),
        ClockKind.MEETING: _OF_NODES,
        ClockKind.CALLBACK: (_URGED, _LEAD),
        ClockKind.CENTRE_CALLBACK: _OF_NODES[2:],
    }
)


def _rows() -> Sequence[LadderRow]:
    told = [
        (kind, level, step)
        for kind, steps in _LADDERS.items()
        for level, step in enumerate(steps, 1)
    ]
    return tuple(
        LadderRow(
            code=f"S{number:03d}",
            kind=kind,
            level=level,
            step=step,
            whom=whom,
            amount=amount,
            unit=unit,
            side=side,
        )
        for number, (kind, level, (step, whom, amount, unit, side)) in enumerate(told, 1)
    )


SHIPPED_LADDERS: Sequence[LadderRow] = _rows()
