"""What people read about their case: Chinese first, in English for those who ask for it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from services.intake.api.english import ENGLISH
from services.intake.policy.days import CHINA
from services.intake.policy.facts import Fact, FactKind, HandOverKind
from services.intake.policy.following import NextStep
from shared.regions import place_named

CHINESE = "zh"

TIMELINE: Mapping[FactKind, str] = MappingProxyType(
    {
        FactKind.REGISTERED: "您的反映已登记，编号 {number}。",
        FactKind.REOPENED: "您反映问题没有解决，已重新办理（第 {round} 轮）。",
        FactKind.ACCEPTED: "已受理，承诺时限开始计算。",
        FactKind.DECLINED: "不属于本窗口受理范围：{explanation}",
        FactKind.APPEALED: "您不同意不予受理的决定，由上级复核，最晚 {decide_by} 答复您。",
        FactKind.APPEAL_DECIDED: "{upheld}{words_masked}",
        FactKind.CLOCK_STARTED: "承诺在 {due_at} 前办结。",
        FactKind.CLOCK_RESUMED: "承诺时限继续计算，仍为 {due_at}。",
        FactKind.DUE_MOVED: "放假安排公布，承诺时限由 {due_before} 改为 {due_at}。",
        FactKind.HANDED_OVER: "已交由{to_name}办理，承诺时间不变。",
        FactKind.DISPATCHED: "已派给{unit_name}办理。",
        FactKind.SIGNED: "{unit_name}已签收。",
        FactKind.CONTACTED: "{unit_name}已与您联系（{way}）。",
        FactKind.ANSWERED: "当场答复：{answer_masked}",
        FactKind.PART_OPENED: "{unit_name}协助{lead_name}办理，仍由{lead_name}给您答复。",
        FactKind.PART_ANSWERED: "{unit_name}已把意见交给承办单位。",
        FactKind.PART_WITHDRAWN: "{unit_name}不再协助办理。",
        FactKind.MATERIALS_ASKED: "{unit_name}请您在 {answer_by} 前补充材料：{materials_masked}",
        FactKind.MATERIALS_ANSWERED: "您已答复：{text_masked}",
        FactKind.MATERIALS_RECEIVED: "{unit_name}不再等您补材料，继续办理。",
        FactKind.MEETING_HELD: "{result}",
        FactKind.MEETING_CALLED: "{starts_at} 开协调会，有关单位一起商量怎么办。",
        FactKind.MINUTES_CONFIRMED: "协调会定了分工：{duties}",
        FactKind.MEETING_CANCELLED: "协调会不开了：{because}",
        FactKind.OUTSIDE_ASKED: "{unit_name}已向{party_name}了解情况，等它答复。",
        FactKind.OUTSIDE_ENDED: "{unit_name}不再等{party_name}的答复，继续办理。",
        FactKind.TRACKED: (
            "{unit_name}说明：{explanation_masked}（依据：{ground_masked}）"
            "继续跟踪，{next_on}以前再告诉您进展。"
        ),
        FactKind.URGED: "您催办了（第 {urges} 次），承办单位看得到。",
        FactKind.INFORMATION_ADDED: "您补充了：{text_masked}",
        FactKind.RETURNED: "{unit_name}退回，工作人员正在重新安排承办单位。",
        FactKind.POOLED: "工作人员正在确定承办单位。",
        FactKind.LAMP_CHANGED: "{lamp}",
        FactKind.ORDER_FINISHED: "{unit_name}已办完并提交答复。",
        FactKind.CASE_FINISHED: "已办结，答复：{answer_masked}",
        FactKind.CLOCK_STOPPED: "{on_time}",
        FactKind.INVITED: "请您评价是否真正解决，评价截止 {answer_by}。",
        FactKind.RATED: "您已评价：{level}。",
        FactKind.CLOSED: "本件已结束。",
        FactKind.AMENDED: "登记的信息已更正。",
        FactKind.CONTACT_CHANGED: "联系电话已换成 {masked_phone}，经验证码核实；短信改发那里。",
        FactKind.HELPER: "{helper}陪您办这件事，有不清楚的请找帮办员。",
        FactKind.ERASED: "个人信息已按规定清除。",
        FactKind.GROUPED: "与您反映的另一件 {lead_number} 是同一件事，合在一起办理，一起答复您。",
        FactKind.UNGROUPED: "不再与 {lead_number} 合并，单独办理。",
        FactKind.SPLIT: "您反映了几件事，分成 {matters} 件办：新编号 {numbers}，每件都答复您。",
        FactKind.WITHDRAWN: "您撤回了这件，承办单位停止办理；{take_back_by} 前可以改变主意。",
        FactKind.WITHDRAWAL_TAKEN_BACK: "您改变了主意，这件接着办。",
        FactKind.TAKEN_BACK: "{part_number} 说的是同一件事，合回这件一起办，一起答复您。",
    }
)
OF_ANOTHER = "another"
PHONE_OF_ANOTHER = "一起反映的第 {complainant} 位换了联系电话。"
PHONE_OF_FIRST = "代表大家的联系人换了联系电话。"
ADDED_BY_ANOTHER = "一起反映的第 {complainant} 位补充了：{text_masked}"
NO_HELPER = "这件事不再指定帮办员，有不清楚的请拨打 12345。"
HANDED_OVER: Mapping[str, str] = MappingProxyType(
    {
        HandOverKind.UP: "{from_name}办不了，已转由{to_name}办理，承诺时间不变。",
        HandOverKind.RETURN: "{from_name}退回，由{to_name}重新安排，承诺时间不变。",
        HandOverKind.RESULT: "办理结果已由{from_name}转给{to_name}。",
        HandOverKind.REOPENED: "已交回{to_name}重新办理，承诺时间不变。",
    }
)
"""Where the reason of a hand-over is told, too."""
EXPLAINED = {True: "已在承诺时限内向您说明。", False: "向您说明时已超过承诺时限。"}
"""Of a promise that an explanation has kept, or came too late for."""
OUTSIDE_ANSWERED = "{party_name}已向{unit_name}答复。"
BACK_RUNNING = "承诺时限接着计算，撤回时剩下的工作时间不变，到 {due_at}。"
BY_WORD: Mapping[FactKind, tuple[str, Mapping[Any, str]]] = MappingProxyType(
    {
        FactKind.HANDED_OVER: ("kind", HANDED_OVER),
        FactKind.REOPENED: ("taken_back", {True: "您改变主意后，已接着办理（第 {round} 轮）。"}),
        FactKind.ORDER_FINISHED: ("withdrawn", {True: "{unit_name}已停止办理。"}),
        FactKind.CASE_FINISHED: ("withdrawn", {True: "各单位都已停止办理。"}),
        FactKind.CLOCK_STOPPED: ("reason_detail", {"withdrawn": "您已撤回，承诺时限不再计算。"}),
        FactKind.CLOCK_RESUMED: ("reason_detail", {"taken_back": BACK_RUNNING}),
        FactKind.OUTSIDE_ENDED: ("how", dict.fromkeys(("answered", "not_ours"), OUTSIDE_ANSWERED)),
    }
)
"""Facts that are told otherwise where a field has one of these words."""
SPLIT_OFF = "从您反映的 {split_from} 分出来单独办，编号 {number}，承诺时间从您当初反映时算起。"
"""Of a case that was split off a report."""
NOT_REACHED = "{unit_name}联系您未成功（{way}），会再次联系。"
RECLASSIFIED: Mapping[bool, str] = MappingProxyType(
    {
        False: "难易重新核定，承诺时限由 {due_before} 改为 {due_at}。",
        True: "难易重新核定，承诺时限由 {due_before} 改为 {due_at}（暂定）。",
    }
)
RELIMITED: Mapping[bool, str] = MappingProxyType(
    {
        False: "办理时限调整，承诺时限由 {due_before} 改为 {due_at}。",
        True: "办理时限调整，承诺时限由 {due_before} 改为 {due_at}（暂定）。",
    }
)
"""Why a promise moved, and whether it is provisional."""
MOVED_LOCALLY: Mapping[bool, str] = MappingProxyType(
    {
        False: "{local}，承诺时限由 {due_before} 改为 {due_at}。",
        True: "{local}，承诺时限由 {due_before} 改为 {due_at}（暂定）。",
    }
)
LOCAL_OFF = "{place}{names}放假"
LOCAL_NAMED = "{place}因{names}调整上班时间"
LOCAL_HOURS = "{place}调整上班时间"
"""What a place did whose own notice moved a promise."""
MOVED_PROVISIONAL = "放假安排公布，承诺时限由 {due_before} 改为 {due_at}（仍为暂定）。"
BY_CALENDAR = {False: TIMELINE[FactKind.DUE_MOVED], True: MOVED_PROVISIONAL}
DELAYED = "经批准延期，预计 {due_at} 前办结。原因：{because}"
"""Of a unit that was given more time than was promised to the person."""
ASKED_TO_MEET = "请您 {starts_at} 到{place_masked}参加协调会。"
ASKED_TO_BRING = "请您 {starts_at} 到{place_masked}参加协调会，请带：{bring_masked}"
NO_DUTIES = "协调会的纪要已确认。"
URGED_SAYING = "您催办了（第 {urges} 次），承办单位看得到：{text_masked}"
FIXED = "放假安排公布，承诺时限 {due_at} 不变，已经确定。"
PROVISIONAL = "承诺在 {due_at} 前办结（暂定，节假日安排公布后确定）。"

WAYS = {"phone": "电话", "visit": "上门或见面", "sms": "短信", "video": "视频"}
LAMPS = {
    "green": "绿灯：在承诺时限之内。",
    "yellow": "黄灯：距承诺时限不足 24 小时。",
    "red": "红灯：已超过承诺时限。",
}
MEETING_RESULTS = {
    "agreed": "协调会开过了，各方意见一致，正在整理纪要。",
    "next": "协调会开过了，还要再开一次。",
    "failed": "协调会没有形成一致意见，接下来由有关部门裁定由谁办理。",
}
DUTY = "{unit_name}：{words_masked}"
LEVELS = {1: "非常不满意", 2: "不满意", 3: "基本满意", 4: "满意", 5: "非常满意"}
MOMENT = "{at.year} 年 {at.month} 月 {at.day} 日 {at:%H:%M}"
KEPT = {True: "在承诺时限内办结。", False: "办结时已超过承诺时限。"}
DAY = "{day.year} 年 {day.month} 月 {day.day} 日"

APPEALS: Mapping[bool, str] = MappingProxyType(
    {True: "复核后维持不予受理：", False: "复核后改为受理，时限从登记那天算起："}
)
NEXT: Mapping[NextStep, str] = MappingProxyType(
    {
        NextStep.SCOPE_TEST: "工作人员会核实是否属于受理范围，有结果就发短信告诉您。",
        NextStep.DISPATCH: "工作人员会把它派给承办单位，派好就发短信告诉您是哪个单位。",
        NextStep.DISPATCH_ELSEWHERE: (
            "接手的地方会安排单位办理，安排好就发短信告诉您。编号、查询码和承诺时间都不变。"
        ),
        NextStep.WITH_ANOTHER: (
            "这件和您的另一件合在一起办理，有结果两件一起答复。编号、查询码和承诺时间都不变。"
        ),
        NextStep.SIGN: (
            "承办单位会签收，并在一个工作日内与您联系。没有接到电话，可以直接打给它。"
        ),
        NextStep.CONTACT: "承办单位会在一个工作日内与您联系。没有接到电话，可以直接打给它。",
        NextStep.RESULT: "承办单位正在办理，最晚在承诺的期限以前告诉您结果。",
        NextStep.MATERIALS: "承办单位在等您补充材料，请看上面的清单；有困难的，直接打给它。",
        NextStep.MORE: (
            "这件事一时办不成，原因写在上面。承办单位没有放下，会继续跟踪，"
            "最晚在上面的日子告诉您进展；办成了再请您评价。"
        ),
        NextStep.FEEDBACK: "承办单位已提交答复，正在汇总，随后告诉您结果。",
        NextStep.RATE: "请您评价：问题是否真正解决。没有解决的会重新办理。",
        NextStep.SETTLE: "已收到您的评价，谢谢。",
        NextStep.OTHER_ROUTE: "请看不受理的原因和可以去的地方；不同意这个决定，可拨打 12345。",
        NextStep.APPEAL: "上级正在复核您的异议，有结果就发短信告诉您。",
        NextStep.CHANGE_MIND: (
            "您已撤回，不再办理，也不请您评价。改变主意的，在上面的日子以前可以接着办。"
        ),
        NextStep.COME_BACK: "正在恢复办理，安排好承办单位就发短信告诉您。",
        NextStep.NOTHING: "本件已结束。如有新情况，可再次反映或拨打 12345。",
    }
)


Speaker = Callable[[str], str]
"""Says a Chinese text in the language of the one who asks."""
Names = Callable[[str | None], str]
"""Names a node by its code; the one that answers without."""


def seen_by(fact: Fact, complainant: int | None) -> Fact:
    """Return a fact as one of several sees it: without the telephone of another."""
    is_another = fact.params.get("complainant") != complainant
    if fact.kind is not FactKind.CONTACT_CHANGED or not is_another:
        return fact
    return replace(fact, params={**fact.params, "masked_phone": "", OF_ANOTHER: True})


def timeline_text(fact: Fact, names: Names, language: str = CHINESE) -> str:
    """Return the sentence that tells a person one fact."""
    say = _speaker(language)
    spoken = {
        name: SPOKEN[name](value, say) if name in SPOKEN else str(value)
        for name, value in fact.params.items()
    }
    if fact.kind is FactKind.HANDED_OVER:
        spoken |= {"from_name": names(fact.node), "to_name": names(fact.params.get("to_node"))}
    return say(_template(fact)).format_map({**spoken, "round": fact.round})


def next_text(step: NextStep, language: str = CHINESE) -> str:
    """Return the sentence that tells a person what happens next."""
    return _speaker(language)(NEXT[step])


def language_asked(accept_language: str) -> str:
    """Return the language that an `Accept-Language` header puts first, of those that we speak."""
    return "en" if accept_language.strip().lower().startswith("en") else CHINESE


def _speaker(language: str) -> Speaker:
    return (lambda text: ENGLISH.get(text, text)) if language == "en" else str


def _template(fact: Fact) -> str:
    if fact.kind is FactKind.CONTACTED and not fact.params["reached"]:
        return NOT_REACHED
    return _of_person(fact) or _of_clock(fact) or _of_meeting(fact) or _by_word(fact)


def _of_person(fact: Fact) -> str | None:
    if fact.kind is FactKind.REGISTERED and fact.params.get("split_from"):
        return SPLIT_OFF
    if fact.kind is FactKind.INFORMATION_ADDED and fact.params.get("complainant"):
        return ADDED_BY_ANOTHER
    if fact.kind is FactKind.CONTACT_CHANGED and fact.params.get(OF_ANOTHER):
        return PHONE_OF_ANOTHER if fact.params.get("complainant") else PHONE_OF_FIRST
    if fact.kind is FactKind.HELPER and not fact.params["login"]:
        return NO_HELPER
    says = fact.kind is FactKind.URGED and fact.params["text_masked"]
    return URGED_SAYING if says else None


def _of_clock(fact: Fact) -> str | None:
    if fact.kind is FactKind.CLOCK_STARTED and fact.params["provisional"]:
        return PROVISIONAL
    if fact.kind is FactKind.DUE_MOVED:
        return _moved(fact.params)
    if fact.kind is FactKind.CLOCK_STOPPED and fact.params.get("explained"):
        return EXPLAINED[fact.params["on_time"]]
    return None


def _of_meeting(fact: Fact) -> str | None:
    if fact.kind is FactKind.MEETING_CALLED and fact.params["with_person"]:
        return ASKED_TO_BRING if fact.params["bring_masked"] else ASKED_TO_MEET
    settles_nothing = fact.kind is FactKind.MINUTES_CONFIRMED and not fact.params["duties"]
    return NO_DUTIES if settles_nothing else None


def _by_word(fact: Fact) -> str:
    field, templates = BY_WORD.get(fact.kind, ("", {}))
    return templates.get(fact.params.get(field, ""), TIMELINE[fact.kind])


def _moved(told: Mapping[str, Any]) -> str:
    if told.get("promise_due_at") is not None:
        return DELAYED
    if told["due_at"] == told["due_before"]:
        return FIXED
    return _why(told)[told["provisional"]]


def _why(told: Mapping[str, Any]) -> Mapping[bool, str]:
    if told.get("complexity"):
        return RECLASSIFIED
    if told.get("reason") == "limits":
        return RELIMITED
    return MOVED_LOCALLY if told.get("local") else BY_CALENDAR


def _moment(told: str, say: Speaker) -> str:
    at = datetime.fromisoformat(told).astimezone(CHINA)
    return say(MOMENT).format(at=at)


def _day(told: str, say: Speaker) -> str:
    return say(DAY).format(day=date.fromisoformat(told))


def _local(told: Mapping[str, Any], say: Speaker) -> str:
    usual = LOCAL_NAMED if told["names"] else LOCAL_HOURS
    sentence = LOCAL_OFF if told["off"] else usual
    return say(sentence).format(
        place=place_named(told["region"]), names=say("、").join(told["names"])
    )


SPOKEN: Mapping[str, Callable[[Any, Speaker], str]] = MappingProxyType(
    {
        "local": _local,
        "due_at": _moment,
        "due_before": _moment,
        "answer_by": _moment,
        "decide_by": _moment,
        "take_back_by": _moment,
        "upheld": lambda upheld, say: say(APPEALS[upheld]),
        "starts_at": _moment,
        "next_on": _day,
        "result": lambda result, say: say(MEETING_RESULTS[result]),
        "duties": lambda duties, say: "；".join(say(DUTY).format_map(one) for one in duties),
        "way": lambda way, say: say(WAYS.get(way, way)),
        "lamp": lambda lamp, say: say(LAMPS[lamp]),
        "level": lambda level, say: say(LEVELS[level]),
        "numbers": lambda numbers, _say: "、".join(numbers),
        "on_time": lambda kept, say: say(KEPT[kept]),
    }
)
"""How the fields of a fact are put into words; the others are told as they are."""
