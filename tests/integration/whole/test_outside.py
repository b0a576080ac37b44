"""A party outside answers by its link: pages of a whole node, and what an attacker gets."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from backstop.gate import AROUND_A_FILE
from backstop.operations import Measured
from services.notify.tables import messages
from shared.events.sealed import Sealed
from shared.security.actor import Role
from shared.security.vault import sealer_of_case
from tests.integration.whole.conftest import Lived
from tests.unit.intake.making_files import MAKER, PDF, picture
from tests.whole.node import WholeNode
from tests.whole.stories import UNIT, Told, order_of, register, work

pytestmark = pytest.mark.integration

DESK, ADMIN, DOOR = "/desk/outside", "/admin/parties", "/outside"
HOSTILE = "<script>alert(1)</script> 水表是我们装的，电话 13905644321"
SECRETS = ("张三丰", "13812345678", "13905644321", "赵经理人")
Browser = dict[str, str]


@dataclass(frozen=True, slots=True)
class Scene:
    """A signed case of a city, its officer, and the desk's page of questions about it."""

    city: WholeNode
    told: Told
    officer: Browser

    @property
    def page(self) -> str:
        return f"{DESK}/{self.told.number}"

    def send(self, act: str, **fields: Any) -> tuple[int, str]:
        return send(self.city, self.officer, self.page, f"{self.page}/{act}", **fields)

    def link(self) -> str:
        """Read the newest message to the party, as its telephone shows it; return the token."""
        with self.city.node.unit("notify").transaction() as db:
            mine = (messages.c.case_id == self.told.case_id, messages.c.purpose == "outside_link")
            found = db.scalar(
                select(messages.c.body).where(*mine).order_by(messages.c.queued_at.desc()).limit(1)
            )
            sealed = Sealed.model_validate(found)
            text = sealer_of_case(db, self.city.node.keys, self.told.case_id).open(sealed)  # type: ignore[arg-type]
        return text.partition("#link=")[2]


def send(
    city: WholeNode, who: Mapping[str, str], at: str, to: str, **fields: Any
) -> tuple[int, str]:
    csrf = re.search(r'name="csrf" value="(\w+)"', city.done("GET", at, who))
    assert csrf is not None
    answer = city.ask("POST", to, who, data={"csrf": csrf[1], **fields})
    return answer.status_code, html.unescape(answer.text)


def opened(city: WholeNode, token: str, code: str = "") -> tuple[int, str, Browser]:
    answer = city.ask("POST", DOOR, {}, data={"link": token, "code": code})
    cookie = answer.headers.get("set-cookie", "").partition(";")[0]
    city.client.cookies.clear()
    return answer.status_code, html.unescape(answer.text), {"cookie": cookie}


def enter_party(city: WholeNode, name: str, **changed: Any) -> tuple[int, str]:
    who = city.signed_in(Role.SYSTEM_ADMINISTRATOR)
    told = {"name": name, "kind": "company", "contact": "赵经理人", "phone": "139 0564 4321"}
    return send(city, who, ADMIN, ADMIN, **{**told, "valid_from": "2020-01-01", **changed})


@pytest.fixture
def scene(lived: Lived) -> Scene:
    city = lived.tiers.city
    told = register(city)
    city.settle()
    work(city, told, "sign")
    city.settle()
    return Scene(city, told, city.signed_in(Role.DISPOSAL_OFFICER, UNIT))


def asked(scene: Scene, name: str, **fields: Any) -> str:
    """Enter a party, ask it, let the message go out; return the page that came back."""
    enter_party(scene.city, name)
    found = scene.city.done("GET", "/api/v1/outside-parties", scene.officer)
    party = next(each["party_id"] for each in found if each["name"] == name)
    status, text = scene.send("ask", party_id=party, text="水表是谁装的？", **fields)
    assert status in (200, 303), text
    scene.city.settle()
    scene.city.deliver()
    return text


def add_files(scene: Scene) -> list[str]:
    """Let the person add two files; return their ids."""
    shelf = f"/api/v1/cases/{scene.told.number}/attachments"
    for name in ("给看.pdf", "不给看.pdf"):
        data = PDF + name.encode() + b"\n%%EOF"
        scene.city.done("POST", shelf, scene.told.holder, files={"file": (name, data)})
    found = scene.city.done("GET", shelf, scene.told.holder)["items"]
    return [each["attachment_id"] for each in found]


