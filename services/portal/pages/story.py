"""What happened to a case, in sentences for staff: one for each event that a timeline keeps.

What another node did is told with that node's name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from services.portal.pages import (
    dates,
    ladder_words,
    part_words,
    reasons,
    several_words,
    withdraw_words,
    words,
)
from services.portal.pages.callback_words import CALLED_BY, called_back
from services.portal.pages.channel_words import SITUATIONS
from services.portal.pages.language import language_now, listed, say
from services.portal.pages.language import later as _
from services.portal.pages.move_words import MOVED, UNSIGNED, local_cause, sentence_of_move
from services.portal.pages.nodes import node_name
from services.portal.pages.story_grounds import grounds_of
from services.portal.repository import Step
from shared.http import NodeFacts

SENTENCES: Mapping[str, str] = {
    "intake.case_registered.v1": "登记（{channel}）",
    "intake.case_accepted.v1": "受理，难易：{complexity}",
    "intake.case_answered.v1": "登记时当场答复：{outcome}",
    "intake.case_declined.v1": "不予受理：{reason}",
    "intake.decline_appealed.v1": "诉求人对不予受理有异议：{because_masked}（{decide_by} 前复核）",
    "intake.appeal_decided.v1": "异议复核：{upheld}",
    "intake.complaint_marked.v1": "记下反映对象，按规定回避",
    "intake.file_added.v1": "加了一个附件（{kind}）",
    "intake.file_released.v1": "放行附件（{kind}，{redacted}）给{unit_name}看：{because_masked}",
    "intake.file_release_ended.v1": "收回给{unit_name}看的附件：{because_masked}",
    **several_words.STORY,
    "intake.case_amended.v1": "登记的信息已更正：{fields}",
    "intake.materials_answered.v1": "诉求人答复了要补的材料",
    "intake.case_urged.v1": "诉求人催办（第 {urges} 次，{channel}）",
    "intake.information_added.v1": "诉求人补充情况（{channel}）",
    **withdraw_words.STORY,
    "intake.helper_assigned.v1": "帮办员：{helper}",
    "intake.case_erased.v1": "个人信息已按规定清除（{ground}）",
    "intake.case_held.v1": "依法保留，不能清除个人信息",
    "intake.hold_released.v1": "解除依法保留",
    "intake.case_grouped.v1": "并到 {lead_number}（{kind}）：{because_masked}",
    "intake.case_ungrouped.v1": "撤销与 {lead_number} 的并案：{because_masked}",
    "intake.case_split.v1": "拆成 {matters} 件，另立：{numbers}",
    "intake.part_taken_back.v1": "{part_number} 并回本件：{because_masked}",
    "dispatch.case_joined.v1": "等 {lead_number} 的结果，一起答复",
    "dispatch.case_pooled.v1": "进入派单池：{reason}",
    "dispatch.order_dispatched.v1": "派给{unit_name}（{route}）",
    "dispatch.order_signed.v1": "{unit_name}签收",
    "dispatch.work_logged.v1": "{unit_name}{kind}（{done_at}）",
    "dispatch.materials_asked.v1": "{unit_name}请诉求人补充材料，{answer_by} 前",
    "dispatch.materials_received.v1": "{unit_name}补充材料：{how}",
    "dispatch.outside_asked.v1": "{unit_name}已向{party_name}了解情况，{answer_by} 前",
    "dispatch.outside_ended.v1": "{party_name}：{how}",
    "dispatch.outside_message_made.v1": "给外部单位发短信：{kind}",
    "dispatch.extension_asked.v1": "{unit_name}申请延期 {days} 个工作日",
    "dispatch.extension_decided.v1": "{unit_name}的延期申请（{days} 个工作日）：{granted}",
    "dispatch.search_taken.v1": "有人负责找承办单位",
    "dispatch.search_escalated.v1": "到时限还没有找到承办单位，交督办人员",
    "dispatch.arbitration_opened.v1": "{unit_name}再次退回（共 {returns} 次），开始争议裁定",
    "dispatch.opinion_given.v1": "裁定意见（{party}）：{unit_name}",
    "dispatch.arbitration_decided.v1": "裁定由{unit_name}办理，不能再退回",
    "dispatch.meeting_called.v1": "召集协调会第 {serial} 轮：{starts_at}，{place_masked}",
    "dispatch.meeting_held.v1": "协调会第 {serial} 轮（{held_at}）：{result}",
    "dispatch.meeting_reminded.v1": "提醒参加协调会第 {serial} 轮：{starts_at}",
    "dispatch.minutes_confirmed.v1": "协调会第 {serial} 号纪要已确认",
    "dispatch.meeting_cancelled.v1": "协调会取消",
    "dispatch.part_opened.v1": "{lead_name}请{unit_name}{kind}",
    "dispatch.part_answered.v1": "{unit_name}答复{kind}",
    "dispatch.part_dissented.v1": "{unit_name}对{kind}有不同意见：{reason}",
    "dispatch.part_declined.v1": "{unit_name}说{kind}不属于本单位：{ground}",
    "dispatch.part_urged.v1": "催{unit_name}{kind}，第 {urges} 次",
    "dispatch.part_withdrawn.v1": "收回{unit_name}的{kind}：{why}",
    "dispatch.tracking_reported.v1": "{unit_name}说明难处，继续跟踪（第 {serial} 次），"
    "{next_on}前再告知",
    "dispatch.tracking_decided.v1": "{unit_name}再跟踪：{granted}",
    "dispatch.case_tracked.v1": "向诉求人说明难处，{next_on}前再告知",
    "dispatch.contact_logged.v1": "{unit_name}联系诉求人（{way}）：{reached}",
    "dispatch.order_returned.v1": "{unit_name}退回：{ground}",
    "dispatch.order_finished.v1": "{unit_name}办完：{outcome}",
    "dispatch.case_finished.v1": "第 {round} 轮办结：{outcome}",
    "dispatch.hand_over_offered.v1": "{kind}：转给{to_node}，等对方接收",
    "dispatch.hand_over_answered.v1": "接收{to_node}转来的件（{kind}）",
    "dispatch.hand_over_withdrawn.v1": "要求撤回转给{to_node}的件",
    "dispatch.case_handed_over.v1": "{to_node}已接收（{kind}），这一段到此结束",
    "dispatch.case_reclassified.v1": "难易由{before}改为{complexity}，时限重新计算",
    "dispatch.case_reported_up.v1": "报告{to_node}，不转办",
    "sla.clock_started.v1": "开始计时：{kind}，最晚 {due_at}",
    "sla.lamp_changed.v1": "{kind}：{lamp}",
    "sla.deadline_missed.v1": "{kind}：超过时限",
    "sla.clock_stopped.v1": "停止计时：{kind}（{on_time}）",
    "sla.clock_resumed.v1": "继续计时：{kind}，最晚 {due_at}（{reason}）",
    "sla.clock_paused.v1": "暂停计时：{kind}，最多到 {until}，答应群众的时限不变",
    "sla.due_date_moved.v1": MOVED,
    "sla.term_near.v1": "快到{kind}时限，最晚 {due_at}",
    "sla.term_over.v1": "过了{kind}时限（{due_at}）",
    "sla.step_taken.v1": "{kind}时限 {due_at}，第 {level} 级：{step}（{whom}）",
    "notify.message_delivered.v1": "短信已送达：{purpose}",
    "notify.message_failed.v1": "短信没有送达：{purpose}",
    "review.evaluation_invited.v1": "请诉求人评价，{answer_by} 前有效",
    "review.evaluation_received.v1": "诉求人评价：{level}，{solved}",
    "review.callback_made.v1": "{called_by}回访：{reached}",
    "review.case_reopened.v1": "没解决，开始第 {round} 轮",
    "review.case_closed.v1": "结束：{how}",
    "review.supervision_ordered.v1": "督办{to_node}，{answer_by} 前答复",
    "review.supervision_answered.v1": "答复督办",
    "review.supervision_reached.v1": "督办已送到",
    "review.supervision_read.v1": "签收督办",
    "review.guidance_given.v1": "给{to_node}提指导意见",
    "link.case_received.v1": "收到诉求人的姓名和电话，已加密保存",
    "link.order_passed_on.v1": "清除或更正的命令已发给存有副本的各级",
}
REFUSED = "不接收{to_node}转来的件（{kind}）：{ground}"
"""Of an answer that says no."""
LATE_STEP = "{kind}时限 {due_at}，第 {level} 级：{step}（{whom}），应在 {step_due_at}，补办"
"""Of a step that was taken later than it could have been."""
SLIP = "督办承办单位，{answer_by} 前答复"
"""Of a slip that a node gives to a unit of its own."""
FORCED = "{unit_name}没有按时签收，系统强制签收，计入该单位"
"""Of a signature that a unit let pass."""
MEETING_MOVED = "协调会第 {serial} 轮改期：{starts_at}，{place_masked}"
"""Of a round that is at another time or place than it was called for."""
OVERRIDING = "{unit_name}办完：{outcome}；越过协办单位：{override_reason}"
"""Of a unit that finished over a part that was not settled."""
SPLIT_OFF = "从 {split_from} 拆出，单独登记，承诺时间从原件登记时算起"
"""Of a case that was split off a report."""
SPECIAL: Mapping[str, str] = {
    "forced": FORCED,
    "override_reason": OVERRIDING,
    "moves": MEETING_MOVED,
    "split_from": SPLIT_OFF,
}
"""Sentences of an event in which this field says something, before its usual one."""
OF_ONE: Mapping[str, Mapping[str, str]] = {
    "sla.step_taken.v1": {"late": LATE_STEP},
    "sla.clock_started.v1": {"counted_from": UNSIGNED},
    "review.supervision_ordered.v1": {"unit_code": SLIP},
    **withdraw_words.STORY_OF_ONE,
    **several_words.STORY_OF_ONE,
}
"""The same of one event alone, whose fields say something else in others."""
OF_ANOTHER: Mapping[str, str] = {
    "intake.case_urged.v1": "并在一起的 {for_number} 催办（{channel}）",
    "intake.information_added.v1": "并在一起的 {for_number} 补充情况（{channel}）",
}
"""Of what the person of a case says that goes with this one."""
OF_NONE = "裁定不属于本级任何单位，转其他层级"
"""Of an arbitration that names no unit."""
LEARNED = "派给{unit_name}（按以往派单自动派单）"
"""Of an order that the system gave by itself."""
NOTES = (
    *("explanation_masked", "because", "override_masked", "note_masked", "task_masked"),
    "words_masked",
    *("materials_masked", "answer_masked", "explanation"),
    *("legal_basis", "text_masked", "said_masked", "conclusion_masked", "question_masked"),
)
"""Fields of free text; the first that an event has stands under its sentence."""
WITHOUT_NOTE = frozenset(
    {
        *("sla.clock_started.v1", "sla.clock_resumed.v1"),
        *("dispatch.case_finished.v1", "dispatch.case_tracked.v1"),
    }
)
NOTES_OF: Mapping[str, Callable[[Mapping[str, Any]], str]] = MappingProxyType(
    {**dict.fromkeys(WITHOUT_NOTE, lambda _told: ""), "review.callback_made.v1": called_back}
)
"""What stands under some events, in place of the first text that they have."""

WORDS: Mapping[str, Mapping[Any, str]] = {
    "channel": words.CHANNELS,
    **dict.fromkeys(("complexity", "before"), words.COMPLEXITIES),
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
    "called_by": CALLED_BY,
    "on_time": {True: "没有超时", False: "超时"},
    "solved": {True: "说解决了", False: "说没解决"},
}
PART_FACTS = ("opened", "answered", "dissented", "declined", "urged", "withdrawn")
OF_PARTS: Mapping[str, Mapping[Any, str]] = {
    "kind": part_words.PART_KINDS,
    "reason": part_words.DISSENTS,
    "why": part_words.PART_ENDS,
}
WORDS_OF: Mapping[str, Mapping[str, Mapping[Any, str]]] = {
    "intake.case_declined.v1": {"reason": words.DECLINE_REASONS},
    "intake.file_released.v1": {"kind": {}, "redacted": {True: "遮盖过", False: "原件"}},
    "intake.appeal_decided.v1": {"upheld": {True: "维持不予受理", False: "改为受理"}},
    "dispatch.case_pooled.v1": {"reason": words.POOL_REASONS},
    "dispatch.hand_over_offered.v1": {"kind": words.HAND_OVER_KINDS},
    "dispatch.hand_over_answered.v1": {
        "kind": words.HAND_OVER_KINDS,
        "ground": words.HAND_OVER_GROUNDS,
    },
    "dispatch.case_handed_over.v1": {"kind": words.HAND_OVER_KINDS},
    "dispatch.work_logged.v1": {"kind": words.WORK_KINDS},
    "dispatch.materials_received.v1": {"how": words.MATERIALS_ENDS},
    "dispatch.outside_ended.v1": {"how": words.OUTSIDE_ENDS},
    "dispatch.outside_message_made.v1": {"kind": words.OUTSIDE_MESSAGES},
    "dispatch.extension_decided.v1": {"granted": {True: "同意", False: "不同意"}},
    "dispatch.tracking_decided.v1": {"granted": {True: "同意", False: "不同意"}},
    "dispatch.opinion_given.v1": {"party": words.PARTIES_OF_ARBITRATION},
    "dispatch.meeting_held.v1": {"result": words.ROUND_RESULTS},
    **{f"dispatch.part_{name}.v1": OF_PARTS for name in PART_FACTS},
    "dispatch.order_finished.v1": {"override_reason": part_words.OVERRIDES},
    **withdraw_words.STORY_WORDS,
    "sla.term_near.v1": {"kind": words.TERMS},
    "sla.term_over.v1": {"kind": words.TERMS},
    "sla.step_taken.v1": {
        "step": ladder_words.STEPS,
        "whom": ladder_words.WHOM,
        "level": {},
    },
    "intake.case_erased.v1": {"ground": words.ERASURE_GROUNDS},
    "intake.case_grouped.v1": {"kind": words.GROUP_KINDS},
}
"""Words that mean something else, or nothing, in other events."""
OF_PERSON = frozenset(
    f"intake.{said}.v1"
    for said in (
        *("case_urged", "information_added", "materials_answered", "file_added"),
        *("case_withdrawn", "withdrawal_taken_back"),
    )
)
"""What the person says after registering."""
NODES = frozenset({"to_node", "origin"})
INSTANTS = frozenset(
    {
        *("due_at", "due_before", "sign_by", "answer_by", "until", "done_at", "starts_at"),
        *("held_at", "step_due_at", "decide_by", "would_be_at", "take_back_by", "signed_at"),
        "counted_from",
    }
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One entry as staff read it; `where` names another node, and is empty for this one."""

    at: datetime
    where: str
    text: str
    note: str
    is_new: bool = False
    """The person said it, and it came after the reader had last looked."""


