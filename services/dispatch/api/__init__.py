"""The HTTP door of dispatch: orders and the catalogue of units, items and places."""

from fastapi import APIRouter

router = APIRouter(prefix="/api/v1", tags=["dispatch"])
