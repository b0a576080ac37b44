"""Who asks at every endpoint, about what, and what the policy says to that beforehand."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import text

from backstop.contracts.routes import Endpoint
from services.dispatch.handlers import send_again
from services.portal.handlers import SESSION_COOKIE, csrf_of
from services.portal.pages.keepsake import COOKIE, KEPT, LABEL
from services.portal.pages.outside import COOKIE as OUTSIDE_COOKIE
from services.portal.pages.outside import LABEL as OUTSIDE_LABEL
from services.portal.pages.parts import PART_NEEDS
from shared.clock import utcnow
from shared.events.dispatch import OutsideMessageMade
from shared.http.demands import Audience
from shared.http.georeport import PREFIX
from shared.outbox import said
from shared.security.actor import Actor, ActorKind, Role, anonymous, citizen, outside
from shared.security.actor_token import sign_actor
from shared.security.caller import Caller
from shared.security.channels import CHANNELS
from shared.security.notes import write_note
from shared.security.policy import IMPORT_SCOPE, Action, Resource, may
from shared.security.vault import sealer_of_case
from tests.system.duty_doors import OF_UNIT
from tests.system.takers import TAKERS
from tests.whole.gathered import HELPER, UUID_OF_NOTHING, member
from tests.whole.node import COUNTY, WholeNode
from tests.whole.stories import ITEM, UNIT, Told

OTHER_UNIT = "U001"
STRANGER = "341502"
"""Another node, whose actor comes by a token of this one."""
FORM = "application/x-www-form-urlencoded"
Headers = Mapping[str, str]
Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Targets:
    """The case that everything is asked about, and what hangs on it; `other` is another case."""

    case: Told
    other: Told
    order: str
    hand_over: str
    supervision: str
    question: str
    """What a party outside is asked about the order of the case."""
    part: str
    """What the helper does for the order."""
    meeting: str
    """Of the unit that has the order with the helper."""

    @property
    def fields(self) -> Fields:
        """The names of these in paths, queries and forms."""
        return {
            "number": self.case.number,
            "case_id": self.case.case_id,
            "order_id": self.order,
            "hand_over_id": self.hand_over,
            "supervision_id": self.supervision,
            "question_id": self.question,
            "part_id": self.part,
            "meeting_id": self.meeting,
        }


@dataclass(frozen=True, slots=True)
class Asker:
    """One who asks; `shows` returns the headers of one request at an endpoint."""

    name: str
    actor: Actor
    shows: Callable[[Endpoint], Headers]


@dataclass(frozen=True, slots=True)
class Cell:
    """One endpoint asked by one asker; `act` is what its path chooses."""

    endpoint: Endpoint
    asker: Asker
    act: str = ""

    @property
    def name(self) -> str:
        """As one reads it in a list of what went wrong."""
        act = f" ({self.act})" if self.act else ""
        return f"{self.endpoint.name}{act} by {self.asker.name}"


# ---- who asks ----


def askers(whole: WholeNode, targets: Targets) -> Sequence[Asker]:
    """Return everybody: no one, two citizens, every role, systems, somebody of another node."""
    return [
        Asker("nobody", anonymous(whole.node.code), lambda _: {}),
        _citizen(whole, "the citizen of the case", targets.case),
        _citizen(whole, "the citizen of another case", targets.other),
        _party(whole, targets),
        *(_staff(whole, role, OTHER_UNIT) for role in Role),
        _staff(whole, Role.DISPOSAL_OFFICER, UNIT),
        _staff(whole, Role.DISPOSAL_OFFICER, HELPER),
        _by_token(whole, "a system without scopes", _system(whole)),
        _by_token(whole, "a system with every scope", _system(whole, *Action, IMPORT_SCOPE)),
        _by_token(whole, "a supervisor of another node", member(STRANGER, Role.SUPERVISOR, UNIT)),
    ]


def _staff(whole: WholeNode, role: Role, unit: str) -> Asker:
    by_token = _by_token(whole, f"{role} of {unit}", member(whole.node.code, role, unit))

    def show(at: Endpoint) -> Headers:
        return by_token.shows(at) if at.is_api else whole.signed_in(role, unit)

    return Asker(by_token.name, by_token.actor, show)


def _system(whole: WholeNode, *scopes: str) -> Actor:
    held = frozenset(map(str, scopes))
    return Actor(kind=ActorKind.SYSTEM, node=whole.node.code, id="system", scopes=held)


def _by_token(whole: WholeNode, name: str, actor: Actor) -> Asker:
    def show(_at: Endpoint) -> Headers:
        # Made anew each time: it lives for a minute, and the walk may take longer.
        token = sign_actor(whole.node.keys, actor, whole.node.code, utcnow())
        return {"authorization": f"Bearer {token}"}

    return Asker(name, actor, show)


def _citizen(whole: WholeNode, name: str, told: Told) -> Asker:
    actor = citizen(whole.node.code, UUID(told.case_id), told.number)
    # As a one-time code opens a case, which stands beside the list of one's own.
    kept = [told.number, told.code, told.code, told.number]
    sealed = write_note(whole.node.keys, LABEL, kept, utcnow() + KEPT)
    opened = {"cookie": f"{COOKIE}={sealed}"}
    return Asker(name, actor, lambda at: told.holder if at.is_api else opened)


_OPEN_AGAIN = (
    "UPDATE dispatch.outside_questions SET ended_at = NULL, how = NULL, answer = NULL"
    " WHERE question_id = CAST(:question AS uuid)"
)


def _party(whole: WholeNode, targets: Targets) -> Asker:
    node, keys = whole.node.code, whole.node.keys
    case_id, question = UUID(targets.case.case_id), UUID(targets.question)
    actor = outside(node, case_id, question, (UUID_OF_NOTHING,))

    def show(at: Endpoint) -> Headers:
        # Open and sent anew each time: a step of somebody else may have ended it since.
        with whole.owner() as db:
            db.execute(text(_OPEN_AGAIN), {"question": targets.question})
        caller = Caller(member(node, Role.DISPATCHER, UNIT), utcnow())
        with whole.units["dispatch"].transaction() as db:
            send_again(db, keys, question, None, caller)
            made = next(one for one in said(db) if isinstance(one, OutsideMessageMade))
            token = sealer_of_case(db, keys, case_id).open(made.token)  # type: ignore[arg-type]
        sealed = write_note(keys, OUTSIDE_LABEL, [token, ""], utcnow() + KEPT)
        cookie = {"cookie": f"{OUTSIDE_COOKIE}={sealed}"}
        return {"backstop-link": token} if at.is_api else cookie

    return Asker("a party outside by its link", actor, show)


# ---- what they ask ----

SAMPLES: Mapping[tuple[str, str], Mapping[str, Any]] = {
    **{(method, path): body for method, path, _role, body in TAKERS},
    ("POST", f"{OF_UNIT}/absences/{UUID(int=7)}/end"): {},
}
QUERIES: Mapping[str, Fields] = {
    "/api/v1/scope": {"item": ITEM},
    "/api/v1/clocks/foreseen": {"complexity": "complex"},
    "/api/v1/rota": {"first": "2030-01-01", "last": "2030-01-07"},
}
LEADS = "/desk/leads"
"""Of what one's own unit was asked, whoever has the case that showed it."""
FILES = ("/desk/files", "/desk/group", "/desk/split")
"""Pages of one case, which a query names."""
HELD = ("{number}", "{token}", "{order_id}", "{question_id}", "{unit}")
"""Parts of paths that name the case that everything is asked about, or what hangs on it."""
OF_THE_LEAD = frozenset({Action.PART_URGE, Action.PART_WITHDRAW})
"""What the lead does with a part; all else does whose it is."""
CALLBACKS = "/api/v1/callbacks"
OF_A_CASE = frozenset(
    {
        *("/api/v1/evaluations", "/api/v1/clocks", "/api/v1/clock-steps"),
        "/api/v1/clocks/foreseen",
        *(CALLBACKS, f"{CALLBACKS}/unit", f"{CALLBACKS}/centre"),
    }
)
"""Doors of one case, which a query or a body names: the other one, which has a result."""
FORMS: Mapping[str, Fields] = {
    "/desk/login": {"login": "nobody", "password": "wrong"},
    "/desk/login/code": {"code": ""},
    "/follow/rate": {"level": "5", "send": "1", "solved": "yes"},
    "/look": {"print": "large"},
    "/desk/appeals/{act}": {
        **{"appeal_id": str(UUID_OF_NOTHING), "upheld": "yes", "words": "核实过了"},
        "because": "不是信访",
    },
    "/desk/benchmarks": {"item": "不动产首次登记", "region": "320100", "evidence": "已开通"},
    "/desk/benchmarks/correct": {"benchmark_id": str(UUID_OF_NOTHING), "edition": "1"},
    "/desk/benchmarks/confirm": {"benchmark_id": str(UUID_OF_NOTHING), "edition": "1"},
    "/desk/benchmarks/withdraw": {"benchmark_id": str(UUID_OF_NOTHING), "because": "已停办"},
    "/report": {"at": "what", "go": "where"},
    f"{PREFIX}/requests.{{form}}": {
        **{"service_code": "other", "last_name": "张三丰", "phone": "13812345678"},
        "description": "房产证办不下来。",
    },
    "/desk/rota/act/{act}": {
        **{"post": f"coordinator/{UNIT}", "kind": "coordinator", "unit": UNIT},
        **{"who": f"{UNIT}/walker", "login": "walker", "day": "2030-01-02"},
        **{"name": "李", "duties": "coordinator", "ground": "病假", "because": "机构改革"},
        **{"begins": "2030-01-02T08:00", "ends": "2030-01-02T18:00", "turn": "day"},
        **{"opens": "09:00", "closes": "17:00", "first": "2030-01-01", "last": "2030-01-31"},
        **{"person_0": "walker", "absence_id": str(UUID_OF_NOTHING)},
    },
}
MEETING_FORM: Fields = {
    **{"starts_at": "2030-01-04T09:00", "place": "301", "agenda": "谁来修", "because": "已商定"},
    **{"kind": "unit", "role": "member", "unit_code": "NOSUCH", "coming": "yes"},
    **{"said": "都同意", "result": "agreed", "conclusion": "镇里修"},
    "party_id": str(UUID_OF_NOTHING),
}
"""What acts on a meeting ask for; to convene one takes a topic besides."""
ANY_ACT: Fields = {
    **{"complexity": "ordinary", "reason": "litigation"},
    **{"legal_basis": "条例第九条", "ground": "not_our_duty", "because": "职责范围"},
    **{"unit_code": "NOSUCH", "to_node": COUNTY, "text": "请说明。", "purpose": "核实情况"},
    **{"way": "phone", "reached": "yes", "outcome": "done", "answer": "已办好。"},
    **{"kind": "note", "note": "去过现场。", "materials": "户口本", "answer_by": "2030-01-02"},
    **{"explanation": "省里还没有批。", "next_on": "2030-01-02"},
    **{"how": "brought", "days": "3", "task": "核实门面"},
    "dissent": "law",
    **{"name": "张三丰", "phone": "13812345678", "region": COUNTY, "attempts": "1"},
}
"""What the forms of the desk ask for, all together."""


