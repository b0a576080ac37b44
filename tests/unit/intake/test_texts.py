import re
from datetime import UTC, datetime

import pytest

from services.intake.api import texts
from services.intake.api.english import ENGLISH
from services.intake.api.texts import (
    NEXT,
    TIMELINE,
    language_asked,
    next_text,
    timeline_text,
)
from services.intake.policy.facts import Fact, FactKind
from services.intake.policy.following import NextStep

NINE = datetime(2030, 1, 1, 9, tzinfo=UTC)
DUE = {"due_at": "2030-01-03T16:00:00Z", "lamp": "green", "clock_id": "c"}
UNIT = {"unit_name": "县人社局", "unit_code": "rsj", "order_id": "o"}


EXPLAINED = {
    "unit_name": "县人社局",
    "explanation_masked": "省里没有批",
    "ground_masked": "条例第九条",
    "next_on": "2030-01-09",
}


def named(code: str | None) -> str:
    return {None: "舒城县", "341500": "六安市", "340000": "安徽省"}[code]


def moved(kind: str, to: str | None = "341500", **by: str) -> Fact:
    told = {"hand_over_id": "h", "epoch": 1, "kind": kind, "to_name": "x", **by}
    return Fact(FactKind.HANDED_OVER, NINE, 1, {**told, **({"to_node": to} if to else {})})


MOVED = "放假安排公布，承诺时限由 2030 年 1 月 2 日 17:00 改为 2030 年 1 月 4 日 00:00"


LONGER = {"promise_due_at": "2030-01-02T09:00:00Z", "because": "要等现场勘查"}


def local(region: str, *names: str, off: bool = False) -> dict[str, object]:
    return {"region": region, "unit_code": "", "names": names, "off": off}


def due_moved(before: str, *, provisional: bool = False, **more: object) -> Fact:
    told = {**DUE, "due_before": before, "provisional": provisional, **more}
    return Fact(FactKind.DUE_MOVED, NINE, None, told)


DUTY = {"unit_name": "城管局", "words_masked": "修灯", "days": 5}


def meets(**changed: object) -> Fact:
    told = {"starts_at": DUE["due_at"], "place_masked": "政务中心 301", "bring_masked": ""}
    return Fact(FactKind.MEETING_CALLED, NINE, 1, {**told, "with_person": True, **changed})


def test_every_fact_and_every_next_step_has_its_sentence() -> None:
    assert set(TIMELINE) == set(FactKind)
    assert set(NEXT) == set(NextStep)


@pytest.mark.parametrize(
    ("fact", "sentence"),
    [
        (Fact(FactKind.SIGNED, NINE, None, UNIT), "县人社局已签收。"),
        (
            Fact(FactKind.TRACKED, NINE, 1, EXPLAINED),
            "县人社局说明：省里没有批（依据：条例第九条）"
            "继续跟踪，2030 年 1 月 9 日以前再告诉您进展。",
        ),
        (
            Fact(FactKind.CLOCK_STOPPED, NINE, None, {**DUE, "on_time": True, "explained": True}),
            "已在承诺时限内向您说明。",
        ),
        (
            Fact(FactKind.CLOCK_STOPPED, NINE, None, {**DUE, "on_time": False, "explained": True}),
            "向您说明时已超过承诺时限。",
        ),
        (
            Fact(FactKind.CLOCK_STARTED, NINE, None, {**DUE, "provisional": False}),
            "承诺在 2030 年 1 月 4 日 00:00 前办结。",
        ),
        (
            Fact(FactKind.CLOCK_STARTED, NINE, None, {**DUE, "provisional": True}),
            "承诺在 2030 年 1 月 4 日 00:00 前办结（暂定，节假日安排公布后确定）。",
        ),
        (
            Fact(FactKind.CONTACTED, NINE, None, {**UNIT, "way": "phone", "reached": False}),
            "县人社局联系您未成功（电话），会再次联系。",
        ),
        (
            Fact(FactKind.LAMP_CHANGED, NINE, None, {**DUE, "lamp": "red"}),
            "红灯：已超过承诺时限。",
        ),
        (Fact(FactKind.CLOCK_STOPPED, NINE, None, {**DUE, "on_time": True}), "在承诺时限内办结。"),
        (due_moved("2030-01-02T09:00:00Z"), MOVED + "。"),
        (due_moved("2030-01-02T09:00:00Z", provisional=True), MOVED + "（仍为暂定）。"),
        (
            due_moved(DUE["due_at"]),
            "放假安排公布，承诺时限 2030 年 1 月 4 日 00:00 不变，已经确定。",
        ),
        (
            due_moved("2030-01-02T09:00:00Z", reason="limits", complexity="complex"),
            MOVED.replace("放假安排公布", "难易重新核定") + "。",
        ),
        (
            due_moved("2030-01-02T09:00:00Z", reason="limits", provisional=True),
            MOVED.replace("放假安排公布", "办理时限调整") + "（暂定）。",
        ),
        (
            due_moved("2030-01-02T09:00:00Z", local=local("341523", "火把节", off=True)),
            MOVED.replace("放假安排公布", "舒城县火把节放假") + "。",
        ),
        (
            due_moved("2030-01-02T09:00:00Z", local=local("15", "那达慕"), provisional=True),
            MOVED.replace("放假安排公布", "内蒙古自治区因那达慕调整上班时间") + "（暂定）。",
        ),
        (
            due_moved("2030-01-02T09:00:00Z", local=local("341523101")),
            MOVED.replace("放假安排公布", "舒城县调整上班时间") + "。",
        ),
        (
            Fact(FactKind.DUE_MOVED, NINE, None, {**DUE, **LONGER}),
            "经批准延期，预计 2030 年 1 月 4 日 00:00 前办结。原因：要等现场勘查",
        ),
        (Fact(FactKind.REOPENED, NINE, 2), "您反映问题没有解决，已重新办理（第 2 轮）。"),
        (moved("up"), "舒城县办不了，已转由六安市办理，承诺时间不变。"),
        (moved("down"), "已交由六安市办理，承诺时间不变。"),
        (moved("up", "340000", node="341500"), "六安市办不了，已转由安徽省办理，承诺时间不变。"),
        (
            moved("return", to=None, node="341500"),
            "六安市退回，由舒城县重新安排，承诺时间不变。",
        ),
        (moved("result", to=None, node="341500"), "办理结果已由六安市转给舒城县。"),
        (moved("reopened"), "已交回六安市重新办理，承诺时间不变。"),
        (meets(), "请您 2030 年 1 月 4 日 00:00 到政务中心 301参加协调会。"),
        (
            meets(bring_masked="合同"),
            "请您 2030 年 1 月 4 日 00:00 到政务中心 301参加协调会，请带：合同",
        ),
        (
            meets(with_person=False),
            "2030 年 1 月 4 日 00:00 开协调会，有关单位一起商量怎么办。",
        ),
        (
            Fact(FactKind.MEETING_HELD, NINE, None, {"result": "next"}),
            "协调会开过了，还要再开一次。",
        ),
        (
            Fact(FactKind.MINUTES_CONFIRMED, NINE, None, {"duties": [DUTY, DUTY]}),
            "协调会定了分工：城管局：修灯；城管局：修灯",
        ),
        (
            Fact(FactKind.MINUTES_CONFIRMED, NINE, None, {"duties": []}),
            "协调会的纪要已确认。",
        ),
        (Fact(FactKind.RATED, NINE, 1, {"level": 5, "solved": True}), "您已评价：非常满意。"),
    ],
)
def test_a_fact_is_told_in_plain_words(fact: Fact, sentence: str) -> None:
    assert timeline_text(fact, named) == sentence


