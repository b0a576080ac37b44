"""The door that every endpoint of portal asks for."""

from typing import Annotated

from fastapi import Depends

from shared.http import Door, door_of

PortalDoor = Annotated[Door, Depends(door_of("portal"))]