def address(cell: Cell, targets: Targets) -> str:
    """Return the path of a cell with its parts filled in, and its query."""
    fields = {**targets.fields, "act": cell.act, "form": "json", "token": targets.case.number}
    fields["sort"] = "items"
    sample = next((path for _, path in SAMPLES if _fits(cell.endpoint.path, path)), None)
    path = cell.endpoint.path
    for part in re.findall(r"{(\w+)", path):
        path = re.sub(rf"{{{part}[^}}]*}}", fields.get(part) or _part(cell, part, sample), path)
    wanted = dict(QUERIES.get(path, {}))
    if path in OF_A_CASE and cell.endpoint.method == "GET":
        wanted["case_id"] = targets.other.case_id
    if path.startswith(FILES):
        wanted["case"] = targets.case.number
    return f"{path}?{urlencode(wanted)}" if wanted else path


CONVENING = "POST /api/v1/meetings"
"""For the dispatch desk: the sample names no unit that convenes."""
MEETING_ACTS = "/desk/meetings/act/{act}"
OUTSIDE = "/desk/outside/"
OF_A_PART = PART_NEEDS.keys() - {"open_part"}
"""Acts on a part of an order."""
NO_ACT = frozenset({"", "callback_unit"})
"""Of the case that everything is asked about no unit owes a callback, as each of them hears."""
OF_A_SLIP = frozenset({"answer_supervision", "read_supervision"})
"""Acts on a supervision slip of the tier above: no unit holds it."""


