"""Files through the pages of a whole node: a citizen's telephone, the desk, and who may not."""

import re

import pytest

from backstop.gate import AROUND_A_FILE
from shared.security.actor import Role
from tests.integration.whole.conftest import Lived
from tests.unit.intake.making_files import MAKER, PDF, picture
from tests.whole.node import WholeNode
from tests.whole.stories import Told, register

pytestmark = pytest.mark.integration

LINK = re.compile(r'href="(/(?:follow|desk)/files/[^"]+)"')
SMALL = re.compile(r'src="(/(?:follow|desk)/files/[^"]+/thumbnail[^"]*)"')
WHY = "核实情况"


def opened_by(city: WholeNode, told: Told) -> dict[str, str]:
    """Return the headers of a browser in which a person has opened the own case."""
    typed = {"number": told.number, "code": told.holder["backstop-code"]}
    answer = city.ask("POST", "/follow", {}, data=typed)
    assert answer.status_code == 303, answer.text
    cookie = answer.headers["set-cookie"].partition(";")[0]
    city.client.cookies.clear()
    return {"cookie": cookie}


def send(city: WholeNode, path: str, who: dict[str, str], name: str, data: bytes, **fields: str):  # type: ignore[no-untyped-def]
    return city.ask("POST", path, who, files={"file": (name, data)}, data=fields)


def plain(html_link: str) -> str:
    return html_link.replace("&amp;", "&")


def test_a_person_sends_a_photograph_and_sees_it_again(lived: Lived) -> None:
    city = lived.tiers.city
    told = register(city)
    city.settle()
    me = opened_by(city, told)

    empty = city.ask("GET", "/follow/files", me)
    sent = send(city, "/follow/files", me, "现场.jpg", picture(), keep_place="yes")
    mine = city.ask("GET", "/follow/files", me).text
    [link], [small] = LINK.findall(mine), SMALL.findall(mine)
    kept, seen = city.ask("GET", link, me), city.ask("GET", small, me)

    assert 'enctype="multipart/form-data"' in empty.text
    assert (sent.status_code, sent.headers["location"]) == (303, "/follow/files")
    assert "31.46, 116.94" in mine
    assert kept.headers["content-disposition"].startswith("attachment")
    assert kept.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert (kept.headers["cache-control"], seen.headers["cache-control"]) == ("no-store",) * 2
    assert kept.content.startswith(b"\xff\xd8\xff")
    assert MAKER.encode() not in kept.content


def test_staff_see_a_photograph_for_a_purpose(lived: Lived) -> None:
    city = lived.tiers.city
    told = register(city)
    city.settle()
    me, staff = opened_by(city, told), city.signed_in(Role.WINDOW_OFFICER)
    send(city, "/follow/files", me, "现场.jpg", picture())

    at = f"/desk/files?case={told.number}"
    bare, shown = city.ask("GET", at, staff), city.ask("GET", f"{at}&purpose={WHY}", staff)
    assert "现场.jpg" not in bare.text
    assert LINK.findall(bare.text) == []
    assert "现场.jpg" in shown.text
    [link], [small] = map(plain, LINK.findall(shown.text)), map(plain, SMALL.findall(shown.text))
    assert city.ask("GET", link, staff).content.startswith(b"\xff\xd8\xff")
    assert city.ask("GET", small, staff).headers["content-type"] == "image/jpeg"
    assert (
        city.ask("GET", link.partition("?")[0] + f"?case={told.number}", staff).status_code == 422
    )
    assert city.ask("GET", at, city.signed_in(Role.OPERATOR)).status_code == 403
    assert city.ask("GET", link, me).status_code in {303, 401}


def test_the_desk_adds_a_file_only_by_its_own_form(lived: Lived) -> None:
    city = lived.tiers.city
    told = register(city)
    city.settle()
    staff = city.signed_in(Role.WINDOW_OFFICER)
    at = f"/desk/files?case={told.number}"
    [csrf] = set(re.findall(r'name="csrf" value="(\w+)"', city.ask("GET", at, staff).text))

    bare = send(city, at, staff, "a.pdf", PDF)
    sent = send(city, at, staff, "a.pdf", PDF, csrf=csrf)

    assert bare.status_code == 403
    assert (sent.status_code, sent.headers["location"]) == (303, at)
    assert "PDF" in city.ask("GET", at, staff).text


def test_what_cannot_be_taken_is_said_on_the_page_it_came_from(lived: Lived) -> None:
    city = lived.tiers.city
    me = opened_by(city, register(city))
    most = city.settings.intake.attachment_limits.bytes

    wrong = send(city, "/follow/files", me, "a.svg", b"<svg/>")
    large = send(city, "/follow/files", me, "a.pdf", b"%PDF-" + bytes(most + AROUND_A_FILE))
    nothing = city.ask("POST", "/follow/files", me, files={"file": ("", b"")})
    elsewhere = city.ask("POST", "/follow", {}, data={"number": "9" * 2_000_000})

    for answer, told in (
        (wrong, "只收照片"),
        (large, "文件太大了"),
        (nothing, "请先选一个文件"),
    ):
        assert answer.status_code == 422, told
        assert told in answer.text
        assert 'type="file"' in answer.text
    assert elsewhere.status_code == 413


def test_the_pages_take_a_file_in_pieces_from_who_has_the_case_open(lived: Lived) -> None:
    city = lived.tiers.city
    told, other = register(city), register(city)
    city.settle()
    me, stranger = opened_by(city, told), opened_by(city, other)
    staff = city.signed_in(Role.WINDOW_OFFICER)
    at = f"/desk/files?case={told.number}"
    [csrf] = set(re.findall(r'name="csrf" value="(\w+)"', city.ask("GET", at, staff).text))
    tus = {"tus-resumable": "1.0.0"}
    beginning = {**tus, "upload-length": str(len(PDF)), "upload-metadata": "filename YS5wZGY="}
    piece = {**tus, "upload-offset": "0", "content-type": "application/offset+octet-stream"}
    desk = f"/desk/files/uploads?case={told.number}"

    nobodys = city.ask("POST", "/follow/files/uploads", beginning)
    foreign = city.ask("POST", desk, {**staff, **beginning})
    mine = city.ask("POST", "/follow/files/uploads", {**me, **beginning}).headers["location"]
    own = {**staff, "backstop-form": csrf}
    theirs = city.ask("POST", desk, {**own, **beginning}).headers["location"]

    assert (nobodys.status_code, foreign.status_code) == (401, 403)
    for place, who, not_who in ((mine, me, stranger), (theirs, own, me)):
        assert city.ask("HEAD", place, {**not_who, **tus}).status_code in {401, 303, 404}
        assert city.ask("HEAD", place, {**who, **tus}).headers["upload-offset"] == "0"
        sent = city.ask("PATCH", place, {**who, **piece}, content=PDF)
        assert (sent.status_code, sent.headers["upload-offset"]) == (204, str(len(PDF)))
    assert "a.pdf" in city.ask("GET", "/follow/files", me).text
    gone = city.ask("DELETE", theirs, {**own, **tus})
    assert gone.status_code == 204
    assert "a.pdf" in city.ask("GET", "/follow/files", me).text  # what came of it stays
