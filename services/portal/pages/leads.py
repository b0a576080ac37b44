"""The registers of policy gaps and hidden barriers: list, note, ask who can change it, answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict

from services.portal import repository
from services.portal.pages.beside import Beside
from services.portal.pages.calling import Answer, Ask, call
from services.portal.pages.catalogue import unit_choices
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import Form, read_staff_form
from services.portal.pages.language import later as _
from services.portal.pages.next_steps import may_see
from services.portal.pages.nodes import node_name
from services.portal.pages.rendering import door_here, page
from services.portal.policy import day_of
from shared.clock import new_id
from shared.errors import Refused
from shared.http import NodeFacts
from shared.http.demands import Audience, demands, demands_by
from shared.neighbours import Relation
from shared.security.policy import Action, Resource, may

router = APIRouter()

AT = "/desk/leads"
REFUSALS = {401: "not_signed_in", 403: "not_allowed", 404: "unknown_lead"}
KINDS: Mapping[str, str] = MappingProxyType(
    {"policy_gap": _("政策空白"), "hidden_barrier": _("隐性壁垒")}
)
STATES: Mapping[str, str] = MappingProxyType(
    {"open": _("等转交"), "routed": _("等答复"), "closed": _("已有结论")}
)
OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "changed": _("已改"),
        "under_way": _("正在改"),
        "kept": _("不改，有依据"),
        "not_ours": _("不归我们管"),
    }
)
STEPS: Mapping[str, str] = MappingProxyType(
    {
        "noted": _("登记"),
        "raised": _("下级报来"),
        "case_added": _("又有一件遇到"),
        "routed": _("转交"),
        "closed_below": _("下级已有结论"),
        "answered_changed": _("答复：已改"),
        "answered_under_way": _("答复：正在改"),
        "answered_kept": _("答复：不改，有依据"),
        "answered_not_ours": _("答复：不归我们管"),
    }
)
ACTS: Mapping[str, Action] = MappingProxyType(
    {
        "note": Action.LEAD_NOTE,
        "case": Action.LEAD_NOTE,
        "route": Action.LEAD_ROUTE,
        "answer": Action.LEAD_ANSWER,
    }
)
DONE: Mapping[str, str] = MappingProxyType(
    {
        "note": _("已登记。接下来转交给能改规定的单位。"),
        "case": _("已记下，又有一件遇到同样的问题。"),
        "route": _("已转交，等答复。"),
        "answer": _("已答复。"),
    }
)
FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "note": ("kind", "title", "text", "item_name", "document"),
        "case": (),
        "route": ("unit_code", "note"),
        "answer": ("outcome", "text", "document", "in_force_from", "promised_on"),
    }
)
ABOVE = "above"
"""Chosen instead of a unit: the tiers above are asked."""


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class StepTold(_Told):
    """One thing that became of a lead."""

    at: datetime
    what: str
    whom: str | None
    words_masked: str | None


class LeadTold(_Told):
    """A lead as the API tells it."""

    lead_id: str
    origin: str
    year: int
    serial: int
    kind: str
    title_masked: str
    text_masked: str
    item_name: str | None
    document: str | None
    state: str
    unit_code: str | None
    raised: bool
    noted_at: datetime
    outcome: str | None
    answered_node: str | None
    answered_by: str | None
    answer_masked: str | None
    answer_document: str | None
    in_force_from: date | None
    promised_on: date | None
    answered_at: datetime | None
    cases_told: int
    numbers: list[str] = []
    steps: list[StepTold] = []

    @property
    def number(self) -> str:
        """Under which it stands in the register of its node."""
        return f"{self.year}-{self.serial:04d}"


@dataclass(frozen=True, slots=True)
class Sought:
    """Which part of the registers an address names."""

    kind: str = ""
    state: str = ""
    year: str = ""
    cursor: str = ""

    def address(self, **changed: str) -> str:
        """Return the query of another part."""
        named = {"kind": self.kind, "state": self.state, "year": self.year, **changed}
        return urlencode({name: value for name, value in named.items() if value})


@router.get(AT)
@demands(Action.LEAD_READ, audience=Audience.STAFF)
async def leads(request: Request) -> Response:
    """Show the registers."""
    return await _list(request, Beside(values={"number": request.query_params.get("case", "")}))


@router.get(f"{AT}/{{lead_id}}")
@demands(Action.LEAD_READ, audience=Audience.STAFF)
async def lead(request: Request, lead_id: str) -> Response:
    """Show a lead and what became of it."""
    return await _one(request, lead_id, Beside())


@router.post(f"{AT}/act/{{act}}")
@demands_by("act", ACTS)
async def do(request: Request, act: str) -> Response:
    """Note a lead, or do something about one."""
    staff_of(request)
    if act not in ACTS:
        raise Refused("not_found")
    form = await read_staff_form(request)
    answer = await _asked(request, act, form)
    if answer.ok:
        there = quote(str(answer.body["lead_id"]), safe="")
        return RedirectResponse(f"{AT}/{there}?done={act}", 303)
    beside = _wrong(act, form, answer)
    if act == "note":
        return await _list(request, beside)
    return await _one(request, form.get("lead_id"), beside)


async def _asked(request: Request, act: str, form: Form) -> Answer:
    body: dict[str, Any] = {name: form.optional(name) for name in FIELDS[act]}
    body = {name: value for name, value in body.items() if value is not None}
    if body.get("unit_code") == ABOVE:
        del body["unit_code"]
    if act in ("note", "case") and form.get("number"):
        body["case_id"] = _case_id(request, form.get("number"))
    if act == "note":
        return await call(request, "POST", "/api/v1/leads", Ask(body, once=form.optional("key")))
    path = f"/api/v1/leads/{quote(form.get('lead_id') or '-', safe='')}"
    return await call(request, "POST", f"{path}/{'cases' if act == 'case' else act}", Ask(body))


def _case_id(request: Request, number: str) -> str:
    actor, door = staff_of(request), door_here(request)
    with door.unit.transaction() as db:
        case = repository.case_page(db, number)
        rules = repository.rules_below(db, door.node.code)
    seen = case is not None and may_see(actor, case, door.node.code, rules)
    return str(case.case_id) if case is not None and seen else NO_CASE


NO_CASE = "00000000-0000-0000-0000-000000000000"
"""The id of no case: the API then says which field is wrong."""


def _wrong(act: str, form: Form, answer: Answer) -> Beside:
    named = {
        "number" if name == "case_id" else name: said for name, said in answer.errors().items()
    }
    errors = {name: said for name, said in named.items() if name in (*FIELDS[act], "number")}
    told = "" if errors else answer.says()
    return Beside(act, form.values, errors, told, answer.status)


async def _list(request: Request, beside: Beside) -> Response:
    actor, door = staff_of(request), door_here(request)
    asked = request.query_params
    sought = Sought(*(asked.get(name, "") for name in ("kind", "state", "year", "cursor")))
    narrowed = sought.address(cursor=sought.cursor)
    found = await call(request, "GET", f"/api/v1/leads?{narrowed}")
    counted = await call(request, "GET", f"/api/v1/leads/counts?{urlencode(_year(sought))}")
    if not (found.ok and counted.ok):
        raise Refused(REFUSALS.get(found.status, "bad_cursor"))
    here = Resource(node=door.node.code)
    known = {
        "tools": tools_of(actor, door),
        "notes": may(actor, Action.LEAD_NOTE, here).allowed,
        "note": "",
        **vars_of(beside),
        **leads_values(found.body, counted.body, sought, door.node, day_of(door.now()).year),
    }
    return page(request, "desk/leads.html", known, beside.status)


def _year(sought: Sought) -> dict[str, str]:
    return {"year": sought.year} if sought.year else {}


def vars_of(beside: Beside) -> dict[str, Any]:
    """Return what is said beside, by the names of the templates."""
    return {
        "act": beside.act,
        "key": beside.values.get("key") or new_id().hex,
        "values": beside.values,
        "errors": beside.errors,
        "told": beside.told,
        "kinds": list(KINDS.items()),
        "kind_of": KINDS,
        "state_of": STATES,
        "outcome_of": OUTCOMES,
        "step_of": STEPS,
    }


async def _one(request: Request, lead_id: str, beside: Beside) -> Response:
    actor, door = staff_of(request), door_here(request)
    path = f"/api/v1/leads/{quote(lead_id or '-', safe='')}"
    answer = await call(request, "GET", path)
    if not answer.ok:
        raise Refused(REFUSALS.get(answer.status, "unknown_lead"))
    told = LeadTold.model_validate(answer.body)
    here = Resource(node=door.node.code, unit=told.unit_code)
    allowed = {act: may(actor, action, here).allowed for act, action in ACTS.items()}
    known = {
        "tools": tools_of(actor, door),
        "note": DONE.get(request.query_params.get("done", ""), ""),
        **vars_of(beside),
        **lead_values(told, allowed, unit_choices(door), door.node),
    }
    return page(request, "desk/lead.html", known, beside.status)


def leads_values(
    found: Mapping[str, Any],
    counted: Mapping[str, Any],
    sought: Sought,
    node: NodeFacts,
    this_year: int,
) -> dict[str, Any]:
    """Return what the page of the registers shows."""
    numbers = {(each["kind"], each["state"]): each["count"] for each in counted["counts"]}
    rows = [LeadTold.model_validate(each) for each in found["items"]]
    return {
        "sought": sought,
        "rows": [(row, node_name(node, row.origin)) for row in rows],
        "counts": [
            (kind, title, [numbers.get((kind, state), 0) for state in STATES])
            for kind, title in KINDS.items()
        ],
        "states": list(STATES.items()),
        "years": [str(year) for year in range(this_year, this_year - 5, -1)],
        "more": found.get("next"),
    }


def lead_values(
    told: LeadTold,
    allowed: Mapping[str, bool],
    units: Sequence[tuple[str, str]],
    node: NodeFacts,
) -> dict[str, Any]:
    """Return what the page of one lead shows."""
    has_above = any(each.relation is Relation.ABOVE for each in node.neighbours.values())
    above = [(ABOVE, _("上级"))] if has_above and told.origin == node.code else []
    asked = dict(units).get(told.unit_code or "", told.unit_code)
    return {
        "lead": told,
        "origin": node_name(node, told.origin),
        "is_ours": told.origin == node.code,
        "asked": asked or (_("上级") if told.state == "routed" else ""),
        "answerer": told.answered_by or node_name(node, told.answered_node),
        "bodies": [("", [*above, *units])],
        "above": [code for code, _words in above],
        "outcomes": list(OUTCOMES.items()),
        "may_add": allowed["case"],
        "may_route": allowed["route"] and told.state != "closed",
        "may_answer": allowed["answer"] and told.state == "routed" and bool(told.unit_code),
        "steps": [(step, node_name_if(node, step.whom)) for step in told.steps],
    }


def node_name_if(node: NodeFacts, whom: str | None) -> str:
    """Return the name of a node where a code of one stands, else what stands there."""
    return node_name(node, whom) if whom and whom.isdecimal() else whom or ""
