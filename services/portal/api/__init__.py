"""The HTTP door of portal: signing in and out, accounts, resets, tokens, keys, the board."""

from fastapi import APIRouter

from services.portal.api import (
    accounts,
    audit,
    board,
    exports,
    keys,
    notices,
    own_account,
    resets,
    sessions,
    single_sign_on,
    snippets,
    tokens,
    views,
)

router = APIRouter(prefix="/api/v1", tags=["portal"])
for _part in (
    sessions,
    single_sign_on,
    own_account,
    accounts,
    audit,
    board,
    exports,
    keys,
    notices,
    resets,
    snippets,
    tokens,
    views,
):
    router.include_router(_part.router)

__all__ = ["router"]
