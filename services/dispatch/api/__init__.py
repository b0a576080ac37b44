"""The HTTP door of dispatch: orders and their life, hand-overs, custody, the catalogue."""

from fastapi import APIRouter

from services.dispatch.api import (
    authority,
    catalogue,
    complexity,
    custody,
    disputes,
    hand_overs,
    imports,
    items,
    life,
    meetings,
    orders,
    outside,
    outside_door,
    parts,
    reference,
    rota,
    rules,
    succession,
    suggestions,
    tracking,
)

router = APIRouter(prefix="/api/v1", tags=["dispatch"])
# Before the orders: a word behind /orders/ is no id.
router.include_router(suggestions.router)
router.include_router(orders.router)
router.include_router(life.router)
router.include_router(tracking.router)
router.include_router(parts.router)
router.include_router(complexity.router)
router.include_router(disputes.router)
router.include_router(meetings.router)
router.include_router(hand_overs.router)
router.include_router(custody.router)
router.include_router(catalogue.router)
router.include_router(items.router)
router.include_router(rules.router)
router.include_router(authority.router)
router.include_router(reference.router)
router.include_router(succession.router)
router.include_router(rota.router)
router.include_router(imports.router)
router.include_router(outside.router)
router.include_router(outside_door.router)