def test_a_text_that_looks_like_a_place_to_fill_is_told_as_it_is() -> None:
    params = {"explanation": "{number}", "reason": "petition"}

    told = timeline_text(Fact(FactKind.DECLINED, NINE, None, params), named)

    assert told == "不属于本窗口受理范围：{number}"


def test_a_person_is_told_how_to_go_on() -> None:
    assert "12345" in next_text(NextStep.OTHER_ROUTE)


def test_every_sentence_has_its_english_with_the_same_places() -> None:
    tables = (TIMELINE, texts.HANDED_OVER, NEXT, texts.WAYS, texts.LAMPS, texts.LEVELS)
    said = [text for table in tables for text in table.values()] + [*texts.KEPT.values()]
    said += [*texts.EXPLAINED.values(), texts.DAY]
    said += [text for _field, told in texts.BY_WORD.values() for text in told.values()]
    said += [
        *texts.MEETING_RESULTS.values(),
        *texts.APPEALS.values(),
        texts.NOT_REACHED,
        texts.SPLIT_OFF,
        texts.OUTSIDE_ANSWERED,
        texts.PROVISIONAL,
        texts.MOMENT,
        texts.DELAYED,
        texts.FIXED,
        texts.MOVED_PROVISIONAL,
        *(*texts.RECLASSIFIED.values(), *texts.RELIMITED.values()),
        *(*texts.MOVED_LOCALLY.values(), texts.LOCAL_OFF, texts.LOCAL_NAMED, texts.LOCAL_HOURS),
        "、",
        *(texts.ASKED_TO_MEET, texts.ASKED_TO_BRING, texts.NO_DUTIES, texts.DUTY),
        texts.URGED_SAYING,
        texts.NO_HELPER,
        *(texts.ADDED_BY_ANOTHER, texts.PHONE_OF_ANOTHER, texts.PHONE_OF_FIRST),
    ]

    assert set(said) - {"{lamp}", "{on_time}", "{result}"} == set(ENGLISH)
    for text in ENGLISH:
        assert set(re.findall(r"{\w+", text)) == set(re.findall(r"{\w+", ENGLISH[text]))


def test_who_asks_for_english_is_told_in_english() -> None:
    fact = Fact(FactKind.CLOCK_STARTED, NINE, None, {**DUE, "provisional": False})

    assert timeline_text(fact, named, "en") == "Promised by 4 Jan 2030, 00:00."
    assert timeline_text(moved("down"), named, "en").startswith("六安市 has taken it over")
    here = due_moved("2030-01-02T09:00:00Z", local=local("341523", "火把节", "年节", off=True))
    told = timeline_text(here, named, "en")
    assert told.startswith("舒城县 has days off for 火把节, 年节: the promised time moves from ")
    assert next_text(NextStep.SETTLE, "en") == "We have your rating. Thank you."


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "zh"), ("*", "zh"), ("zh-CN,en;q=0.5", "zh"), ("EN-gb,zh;q=0.9", "en")],
)
def test_the_language_put_first_is_the_one_spoken(header: str, language: str) -> None:
    assert language_asked(header) == language
