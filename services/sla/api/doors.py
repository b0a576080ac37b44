"""The door of sla, and what several of its endpoints answer."""

from typing import Annotated

from fastapi import Depends
from pydantic import BaseModel, StringConstraints

from shared.http import Door, door_of

SlaDoor = Annotated[Door, Depends(door_of("sla"))]
Place = Annotated[str, StringConstraints(pattern=r"^[1-9]\d(\d{2}){0,2}(\d{3}){0,2}$")]
"""The code of a region, or its first digits."""


class StepView(BaseModel):
    """One step of an explanation."""

    rule: str
    since: str
    until: str
    count: int
    name: str = ""
    hours: str = ""
    notice: str = ""
    """Of what is local: for what, when it is open, and the title of the notice that says so."""
