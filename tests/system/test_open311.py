"""Open311 GeoReport v2 as programs of others speak it: report, read, follow, be refused."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest

from shared.clock import utcnow
from shared.security.actor import Role
from tests.system.harness import RunningNode, eventually
from tests.system.public_client import client

pytestmark = pytest.mark.system
AT = "/open311/v2"
TOLD = {
    "service_code": "other",
    "jurisdiction_id": "341523",
    "address_string": "梅河西路 12 号",
    "lat": "31.4612",
    "long": "116.9441",
    "first_name": "三丰",
    "last_name": "张",
    "phone": "13812345678",
    "email": "zhang@example.com",
    "description": "房产证办不下来，窗口让我回去等，两个月没有消息。",
    "attribute[attempts]": "3",
    "attribute[demand]": "complaint",
    "attribute[kind]": "person",
    "attribute[language]": "en",
}

BY_THREE = {
    name: TOLD[name]
    for name in ("phone", "description", "lat", "long", "attribute[attempts]", "attribute[kind]")
}
"""What its public client sends beside name and address."""


@pytest.fixture(scope="module")
def node(embedded_node: RunningNode) -> RunningNode:
    return embedded_node


@pytest.fixture(scope="module")
def key(node: RunningNode) -> str:
    """The token of a program that may report by the telephone line, and read."""
    body = {
        "name": "市民应用",
        "about": "Open311",
        "scopes": ["case.register", "channel:hotline", "case.read"],
        "days": 30,
    }
    made = node.ask("POST", "/api/v1/tokens", node.as_role(Role.SECURITY_ADMINISTRATOR), json=body)
    return str(made["token"])


def sent(node: RunningNode, told: Mapping[str, str], form: str = "json") -> Any:
    return node.client.post(f"{AT}/requests.{form}", data=dict(told))


def read(node: RunningNode, path: str, **query: str) -> Any:
    answer = node.client.get(f"{AT}/{path}", params=query)
    assert answer.is_success, answer.text
    return answer.json()


def test_a_program_reports_and_follows_as_the_standard_says(node: RunningNode, key: str) -> None:
    listed = read(node, "services.json")
    assert listed[-1]["service_code"] == "other"
    asked = read(node, "services/other.json")
    assert [each["code"] for each in asked["attributes"]][:2] == ["title", "attempts"]

    answer = sent(node, {**TOLD, "api_key": key})
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    [taken] = answer.json()
    number = taken["service_request_id"]
    assert taken["query_code"] in taken["service_notice"]

    [shown] = read(node, f"requests/{number}.json", api_key=key)
    assert shown["status"] == "open"
    assert shown["address_id"] == "341523"
    assert "梅河西路" in shown["description"]
    assert "13812345678" not in str(shown)
    assert read(node, f"tokens/{number}.json", api_key=key)[0]["service_request_id"] == number
    [alone] = read(node, f"requests/{number}.json", code=taken["query_code"])
    assert alone["service_request_id"] == number
    steps = read(node, "servicerequestupdates.json", api_key=key, service_request_id=number)
    assert steps[0]["status"] == "OPEN"
    case = node.client.get(
        f"/api/v1/cases/{number}", headers={"Backstop-Code": taken["query_code"]}
    )
    assert (case.json()["channel"], case.json()["demand"]) == ("hotline", "complaint")


def test_a_list_is_cut_by_time_service_and_state(node: RunningNode, key: str) -> None:
    [taken] = sent(node, {**TOLD, "api_key": key}).json()
    number, now = taken["service_request_id"], utcnow()

    def numbers(**query: str) -> list[str]:
        found = read(node, "requests.json", api_key=key, page_size="200", **query)
        return [each["service_request_id"] for each in found]

    soon, before = now + timedelta(minutes=1), now - timedelta(days=1)
    span = {"start_date": before.strftime("%Y-%m-%dT%H:%M:%SZ"), "end_date": soon.isoformat()}
    assert number in numbers(**span)
    assert number in numbers(**span, service_code="other", status="open")
    assert number not in numbers(**span, status="closed")
    assert number not in numbers(**span, service_code="NOSUCH")
    assert numbers(service_request_id=f"{number},BCS-000000-20200101-00001-1") == [number]


def test_what_is_declined_is_closed_there(node: RunningNode, key: str) -> None:
    [taken] = sent(node, {**TOLD, "api_key": key}).json()
    number = taken["service_request_id"]
    no = {"reason": "litigation", "legal_basis": "条例第九条", "explanation": "已在诉讼中。"}
    node.ask("POST", f"/api/v1/cases/{number}/decline", node.as_role(Role.DISPATCHER), json=no)

    def state() -> bool:
        [shown] = read(node, f"requests/{number}.json", api_key=key)
        return (shown["status"], shown["state"]) == ("closed", "NOT_COUNCILS_RESPONSIBILITY")

    eventually("the decline is told", state)


def test_everything_comes_as_xml_too(node: RunningNode, key: str) -> None:
    answer = sent(node, {**TOLD, "api_key": key, "description": "a <b> & c\x0b"}, "xml")
    root = ElementTree.fromstring(answer.content)  # noqa: S314  # our own answer
    number = root.findtext("request/service_request_id")

    shown = node.client.get(f"{AT}/requests/{number}.xml", params={"api_key": key})
    case = ElementTree.fromstring(shown.content)  # noqa: S314
    assert (root.tag, case.tag) == ("service_requests", "service_requests")
    assert (case.findtext("request/description") or "").startswith("a <b> & c")
    listed = node.client.get(f"{AT}/services.xml").content
    assert ElementTree.fromstring(listed).findall("service/service_code")  # noqa: S314


@pytest.mark.parametrize(
    ("changed", "status", "named"),
    [
        ({"service_code": ""}, 400, "service_code"),
        ({"service_code": "NOSUCH"}, 404, "service_code"),
        ({"phone": "12"}, 422, "phone"),
        ({"last_name": "", "first_name": ""}, 422, "last_name"),
        ({"description": " "}, 422, "attribute[title]"),
        ({"attribute[attempts]": "viele"}, 422, "attribute[attempts]"),
        ({"attribute[demand]": "refund"}, 422, "attribute[demand]"),
        ({"attribute[language]": "fr"}, 422, "attribute[language]"),
        ({"jurisdiction_id": "Anhui"}, 422, "jurisdiction_id"),
        ({"api_key": "bst_wrong"}, 401, ""),
    ],
    ids=[
        "none",
        "unknown",
        "phone",
        "name",
        "empty",
        "attempts",
        "demand",
        "language",
        "place",
        "key",
    ],
)
def test_a_wrong_report_is_answered_as_the_standard_says(
    node: RunningNode, changed: dict[str, str], status: int, named: str
) -> None:
    answer = sent(node, TOLD | changed)

    assert answer.status_code == status, answer.text
    [error, *_] = answer.json()
    assert error["code"] == status
    assert named in error["description"]
    assert "12345678" not in answer.text


def test_nobody_reads_without_a_right_to(node: RunningNode, key: str) -> None:
    [taken] = sent(node, TOLD).json()
    number = taken["service_request_id"]

    with node.caller() as stranger:
        for path in ("requests.json", "servicerequestupdates.json"):
            assert stranger.get(f"{AT}/{path}").status_code == 401, path
        assert stranger.get(f"{AT}/requests/{number}.json").status_code == 404
    wrong = node.client.get(f"{AT}/requests/{number}.xml", params={"code": "GT4XFCPPJQ"})
    assert (wrong.status_code, wrong.headers["content-type"]) == (404, "application/xml")
    long = node.client.get(
        f"{AT}/requests.json",
        params={"api_key": key, "start_date": "2020-01-01T00:00:00Z"},
    )
    assert (long.status_code, long.json()[0]["code"]) == (400, 400)


def test_the_same_key_twice_is_one_case(node: RunningNode, key: str) -> None:
    shown = {"Idempotency-Key": "open311-twice-7391"}
    first, again = (
        node.client.post(f"{AT}/requests.json", data={**TOLD, "api_key": key}, headers=shown)
        for _ in range(2)
    )

    assert first.json() == again.json()


def test_the_public_client_reports_reads_and_is_refused(node: RunningNode, key: str) -> None:
    three = client(f"{node.client.base_url}{AT}", api_key=key, jurisdiction=node.settings.code)
    assert three.services()[-1]["service_code"] == "other"
    kinds = three.services("other")["attributes"][2]
    assert {"key": "person", "name": "个人"} in kinds["values"]
    assert three.discovery()["endpoints"][0]["url"].endswith(AT)

    [taken] = three.post("other", name="三丰 张", address="梅河西路 12 号", **BY_THREE)
    assert three.post_response.status_code == 201
    number = taken["service_request_id"]
    assert three.token(number, api_key=key)[0]["service_request_id"] == number
    [shown] = three.request(number, code=taken["query_code"])
    assert (shown["status"], shown["address_id"]) == ("open", node.settings.code)
    assert "梅河西路" in shown["description"]
    around = [f"{utcnow() + timedelta(days=days):%m-%d-%Y}" for days in (-1, 2)]
    listed = three.requests("other", api_key=key, between=around, status="open", count=200)
    assert number in [each["service_request_id"] for each in listed]
    assert three.requests("other", api_key=key, between=around, status="closed", count=200) == []

    photo = ("place.png", b"no picture", "image/png")
    refusals = [
        three.post("NOSUCH", name="三丰 张", **BY_THREE),
        three.post("other", name="三丰 张", **BY_THREE | {"phone": "12"}),
        three.post("other", name="三丰 张", media=photo, **BY_THREE),
        three.request("BCS-000000-20200101-00001-1"),
        three.requests(),
    ]
    assert [refused[0]["code"] for refused in refusals] == [404, 422, 422, 404, 401]
    assert [refused[0]["description"].partition(":")[0] for refused in refusals[:3]] == [
        *("service_code", "phone", "media"),
    ]


def test_the_public_client_speaks_xml_as_well(node: RunningNode, key: str) -> None:
    three = client(f"{node.client.base_url}{AT}", api_key=key, format="xml")
    kinds = three.services("other")["attributes"]["attribute"][2]
    assert kinds["values"]["value"][0] == {"key": "person", "name": "个人"}

    taken = three.post("other", name="三丰 张", **BY_THREE)["request"]
    number = taken["service_request_id"]
    assert three.token(number, api_key=key)["request"]["token"] == number
    assert three.request(number, api_key=key)["request"]["state"] == "OPEN"
    assert three.post("NOSUCH", name="三丰 张", **BY_THREE)["error"]["code"] == "404"
