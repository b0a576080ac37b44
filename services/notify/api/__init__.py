"""The HTTP door of notify: what people were sent, what rang at duty telephones."""

from fastapi import APIRouter

from services.notify.api import duty, messages

router = APIRouter(prefix="/api/v1", tags=["notify"])
for _part in (messages, duty):
    router.include_router(_part.router)

__all__ = ["router"]
