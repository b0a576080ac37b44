"""Files that come in pieces at the door of intake, by the tus protocol."""

import io
import tracemalloc
from base64 import b64encode
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from httpx import Response
from PIL import Image
from sqlalchemy import delete, func, select

from services.intake import api, handlers
from services.intake.handlers.erasure import destroy_here
from services.intake.handlers.upload import Address, Piece
from services.intake.settings import Settings
from services.intake.tables import loose_bytes, upload_parts, uploads
from shared.errors import Refused
from shared.http import Door
from shared.security.actor import Actor, Role, anonymous, citizen
from shared.security.caller import Caller
from shared.security.sealing import NodeKeys
from shared.store.folder import FolderStore
from shared.store.held import HeldStore
from shared.store.sealed import Safe
from shared.unit import Unit
from tests.integration.doorway import Call, calling, door_to, staff
from tests.integration.intake.stories import NINE, NODE, SOMEBODY, report
from tests.unit.intake.making_files import MAKER, PDF, docx, picture

pytestmark = pytest.mark.integration

OFFICER = staff(Role.WINDOW_OFFICER)
TUS = {"tus-resumable": "1.0.0"}
BODY = {"content-type": "application/offset+octet-stream"}
NOISE = Random(3).randbytes(2_700_000).replace(b"/", b"-")  # noqa: S311  # a file, no secret
LONG = PDF[:9] + NOISE + b"\n%%EOF\n"


class Clock:
    """Stands until somebody moves it."""

    def __init__(self) -> None:
        self.now = NINE

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def store() -> HeldStore:
    return HeldStore()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def door(unit: Unit, keys: NodeKeys, store: HeldStore, clock: Clock) -> Door:
    settings = Settings(attachment_megabytes=3, attachments_per_case=2)
    return door_to(unit, keys, settings, clock, store)


@pytest.fixture
def call(door: Door) -> Call:
    return calling(api.router, door)


@pytest.fixture
def case(unit: Unit, keys: NodeKeys) -> handlers.Registered:
    with unit.transaction() as db:
        for table in (upload_parts, uploads, loose_bytes):
            db.execute(delete(table))
        return handlers.register_case(db, keys, report(), SOMEBODY)


@pytest.fixture
def me(case: handlers.Registered) -> Actor:
    return citizen(NODE, case.case_id, case.number)


def told(**texts: str) -> str:
    return ",".join(f"{name} {b64encode(text.encode()).decode()}" for name, text in texts.items())


def begin(
    call: Call, who: Actor, case: handlers.Registered, length: int, **texts: str
) -> Response:
    headers = {**TUS, "upload-length": str(length), "upload-metadata": told(**texts)}
    return call(who, "POST", f"/cases/{case.number}/uploads", headers=headers)


def begun(call: Call, who: Actor, case: handlers.Registered, length: int, **texts: str) -> str:
    answer = begin(call, who, case, length, **{"filename": "合同.pdf", **texts})
    assert answer.status_code == 201, answer.text
    place: str = answer.headers["location"].removeprefix("/api/v1")
    return place


def send(call: Call, who: Actor, place: str, offset: int, data: bytes, **more: Any) -> Response:
    headers = {**TUS, **BODY, "upload-offset": str(offset), **more}
    return call(who, "PATCH", place, headers=headers, content=data)


def here(call: Call, who: Actor, place: str) -> int:
    answer = call(who, "HEAD", place, headers=TUS)
    assert answer.status_code == 200, answer.text
    return int(answer.headers["upload-offset"])


def files(call: Call, who: Actor, case: handlers.Registered) -> list[tuple[str, bytes]]:
    listed = call(who, "GET", f"/cases/{case.number}/attachments").json()["items"]
    at = f"/cases/{case.number}/attachments/"
    return [
        (each["name"], call(who, "GET", at + each["attachment_id"]).content) for each in listed
    ]


def test_a_file_comes_in_pieces_over_a_broken_line_and_is_one_like_any_other(
    call: Call, me: Actor, case: handlers.Registered, store: HeldStore, unit: Unit
) -> None:
    place = begun(call, me, case, len(LONG))

    first = send(call, me, place, 0, LONG[:1_500_000])
    again = send(call, me, place, 0, LONG[:1_500_000])  # the answer got lost, its client asks
    ahead = send(call, me, place, 1_600_000, LONG[1_600_000:])
    nothing = send(call, me, place, 1_600_000, b"")
    come = here(call, me, place)
    unseen = files(call, me, case)
    sealed = b"".join(store.held.values())
    last = send(call, me, place, come, LONG[come:])

    assert (first.status_code, first.headers["upload-offset"]) == (204, "1500000")
    assert [each.status_code for each in (again, ahead, nothing)] == [409, 409, 409]
    assert (come, unseen) == (1_500_000, [])
    assert NOISE[1000:1032] not in sealed
    assert (last.status_code, last.headers["upload-offset"]) == (204, str(len(LONG)))
    assert files(call, me, case) == [("合同.pdf", LONG)]
    assert here(call, me, place) == len(LONG)  # its client learns it though the answer got lost
    assert send(call, me, place, len(LONG), b"").status_code == 204
    assert send(call, me, place, len(LONG), b"more").status_code == 409
    with unit.transaction() as db:
        assert db.scalar(select(func.count()).select_from(upload_parts)) == 0
    handlers.file_room(unit.transaction, store).drop_loose(NINE, 100)
    assert len(store.held) == 1


