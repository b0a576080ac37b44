"""Photographs and documents at the door of intake: kept sealed, handed out to those who may."""

import io
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response
from PIL import Image
from sqlalchemy import func, select

from services.intake import api, handlers
from services.intake.settings import Settings
from services.intake.tables import attachments, cases, plumbing
from shared.errors import Refused
from shared.http import Door
from shared.security import vault
from shared.security.actor import Role, anonymous, citizen
from shared.security.sealing import NodeKeys
from shared.store.held import HeldStore
from shared.store.sealed import SEALED_BYTES
from shared.unit import Unit
from tests.integration.doorway import Call, calling, door_to, staff
from tests.integration.intake.stories import NINE, NODE, SOMEBODY, report
from tests.unit.intake.making_files import MAKER, PDF, docx, picture

pytestmark = pytest.mark.integration

OFFICER = staff(Role.WINDOW_OFFICER)
PRINTED = "attachment; filename=\"file.pdf\"; filename*=UTF-8''%E5%90%88%E5%90%8C.pdf"
WHY = "?purpose=核实情况"


@pytest.fixture
def store() -> HeldStore:
    return HeldStore()


@pytest.fixture
def door(unit: Unit, keys: NodeKeys, store: HeldStore) -> Door:
    settings = Settings(attachment_megabytes=1, attachments_per_case=3)
    return door_to(unit, keys, settings, lambda: NINE, store)


@pytest.fixture
def call(door: Door) -> Call:
    return calling(api.router, door)


@pytest.fixture
def case(unit: Unit, keys: NodeKeys) -> handlers.Registered:
    with unit.transaction() as db:
        return handlers.register_case(db, keys, report(), SOMEBODY)


def sent(name: str, data: bytes, **fields: str) -> dict[str, Any]:
    return {"files": {"file": (name, data)}, "data": fields}


def at(case: handlers.Registered, more: str = "") -> str:
    return f"/cases/{case.number}/attachments{more}"


def added(answer: Response) -> dict[str, Any]:
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_a_citizen_adds_files_to_the_own_case_and_sees_them_again(
    call: Call, case: handlers.Registered
) -> None:
    me = citizen(NODE, case.case_id, case.number)

    photo = added(call(me, "POST", at(case), **sent("现场.png", picture("PNG"))))
    paper = added(call(me, "POST", at(case), **sent("合同.pdf", PDF)))
    listed = call(me, "GET", at(case)).json()
    kept = call(me, "GET", at(case, f"/{photo['attachment_id']}"))
    small = call(me, "GET", at(case, f"/{photo['attachment_id']}/thumbnail"))
    document = call(me, "GET", at(case, f"/{paper['attachment_id']}"))

    names = [(item["name"], item["kind"], item["place"]) for item in listed["items"]]
    assert names == [("现场.jpg", "jpg", None), ("合同.pdf", "pdf", None)]
    assert (listed["most"], listed["most_bytes"]) == (3, 1_000_000)
    assert Image.open(io.BytesIO(kept.content)).size == (48, 64)
    assert MAKER.encode() not in kept.content
    assert document.content == PDF
    assert document.headers["content-disposition"] == PRINTED
    assert small.headers["content-disposition"] == "inline"
    assert small.headers["content-type"] == "image/jpeg"
    for answer in (kept, small, document):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert kept.headers["content-disposition"].startswith("attachment")
    assert call(me, "GET", at(case, f"/{paper['attachment_id']}/thumbnail")).status_code == 404


def test_the_place_of_a_photograph_is_kept_only_if_its_person_agreed(
    call: Call, case: handlers.Registered
) -> None:
    me = citizen(NODE, case.case_id, case.number)

    call(me, "POST", at(case), **sent("a.jpg", picture(), keep_place="yes"))
    call(me, "POST", at(case), **sent("b.jpg", picture(size=(32, 32))))
    call(me, "POST", at(case), **sent("c.jpg", picture(size=(30, 30)), keep_place="true"))

    places = [item["place"] for item in call(me, "GET", at(case)).json()["items"]]
    assert places == [{"lat": 31.46, "lon": 116.94}, None, None]