def story(steps: Sequence[Step], node: NodeFacts, since: datetime | None = None) -> list[Sentence]:
    """Return the entries of a timeline in sentences; an unknown event shows its name.

    What was heard of the person after `since` is marked as new; without it nothing is.
    """
    return [_sentence(step, node, since) for step in steps if not _is_told(step, node)]


def _sentence(step: Step, node: NodeFacts, since: datetime | None) -> Sentence:
    where = "" if step.node in (None, node.code) else node_name(node, step.node)
    return Sentence(step.at, where, _text(step, node), _note(step), _is_new(step, since))


def _is_new(step: Step, since: datetime | None) -> bool:
    if since is None or step.name not in OF_PERSON or step.params.get("by_staff"):
        return False
    return since < heard_at(step)


def heard_at(step: Step) -> datetime:
    """Return when this node heard of an entry: of another node's the link may be late."""
    late = step.params.get("heard_at")
    return step.at if late is None else datetime.fromisoformat(late)


def _is_told(step: Step, node: NodeFacts) -> bool:
    # The missed deadline of the same instant says it in words, and the report of the unit what
    # another node made of it.
    if step.name == "dispatch.case_tracked.v1":
        return step.node not in (None, node.code)
    is_red = step.name == "sla.lamp_changed.v1" and step.params.get("lamp") == "red"
    return is_red or step.name in withdraw_words.NO_STORY


