"""What a person tells beside a photograph, and where it was: by device, map or nearest town."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from uuid import uuid4

from services.portal.pages.draft import BAD_PHONE, NEEDED, first_sentence, is_phone
from services.portal.pages.language import SOURCE
from services.portal.pages.language import later as _
from shared.regions import is_region
from shared.regions.seats import Point, seat_of, seats_below, seats_near

FIELDS = ("text", "spot", "name", "phone", "lat", "lon", "near")
NEEDED_HERE = ("text", "name", "phone")
SENT_AS = {
    "reporter.name": "name",
    "reporter.phone": "phone",
    "channel_fields.lat": "position",
    "channel_fields.lon": "position",
}
"""Our names of the fields that the API nests."""
NO_POSITION = _("请告诉我们在哪里：用手机定位，在图上点，或者选最近的地方。")
FAR_KM = 300
"""A photograph from further away is about another place than this node's."""


@dataclass(frozen=True, slots=True)
class Snap:
    """The fields as they were typed, the place where they make one."""

    values: Mapping[str, str]
    home: str
    """The code of the node."""

    @classmethod
    def of(cls, fields: Mapping[str, str], home: str) -> "Snap":
        """Read them from a form; a fresh one gets its idempotency key."""
        values = {name: fields.get(name, "").strip() for name in FIELDS}
        values["key"] = fields.get("key", "").strip() or uuid4().hex
        return cls(values, home)

    @property
    def place(self) -> Point | None:
        """Where it was: the position if there is one, else the seat of the chosen division."""
        told = self.values
        try:
            point = Point(float(told["lat"]), float(told["lon"]))
        except ValueError:
            return seat_of(told["near"])
        return point if all(map(isfinite, point)) else None

    @property
    def region(self) -> str:
        """The division of this node whose seat is nearest; the node's own for a place far away."""
        below = seats_below(self.home)
        around = seats_near(self.place, FAR_KM) if self.place else []
        found = (code for _, code in around if code in below and not code.endswith("00"))
        return next(found, self.home) if is_region(self.home) else self.home

    def lacks(self) -> dict[str, str]:
        """Return what is wrong, by name of the field."""
        wrong = {name: NEEDED[name] for name in NEEDED_HERE if not self.values[name]}
        if "phone" not in wrong and not is_phone(self.values["phone"]):
            wrong["phone"] = BAD_PHONE
        if self.place is None:
            wrong["position"] = NO_POSITION
        return wrong

    def body(self, language: str = SOURCE) -> dict[str, object]:
        """Return the report as the API takes it, in whose language; only without gaps."""
        told, place = self.values, self.place
        reporter = {"kind": "person", "name": told["name"], "phone": told["phone"]}
        text = f"{told['text']}\n\n地点：{told['spot']}" if told["spot"] else told["text"]
        return {
            "channel": "snap",
            "channel_fields": {"lat": place.lat, "lon": place.lon} if place else {},
            "region": self.region,
            "title": first_sentence(told["text"]),
            "text": text,
            "reporter": reporter | {"language": language},
        }
