"""The HTTP door of review: rate a case, read its evaluations, list the reasons."""

from fastapi import APIRouter

router = APIRouter(prefix="/api/v1", tags=["review"])
