"""What can be reported by Open311, and how: discovery, services, their definitions."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from services.intake.api.cases import IntakeDoor
from services.intake.policy.scope import normal_title
from services.intake.repository.catalogue import Item, active_items, find_item
from shared.errors import Refused
from shared.http import ApiRoute, Code, Door
from shared.http.demands import Audience, open_to
from shared.http.georeport import PREFIX, Form, written, written_alone

router = APIRouter(route_class=ApiRoute)

OTHER = "other"
"""The service of whatever is no item of the catalogue: an officer finds out whether it is ours."""
OTHER_TITLE = "其他办不成的事"
FormAsked = Annotated[Form, Path(alias="form", description="json or xml")]
ServiceCode = Annotated[Code, Path()]
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
KEY_SERVICE = "向本级数据管理部门申请接口令牌 · ask the operator of this node for a token"
DEMANDS = {
    "consult": "咨询",
    "help": "求助",
    "complaint": "投诉",
    "report": "举报",
    "suggestion": "建议",
    "praise": "表扬",
}
LANGUAGES = {"zh": "中文", "en": "English"}
KINDS = {"person": "个人", "enterprise": "企业", "coop": "合作社", "other": "其他"}


@router.get("/discovery.{form}")
@open_to(Audience.EVERYBODY, "says nothing of a case")
def discovery(form: FormAsked, door: IntakeDoor) -> Response:
    """Say where the API is and how one gets a key."""
    endpoint = {
        "specification": SPECIFICATION,
        "url": f"{door.node.public_url}{PREFIX}",
        "changeset": "2026-11-28T00:00:00+08:00",
        "type": "production",
        "formats": ["application/json", "application/xml"],
    }
    told = {
        "changeset": endpoint["changeset"],
        "contact": door.node.name,
        "key_service": KEY_SERVICE,
        "endpoints": [endpoint],
    }
    return written_alone(told, "discovery", form)


@router.get("/services.{form}")
@open_to(Audience.EVERYBODY, "says nothing of a case")
def services(form: FormAsked, door: IntakeDoor) -> Response:
    """List what can be reported: the items of the catalogue, and whatever is none."""
    with door.unit.transaction() as db:
        listed = active_items(db)
    rows = [*(_service(item.code, item.title) for item in listed), _service(OTHER, OTHER_TITLE)]
    return written(rows, ("services", "service"), form)


@router.get("/services/{code}.{form}")
@open_to(Audience.EVERYBODY, "says nothing of a case")
def definition(code: ServiceCode, form: FormAsked, door: IntakeDoor) -> Response:
    """Say what may be told besides of a service; all of them ask the same."""
    named(door, code)
    told = {"service_code": code, "attributes": ATTRIBUTES}
    return written_alone(told, "service_definition", form)


def named(door: Door, code: str) -> Item | None:
    """Return the item of a service, None for the service of everything else; Refused (404)."""
    if code == OTHER:
        return None
    with door.unit.transaction() as db:
        found = find_item(db, code, normal_title(code))
    if found is None or found.code != code:
        raise Refused("unknown_service", field="service_code")
    return found


def _service(code: str, title: str) -> Mapping[str, Any]:
    return {
        "service_code": code,
        "service_name": title,
        "description": title,
        "metadata": True,
        "type": "realtime",
        "keywords": "",
        "group": "政务服务",
    }


def _attribute(order: int, code: str, datatype: str, description: str) -> dict[str, Any]:
    return {
        "variable": True,
        "code": code,
        "datatype": datatype,
        "required": False,
        "datatype_description": "",
        "order": order,
        "description": description,
    }


ATTRIBUTES = [
    _attribute(1, "title", "string", "一句话说清楚；不填用说明的开头 · the matter in one line"),
    _attribute(2, "attempts", "number", "跑了几次没办成 · how often one went in vain"),
    _attribute(3, "kind", "singlevaluelist", "谁在反映 · who reports")
    | {"values": [{"key": key, "name": name} for key, name in KINDS.items()]},
    _attribute(4, "demand", "singlevaluelist", "想要什么 · what is asked for")
    | {"values": [{"key": key, "name": name} for key, name in DEMANDS.items()]},
    _attribute(5, "id_number", "string", "身份证号或统一社会信用代码 · identity or credit code"),
    _attribute(6, "language", "singlevaluelist", "短信用什么语言 · language of messages")
    | {"values": [{"key": key, "name": name} for key, name in LANGUAGES.items()]},
]
