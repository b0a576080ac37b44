"""The HTTP door of portal: sessions, accounts, tokens, keys, exports, audits, the board."""

from fastapi import APIRouter

from services.portal.api import accounts, audit, board, exports, keys, sessions, tokens

router = APIRouter(prefix="/api/v1", tags=["portal"])
for _part in (sessions, accounts, tokens, keys, exports, audit, board):
    router.include_router(_part.router)

__all__ = ["router"]