def _fits(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"{\w+[^}]*}", "[^/]+", template), path) is not None


def _part(cell: Cell, part: str, sample: str | None) -> str:
    if sample is None:
        return str(UUID(int=7)) if part.endswith("_id") else "NEW"
    names, values = cell.endpoint.path.split("/"), sample.split("/")
    return next(v for n, v in zip(names, values, strict=True) if n.startswith(f"{{{part}"))


def content(cell: Cell, targets: Targets, shown: Headers) -> tuple[Headers, bytes]:
    """Return the headers and the body that go with what is asked."""
    if cell.endpoint.method == "GET":
        return {}, b""
    if not cell.endpoint.is_api or cell.endpoint.path.startswith(PREFIX):
        return {"content-type": FORM}, urlencode(_form(cell, targets, shown)).encode()
    sample = next((body for key, body in SAMPLES.items() if _is_of(cell.endpoint, *key)), {})
    of_case = {"case_id": targets.other.case_id} if cell.endpoint.path in OF_A_CASE else {}
    fields = {**targets.fields, **of_case}
    body = {name: fields.get(name, value) for name, value in sample.items()}
    return {"content-type": "application/json"}, json.dumps(body).encode()


def _is_of(endpoint: Endpoint, method: str, path: str) -> bool:
    return method == endpoint.method and _fits(endpoint.path, path)


