"""The HTTP door of portal: sessions, accounts, tokens, and the board."""

from fastapi import APIRouter

from services.portal.api import accounts, board, sessions, tokens

router = APIRouter(prefix="/api/v1", tags=["portal"])
for _part in (sessions, accounts, tokens, board):
    router.include_router(_part.router)

__all__ = ["router"]