def _text(step: Step, node: NodeFacts) -> str:
    sentence = LEARNED if step.params.get("suggestion") else _sentence_of(step)
    tables = {**WORDS, **WORDS_OF.get(step.name, {})}
    said = {name: value for name, value in step.params.items() if value is not None}
    told = {name: _spoken(name, value, tables) for name, value in said.items()}
    told |= {name: node_name(node, step.params[name]) for name in NODES & told.keys()}
    return say(sentence).format_map(_Told(told))


def _sentence_of(step: Step) -> str:
    if step.params.get("accepted") is False:
        return REFUSED
    mine = {**SPECIAL, **OF_ONE.get(step.name, {})}
    special = next((told for name, told in mine.items() if step.params.get(name)), None)
    if special is not None:
        return special
    if step.name == "dispatch.arbitration_decided.v1" and not step.params.get("unit_name"):
        return OF_NONE
    if step.name == "sla.due_date_moved.v1":
        return sentence_of_move(step.params)
    known = OF_ANOTHER if step.params.get("for_number") else SENTENCES
    return known.get(step.name, step.name)


def _moment(told: str) -> str:
    return dates.moment(datetime.fromisoformat(told), language_now())


SAID: Mapping[str, Callable[[Any], str]] = MappingProxyType(
    {
        **dict.fromkeys(INSTANTS, _moment),
        "next_on": lambda told: dates.day(date.fromisoformat(told), language_now()),
        "numbers": lambda told: listed(map(str, told)),
        "fields": lambda told: listed(_corrected(str(one)) for one in told),
        "local": lambda told: local_cause(told) if told else "",
    }
)
"""How a value is said that no table knows, by its name."""