def test_the_same_file_twice_is_one_and_a_full_case_takes_no_more(
    call: Call, case: handlers.Registered
) -> None:
    me = citizen(NODE, case.case_id, case.number)

    first = added(call(me, "POST", at(case), **sent("a.pdf", PDF)))
    again = added(call(me, "POST", at(case), **sent("other name.pdf", PDF)))
    for size in (20, 21):
        added(call(me, "POST", at(case), **sent("a.png", picture("PNG", (size, size)))))
    full = call(me, "POST", at(case), **sent("d.docx", docx()))

    assert again["attachment_id"] == first["attachment_id"]
    assert (full.status_code, full.json()["code"]) == (409, "files_full")
    assert len(call(me, "GET", at(case)).json()["items"]) == 3


def test_a_key_makes_a_repetition_the_same_request_and_no_other(
    call: Call, case: handlers.Registered
) -> None:
    me, key = citizen(NODE, case.case_id, case.number), {"idempotency-key": "a-key-of-a-browser"}

    first = call(me, "POST", at(case), headers=key, **sent("a.jpg", picture()))
    again = call(me, "POST", at(case), headers=key, **sent("a.jpg", picture()))
    other = call(me, "POST", at(case), headers=key, **sent("a.pdf", PDF))

    assert added(again) == added(first)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


def test_a_look_of_staff_has_a_purpose_and_stands_in_the_audit(
    call: Call, case: handlers.Registered, unit: Unit
) -> None:
    me = citizen(NODE, case.case_id, case.number)
    file = added(call(me, "POST", at(case), **sent("张晓明.jpg", picture())))
    one = at(case, f"/{file['attachment_id']}")

    bare, named = call(OFFICER, "GET", at(case)), call(OFFICER, "GET", at(case) + WHY)
    refused = [call(OFFICER, "GET", path) for path in (one, f"{one}/thumbnail")]
    seen = [call(OFFICER, "GET", path + WHY) for path in (one, f"{one}/thumbnail")]
    own = added(call(OFFICER, "POST", at(case), **sent("a.pdf", PDF)))

    assert [item["name"] for item in bare.json()["items"]] == [None]
    assert [item["name"] for item in named.json()["items"]] == ["张晓明.jpg"]
    assert [answer.status_code for answer in refused] == [422, 422]
    assert {answer.json()["errors"][0]["field"] for answer in refused} == {"purpose"}
    assert [answer.status_code for answer in seen] == [200, 200]
    assert (file["added_by_staff"], own["added_by_staff"]) == (False, True)
    audit = plumbing.audit.c
    with unit.transaction() as db:
        rows = db.execute(select(audit.action, audit.purpose).where(
            audit.object_id == case.number, audit.action.like("attachment.%")
        ).order_by(audit.id)).all()  # fmt: skip
    assert [tuple(row) for row in rows] == [
        *[("attachment.read", "核实情况")] * 3,
        ("attachment.add", None),
    ]


@pytest.mark.parametrize("way", ["GET", "POST"])
def test_a_case_of_others_is_like_one_that_does_not_exist(
    call: Call, case: handlers.Registered, unit: Unit, keys: NodeKeys, way: str
) -> None:
    with unit.transaction() as db:
        other = handlers.register_case(db, keys, report(), SOMEBODY)
    more = sent("a.pdf", PDF) if way == "POST" else {}
    stranger = citizen(NODE, other.case_id, other.number)
    elsewhere = staff(Role.DISPOSAL_OFFICER, unit="ELSEWHERE")

    assert call(anonymous(NODE), way, at(case), **more).status_code == 401
    assert call(stranger, way, at(case), **more).status_code == 404
    assert call(elsewhere, way, at(case), **more).status_code == 403
    assert call(staff(Role.OPERATOR), way, at(case), **more).status_code == 403
    assert call(OFFICER, way, "/cases/BCS-341523-20200101-00001-X/attachments", **more
                ).status_code == 404  # fmt: skip


