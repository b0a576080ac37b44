"""One file of a person whose name is withheld is shown to the unit of the case, and no other."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from shared.security.actor import Role
from tests.integration.whole.test_backup import stock_of
from tests.integration.whole.test_withheld import (
    OFFICER,
    WHY,
    at_a_unit,
    leaks,
    withheld,
)
from tests.integration.whole.test_withheld import tiers as tiers
from tests.unit.intake.making_files import PDF, picture
from tests.whole.node import CITY, WholeNode
from tests.whole.stories import UNIT, Told, offer, place, take, work
from tests.whole.tiers import WholeTiers

pytestmark = pytest.mark.integration

BECAUSE = {"because": "要核对批文，电话 13955607199"}
COVERED = PDF + b"covered\n%%EOF"
Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Scene:
    """A case whose person is withheld, with a paper and a photograph of theirs."""

    whole: WholeNode
    told: Told
    paper: str
    photo: str

    @property
    def at(self) -> str:
        return f"/api/v1/cases/{self.told.number}"

    @property
    def window(self) -> Headers:
        return self.whole.token(Role.WINDOW_OFFICER)

    def release(self, who: Headers, file: str, **more: str) -> tuple[int, str]:
        path = f"{self.at}/attachments/{file}/releases"
        answer = self.whole.ask("POST", path, who, json={**BECAUSE, **more})
        told = answer.json()
        return answer.status_code, told.get("code") or told["release"]["release_id"]

    def open(self, who: Headers, file: str) -> tuple[int, bytes]:
        answer = self.whole.ask("GET", f"{self.at}/attachments/{file}", who, params=WHY)
        return answer.status_code, answer.content

    def end(self, release_id: str) -> int:
        path = f"{self.at}/releases/{release_id}/end"
        return self.whole.ask("POST", path, self.window, json=BECAUSE).status_code


def with_files(whole: WholeNode, told: Told) -> Scene:
    shelf = f"/api/v1/cases/{told.number}/attachments"
    files = {"尉迟望舒的批文.pdf": PDF, "尉迟望舒.jpg": picture()}
    paper, photo = (
        whole.done("POST", shelf, told.holder, files={"file": (name, data)})["attachment_id"]
        for name, data in files.items()
    )
    whole.settle()
    return Scene(whole, told, paper, photo)


def names(whole: WholeNode, scene: Scene, who: Headers) -> list[tuple[str, str]]:
    found = whole.done("GET", f"{scene.at}/attachments", who, params=WHY)["items"]
    return [(each["attachment_id"], each["name"]) for each in found]


def test_a_unit_sees_what_was_released_to_it_after_a_look_and_no_longer_than_that(
    tiers: WholeTiers,
) -> None:
    county = tiers.county
    scene, officer = with_files(county, at_a_unit(county)), signed(county)
    unit, other = county.token(OFFICER, UNIT), county.token(OFFICER, "U000")

    assert scene.release(scene.window, scene.paper) == (409, "look_first")
    scene.open(scene.window, scene.paper)
    for who in (unit, county.token(Role.INSPECTOR), county.token(Role.HOTLINE_AGENT)):
        assert scene.release(who, scene.paper)[0] == 403
    status, release = scene.release(scene.window, scene.paper)
    county.settle()

    assert (status, scene.release(scene.window, scene.paper)[1]) == (201, "released_already")
    assert names(county, scene, unit) == [(scene.paper, "附件.pdf")]
    assert scene.open(unit, scene.paper) == (200, PDF)
    assert (scene.open(unit, scene.photo)[0], scene.open(other, scene.paper)[0]) == (404, 403)
    assert county.ask("POST", f"{scene.at}/person", unit, json=WHY).status_code == 403
    desk = county.done("GET", f"/desk?view=mine&case={scene.told.number}", officer)
    assert "放行附件（pdf，原件）" in desk
    assert (leaks(desk), f"/desk/files?case={scene.told.number}" in desk) == ([], True)
    assert "放行了一个附件给本单位看" in county.done("GET", "/desk/notices", officer)

    assert scene.end(release) == 200
    assert (scene.open(unit, scene.paper)[0], scene.end(release)) == (403, 409)
    county.settle()
    desk = county.done("GET", f"/desk?view=mine&case={scene.told.number}", officer)
    assert ("收回给市场监督管理局看的附件" in desk, "/desk/files?" in desk) == (True, False)
    assert traced(scene) == ["attachment.release", "attachment.unrelease"]


def traced(scene: Scene) -> Sequence[str]:
    told = "SELECT action FROM intake.audit WHERE object_id = :number AND action LIKE :like"
    about = {"number": scene.told.number, "like": "attachment.%release"}
    with scene.whole.owner() as db:
        return db.scalars(text(f"{told} ORDER BY id"), about).all()


def signed(whole: WholeNode) -> Headers:
    return whole.signed_in(OFFICER, UNIT)


PURPOSE = {"purpose": "核实情况"}


@dataclass(frozen=True, slots=True)
class Desk:
    """The page of the files of a case, as a supervisor who is signed in has it."""

    scene: Scene
    browser: Headers

    @property
    def page(self) -> str:
        return f"/desk/files?case={self.scene.told.number}"

    def shown(self, who: Headers | None = None) -> str:
        at = f"{self.page}&purpose={PURPOSE['purpose']}"
        return str(self.scene.whole.done("GET", at, who or self.browser))

    def open(self, file: str) -> None:
        asked = f"case={self.scene.told.number}&purpose={PURPOSE['purpose']}"
        self.scene.whole.done("GET", f"/desk/files/{file}?{asked}", self.browser)

    def send(self, to: str, files: object = None, **fields: str) -> tuple[int, str]:
        csrf = re.findall(r'name="csrf" value="(\w+)"', self.shown())[0]
        told = {"csrf": csrf, **PURPOSE, **fields}
        path = f"/desk/files/{to}?case={self.scene.told.number}"
        answer = self.scene.whole.ask("POST", path, self.browser, data=told, files=files)
        return answer.status_code, answer.text


def test_the_pages_release_a_covered_copy_that_the_person_never_sees(tiers: WholeTiers) -> None:
    county = tiers.county
    scene = with_files(county, at_a_unit(county))
    desk, unit = Desk(scene, county.signed_in(Role.SUPERVISOR)), signed(county)
    covered, same = ({"file": ("尉迟望舒.pdf", data)} for data in (COVERED, PDF))

    assert "放行给市场监督管理局看" in desk.shown()
    unsaid = desk.send(f"{scene.paper}/release")
    assert (unsaid[0], "请写为什么" in unsaid[1]) == (422, True)
    assert "没有遮盖" in desk.send(f"{scene.photo}/copy", same, **BECAUSE)[1]
    desk.open(scene.photo)
    assert desk.send(f"{scene.photo}/copy", covered, **BECAUSE)[0] == 303
    county.settle()

    [(shown, name)] = names(county, scene, county.token(OFFICER, UNIT))
    assert (name, scene.open(county.token(OFFICER, UNIT), shown)[1]) == ("附件.pdf", COVERED)
    told = county.done("GET", desk.page, unit) + desk.shown(unit)
    assert ("放行给它的附件" in told, leaks(told), shown in told) == (True, [], True)
    assert files_of_person(scene) == {scene.paper, scene.photo}
    assert scene.open(scene.told.holder, shown)[0] == 404

    [release] = re.findall(r"/desk/files/releases/([^/]+)/end", desk.shown())
    assert desk.send(f"releases/{release}/end", **BECAUSE)[0] == 303
    assert county.ask("GET", desk.page, unit).status_code == 403


def files_of_person(scene: Scene) -> set[str]:
    found = scene.whole.done("GET", f"{scene.at}/attachments", scene.told.holder)["items"]
    return {each["attachment_id"] for each in found}


def handed_over(tiers: WholeTiers) -> Scene:
    """A case of the county that the city has."""
    county, city = tiers.county, tiers.city
    scene = with_files(county, withheld(county, name_withheld=True))
    tiers.settle()
    offered = offer(county, scene.told, CITY)
    tiers.settle()
    take(city, offered)
    tiers.settle()
    return scene


def at_unit_of(tiers: WholeTiers, scene: Scene) -> Scene:
    """Let the city give the case to a unit; return it as the city has it."""
    place(tiers.city, scene.told)
    tiers.settle()
    work(tiers.city, scene.told, "sign")
    tiers.settle()
    return Scene(tiers.city, scene.told, scene.paper, scene.photo)


def seen_by_centre(scene: Scene) -> list[str]:
    centre = scene.whole.token(Role.DISPATCHER)
    return [name for _file, name in names(scene.whole, scene, centre)]


def test_over_a_link_the_unit_of_another_node_sees_it_and_it_goes_when_it_is_taken_back(
    tiers: WholeTiers,
) -> None:
    county, city, scene = tiers.county, tiers.city, handed_over(tiers)
    scene.open(scene.window, scene.paper)
    assert scene.release(scene.window, scene.paper) == (409, "no_unit_holds_it")
    there, unit = at_unit_of(tiers, scene), city.token(OFFICER, UNIT)
    officer = signed(city)
    assert there.open(unit, scene.paper)[0] == 403

    status, release = scene.release(scene.window, scene.paper)
    tiers.settle()
    assert status == 201
    assert names(city, there, unit) == [(scene.paper, "附件.pdf")]
    assert there.open(unit, scene.paper) == (200, PDF)
    assert scene.open(county.token(OFFICER, UNIT), scene.paper)[0] == 403
    assert seen_by_centre(there) == ["附件.pdf"]
    assert "放行了一个附件给本单位看" in city.done("GET", "/desk/notices", officer)

    assert scene.end(release) == 200
    tiers.settle()
    assert there.open(unit, scene.paper)[0] == 403
    assert (seen_by_centre(there), stock_of(city).is_whole) == ([], True)
