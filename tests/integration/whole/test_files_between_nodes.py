"""Files go with a case from county to city to province and back; every byte by its digest."""

import json
from collections import Counter
from hashlib import sha256
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.intake.handlers import FileHouse, ask_again
from shared.clock import new_id, utcnow
from shared.events.intake import FileAdded
from shared.security.actor import Role
from tests.integration.whole.conftest import Lived
from tests.unit.intake.making_files import picture
from tests.whole.node import CITY, COUNTY, PROVINCE, WholeNode
from tests.whole.stories import Told, offer, rate, register, take, work
from tests.whole.tiers import WholeTiers

pytestmark = pytest.mark.integration

WHY = "核实情况"
HEAD = Role.WINDOW_HEAD
NOISE = Random(1).randbytes(2_600_000).replace(b"/", b"-")  # noqa: S311  # a file, no secret
WINDOW = 8
MOST_STEPS = 20


@pytest.fixture
def tiers(lived: Lived) -> WholeTiers:
    for each in lived.tiers.nodes.values():
        each.term = new_id()  # what another test let get lost on its way goes once more
    lived.tiers.settle()
    return lived.tiers


def document(size: int, mark: str) -> bytes:
    """A document that cannot be made smaller."""
    return b"%PDF-1.4\n" + mark.encode() + NOISE[:size] + b"\n%%EOF\n"


def add(whole: WholeNode, told: Told, name: str, data: bytes, who: dict[str, str]) -> None:
    at = f"/api/v1/cases/{told.number}/attachments"
    whole.done("POST", at, who, files={"file": (name, data)})


def shelf(whole: WholeNode, told: Told) -> Any:
    at = f"/api/v1/cases/{told.number}/attachments?purpose={WHY}"
    return whole.done("GET", at, whole.token(HEAD))


def digests(whole: WholeNode, told: Told) -> Counter[str]:
    """Every file of a case as the node hands it out, by name and digest."""
    who, found = whole.token(HEAD), Counter[str]()
    for item in shelf(whole, told)["items"]:
        at = f"/api/v1/cases/{told.number}/attachments/{item['attachment_id']}?purpose={WHY}"
        found[f"{item['name']} {sha256(whole.ask('GET', at, who).content).hexdigest()}"] += 1
    return found


def count(whole: WholeNode, of: str, told: Told) -> int:
    """Count the rows of a case in a table."""
    query = text(f"SELECT count(*) FROM {of} WHERE case_id = :id")  # noqa: S608
    with whole.owner() as db:
        return int(db.scalar(query, {"id": UUID(told.case_id)}) or 0)


def pieces(whole: WholeNode, told: Told) -> int:
    """How many pieces of a case lie at a node, in its room or in parcels."""
    carried: list[str] = []
    with whole.owner() as db:
        for table in ("outgoing", "held"):
            carried += db.scalars(text(f"SELECT content FROM link.{table}")).all()  # noqa: S608
    told_of = [piece for content in carried for piece in json.loads(content).get("pieces", ())]
    mine = [piece for piece in told_of if piece["case_id"] == told.case_id]
    return count(whole, "vault.pieces", told) + len(mine)


def hand_over(tiers: WholeTiers, told: Told, giver: WholeNode, taker: WholeNode) -> None:
    tiers.settle()
    offered = offer(giver, told, taker.node.code)
    tiers.settle()
    take(taker, offered)
    taker.settle()


def ask_late(whole: WholeNode) -> int:
    """Let the patience with what does not come be over."""
    with whole.owner() as db:
        db.execute(text("UPDATE intake.coming_files SET next_at = now() WHERE fault IS NULL"))
    known, keys, cards = whole.settings.intake, whole.node.keys, whole.node.cards
    limits, patience = known.attachment_limits, known.file_patience
    told = (whole.node.code, keys, cards, limits, patience)
    house = FileHouse(*told, utcnow(), whole.node.stores["intake"])
    return ask_again(whole.units["intake"].transaction, house, 100)


def test_files_of_some_megabytes_are_there_once_the_case_is_taken(tiers: WholeTiers) -> None:
    county, city = tiers.county, tiers.city
    told = register(county)
    add(county, told, "合同.pdf", document(2_600_000, "a"), told.holder)
    add(county, told, "现场.png", picture("PNG", (900, 700)), told.holder)
    tiers.settle()

    offered = offer(county, told, CITY)
    tiers.settle()
    lain = pieces(city, told) + pieces(county, told) + count(city, "intake.coming_files", told)
    take(city, offered)
    tiers.settle()

    assert lain == 0
    assert digests(city, told) == digests(county, told)
    found = shelf(city, told)
    files = [(item["name"], item["origin"], item["has_thumbnail"]) for item in found["items"]]
    assert files == [("合同.pdf", COUNTY, False), ("现场.jpg", COUNTY, True)]
    assert found["coming"] == []
    assert pieces(city, told) + pieces(county, told) == 0