def _form(cell: Cell, targets: Targets, shown: Headers) -> Fields:
    token = shown.get("cookie", "").removeprefix(f"{SESSION_COOKIE}=")
    known = {"csrf": csrf_of(token), **targets.fields, "code": targets.case.code}
    if cell.asker.actor.kind is ActorKind.CITIZEN:
        known["number"] = cell.asker.actor.id
    own = FORMS.get(cell.endpoint.path, ANY_ACT)
    own = MEETING_FORM if cell.endpoint.path == MEETING_ACTS else own
    return {**known, **own, "channel": _channel(cell.asker.actor)}


def _channel(actor: Actor) -> str:
    mine = [channel for role in actor.roles for channel in CHANNELS.get(role, ())]
    return min(mine, default="window")


# ---- what the policy says beforehand ----


def is_allowed(cell: Cell, targets: Targets, node: str) -> bool:
    """Tell whether the asker may, by what the endpoint says that it demands."""
    demand, actor = cell.endpoint.demand, cell.asker.actor
    if demand is None or actor.node != node:
        return False
    if demand.audience is Audience.STAFF and actor.kind is not ActorKind.STAFF:
        return False
    if demand.audience is Audience.HOLDER and actor.kind not in HOLDERS:
        return False
    actions = (demand.by_part[cell.act],) if demand.by_part else demand.actions
    about = resource(cell, targets, node)
    return not actions or any(may(actor, action, about).allowed for action in actions)


def _of_a_thing(cell: Cell, node: str) -> Resource | None:
    """Return the part or meeting that is asked about, which a unit holds and another one is in."""
    path, demand = cell.endpoint.path, cell.endpoint.demand
    if "{part_id}" in path or cell.act in OF_A_PART:
        actions = {PART_NEEDS[cell.act]} if cell.act in OF_A_PART else set(demand.actions)  # type: ignore[union-attr]
        own, other = (UNIT, HELPER) if actions <= OF_THE_LEAD else (HELPER, UNIT)
        return Resource(node=node, unit=own, units=frozenset({other}))
    if "{supervision_id}" in path or cell.act in OF_A_SLIP:
        return Resource(node=node)
    if "{party_id}/answer" in path or (path == MEETING_ACTS and cell.act == "answer"):
        return Resource(node=node)  # the walk names no party, and so no unit
    if "{meeting_id}" in path or (path == MEETING_ACTS and cell.act != "convene"):
        return Resource(node=node, unit=UNIT, units=frozenset({UNIT, HELPER}))
    return Resource(node=node) if cell.endpoint.name == CONVENING else None


def resource(cell: Cell, targets: Targets, node: str) -> Resource:
    """Return what is asked about: the case, which a unit holds, or a list of what is one's own."""
    demand, path, actor = cell.endpoint.demand, cell.endpoint.path, cell.asker.actor
    told = targets.other if path in OF_A_CASE else targets.case
    units = frozenset({UNIT}) if told is targets.other else frozenset({UNIT, HELPER})
    held = Resource(node=node, unit=UNIT, case_id=UUID(told.case_id), units=units)
    if demand and (demand.audience is Audience.HOLDER or demand.actions == _RATING):
        return Resource(node=node, case_id=actor.case_id)
    if path.startswith(OF_PARTIES):
        return Resource(node=node, case_id=actor.case_id, file_id=UUID_OF_NOTHING)
    thing = _of_a_thing(cell, node)
    if thing is not None:
        return thing
    if _is_of_the_case(cell):
        # A party of the register is anybody's to call who has a unit, and sees the case.
        own = path.startswith(OUTSIDE) and cell.act == "look" and actor.unit in units
        return replace(held, unit=actor.unit) if own else held
    registers = demand is not None and Action.CASE_REGISTER in demand.actions
    return (
        Resource(node=node, channel=_way(cell)) if registers else Resource(node, unit=actor.unit)
    )


def _is_of_the_case(cell: Cell) -> bool:
    path = cell.endpoint.path
    is_act = cell.act not in NO_ACT and not path.startswith((LEADS, MEETING_ACTS))
    return path.startswith(FILES) or is_act or path in OF_A_CASE or any(p in path for p in HELD)


def _way(cell: Cell) -> str:
    for end, way in WAYS.items():
        if cell.endpoint.path.endswith(end):
            return way
    return "web" if cell.endpoint.is_api else _channel(cell.asker.actor)


WAYS = {"/sms": "sms", "/sms/kannel": "sms", "/midway-exits": "midway_exit"}
WAYS |= {"/bad-reviews": "evaluation"}
"""Doors of one channel alone."""
HOLDERS = frozenset({ActorKind.CITIZEN, ActorKind.OUTSIDE})
OF_PARTIES = "/api/v1/outside/"
_RATING = (Action.EVALUATION_SUBMIT,)