@pytest.mark.parametrize(
    ("more", "status", "field", "code"),
    [
        pytest.param(sent("a.svg", b"<svg/>"), 415, "file", "file_kind", id="svg"),
        pytest.param(sent("a.jpg", b"<html>"), 415, "file", "file_kind", id="html as jpg"),
        pytest.param(sent("a.jpg", b""), 422, "file", "file_empty", id="empty"),
        pytest.param(sent("a.docx", docx("word/vbaProject.bin")), 422, "file", "file_active",
                     id="macros"),
        pytest.param(sent("a.jpg", picture()[:200]), 422, "file", "picture_broken", id="broken"),
        pytest.param(sent("a.pdf", b"%PDF-" + bytes(1_000_001)), 413, "file", "file_too_large",
                     id="large"),
        pytest.param({"json": {"file": "x"}}, 415, "body", "not_multipart", id="json"),
        pytest.param({"files": {"other": ("a.pdf", PDF)}}, 422, "file", "file_missing",
                     id="another field"),
        pytest.param({"files": [("file", ("a.pdf", PDF)), ("file", ("b.pdf", PDF))]}, 400, "body",
                     "bad_request", id="two files"),
        pytest.param({"content": b"garbage", "headers": {"content-type": "multipart/form-data"}},
                     400, "body", "bad_request", id="no boundary"),
        pytest.param({"content": b"garbage",
                      "headers": {"content-type": "multipart/form-data; boundary=x"}},
                     400, "body", "bad_request", id="no parts"),
    ],
)  # fmt: skip
def test_what_is_no_file_for_us_is_refused_by_name(
    call: Call,
    case: handlers.Registered,
    more: Mapping[str, Any],
    status: int,
    field: str,
    code: str,
) -> None:
    answer = call(citizen(NODE, case.case_id, case.number), "POST", at(case), **more)

    told = answer.json()
    assert (answer.status_code, told["code"], told["errors"][0]["field"]) == (status, code, field)
    assert call(OFFICER, "GET", at(case)).json()["items"] == []


def test_who_has_erased_the_key_has_erased_the_files(
    call: Call, case: handlers.Registered, unit: Unit
) -> None:
    me = citizen(NODE, case.case_id, case.number)
    file = added(call(me, "POST", at(case), **sent("a.jpg", picture(), keep_place="yes")))
    with unit.transaction() as db:
        vault.destroy(db, case.case_id, NINE)

    read = call(OFFICER, "GET", at(case, f"/{file['attachment_id']}") + WHY)
    more = call(me, "POST", at(case), **sent("b.pdf", PDF))
    [listed] = call(me, "GET", at(case)).json()["items"]

    assert (read.status_code, read.json()["code"]) == (410, "person_erased")
    assert (more.status_code, more.json()["code"]) == (409, "case_erased")
    assert (listed["name"], listed["place"], listed["kind"]) == (None, None, "jpg")


def test_nothing_lies_in_the_clear_nor_opens_in_another_place(
    call: Call, case: handlers.Registered, unit: Unit, store: HeldStore
) -> None:
    me = citizen(NODE, case.case_id, case.number)
    large = PDF[:-6] + bytes(600_000) + b"%%EOF\n"
    file = added(call(me, "POST", at(case), **sent("张晓明的合同.pdf", large)))
    one = at(case, f"/{file['attachment_id']}")

    with unit.transaction() as db:
        told = db.execute(
            select(attachments).where(attachments.c.case_id == case.case_id)
        ).mappings().one()  # fmt: skip
    [address] = store.held
    sealed = store.held[address]
    assert told["parts"] == 3
    assert (b"%PDF" in sealed, bytes(64) in sealed, "合同" in str(told["name"])) == (False,) * 3
    assert call(me, "GET", one).content == large

    first, second = sealed[:SEALED_BYTES], sealed[SEALED_BYTES : 2 * SEALED_BYTES]
    for put in (second + first + sealed[2 * SEALED_BYTES :], sealed[:-1]):  # as nobody sealed it
        store.held[address] = put
        assert call(me, "GET", one).status_code == 500
    store.held[address] = first
    assert call(me, "GET", one).json()["code"] == "unknown_file"
    store.held.clear()
    assert call(me, "GET", one).json()["code"] == "unknown_file"