def test_who_takes_a_case_sees_its_files_as_files_of_its_own(tiers: WholeTiers) -> None:
    county, city = tiers.county, tiers.city
    told = register(county)
    add(county, told, "低保申请.pdf", document(1_000, "own"), told.holder)
    hand_over(tiers, told, county, city)
    tiers.settle()

    at = f"/desk/files?case={told.number}"
    staff = city.signed_in(HEAD)
    bare, shown = city.ask("GET", at, staff), city.ask("GET", f"{at}&purpose={WHY}", staff)

    assert "低保申请.pdf" not in bare.text
    assert "PDF" in bare.text
    assert "低保申请.pdf" in shown.text
    assert "来自舒城县政务服务中心" in shown.text
    assert city.ask("GET", at, city.signed_in(Role.OPERATOR)).status_code == 403
    with city.owner() as db:
        query = text("SELECT action, actor_id FROM intake.audit WHERE object_id = :n ORDER BY id")
        audited = db.execute(query, {"n": told.number}).all()
    assert ("attachment.arrive", COUNTY) in audited
    assert [action for action, _ in audited].count("attachment.read") == 1


def test_who_refuses_a_case_gets_nothing_of_its_files(tiers: WholeTiers) -> None:
    county, city = tiers.county, tiers.city
    told = register(county)
    add(county, told, "合同.pdf", document(300_000, "refused"), told.holder)
    tiers.settle()
    offered = offer(county, told, CITY)
    tiers.settle()

    body = {"ground": "delegated", "legal_basis": "《下放清单》第 12 项"}
    at = f"/api/v1/hand-overs/{offered}/refuse"
    city.done("POST", at, city.token(Role.DISPATCHER), json=body)
    tiers.settle()
    add(county, told, "补充.pdf", document(300_000, "later"), told.holder)
    tiers.settle()

    for table in ("coming_files", "attachments", "legs"):
        assert count(city, f"intake.{table}", told) == 0, table
    assert pieces(city, told) + pieces(county, told) == 0


def test_a_node_that_only_sees_a_case_learns_that_there_are_files(tiers: WholeTiers) -> None:
    county, province = tiers.county, tiers.province
    told = register(county)
    add(county, told, "低保申请.pdf", document(1_000, "seen"), told.holder)
    add(county, told, "现场.jpg", picture(), told.holder)
    tiers.settle()

    with province.owner() as db:
        query = text("SELECT params FROM portal.timeline WHERE case_id = :id AND name = :name")
        about = {"id": UUID(told.case_id), "name": FileAdded.name}
        steps = [row.params for row in db.execute(query, about)]
    assert sorted(step["kind"] for step in steps) == ["jpg", "pdf"]
    assert "低保申请" not in json.dumps(steps, ensure_ascii=False)
    assert count(province, "intake.attachments", told) == 0
    at = f"/desk?case={told.number}"
    assert "有 2 个附件" in province.ask("GET", at, province.signed_in(HEAD)).text


def step(tiers: WholeTiers) -> int:
    """Let county and city write once; return how many pieces the county's letters brought."""
    brought = 0
    for each in (tiers.city, tiers.county):
        each.settle()
        letters = tiers.send(each)
        brought = sum('"pieces":[{' in letter.body for _, letter in letters)
        for peer, letter in letters:
            tiers.bring(peer, letter)
    tiers.city.settle()
    return brought


def arrived(tiers: WholeTiers, told: Told) -> int:
    return sum(each["arrived"] for each in shelf(tiers.city, told)["coming"])


def step_until(tiers: WholeTiers, told: Told, *, here: int) -> None:
    """Go on until so many pieces are at the city, while others are not."""
    for _ in range(MOST_STEPS):
        coming = shelf(tiers.city, told)["coming"]
        if coming and arrived(tiers, told) >= here:
            return
        step(tiers)
    pytest.fail(f"only {arrived(tiers, told)} pieces came")


def test_few_pieces_are_under_way_at_once_and_facts_do_not_wait_for_the_others(
    tiers: WholeTiers,
) -> None:
    county, city = tiers.county, tiers.city
    told = register(county)
    add(county, told, "合同.pdf", document(2_200_000, "facts"), told.holder)
    hand_over(tiers, told, county, city)
    step_until(tiers, told, here=1)

    other = register(county)
    beside_facts = step(tiers)
    known = count(city, "portal.cases", other)
    so_far = arrived(tiers, told)
    waits = city.done("GET", f"/desk/files?case={told.number}", city.signed_in(HEAD))
    tiers.settle()

    assert 0 < beside_facts < WINDOW
    assert known == 1
    assert f"正在传来 {so_far}/17" in waits
    assert so_far < 17
    assert digests(city, told) == digests(county, told)


