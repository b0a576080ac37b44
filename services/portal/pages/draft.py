"""What a person has told so far on the way through the three steps, and what it still lacks.

The API checks everything again; here only what would send a person back after the last step.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from services.portal.pages.act_forms import AGAINST, against
from services.portal.pages.forms import Form, number_in
from services.portal.pages.language import SOURCE
from services.portal.pages.language import later as _
from services.portal.pages.together import BAD_LINE, others_of
from shared.security.phones import PhoneKind, normalise_phone, phone_kind

AGENT = ("agent_name", "agent_phone", "relation", "told")
STEPS: Mapping[str, tuple[str, ...]] = {
    "what": ("text", "title", "item"),
    "where": ("region", "spot", "attempts", "against_unit", "against_person"),
    "who": ("kind", "name", "phone", "id_number", "withheld", "care", "others", *AGENT),
}
ORDER = (*STEPS, "review")
SENT_AS = {
    "care.0": "care",
    "agent.name": "agent_name",
    "agent.phone": "agent_phone",
    "agent.relation": "relation",
    "agent.told": "told",
    "reporter.kind": "kind",
    "reporter.name": "name",
    "reporter.phone": "phone",
    "reporter.id_number": "id_number",
    **AGAINST,
}
"""Our names of the fields that the API nests."""
SENTENCE_ENDS = "。！？!?；;\n"
LONGEST_TITLE = 40

NEEDED = {
    "text": _("请写一写什么事没办成。"),
    "region": _("请选事情在哪个地方。"),
    "attempts": _("请选跑过几次。"),
    "kind": _("请选您是替谁反映。"),
    "name": _("请填怎么称呼您。"),
    "phone": _("请填一个能联系到您的电话。"),
}
BAD_PHONE = _("电话号码不对，请核对：手机号 11 位，座机要带区号。")


@dataclass(frozen=True, slots=True)
class Draft:
    """The fields of all steps as they were typed."""

    values: Mapping[str, str]

    @classmethod
    def of(cls, form: Form, region: str) -> "Draft":
        """Read a draft from a form; a fresh one gets its idempotency key and its defaults."""
        names = [name for fields in STEPS.values() for name in fields]
        values = {name: form.get(name) for name in names}
        values["key"] = form.get("key") or uuid4().hex
        for name, usual in (("region", region), ("attempts", "1"), ("kind", "person")):
            values[name] = values[name] or usual
        return cls(values)

    def lacks(self, step: str) -> dict[str, str]:
        """Return what is wrong with the fields of one step, by name."""
        fields = STEPS.get(step, ())
        wrong = {name: NEEDED[name] for name in fields if name in NEEDED and not self.values[name]}
        if "phone" in fields and "phone" not in wrong and not is_phone(self.values["phone"]):
            wrong["phone"] = BAD_PHONE
        if "others" in fields and others_of(self.values["others"]) is None:
            wrong["others"] = BAD_LINE
        agent = "agent_name" in fields and self.values["agent_name"]
        if agent and not is_phone(self.values["agent_phone"]):
            wrong["agent_phone"] = BAD_PHONE
        return wrong

    def first_gap(self) -> str | None:
        """Return the first step that lacks something."""
        return next((step for step in STEPS if self.lacks(step)), None)

    def carried(self, step: str) -> list[str]:
        """Return the names of the fields that a step does not show."""
        return [name for other, names in STEPS.items() if other != step for name in names]

    @property
    def title(self) -> str:
        """The title as typed, else the first sentence of the text."""
        return self.values["title"] or first_sentence(self.values["text"])

    def body(self, language: str = SOURCE) -> dict[str, object]:
        """Return the report as the API takes it; whoever filled it in reads this language."""
        told = self.values
        text = f"{told['text']}\n\n办理地点：{told['spot']}" if told["spot"] else told["text"]
        meant = against(told["against_unit"], told["against_person"])
        return {
            **({"complained_of": meant} if any(meant.values()) else {}),
            "region": told["region"],
            **self._by_whom(language),
            "title": self.title,
            "text": text,
            "item": told["item"] or None,
            "attempts": number_in(told["attempts"]) or 1,
            "name_withheld": told["withheld"] == "yes",
            **self._for_whom(language),
            "others": others_of(told["others"]) or [],
            "care": [told["care"]] if told["care"] else [],
        }

    def _for_whom(self, language: str) -> dict[str, object]:
        told = self.values
        if not told["agent_name"]:
            return {}
        agent = {"name": told["agent_name"], "phone": told["agent_phone"], "language": language}
        return {"agent": agent | {name: told[name] for name in AGENT[2:] if told[name]}}

    def _by_whom(self, language: str) -> dict[str, object]:
        told = self.values
        reporter = {name: told[name] for name in ("kind", "name", "phone")}
        reporter["language"] = SOURCE if told["agent_name"] else language
        if told["kind"] == "person" or not told["id_number"]:
            return {"channel": "web", "reporter": reporter}
        known = {**reporter, "id_number": told["id_number"]}
        return {"channel": "enterprise_portal", "reporter": known}


def first_sentence(text: str) -> str:
    """Return what a long text says first, short enough for a title."""
    ends = [place for end in SENTENCE_ENDS if (place := text.find(end)) > 0]
    sentence = text[: min(ends)] if ends else text
    short = " ".join(sentence.split())
    return short if len(short) <= LONGEST_TITLE else short[: LONGEST_TITLE - 1] + "…"


def step_of(field: str) -> str:
    """Return the step that asks for a field."""
    return next((step for step, names in STEPS.items() if field in names), "what")


def is_phone(text: str) -> bool:
    """Tell whether somebody can be called at this number."""
    normal = normalise_phone(text)
    return normal is not None and phone_kind(normal) is not PhoneKind.SERVICE
