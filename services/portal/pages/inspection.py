"""The room for links: where each one stands, what is missing or refused, and what to do about it.

Read live like the other rooms: the page asks itself again and shows only what has changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict

from services.portal.pages.calling import call
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.language import later as _
from services.portal.pages.links import REFUSALS, Link
from services.portal.pages.rendering import door_here, page
from shared.errors import Refused
from shared.http.demands import Audience, demands
from shared.security.policy import Action

router = APIRouter()

LONG = timedelta(minutes=15)
"""Without a receipt, or with a gap, for longer than this somebody should look."""
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "signature": _("签名不对"),
        "no_neighbour": _("不是相邻的上级或下级"),
        "addressee": _("不是发给本级的"),
        "malformed": _("格式不对"),
        "not_theirs": _("说了它无权说的件"),
        "not_granted": _("本级没有让上级提指导意见"),
        "ahead": _("说的时间比本级晚一天以上"),
        "broken_seal": _("加密内容打不开"),
        "exchange": _("不是从对方自己的入口来的"),
        "account": _("不是用对方自己的账号发的"),
        "size": _("太大"),
        "card_set_back": _("要改回以前的名片"),
    }
)


DISCLOSURES: Mapping[str, str] = MappingProxyType(
    {
        "none": _("不看：只知道转办、上报的件和每天的数"),
        "view": _("可看：从登记起看得到，隐去个人信息"),
        "assist": _("可指导：看得到，还能提指导意见"),
    }
)


class Refusal(BaseModel):
    """Something that was not believed, as the API tells it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    reason: str
    digest: str
    at: datetime


class RefusedOf(BaseModel):
    """What was refused of one sender."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    by_reason: dict[str, int] = {}
    latest: list[Refusal] = []


class InspectedLink(Link):
    """One link as the API tells it to who inspects."""

    last_sent_at: datetime | None = None
    first_missing: int | None = None
    gap_since: datetime | None = None
    they_restored_at: datetime | None = None
    we_restored_at: datetime | None = None
    fingerprint: str = ""
    believed_beside: tuple[str, ...] = ()
    knows_next_since: datetime | None = None
    disclosure: str | None = None
    disclosed_since: datetime | None = None
    refused_of: RefusedOf = RefusedOf()


class Inspected(BaseModel):
    """All links as the API tells them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    fingerprint: str
    next_fingerprint: str | None = None
    next_since: datetime | None = None
    links: list[InspectedLink] = []
    unknown: RefusedOf = RefusedOf()


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do about a link, and the page of the runbook that says more."""

    text: str
    runbook: str


SILENT = Advice(
    _("对方没有消息。先打电话问对方系统是否开着，再看两边网络；恢复后自动补送，不用操作。"),
    "LinkSilent",
)
UNKNOWN_YET = Advice(
    _("还没有听到过对方。核对两边的名片和指纹，放好名片以后重启两边的系统。"), "LinkSilent"
)
UNRECEIPTED = Advice(
    _("送出去的很久没有回执。系统会自动重发；请对方看看它的后台进程和搁置的消息。"),
    "LinkUnreceipted",
)
GAP = Advice(
    _("缺了一个包裹，后面的都在等。对方会自动重发；一小时后还缺，请对方重启后台进程。"), "LinkGap"
)
REFUSED = Advice(
    _("拒收过不可信的包裹。先打电话核对指纹；对方没有换过密钥的，当作安全事件报告。"),
    "ParcelsRefused",
)
RESTORED = Advice(
    _("有一方从备份恢复过。没有回执的会自动重发；恢复的一方请核对恢复以后的件。"),
    "LinkUnreceipted",
)


@router.get("/admin/links")
@demands(Action.LINK_DETAIL_READ, audience=Audience.STAFF)
async def links(request: Request) -> Response:
    """Show each link with all that is known of it."""
    actor, door = staff_of(request), door_here(request)
    answer = await call(request, "GET", "/api/v1/links/inspection")
    if not answer.ok:
        raise Refused(REFUSALS.get(answer.status, "unavailable"))
    found = Inspected.model_validate(answer.body)
    known = {"tools": tools_of(actor, door), **inspection_values(found, door.now())}
    return page(request, "admin/links.html", known)


def inspection_values(found: Inspected, now: datetime) -> dict[str, Any]:
    """Return what the room shows of the links; the tier above stands first."""
    ordered = sorted(found.links, key=lambda link: (link.relation != "above", link.peer))
    return {
        "own": found,
        "links": [(link, advice_of(link, now)) for link in ordered],
        "unknown": found.unknown,
        "reasons": REASONS,
        "disclosures": DISCLOSURES,
        "at": now,
    }


def advice_of(link: InspectedLink, now: datetime) -> Sequence[Advice]:
    """Return what to do about a link; nothing where all is well."""
    told = {"never": [UNKNOWN_YET], "down": [SILENT]}.get(link.state, [])
    if _is_long(link.oldest_at, now):
        told = [*told, UNRECEIPTED]
    if _is_long(link.gap_since, now):
        told = [*told, GAP]
    if link.refused:
        told = [*told, REFUSED]
    return [*told, RESTORED] if link.restored_at else told


def _is_long(since: datetime | None, now: datetime) -> bool:
    return since is not None and now - since > LONG
