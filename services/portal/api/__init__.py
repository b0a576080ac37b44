"""The HTTP door of portal: sign in and out, accounts, and the public numbers of the board."""

from fastapi import APIRouter

from services.portal.api import accounts, board, sessions

router = APIRouter(prefix="/api/v1", tags=["portal"])
for _part in (sessions, accounts, board):
    router.include_router(_part.router)

__all__ = ["router"]
