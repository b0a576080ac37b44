"""The HTTP door of dispatch: orders, hand-overs and the catalogue of units, items and places."""

from fastapi import APIRouter

from services.dispatch.api import catalogue, hand_overs, orders

router = APIRouter(prefix="/api/v1", tags=["dispatch"])
router.include_router(orders.router)
router.include_router(hand_overs.router)
router.include_router(catalogue.router)
