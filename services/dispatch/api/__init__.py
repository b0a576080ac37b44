"""The HTTP door of dispatch: orders, hand-overs, custody, and units, items and places."""

from fastapi import APIRouter

from services.dispatch.api import (
    authority,
    catalogue,
    custody,
    hand_overs,
    imports,
    orders,
    reference,
    rota,
    rules,
    succession,
)

router = APIRouter(prefix="/api/v1", tags=["dispatch"])
router.include_router(orders.router)
router.include_router(hand_overs.router)
router.include_router(custody.router)
router.include_router(catalogue.router)
router.include_router(rules.router)
router.include_router(authority.router)
router.include_router(reference.router)
router.include_router(succession.router)
router.include_router(rota.router)
router.include_router(imports.router)
