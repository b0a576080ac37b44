"""What happened to a case, in sentences for staff: one for each event that a timeline keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.portal.pages import dates, reasons, words
from services.portal.pages.language import SOURCE
from services.portal.repository import Step

SENTENCES: Mapping[str, str] = {
    "intake.case_registered.v1": "登记（{channel}）",
    "intake.case_accepted.v1": "受理，难易：{complexity}",
    "intake.case_declined.v1": "不予受理：{reason}",
    "dispatch.case_pooled.v1": "进入派单池：{reason}",
    "dispatch.order_dispatched.v1": "派给{unit_name}（{route}）",
    "dispatch.order_signed.v1": "{unit_name}签收",
    "dispatch.contact_logged.v1": "{unit_name}联系诉求人（{way}）：{reached}",
    "dispatch.order_returned.v1": "{unit_name}退回：{ground}",
    "dispatch.order_finished.v1": "{unit_name}办完：{outcome}",
    "dispatch.case_finished.v1": "第 {round} 轮办结：{outcome}",
    "sla.clock_started.v1": "开始计时：{kind}，最晚 {due_at}",
    "sla.lamp_changed.v1": "{kind}：{lamp}",
    "sla.deadline_missed.v1": "{kind}：超过时限",
    "sla.clock_stopped.v1": "停止计时：{kind}（{on_time}）",
    "sla.clock_resumed.v1": "继续计时：{kind}，最晚 {due_at}",
    "notify.message_delivered.v1": "短信已送达：{purpose}",
    "notify.message_failed.v1": "短信没有送达：{purpose}",
    "review.evaluation_invited.v1": "请诉求人评价，{answer_by} 前有效",
    "review.evaluation_received.v1": "诉求人评价：{level}，{solved}",
    "review.case_reopened.v1": "没解决，开始第 {round} 轮",
    "review.case_closed.v1": "结束：{how}",
}
NOTES = ("because", "note_masked", "answer_masked", "explanation", "legal_basis", "text_masked")
"""Fields of free text; the first that an event has stands under its sentence."""
WITHOUT_NOTE = frozenset({"sla.clock_started.v1", "dispatch.case_finished.v1"})

WORDS: Mapping[str, Mapping[Any, str]] = {
    "channel": words.CHANNELS,
    "complexity": words.COMPLEXITIES,
    "route": words.FILED_BY,
    "way": words.WAYS,
    "ground": words.GROUNDS,
    "outcome": words.OUTCOMES,
    "kind": words.CLOCKS,
    "purpose": words.PURPOSES,
    "level": reasons.LEVELS,
    "how": words.CLOSINGS,
    "lamp": {code: f"{words.LAMP_COLOURS[code]}，{words.LAMPS[code]}" for code in words.LAMPS},
    "reached": {True: "联系上了", False: "没联系上"},
    "on_time": {True: "没有超时", False: "超时"},
    "solved": {True: "说解决了", False: "说没解决"},
}
REASON_WORDS: Mapping[str, Mapping[Any, str]] = {
    "intake.case_declined.v1": words.DECLINE_REASONS,
    "dispatch.case_pooled.v1": words.POOL_REASONS,
}
INSTANTS = frozenset({"due_at", "answer_by"})


@dataclass(frozen=True, slots=True)
class Sentence:
    """One entry as staff read it."""

    at: datetime
    text: str
    note: str


def story(steps: Sequence[Step]) -> list[Sentence]:
    """Return the entries of a timeline in sentences; an unknown event shows its name."""
    return [Sentence(step.at, _text(step), _note(step)) for step in steps if not _is_told(step)]


def _is_told(step: Step) -> bool:
    # The missed deadline of the same instant says it in words.
    return step.name == "sla.lamp_changed.v1" and step.params.get("lamp") == "red"


def _text(step: Step) -> str:
    sentence = SENTENCES.get(step.name, step.name)
    tables = {**WORDS, "reason": REASON_WORDS.get(step.name, {})}
    spoken = {name: _spoken(name, value, tables) for name, value in step.params.items()}
    return sentence.format_map(_Told(spoken))


def _spoken(name: str, value: Any, tables: Mapping[str, Mapping[Any, str]]) -> str:
    if name in INSTANTS:
        return dates.moment(datetime.fromisoformat(value), SOURCE)
    table = tables.get(name)
    if table is not None and isinstance(value, str | int) and value in table:
        return table[value]
    return str(value)


def _note(step: Step) -> str:
    if step.name in WITHOUT_NOTE:
        return ""
    return next((str(step.params[name]) for name in NOTES if step.params.get(name)), "")


class _Told(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "—"
