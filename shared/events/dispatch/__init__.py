"""Events said by dispatch."""

from shared.events.dispatch.catalogue import (
    GrantTold,
    ItemListed,
    ItemShared,
    UnitListed,
)
from shared.events.dispatch.custody import (
    CustodyDay,
    CustodyLine,
    CustodyTold,
)
from shared.events.dispatch.hand_overs import (
    CaseHandedOver,
    CaseReportedUp,
    HandOverAnswered,
    HandOverOffered,
    HandOverWithdrawn,
)
from shared.events.dispatch.orders import (
    CaseFinished,
    CasePooled,
    ContactLogged,
    OrderDispatched,
    OrderFinished,
    OrderReturned,
    OrderSigned,
    PoolReason,
    ReturnGround,
    Route,
    RuleTold,
)
from shared.events.dispatch.rota import (
    DutyGapEnded,
    DutyGapFound,
)

__all__ = [
    "CaseFinished",
    "CaseHandedOver",
    "CasePooled",
    "CaseReportedUp",
    "ContactLogged",
    "CustodyDay",
    "CustodyLine",
    "CustodyTold",
    "DutyGapEnded",
    "DutyGapFound",
    "GrantTold",
    "HandOverAnswered",
    "HandOverOffered",
    "HandOverWithdrawn",
    "ItemListed",
    "ItemShared",
    "OrderDispatched",
    "OrderFinished",
    "OrderReturned",
    "OrderSigned",
    "PoolReason",
    "ReturnGround",
    "Route",
    "RuleTold",
    "UnitListed",
]
