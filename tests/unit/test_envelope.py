"""How an event is written on the wire: what `Envelope` reads, and as it would write it."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from shared.events.base import CaseEvent, Envelope, enveloped
from shared.events.sla import LampChanged
from shared.events.words import ClockKind, Lamp

NINE = datetime(2026, 3, 2, 9, 0, 0, 1234, UTC)
FACT, CASE, CLOCK = (UUID(int=n) for n in (1, 2, 3))
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def lamp(at: datetime = NINE, unit: str | None = "SCJGJ") -> LampChanged:
    return LampChanged(
        case_id=CASE,
        clock_id=CLOCK,
        kind=ClockKind.RESOLVE,
        unit_code=unit,
        due_at=at,
        lamp=Lamp.RED,
        occurred_at=at,
    )


@pytest.mark.parametrize(
    "event",
    [
        lamp(),
        lamp(unit=None),
        lamp(unit='两行\n"引号"\t\u2028\\'),
        lamp(NINE.astimezone(timezone(timedelta(hours=8)))),
    ],
    ids=["plain", "no-unit", "odd-letters", "local-time"],
)
def test_it_is_written_as_its_envelope_would_be(event: CaseEvent) -> None:
    source = "/nodes/341523/sla"
    written = "7".join(enveloped(event, id=FACT, source=source, traceparent=TRACE))

    expected = Envelope(
        id=FACT,
        source=source,
        traceparent=TRACE,
        version=7,
        type=event.name,
        time=event.occurred_at,
        subject=CASE,
        data=event.model_dump(mode="json"),
    )
    assert written == expected.model_dump_json(exclude_none=True)
    assert Envelope.model_validate_json(written).open(type(event)) == event
    assert "\n" not in written
