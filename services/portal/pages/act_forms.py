"""What the form of each act must hold, what of it the API is told, and where it is asked."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from services.portal.pages.callback_acts import (
    CALLBACK_BODIES,
    CALLBACK_NEEDED,
    CALLBACK_PATHS,
)
from services.portal.pages.complexity_acts import (
    COMPLEXITY_BODIES,
    COMPLEXITY_NEEDED,
    COMPLEXITY_PATHS,
)
from services.portal.pages.forms import Form, number_in
from services.portal.pages.language import later as _
from services.portal.pages.person_acts import PERSON_BODIES, PERSON_NEEDED, PERSON_PATHS
from services.portal.pages.words import HAND_OVER_GROUNDS

SOMEBODY = ("against_unit", "against_person", "against_account", "against_node")
"""Fields of which one at least says whom a case complains of."""
MOST_WORDS = 5
END_OF_DAY = "23:59:59+08:00"
"""A day that somebody chooses holds until it is over in China."""
YES_NO = {"yes": True, "no": False}
CORRECTABLE = ("name", "phone", "id_number", "address", "title", "text")
NOTHING_CORRECTED = _("请至少填写一项正确的内容。")
ELSEWHERE = ("node", "code", "title")
"""What is told of a unit of another node."""
NOBODY_NAMED = _("请选一个单位，或者填姓名。")
NO_GROUND = _("选“其他”的，请写明事由；不要写姓名、电话。")
AGAINST: Mapping[str, str] = MappingProxyType(
    {
        "complained_of.units": "against_unit",
        "complained_of.units.0": "against_unit",
        "complained_of.persons.0": "against_person",
        "units.0": "against_unit",
        "persons.0": "against_person",
        "co_handlers.0.unit_code": "co_unit",
        "co_handlers.0.task": "co_task",
        "accounts.0.person": "against_person",
        "accounts.0.login": "against_account",
        "complained_of.elsewhere": "against_node",
        **{f"elsewhere.0.{name}": f"against_{name}" for name in ELSEWHERE},
    }
)
"""Our names of fields of the API: whom a case complains of, who helps."""

NEEDED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "accept": {},
        "decline": {
            "reason": _("请选不予受理的理由。"),
            "legal_basis": _("请写依据。"),
            "explanation": _("请写给群众的解释。"),
        },
        "dispatch": {"unit_code": _("请选派给哪个单位。"), "because": _("请写派单理由。")},
        "sign": {},
        "contact": {"way": _("请选用什么方式联系的。"), "reached": _("请选联系上了没有。")},
        "finish": {"outcome": _("请选办成什么样。"), "answer": _("请写给群众的答复。")},
        "return": {"ground": _("请选退回理由。"), "legal_basis": _("请写依据。")},
        "work": {"kind": _("请选记什么。"), "note": _("请写做了什么。")},
        "ask_materials": {
            "materials": _("请写要补什么，一行一样。"),
            "answer_by": _("请选最晚哪天。"),
        },
        "settle_materials": {"how": _("请选到了没有。")},
        "extend": {"days": _("请填要延几个工作日。"), "because": _("请写为什么要延期。")},
        "decide_extension": {"granted": _("请选同意不同意。"), "because": _("请写理由。")},
        "track": {
            "explanation": _("请写给诉求人的说明。"),
            "ground": _("请写依据。"),
            "next_on": _("请选下次告知的日子。"),
        },
        "consent_tracking": {"granted": _("请选同意不同意。"), "because": _("请写理由。")},
        "take_search": {},
        "opine": {
            "because": _("请写意见。"),
            "legal_basis": _("请写依据。"),
        },
        "arbitrate": {"because": _("请写裁定理由。"), "legal_basis": _("请写依据。")},
        "mark": {},
        "correction": {"requester": _("请选谁要求的。"), "reason": _("请写为什么要更正。")},
        "person": {"purpose": _("请选为什么要看。")},
        "take_over": {},
        "refuse": {"ground": _("请选不接收的理由。"), "legal_basis": _("请写依据。")},
        "hand_over": {"to_node": _("请选转给谁。"), "because": _("请写为什么要转。")},
        "give_back": {"ground": _("请选退回理由。"), "legal_basis": _("请写依据。")},
        "withdraw": {"because": _("请写为什么撤回。")},
        "report_up": {"because": _("请写要报告什么。")},
        "supervise": {"text": _("请写督办什么。")},
        "advise": {"text": _("请写指导意见。")},
        "read_supervision": {},
        "answer_supervision": {"text": _("请写答复。")},
        "hold": {"reason": _("请写为什么要保留。")},
        "release": {"reason": _("请写为什么可以解除。")},
        "erase": {"ground": _("请选依据。"), "requester": _("请选谁要求的。")},
        "open_part": {"unit_code": _("请选请哪个单位协办。"), "task": _("请写请对方做什么。")},
        "urge_part": {"part_id": _("请选催哪个单位。")},
        "withdraw_part": {"part_id": _("请选收回哪一项。"), "because": _("请写为什么收回。")},
        "answer_part": {"answer": _("请写答复。")},
        "dissent_part": {"dissent": _("请选为什么不同意。"), "note": _("请写明意见。")},
        "decline_part": {"ground": _("请选理由。"), "legal_basis": _("请写依据。")},
        "part_work": {"kind": _("请选记什么。"), "note": _("请写做了什么。")},
        **CALLBACK_NEEDED,
        **COMPLEXITY_NEEDED,
        **PERSON_NEEDED,
    }
)


def _fields(*names: str) -> Callable[[Form], dict[str, Any]]:
    return lambda form: {name: value for name in names if (value := form.optional(name))}


def _with_days(*names: str) -> Callable[[Form], dict[str, Any]]:
    def told(form: Form) -> dict[str, Any]:
        days = form.get("days")
        number = number_in(days)
        counted = {"days": days if number is None else number} if days else {}
        return _fields(*names)(form) | counted

    return told


def _finishing(form: Form) -> dict[str, Any]:
    proof = ("legal_basis", "evidence", "override", "override_words")
    told: dict[str, Any] = _fields("outcome", "answer", *proof)(form)
    return told | {"outside": form.all("outside")}


def _contact(form: Form) -> dict[str, Any]:
    told = _fields("way", "note")(form)
    return told | {"reached": YES_NO[form.get("reached")]}


def _placement(form: Form) -> dict[str, Any]:
    told = _fields("case_id", "unit_code", "because")(form)
    if not form.get("co_unit"):
        return told
    helping = {"unit_code": form.get("co_unit"), "task": form.get("co_task")}
    return told | {"co_handlers": [helping]}


def _dissenting(form: Form) -> dict[str, Any]:
    return {"reason": form.get("dissent"), **_fields("note", "legal_basis")(form)}


def _asked_materials(form: Form) -> dict[str, Any]:
    day = form.get("answer_by")
    return {"materials": form.get("materials"), "answer_by": f"{day}T{END_OF_DAY}"}


def _extending(form: Form) -> dict[str, Any]:
    days = form.get("days")
    told = number_in(days)
    return {"days": days if told is None else told, "because": form.get("because")}


def _deciding(form: Form) -> dict[str, Any]:
    return {"granted": YES_NO.get(form.get("granted")), "because": form.get("because")}


def _ruling(form: Form) -> dict[str, Any]:
    told = _fields("unit_code", "because", "legal_basis", "waiver")(form)
    return told | {"keywords": form.get("keywords").replace("、", " ").split()[:MOST_WORDS]}


def _working(form: Form) -> dict[str, Any]:
    told, done = _fields("kind", "note", "place", "people")(form), form.get("done_at")
    return told | ({"done_at": f"{done}:00+08:00"} if done else {})


def _giving_back(form: Form) -> dict[str, Any]:
    told = _fields("case_id", "to_node", "ground", "legal_basis")(form)
    return told | {"because": form.get("because") or HAND_OVER_GROUNDS.get(form.get("ground"))}


def against(unit: str, person: str) -> dict[str, list[str]]:
    """Return whom a case complains of as the API takes it."""
    return {"units": [unit] if unit else [], "persons": [person] if person else []}


def _marking(form: Form) -> dict[str, Any]:
    login, person = form.get("against_account"), form.get("against_person")
    told: dict[str, Any] = against(form.get("against_unit"), "" if login else person)
    if login:
        told["accounts"] = [{"login": login, "person": person or None}]
    elsewhere = {name: form.get(f"against_{name}") for name in ELSEWHERE}
    if any(elsewhere.values()):
        told["elsewhere"] = [elsewhere | {"code": elsewhere["code"] or None}]
    return told


def _declining(form: Form) -> dict[str, Any]:
    told = _fields("reason", "legal_basis", "explanation", "guide_to")(form)
    seen = [each for each in form.get("benchmarks_seen").split(",") if each]
    return told | ({"benchmarks_seen": seen} if seen else {})


BODIES: Mapping[str, Callable[[Form], dict[str, Any]]] = MappingProxyType(
    {
        "accept": _fields("complexity", "item", "demand", "situation"),
        "decline": _declining,
        "dispatch": _placement,
        "sign": _fields(),
        "contact": _contact,
        "finish": _finishing,
        "work": _working,
        "ask_materials": _asked_materials,
        "settle_materials": _fields("how", "note"),
        "extend": _extending,
        "decide_extension": _deciding,
        "track": _fields("explanation", "ground", "next_on"),
        "consent_tracking": _deciding,
        "take_search": _fields(),
        "opine": _fields("unit_code", "because", "legal_basis"),
        "arbitrate": _ruling,
        "return": _fields("ground", "legal_basis", "note"),
        "mark": _marking,
        "correction": _fields("requester", "reason", "party", *CORRECTABLE),
        "person": _fields("purpose", "ground"),
        "take_over": _fields(),
        "refuse": _fields("ground", "legal_basis", "note"),
        "hand_over": _fields("case_id", "to_node", "because"),
        "give_back": _giving_back,
        "withdraw": _fields("because"),
        "report_up": _fields("case_id", "because"),
        "supervise": _fields("case_id", "text"),
        "advise": _fields("case_id", "text"),
        "read_supervision": _fields(),
        "answer_supervision": _fields("text"),
        "hold": _fields("reason", "review_on"),
        "release": _fields("reason"),
        "erase": _fields("ground", "requester", "reason"),
        "open_part": _with_days("unit_code", "task"),
        "urge_part": _fields("note"),
        "withdraw_part": _with_days("because", "to_unit", "task"),
        "answer_part": _fields("answer", "legal_basis"),
        "dissent_part": _dissenting,
        "decline_part": _fields("ground", "legal_basis", "note"),
        "part_work": _working,
        **CALLBACK_BODIES,
        **COMPLEXITY_BODIES,
        **PERSON_BODIES,
    }
)
CASE = "/api/v1/cases/{number}/"
PART_ACTS = ("urge", "withdraw", "answer", "dissent", "decline")
IN_CASE = ("accept", "decline", "mark", "correction", "person")
ORDER = "/api/v1/orders/{order_id}/"
PART = "/api/v1/parts/{part_id}/"
ARBITRATION = "/api/v1/arbitrations/{arbitration_id}/"
HAND_OVER = "/api/v1/hand-overs/{hand_over_id}/"
PATHS: Mapping[str, str] = MappingProxyType(
    {
        **{act: f"{CASE}{act}" for act in IN_CASE},
        "hold": f"{CASE}hold",
        "release": f"{CASE}hold/release",
        "erase": f"{CASE}erasure",
        **{act: f"{ORDER}{act}" for act in ("sign", "finish", "return")},
        "contact": f"{ORDER}contacts",
        "work": f"{ORDER}work",
        "ask_materials": f"{ORDER}materials",
        "settle_materials": f"{ORDER}materials/settle",
        "extend": f"{ORDER}extensions",
        "decide_extension": "/api/v1/extensions/{extension_id}/decision",
        "track": f"{ORDER}tracking",
        "consent_tracking": f"{ORDER}tracking/consent",
        "take_search": "/api/v1/searches/{case_id}/take",
        "opine": f"{ARBITRATION}opinions",
        "arbitrate": f"{ARBITRATION}decision",
        "open_part": f"{ORDER}parts",
        **{f"{act}_part": f"{PART}{act}" for act in PART_ACTS},
        "part_work": f"{PART}work",
        "dispatch": "/api/v1/orders",
        "take_over": f"{HAND_OVER}accept",
        "refuse": f"{HAND_OVER}refuse",
        "withdraw": f"{HAND_OVER}withdraw",
        "hand_over": "/api/v1/hand-overs",
        "give_back": "/api/v1/hand-overs",
        "report_up": "/api/v1/reports-up",
        "supervise": "/api/v1/supervisions",
        "advise": "/api/v1/guidances",
        "read_supervision": "/api/v1/supervisions/{supervision_id}/read",
        "answer_supervision": "/api/v1/supervisions/{supervision_id}/answer",
        **CALLBACK_PATHS,
        **COMPLEXITY_PATHS,
        **PERSON_PATHS,
    }
)
"""Where each act is asked for; what is in braces is a field of its form."""
SAID_ONCE = frozenset(
    {"correction", "hand_over", "give_back", "report_up", "supervise", "advise", "erase"}
    | {"work", "ask_materials", "extend", "track", "open_part", "withdraw_part", "part_work"}
    | set(PERSON_PATHS)
    | {*CALLBACK_PATHS, *COMPLEXITY_PATHS}
)
"""Acts that make something new: a form that is sent twice counts once."""


def path_of(act: str, form: Form) -> str:
    """Return the address at which an act is asked for."""
    return PATHS[act].format_map(_Quoted(form.values))


class _Quoted(dict[str, str]):
    def __getitem__(self, name: str) -> str:
        return quote(self.get(name, "").strip(), safe="")
