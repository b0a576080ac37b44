"""What a report says by its channel, checked against the row of that channel."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, create_model
from pydantic_core import InitErrorDetails, PydanticCustomError

from services.intake.policy.channels import CHANNEL_ROWS, ChannelField, ChannelRow, Form
from shared.events.sealed import PartyKind
from shared.events.words import Channel
from shared.http import ShortText

OutsideId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.:/#_-]{0,63}$")]
TYPES: Mapping[Form, Any] = MappingProxyType(
    {
        Form.TEXT: ShortText,
        Form.ID: OutsideId,
        Form.YES_NO: bool,
        Form.LATITUDE: Annotated[float, Field(ge=-90, le=90)],
        Form.LONGITUDE: Annotated[float, Field(ge=-180, le=180)],
    }
)


def _model(channel: str, row: ChannelRow) -> type[BaseModel]:
    taken: dict[str, Any] = {field.name: _taken(field) for field in row.fields}
    forbids = ConfigDict(extra="forbid", frozen=True, strict=True)
    return create_model(f"FieldsOf_{channel}", __config__=forbids, **taken)


def _taken(field: ChannelField) -> tuple[Any, Any]:
    kind = TYPES[field.form]
    return (kind, ...) if field.required else (kind | None, None)


MODELS: Mapping[str, type[BaseModel]] = MappingProxyType(
    {channel: _model(channel, row) for channel, row in CHANNEL_ROWS.items()}
)


def checked_fields(channel: Channel, told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was said by a channel; ValidationError names each field that does not fit."""
    return MODELS[channel].model_validate(dict(told)).model_dump(exclude_none=True)


def check_reporter(channel: Channel, kind: PartyKind, id_number: str | None) -> None:
    """Raise ValidationError where only a body with its code reports by this channel."""
    if not CHANNEL_ROWS[channel].for_bodies:
        return
    if kind is PartyKind.PERSON:
        told = PydanticCustomError("bodies_only", "only a body reports by this channel")
        raise _wrong(told, "kind")
    if id_number is None:
        raise _wrong("missing", "id_number")


def _wrong(told: str | PydanticCustomError, name: str) -> ValidationError:
    fault = InitErrorDetails(type=told, loc=("reporter", name), input=None)
    return ValidationError.from_exception_data("ReportBody", [fault])