def test_many_at_once_do_not_overfill_a_case(
    door: Door, case: handlers.Registered, unit: Unit, keys: NodeKeys
) -> None:
    limits, safe = door.settings.attachment_limits, door.safe
    files = [
        handlers.prepare("a.pdf", io.BytesIO(PDF + b"%%EOF\n" * n), limits, keys) for n in range(5)
    ]

    def attach(file: handlers.Prepared) -> str:
        try:
            with unit.transaction() as db:
                handlers.attach(db, safe, case.number, file, SOMEBODY)
        except Refused as refused:
            return refused.code
        return "taken"

    with ThreadPoolExecutor(len(files)) as pool:
        told = sorted(pool.map(attach, files))

    assert told == ["files_full"] * 2 + ["taken"] * 3
    with unit.transaction() as db:
        query = select(func.count()).select_from(attachments).join(cases)
        assert db.scalar(query.where(cases.c.number == case.number)) == 3


@pytest.mark.parametrize("purpose", ["其他", "其他："])
def test_another_purpose_needs_its_ground(
    call: Call, case: handlers.Registered, purpose: str
) -> None:
    file = added(
        call(citizen(NODE, case.case_id, case.number), "POST", at(case), **sent("a.pdf", PDF))
    )

    for path in (at(case), f"{at(case)}/{file['attachment_id']}"):
        bare = call(OFFICER, "GET", path, params={"purpose": purpose})
        said = call(OFFICER, "GET", path, params={"purpose": "其他：法院来函调卷"})

        assert (bare.status_code, said.status_code) == (422, 200)
        assert [(one["field"], one["code"]) for one in bare.json()["errors"]] == [
            ("purpose", "ground_needed")
        ]


def test_files_count_as_looks_a_case_once_and_one_too_many_is_refused(
    call: Call, unit: Unit, keys: NodeKeys
) -> None:
    busy = replace(OFFICER, id=f"busy-{uuid4()}")
    limit = Settings().look_limits.looks.per_hour
    with unit.transaction() as db:
        cases = [handlers.register_case(db, keys, report(), SOMEBODY) for _ in range(2)]
    first, second = cases
    file = added(
        call(citizen(NODE, first.case_id, first.number), "POST", at(first), **sent("a.pdf", PDF))
    )
    for _ in range(limit - 1):
        call(busy, "POST", f"/cases/{first.number}/person", json={"purpose": "回访"})

    one = at(first, f"/{file['attachment_id']}") + WHY
    seen = [call(busy, "GET", path) for path in (at(first) + WHY, one, one)]
    refused = [call(busy, "GET", at(second) + WHY)]
    refused.append(call(busy, "POST", f"/cases/{first.number}/person", json={"purpose": "回访"}))

    assert [answer.status_code for answer in seen] == [200, 200, 200]
    assert [answer.json()["code"] for answer in refused] == ["too_many_looks"] * 2
    assert call(busy, "GET", at(second)).status_code == 200  # without a purpose nothing is seen
    looks = call(staff(Role.AUDIT_ADMINISTRATOR), "GET", "/person-looks").json()["lookers"]
    mine = next(each for each in looks if each["login"] == busy.id)
    assert (mine["looks_hour"], mine["refused_day"]) == (limit, 2)
