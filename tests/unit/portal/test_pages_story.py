"""What happened to a case, as staff read it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.portal.pages.story import Sentence, story
from services.portal.repository import Step
from shared.http import NodeFacts
from shared.neighbours import Neighbour, Relation

ABOVE = Neighbour("341500", "六安市政务服务中心", "city", Relation.ABOVE)
NODE = NodeFacts("341523", "county", "舒城县政务服务中心", "", {ABOVE.code: ABOVE})
UP = {"kind": "up", "to_node": "341500"}
NOON = datetime(2030, 1, 1, 4, tzinfo=UTC)
CONTACT = {"kind": "contact", "due_at": "2030-01-01T04:00:00Z"}
EARLIER = "2029-12-31T04:00:00Z"


def test_a_missed_deadline_is_told_once() -> None:
    turned = told("sla.lamp_changed.v1", {**CONTACT, "lamp": "red"})
    missed = told("sla.deadline_missed.v1", CONTACT)

    assert [said.text for said in read(turned, missed)] == ["联系群众：超过时限"]


def test_a_lamp_that_warns_is_told() -> None:
    turned = told("sla.lamp_changed.v1", {**CONTACT, "lamp": "yellow"})

    assert [said.text for said in read(turned)] == ["联系群众：黄灯，快到期"]


def test_a_clock_that_stopped_in_time_is_not_said_to_be_done() -> None:
    stopped = told("sla.clock_stopped.v1", {"kind": "resolve", "on_time": True})

    assert read(stopped)[0].text == "停止计时：办结工单（没有超时）"


def test_a_limit_to_sign_that_moved_is_told_as_what_it_is() -> None:
    due = {"kind": "resolve", "due_at": "2030-01-01T04:00:00Z", "due_before": EARLIER}
    moved = told("sla.due_date_moved.v1", {**due, "sign_by": "2030-01-02T04:00:00Z"})

    limits = told("sla.due_date_moved.v1", {**due, "reason": "limits"})
    signing = {**due, "sign_by": "2030-01-02T04:00:00Z", "reason": "limits"}

    assert read(moved)[0].text == "放假安排公布，签收时限改为 1月2日 12:00"
    assert read(limits)[0].text.startswith("时限规定调整，办结工单由 ")
    signed = told("sla.due_date_moved.v1", signing)
    assert read(signed)[0].text == "时限规定调整，签收时限改为 1月2日 12:00"


def test_a_signature_and_a_local_notice_say_why_a_limit_moved() -> None:
    due = {"kind": "resolve", "due_at": "2030-01-01T04:00:00Z", "due_before": EARLIER}
    signing = {"reason": "limits", "signed_at": "2029-12-31T02:00:00Z"}
    cause = {"region": "341523", "unit_code": "", "names": ["火把节"], "off": True}
    waits = {"kind": "resolve", "due_at": due["due_at"], "counted_from": EARLIER}
    begun = read(told("sla.clock_started.v1", waits))[0].text
    signed, alike, local, of_unit = (
        read(told("sla.due_date_moved.v1", each))[0].text
        for each in (
            {**due, **signing},
            {**due, **signing, "due_before": due["due_at"]},
            {**due, "local": cause},
            {**due, "local": {**cause, "unit_code": "SCJGJ", "off": False}},
        )
    )

    assert begun.startswith("开始计时：办结工单，从签收算起，不签收的从 ")
    assert signed.startswith("单位 12月31日 10:00 签收，从签收起算，办结工单由 ")
    assert alike == "单位 12月31日 10:00 签收，从签收起算，办结工单 1月1日 12:00 不变"
    assert local.startswith("舒城县火把节放假，办结工单由 ")
    assert of_unit.startswith("承办单位因火把节调整上班时间，办结工单由 ")


def test_what_another_complexity_moved_or_could_not_is_told() -> None:
    due = {"kind": "resolve", "due_at": "2030-01-01T04:00:00Z", "due_before": EARLIER}
    anew = {"reason": "limits", "complexity": "complex"}
    moved = told("sla.due_date_moved.v1", {**due, **anew})
    late = {**due, **anew, "due_before": due["due_at"], "would_be_at": "2029-12-31T09:00:00Z"}
    stayed = told("sla.due_date_moved.v1", late)
    allowed = {**due, "reason": "limits", "due_before": due["due_at"]}

    assert read(moved)[0].text.startswith("难易调整，办结工单由 ")
    assert read(stayed)[0].text == (
        "难易调整，办结工单按新的难易应为 12月31日 17:00，已经过了，原定 1月1日 12:00 不变"
    )
    assert "可延期的次数" in read(told("sla.due_date_moved.v1", allowed))[0].text
    said = {"before": "ordinary", "complexity": "complex", "because": "涉及三个部门"}
    (line,) = read(told("dispatch.case_reclassified.v1", said))
    assert (line.text, line.note) == ("难易由一般改为复杂，时限重新计算", "涉及三个部门")


def test_what_another_node_did_is_told_with_its_name() -> None:
    here, there = (
        told("dispatch.order_signed.v1", {"unit_name": "县人社局"}),
        told("dispatch.order_signed.v1", {"unit_name": "市人社局"}, "341500"),
    )

    assert [said.where for said in read(here, there)] == ["", "六安市政务服务中心"]


def test_a_node_that_is_no_neighbour_is_called_by_its_area() -> None:
    far = told("dispatch.order_signed.v1", {"unit_name": "x"}, "340000")

    assert read(far)[0].where == "安徽省"


def test_a_hand_over_is_told_with_its_kind_and_the_neighbour() -> None:
    offered = told("dispatch.hand_over_offered.v1", {**UP, "because": "要市里办"})

    assert read(offered)[0].text == "提级办理：转给六安市政务服务中心，等对方接收"
    assert read(offered)[0].note == "要市里办"


def test_a_refused_hand_over_is_told_with_its_ground() -> None:
    answer = {"kind": "up", "to_node": "341523", "ground": "not_our_tier", "legal_basis": "第八条"}
    taken = told("dispatch.hand_over_answered.v1", {**answer, "accepted": True}, "341500")
    refused = told("dispatch.hand_over_answered.v1", {**answer, "accepted": False}, "341500")

    assert read(taken)[0].text == "接收舒城县政务服务中心转来的件（提级办理）"
    assert read(refused)[0].text == (
        "不接收舒城县政务服务中心转来的件（提级办理）：不属于这一级的权限"
    )
    assert read(refused)[0].note == "第八条"


def test_an_order_that_the_system_gave_is_told_with_what_counted() -> None:
    made = {"confidence": 0.95, "right": 97, "asked": 100}
    made["counted_masked"] = "word:食品\nregion:341523\nword:许可\nlater:unknown"  # type: ignore[assignment]
    because = "按以往派单自动派单：有同样把握的建议，过去 100 次里 97 次派对"
    params = {"unit_name": "市场监督管理局", "route": "manual", "because": because}
    given = told("dispatch.order_dispatched.v1", {**params, "suggestion": made})
    erased = told(
        "dispatch.order_dispatched.v1",
        {**params, "because": "已清除", "suggestion": {**made, "counted_masked": "已清除"}},
    )

    assert read(given)[0].text == "派给市场监督管理局（按以往派单自动派单）"
    assert read(given)[0].note == f"{because}；依据：地区：341523，说到：食品、许可"
    assert read(erased)[0].note == "已清除"


def test_an_order_is_told_with_the_rule_that_decided_and_by_what() -> None:
    met = "region:341523\nany_words:施工噪声\nlater:unknown"
    rule = {"catalogue": 2, "code": "R0001", "title": "噪声", "met_masked": met}
    params = {"unit_name": "城关镇", "route": "place", "because": "按派单规则派单：噪声"}
    ruled = told("dispatch.order_dispatched.v1", {**params, "rule": rule})
    erased = told(
        "dispatch.order_dispatched.v1", {**params, "rule": {**rule, "met_masked": "已清除"}}
    )
    plain = told("dispatch.order_dispatched.v1", {**params, "rule": None})

    assert read(ruled)[0].note == (
        "按派单规则派单：噪声；规则 R0001（第 2 版），符合：地区：341523，关键词：施工噪声"
    )
    assert read(erased)[0].note == "按派单规则派单：噪声；规则 R0001（第 2 版）"
    assert read(plain)[0].note == "按派单规则派单：噪声"


def read(*steps: Step) -> list[Sentence]:
    return story(steps, NODE)


def told(name: str, params: Mapping[str, Any], node: str = NODE.code) -> Step:
    return Step(id=UUID(int=1), at=NOON, node=node, name=name, params=params)


def test_a_step_of_a_ladder_is_told_with_its_level_and_when_it_comes_late() -> None:
    told_ = {**CONTACT, "step": "supervise", "level": 4, "whom": "unit"}
    step = told("sla.step_taken.v1", {**told_, "step_due_at": "2030-01-03T04:00:00Z"})
    late = told("sla.step_taken.v1", {**told_, "step_due_at": CONTACT["due_at"], "late": True})

    usual = "联系群众时限 1月1日 12:00，第 4 级：发督办单（承办单位）"
    told_late = f"{usual}，应在 1月1日 12:00，补办"
    assert [said.text for said in read(step, late)] == [usual, told_late]


def test_a_slip_to_a_unit_names_no_other_node() -> None:
    slip = {"to_node": NODE.code, "unit_code": "scjgj", "answer_by": CONTACT["due_at"]}
    assert read(told("review.supervision_ordered.v1", slip))[0].text.startswith("督办承办单位")
