"""The keys of the node: which there are, how far a renewal is, renew one, retire an old one."""

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.portal.pages.calling import Answer, Ask, call
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import read_staff_form
from services.portal.pages.language import later as _
from services.portal.pages.rendering import door_here, page
from shared.errors import Refused
from shared.http.demands import Audience, demands
from shared.security.key_file import INDEX
from shared.security.key_room import KeysState
from shared.security.policy import Action, Resource, may

router = APIRouter()

REFUSALS = {401: "not_signed_in", 403: "not_allowed"}
PLACES: Mapping[str, str] = {
    "vault.case_keys.wrapped": _("反映件的数据密钥"),
    "intake.cases.person_hashes": _("查找诉求人的索引"),
}
OTHER_PLACE = _("其他封存的内容")
DONE: Mapping[str, str] = {
    "wrapping": _("新密钥已启用。以前封存的内容正在后台重新加密，照常办件。"),
    "index": _("查人索引的新密钥已启用。索引正在后台重建，照常查找。"),
    "retire": _("旧密钥已停用并删除。它的副本等旧备份过期以后再销毁。"),
}
RETIRE = "retire:"


@router.get("/admin/keys")
@demands(Action.KEY_READ, audience=Audience.STAFF)
async def keys(request: Request, done: str = "") -> Response:
    """Show the keys and how far a renewal is."""
    staff_of(request)
    return _shown(request, await call(request, "GET", "/api/v1/keys"), done=done)


@router.post("/admin/keys")
@demands(Action.KEY_ROTATE, audience=Audience.STAFF)
async def change(request: Request) -> Response:
    """Renew a key or retire an old one, as the button that was pressed says."""
    staff_of(request)
    act = (await read_staff_form(request)).get("act")
    answer = await _change(request, act)
    if answer.ok:
        return RedirectResponse(f"/admin/keys?done={act.partition(':')[0]}", 303)
    now = await call(request, "GET", "/api/v1/keys")
    return _shown(request, now, told=answer.says(), status=answer.status)


async def _change(request: Request, act: str) -> Answer:
    if act.startswith(RETIRE):
        name = act.removeprefix(RETIRE)
        path = f"/api/v1/keys/{name if name.isalnum() else '-'}/retire"
        return await call(request, "POST", path, Ask({}))
    return await call(request, "POST", "/api/v1/keys/rotate", Ask({"what": act}))


def _shown(
    request: Request, answer: Answer, *, done: str = "", told: str = "", status: int = 200
) -> Response:
    if not answer.ok:
        raise Refused(REFUSALS.get(answer.status, "sealing_away"))
    actor, door = staff_of(request), door_here(request)
    known = {
        "tools": tools_of(actor, door),
        "changes": may(actor, Action.KEY_ROTATE, Resource(node=door.node.code)).allowed,
        "note": DONE.get(done, ""),
        "told": told,
        **key_values(KeysState.model_validate(answer.body)),
    }
    return page(request, "admin/keys.html", known, status)


def key_values(state: KeysState) -> dict[str, object]:
    """Return what the page shows of the keys."""
    total = state.done + state.to_do
    left = [(PLACES.get(place, OTHER_PLACE), number) for place, number in state.places.items()]
    return {
        "state": state,
        "left": [(place, number) for place, number in left if number],
        "percent": 100 if not state.to_do else state.done * 100 // total,
        "retirable": [key.name for key in state.keys if not key.current and not key.sealed],
        "index": INDEX,
    }
