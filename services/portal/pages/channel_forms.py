"""The fields of the channels on a form: which there are, what was typed, what is wrong with it."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request
from pydantic import BaseModel, ConfigDict

from services.portal.pages.calling import call
from services.portal.pages.forms import Form
from services.portal.pages.language import later as _

SENT_AS = "channel_fields."
YES_NO: Mapping[str, bool] = {"yes": True, "no": False}
DEGREES = frozenset({"latitude", "longitude"})
KNOWN = _("这个编号以前登记过，就是 {number}，不用再登记。")


class FieldForm(BaseModel):
    """One field that a channel takes."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    form: str
    required: bool
    title: str
    hint: str


class ChannelForm(BaseModel):
    """One channel, as the API tells of it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    channel: str
    known_by: str | None
    fields: tuple[FieldForm, ...]

    def named(self, field: str) -> str:
        """Return the name of a field within the page, where other channels have their own."""
        return f"{self.channel}.{field}"


Forms = Sequence[ChannelForm]


async def channel_forms(request: Request) -> Forms:
    """Return the channels by which the one who asks may report; none while the API is away."""
    answer = await call(request, "GET", "/api/v1/channels")
    told = answer.body["channels"] if answer.ok else ()
    return [ChannelForm.model_validate(each) for each in told if each["mine"]]


def names_of(forms: Forms) -> tuple[str, ...]:
    """Return the names of all fields within the page."""
    return tuple(each.named(field.name) for each in forms for field in each.fields)


def typed(form: Form, forms: Forms, channel: str) -> dict[str, Any]:
    """Return what was typed into the fields of the chosen channel, as the API takes it."""
    chosen = next((each for each in forms if each.channel == channel), None)
    if chosen is None:
        return {}
    told = {field: form.get(chosen.named(field.name)) for field in chosen.fields}
    return {field.name: _value(field, text) for field, text in told.items() if text}


def placed(errors: Mapping[str, str], channel: str) -> dict[str, str]:
    """Return what the API says of fields, by the names that they have within the page."""
    return {
        f"{channel}.{name.removeprefix(SENT_AS)}" if name.startswith(SENT_AS) else name: told
        for name, told in errors.items()
    }


def known_before(forms: Forms, channel: str, number: str) -> dict[str, str]:
    """Return what is said beside the id of a report that had come before."""
    named = [each.named(each.known_by or "") for each in forms if each.channel == channel]
    return dict.fromkeys(named, KNOWN.format(number=number))


def _value(field: FieldForm, text: str) -> str | bool | float:
    if field.form == "yes_no":
        return YES_NO.get(text, text)
    if field.form in DEGREES:
        return _degrees(text)
    return text


def _degrees(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text