def test_a_link_that_breaks_goes_on_where_it_was(tiers: WholeTiers) -> None:
    county, city = tiers.county, tiers.city
    told = register(county)
    add(county, told, "合同.pdf", document(2_200_000, "cut"), told.holder)
    hand_over(tiers, told, county, city)
    step_until(tiers, told, here=WINDOW)

    tiers.exchange(city)
    county.settle()
    lost = tiers.send(county)
    before = arrived(tiers, told)
    county.term, city.term = new_id(), new_id()  # both nodes start again
    sent = tiers.send(county)
    Random(3).shuffle(sent)  # noqa: S311  # an order, no secret
    for peer, letter in (*sent, *sent):
        tiers.bring(peer, letter)
    city.settle()
    after = arrived(tiers, told)
    tiers.settle()

    assert len(lost) == WINDOW
    assert before + WINDOW == after
    assert digests(city, told) == digests(county, told)


def test_what_the_other_node_lost_is_asked_for_again(tiers: WholeTiers) -> None:
    county, city = tiers.county, tiers.city
    told = register(county)
    add(county, told, "合同.pdf", document(400_000, "lost"), told.holder)
    hand_over(tiers, told, county, city)
    stand_still(tiers, told)

    waits = shelf(city, told)["coming"]
    asked = ask_late(city)
    tiers.settle()

    assert [each["arrived"] for each in waits] == [0]
    assert asked == 1
    assert digests(city, told) == digests(county, told)


def test_files_go_on_two_tiers_and_later_ones_come_from_both_ends(tiers: WholeTiers) -> None:
    county, city, province = tiers.county, tiers.city, tiers.province
    told = register(county)
    add(county, told, "合同.pdf", document(300_000, "up"), told.holder)
    for giver, taker in ((county, city), (city, province)):
        hand_over(tiers, told, giver, taker)
        tiers.settle()

    add(county, told, "补充.jpg", picture(size=(800, 600)), told.holder)
    add(province, told, "批复.pdf", document(200_000, "result"), province.token(HEAD))
    add(province, told, "合同副本.pdf", document(300_000, "up"), province.token(HEAD))
    tiers.settle()

    at_home = digests(county, told)
    assert sorted(name.partition(" ")[0] for name in at_home) == [
        "合同.pdf",
        "批复.pdf",
        "补充.jpg",
    ]
    assert digests(city, told) == at_home
    assert digests(province, told) == at_home
    came_from = {item["name"]: item["origin"] for item in shelf(province, told)["items"]}
    assert came_from == {"合同.pdf": COUNTY, "补充.jpg": COUNTY, "批复.pdf": None}


def test_an_erasure_ends_the_files_on_their_way_too_at_every_node(tiers: WholeTiers) -> None:
    county, city = tiers.county, tiers.city
    told = register(county)
    add(county, told, "合同.pdf", document(400_000, "erased"), told.holder)
    add(county, told, "现场.jpg", picture(), told.holder)
    hand_over(tiers, told, county, city)
    stand_still(tiers, told)
    close(tiers, told)
    ask_late(city)
    for each in (city, county, city):  # the heads, then what is asked for behind them
        each.settle()
        tiers.exchange(each)
    county.settle()
    for peer, letter in tiers.send(county)[:2]:
        tiers.bring(peer, letter)
    lain = {each.node.code: pieces(each, told) for each in (county, city)}

    order = erase(county, told)
    county.term = new_id()  # what was on its way goes once more
    tiers.settle()

    assert all(lain.values()), lain
    for each in tiers.nodes.values():
        assert pieces(each, told) == 0
        for table in ("coming_files", "attachments"):
            assert count(each, f"intake.{table}", told) == 0
    copies = records(county, told)["orders"][0]["copies"]
    assert order["state"] == "done"
    assert {each["node"] for each in copies if each["done_at"]} == {CITY, PROVINCE}


def stand_still(tiers: WholeTiers, told: Told) -> None:
    """Let the files of a case be offered, and what is laid out of them get lost."""
    step_until(tiers, told, here=0)
    tiers.city.settle()
    tiers.exchange(tiers.city)
    tiers.county.settle()
    with tiers.county.owner() as db:  # as from a backup of before it was asked
        db.execute(text("DELETE FROM vault.pieces"))
    tiers.settle()


def close(tiers: WholeTiers, told: Told) -> None:
    work(tiers.city, told, "sign", "contacts", "finish")
    tiers.settle()
    tiers.county.deliver()
    tiers.settle()
    rate(tiers.county, told, 5, solved=True)
    tiers.settle()


def erase(county: WholeNode, told: Told) -> Any:
    asking = {"ground": "request", "requester": "person", "reason": "本人要求删除"}
    at = f"/api/v1/cases/{told.number}/erasure"
    asked = county.done("POST", at, county.token(HEAD), json=asking)
    at = f"/api/v1/data-orders/{asked['order_id']}/approve"
    return county.done("POST", at, county.token(Role.SECURITY_ADMINISTRATOR))


def records(whole: WholeNode, told: Told) -> Any:
    at = f"/api/v1/cases/{told.number}/records"
    return whole.done("GET", at, whole.token(HEAD))
