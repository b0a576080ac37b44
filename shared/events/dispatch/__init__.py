"""Events said by dispatch."""

from shared.events.dispatch.arbitration import (
    ArbitrationDecided,
    ArbitrationOpened,
    OpinionGiven,
    Party,
    SearchEscalated,
    SearchTaken,
)
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
from shared.events.dispatch.life import (
    ExtensionAsked,
    ExtensionDecided,
    MaterialsAsked,
    MaterialsEnd,
    MaterialsReceived,
    OrderEvent,
    WorkKind,
    WorkLogged,
)
from shared.events.dispatch.orders import (
    CaseFinished,
    CasePooled,
    ContactLogged,
    Matter,
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
    "ArbitrationDecided",
    "ArbitrationOpened",
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
    "ExtensionAsked",
    "ExtensionDecided",
    "GrantTold",
    "HandOverAnswered",
    "HandOverOffered",
    "HandOverWithdrawn",
    "ItemListed",
    "ItemShared",
    "MaterialsAsked",
    "MaterialsEnd",
    "MaterialsReceived",
    "Matter",
    "OpinionGiven",
    "OrderDispatched",
    "OrderEvent",
    "OrderFinished",
    "OrderReturned",
    "OrderSigned",
    "Party",
    "PoolReason",
    "ReturnGround",
    "Route",
    "RuleTold",
    "SearchEscalated",
    "SearchTaken",
    "UnitListed",
    "WorkKind",
    "WorkLogged",
]
