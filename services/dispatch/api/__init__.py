"""The HTTP door of dispatch: orders, hand-overs, custody, and units, items and places."""

from fastapi import APIRouter

from services.dispatch.api import (
    authority,
    catalogue,
    custody,
    hand_overs,
    orders,
    reference,
    rules,
)

router = APIRouter(prefix="/api/v1", tags=["dispatch"])
router.include_router(orders.router)
router.include_router(hand_overs.router)
router.include_router(custody.router)
router.include_router(catalogue.router)
router.include_router(rules.router)
router.include_router(authority.router)
router.include_router(reference.router)