def test_a_party_sees_the_question_and_the_files_it_is_shown(scene: Scene) -> None:
    city = scene.city
    mine, other = add_files(scene)
    asked(scene, "看件供水公司", files=mine)
    status, _text, me = opened(city, scene.link())
    page = city.done("GET", f"{DOOR}/question", me)
    shown = re.findall(r'href="(/outside/shown/[^"]+)"', page)
    handed = city.ask("GET", shown[0], me)

    assert (status, shown) == (303, [f"{DOOR}/shown/{mine}"])
    assert "水表是谁装的？" in page
    assert not any(secret in page for secret in (*SECRETS, scene.told.number, "给看.pdf"))
    assert handed.headers["content-disposition"].startswith('attachment; filename="file.pdf"')
    assert city.ask("GET", f"{DOOR}/shown/{other}", me).status_code == 404


def test_a_party_answers_with_files_and_the_unit_takes_the_answer_over(scene: Scene) -> None:
    city = scene.city
    asked(scene, "全程供水公司")
    _status, _text, me = opened(city, scene.link())
    question, form = f"{DOOR}/question", {"how": "answered", "text": HOSTILE}
    sent = city.ask("POST", f"{DOOR}/files", me, files={"file": ("表.jpg", picture())})
    city.ask("POST", f"{DOOR}/files", me, files={"file": ("错.pdf", PDF)})
    drafts = re.findall(r'name="file_id" value="([^"]+)"', city.done("GET", question, me))
    city.ask("POST", f"{DOOR}/files/remove", me, data={"file_id": drafts[1]})
    empty = city.ask("POST", f"{DOOR}/answer", me, data=form | {"text": " "})
    done = city.ask("POST", f"{DOOR}/answer", me, data=form)
    thanks = city.done("GET", question, me)
    twice = city.ask("POST", f"{DOOR}/answer", me, data=form)

    assert (sent.status_code, empty.status_code, done.status_code) == (303, 422, 303)
    assert "谢谢，已经收到您的答复" in thanks
    assert ("<script>alert" in thanks, "&lt;script&gt;" in thanks) == (False, True)
    assert ("表.jpg" in thanks, "错.pdf" in thanks) == (True, False)
    assert (twice.status_code, "已经结束" in twice.text) == (422, True)
    city.settle()
    _read_and_finish(scene)


def _read_and_finish(scene: Scene) -> None:
    city, officer = scene.city, scene.officer
    desk = city.done("GET", f"/desk?view=unit&case={scene.told.number}", officer)
    before = city.done("GET", scene.page, officer)
    questions = city.done("GET", f"/api/v1/orders/{order_of(city, scene.told)}/outside", officer)
    about = questions[0]["question_id"]
    status, read = scene.send("read", question_id=about, purpose="核实情况")
    [file] = re.findall(r'href="(/desk/outside/[^"]+/files/[^"]+)"', read)
    handed = city.ask("GET", html.unescape(file), officer)
    blind = city.ask("GET", file.partition("?")[0], officer)

    assert "139****4321" in before
    assert "13905644321" not in before
    assert (status, "13905644321" in read) == (200, True)
    assert MAKER.encode() not in handed.content
    assert handed.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert blind.status_code == 422
    assert "把外部单位的答复写进凭据" in desk
    at = f"/api/v1/orders/{order_of(city, scene.told)}"
    work(city, scene.told, "contacts")
    body = {"outcome": "done", "answer": "已换水表。", "outside": [about]}
    city.done("POST", f"{at}/finish", officer, json=body)
    city.settle()
    story = city.done("GET", f"/api/v1/cases/{scene.told.number}", scene.told.holder)["timeline"]
    texts = [each["text"] for each in story]
    assert "市场监督管理局已向全程供水公司了解情况，等它答复。" in texts
    assert "全程供水公司已向市场监督管理局答复。" in texts


def test_a_spoken_code_is_shown_once_and_asked_for(scene: Scene) -> None:
    city = scene.city
    page = asked(scene, "敏感供电公司", with_code="yes")
    token = scene.link()
    [code] = re.findall(r'<p class="code big">(\d{6})</p>', page)
    asks_code = opened(city, token)
    wrong = opened(city, token, "000000" if code != "000000" else "111111")

    assert code not in city.done("GET", scene.page, scene.officer)
    assert (asks_code[0], "6 位数字" in asks_code[1]) == (200, True)
    assert (wrong[0], "6 位数字不对" in wrong[1]) == (422, True)
    assert opened(city, token, code)[0] == 303