def test_a_photograph_is_made_anew_and_keeps_its_place_only_if_told_so(
    call: Call, me: Actor, case: handlers.Registered
) -> None:
    for size, keep in (((40, 30), "no"), ((44, 30), "yes")):
        data = picture(size=size)
        place = begun(call, me, case, len(data), filename="现场.jpg", keep_place=keep)
        for start in range(0, len(data), 700):
            piece = data[start : start + 700]
            assert send(call, me, place, start, piece).status_code == 204

    listed = call(me, "GET", f"/cases/{case.number}/attachments").json()["items"]
    assert [each["place"] for each in listed] == [None, {"lat": 31.46, "lon": 116.94}]
    for _, kept in files(call, me, case):
        assert MAKER.encode() not in kept
        assert Image.open(io.BytesIO(kept)).format == "JPEG"


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"<html>" + bytes(2000), 415, "file_kind"),
        (docx("word/vbaProject.bin"), 422, "file_active"),
        (LONG[:1_048_570] + b"/JavaScript (x)" + LONG[1_048_570:], 422, "file_active"),
        (picture()[:200], 422, "picture_broken"),
    ],
    ids=["no file", "macros", "a script between two pieces", "half a picture"],
)
def test_what_is_not_taken_is_refused_at_its_end_and_nothing_of_it_stays(
    call: Call, me: Actor, case: handlers.Registered, unit: Unit, store: HeldStore,
    data: bytes, status: int, code: str,
) -> None:  # fmt: skip
    place, half = begun(call, me, case, len(data)), len(data) // 2

    assert send(call, me, place, 0, data[:half]).status_code == 204
    refused = send(call, me, place, half, data[half:])

    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert call(me, "HEAD", place, headers=TUS).status_code == 404
    handlers.file_room(unit.transaction, store).drop_loose(NINE, 100)
    assert store.held == {}
    assert files(call, me, case) == []


def test_only_who_began_it_goes_on_and_only_at_its_own_case(
    call: Call, me: Actor, case: handlers.Registered, unit: Unit, keys: NodeKeys
) -> None:
    with unit.transaction() as db:
        other = handlers.register_case(db, keys, report(), SOMEBODY)
    stranger = citizen(NODE, other.case_id, other.number)
    place = begun(call, me, case, 10)
    secret = place.rpartition("/")[2]
    elsewhere = f"/cases/{other.number}/uploads/{secret}"

    assert len(secret) == 32
    assert begin(call, anonymous(NODE), case, 10).status_code == 401
    assert begin(call, stranger, case, 10).status_code == 404
    assert begin(call, staff(Role.OPERATOR), case, 10).status_code == 403
    for who, at in ((stranger, place), (OFFICER, place), (stranger, elsewhere), (me, place[:-1])):
        assert send(call, who, at, 0, b"12345").status_code == 404
        assert call(who, "HEAD", at, headers=TUS).status_code == 404
        assert call(who, "DELETE", at, headers=TUS).status_code == 404
    with unit.transaction() as db:
        rows = str(db.execute(select(uploads)).all())
    assert (secret in rows, "合同" in rows, me.id in rows) == (False,) * 3
    assert here(call, me, place) == 0
    assert call(me, "DELETE", place, headers=TUS).status_code == 204
    assert call(me, "HEAD", place, headers=TUS).status_code == 404

    of_staff = begun(call, OFFICER, case, 10).rpartition("/")[2]
    assert here(call, OFFICER, f"/cases/{case.number}/uploads/{of_staff}") == 0
    by_another_case = f"/cases/{other.number}/uploads/{of_staff}"
    assert send(call, OFFICER, by_another_case, 0, b"12345").status_code == 404