def _spoken(name: str, value: Any, tables: Mapping[str, Mapping[Any, str]]) -> str:
    said = SAID.get(name)
    if said is not None:
        return said(value)
    table = tables.get(name)
    if table is not None and isinstance(value, str | int) and value in table:
        return say(table[value])
    return str(value)


def _note(step: Step) -> str:
    if step.name in NOTES_OF:
        return NOTES_OF[step.name](step.params)
    if step.params.get("situation"):
        situation = str(step.params["situation"])
        return say(_("情形：{what}")).format(what=say(SITUATIONS.get(situation, situation)))
    note = next((str(step.params[name]) for name in NOTES if step.params.get(name)), "")
    if step.params.get("duties"):
        return "\n".join([note, *map(_duty, step.params["duties"])])
    if step.params.get("units"):
        return note + say(_("邀请：{whom}")).format(whom=listed(_asked(step.params)))
    return note + grounds_of(step.params)


def _asked(told: Mapping[str, Any]) -> list[str]:
    return [*told["units"], *([_("诉求人")] if told.get("with_person") else [])]


def _duty(duty: Mapping[str, Any]) -> str:
    company = f"（{duty['company_masked']}）" if duty.get("company_masked") else ""
    days, day = duty.get("days"), duty.get("due_on")
    limit = say(_("{n} 个工作日")).format(n=days) if days else say(_("{day} 前")).format(day=day)
    return f"{duty['unit_name']}{company}：{duty['words_masked']}（{limit}）"


def _corrected(name: str) -> str:
    whole = name.partition(".")[0] if name.startswith("others.") else name
    return words.CORRECTED.get(whole, whole)


class _Told(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "—"
