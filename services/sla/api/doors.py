"""The door of sla, and what several of its endpoints answer."""

from typing import Annotated

from fastapi import Depends
from pydantic import BaseModel

from shared.http import Door, door_of

SlaDoor = Annotated[Door, Depends(door_of("sla"))]


class StepView(BaseModel):
    """One step of an explanation."""

    rule: str
    since: str
    until: str
    count: int