def test_of_two_who_send_the_same_piece_at_once_the_second_is_refused(
    call: Call, me: Actor, case: handlers.Registered, unit: Unit, keys: NodeKeys, store: HeldStore
) -> None:
    place = begun(call, me, case, 10)
    send(call, me, place, 0, b"12345")

    with unit.transaction() as db:
        address = Address(case.case_id, place.rpartition("/")[2])
        upload = handlers.found_upload(db, keys, address, Caller(me, NINE), lock=True)
        with pytest.raises(Refused) as refused:
            handlers.keep_piece(db, Safe(keys, store), upload, Piece(0, b"12345"))

    assert refused.value.code == "upload_offset"


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"tus-resumable": "0.2.2"}, 412, "tus_version"),
        ({"upload-length": ""}, 422, "upload_header"),
        ({"upload-length": "-1"}, 422, "upload_header"),
        ({"upload-length": "1" * 13}, 422, "upload_header"),
        ({"upload-length": "0"}, 422, "file_empty"),
        ({"upload-length": "3000001"}, 413, "file_too_large"),
        ({"upload-metadata": "filename !!!"}, 422, "upload_header"),
        ({"upload-metadata": "a b c"}, 422, "upload_header"),
    ],
)
def test_what_cannot_be_begun_says_why(
    call: Call, me: Actor, case: handlers.Registered,
    changed: dict[str, str], status: int, code: str,
) -> None:  # fmt: skip
    headers = {**TUS, "upload-length": "10", **changed}

    answer = call(me, "POST", f"/cases/{case.number}/uploads", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_what_does_not_fit_what_was_begun_is_not_taken(
    call: Call, me: Actor, case: handlers.Registered
) -> None:
    place = begun(call, me, case, 10)

    more = send(call, me, place, 0, b"12345678901")
    form = send(call, me, place, 0, b"1", **{"content-type": "text/plain"})
    nowhere = send(call, me, place, 0, b"1", **{"upload-offset": "x"})
    bare = call(me, "PATCH", place, content=b"1", headers=BODY)
    offered = call(me, "OPTIONS", f"/cases/{case.number}/uploads")

    told = [(each.status_code, each.json()["code"]) for each in (more, form, nowhere, bare)]
    assert told == [
        *((413, "file_too_large"), (415, "upload_body")),
        *((422, "upload_header"), (412, "tus_version")),
    ]
    assert here(call, me, place) == 0
    assert offered.headers["tus-max-size"] == "3000000"
    assert offered.headers["tus-extension"] == "creation,expiration,termination"


def test_half_a_file_waits_for_a_day_and_too_many_of_them_give_way(
    call: Call, me: Actor, case: handlers.Registered, unit: Unit, store: HeldStore, clock: Clock
) -> None:
    places = []
    for _ in range(3):
        clock.now += timedelta(minutes=1)
        places.append(begun(call, me, case, 10))
        send(call, me, places[-1], 0, b"12345")
    statuses = [call(me, "HEAD", each, headers=TUS).status_code for each in places]

    clock.now = NINE + timedelta(days=1, minutes=3)
    with unit.transaction() as db:
        over = handlers.end_old_uploads(db, clock.now - timedelta(seconds=1), 100)
    late = [call(me, "HEAD", each, headers=TUS).status_code for each in places]
    with unit.transaction() as db:
        handlers.end_old_uploads(db, clock.now, 100)
    handlers.file_room(unit.transaction, store).drop_loose(clock.now, 100)

    assert statuses == [404, 200, 200]
    assert over == 1
    assert late == [404, 404, 404]
    assert store.held == {}


def test_a_full_case_begins_no_more_and_an_erased_one_has_none(
    call: Call, me: Actor, case: handlers.Registered, unit: Unit, store: HeldStore
) -> None:
    half = begun(call, me, case, 10)
    send(call, me, half, 0, b"12345")
    for n in range(2):
        data = PDF + b"%%EOF\n" * n
        assert send(call, me, begun(call, me, case, len(data)), 0, data).status_code == 204

    full = begin(call, me, case, 10)
    with unit.transaction() as db:
        destroy_here(db, case.case_id, NINE)
    handlers.file_room(unit.transaction, store).drop_loose(NINE, 100)

    assert (full.status_code, full.json()["code"]) == (409, "files_full")
    assert store.held == {}
    with unit.transaction() as db:
        assert db.scalar(select(func.count()).where(uploads.c.case_id == case.case_id)) == 0


def test_a_document_is_taken_in_the_memory_of_some_pieces(
    unit: Unit, keys: NodeKeys, case: handlers.Registered, me: Actor, tmp_path: Path
) -> None:
    size, piece = 12_000_000, 500_000
    call = calling(
        api.router, door_to(unit, keys, Settings(), lambda: NINE, FolderStore(tmp_path))
    )
    place = begun(call, me, case, size)
    middle = bytes(piece)

    tracemalloc.start()
    try:
        send(call, me, place, 0, PDF[:9] + middle[9:])
        for at in range(piece, size - piece, piece):
            send(call, me, place, at, middle)
        last = send(call, me, place, size - piece, middle[6:] + b"%%EOF\n")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert (last.status_code, last.headers["upload-offset"]) == (204, str(size))
    assert peak < size / 2