def test_a_new_link_kills_the_old_one_and_a_withdrawn_one_says_so(scene: Scene) -> None:
    city = scene.city
    asked(scene, "重发燃气公司")
    first = scene.link()
    me = opened(city, first)[2]
    page = city.done("GET", scene.page, scene.officer)
    about = re.search(r'name="question_id" value="([^"]+)"', page)
    assert about is not None
    again = scene.send("again", question_id=about[1])
    city.settle()
    old, second = opened(city, first), scene.link()
    blocked = city.ask("GET", f"{DOOR}/question", me)
    withdrawn = scene.send("withdraw", question_id=about[1], note="打电话问到了")
    look = f"/api/v1/outside-parties/{_party(scene, '重发燃气公司')}/look"
    seen = city.done("POST", look, scene.officer, json={"purpose": "核实情况"})

    assert (again[0], withdrawn[0], blocked.status_code) == (303, 303, 422)
    assert (old[0], "已经换了新的" in old[1], second == first) == (422, True, False)
    assert "已经不需要答复了" in opened(city, second)[1]
    assert seen["phone"].endswith("13905644321")


def _party(scene: Scene, name: str) -> str:
    found = scene.city.done("GET", "/api/v1/outside-parties", scene.officer)
    assert not any("13905644321" in str(each) for each in found)
    return str(next(each["party_id"] for each in found if each["name"] == name))


def test_a_link_opens_its_question_and_nothing_else(scene: Scene, caplog: Any) -> None:
    city = scene.city
    asked(scene, "只答一问公司")
    token = scene.link()
    shown = {"backstop-link": token}
    most = city.settings.intake.attachment_limits.bytes
    at = f"/api/v1/cases/{scene.told.number}"
    tries = {
        at: city.ask("GET", at, shown),
        "files": city.ask("GET", f"{at}/attachments", shown),
        "orders": city.ask("GET", "/api/v1/orders", shown),
        "parties": city.ask("GET", "/api/v1/outside-parties", shown),
        "altered": city.ask("GET", "/api/v1/outside/question", {"backstop-link": f"A{token[1:]}"}),
        "bare": city.ask("GET", "/api/v1/outside/question", {}),
        "citizen": city.ask("GET", f"/api/v1/outside/question?number={scene.told.number}", {}),
    }
    _status, _text, me = opened(city, token)
    form = {"how": "answered", "text": "外站替我答"}
    foreign = city.ask("POST", f"{DOOR}/answer", me | {"sec-fetch-site": "cross-site"}, data=form)
    heavy = {"file": ("a.pdf", b"%PDF-" + bytes(most + AROUND_A_FILE))}
    large = city.ask("POST", f"{DOOR}/files", me, files=heavy)
    odd = city.ask("POST", f"{DOOR}/files", me, files={"file": ("a.html", b"<html>")})
    stale = city.ask("GET", f"{DOOR}/question", {"cookie": "backstop_outside=forged"})

    refused = {name: answer.status_code for name, answer in tries.items()}
    assert set(refused.values()) <= {401, 403, 404}, refused
    assert foreign.status_code == 403
    assert ("文件太大了" in large.text, "只收照片" in odd.text) == (True, True)
    assert (stale.status_code, stale.headers["location"]) == (303, "/outside?closed=1")
    assert "谢谢" not in city.done("GET", f"{DOOR}/question", me)
    plain = token.replace("-", "")
    assert token not in caplog.text
    assert plain not in caplog.text
    listed = html.unescape(city.done("GET", DESK, scene.officer))
    assert "只答一问公司" in listed


def test_who_may_ask_and_who_keeps_the_register(scene: Scene) -> None:
    city = scene.city
    other = city.signed_in(Role.DISPOSAL_OFFICER, "U001")
    window, inspector = city.signed_in(Role.WINDOW_OFFICER), city.signed_in(Role.INSPECTOR)
    at = f"/api/v1/orders/{order_of(city, scene.told)}/outside"
    bad = enter_party(city, "", phone="0564-8621234", kind="")
    short = enter_party(city, "座机公司", phone="0564-8621234")

    assert (bad[0], short[0]) == (422, 422)
    assert "请填单位名称" in bad[1]
    assert "请填能收短信的手机号" in short[1]
    assert [city.ask("GET", at, who).status_code for who in (other, window)] == [403, 403]
    assert city.ask("GET", at, inspector).status_code == 200
    body = {"party_id": order_of(city, scene.told), "text": "x"}
    denied = city.ask("POST", at, inspector, json=body)
    assert denied.status_code == 403
    assert city.ask("GET", ADMIN, scene.officer).status_code == 403
    families = {each.name: each for each in Measured(city.node, ("dispatch",)).collect()}
    open_now = families["backstop_outside_questions_open"].samples[0].value
    overdue = families["backstop_outside_questions_overdue"].samples[0].value
    since = families["backstop_outside_questions_overdue_seconds"].samples[0].value
    assert open_now >= overdue >= 0
    assert (since > 0) == (overdue > 0)
