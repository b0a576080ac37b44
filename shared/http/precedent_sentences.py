"""What people read when the case library is not written, published or read."""

from collections.abc import Mapping

OF_PRECEDENTS: Mapping[str, tuple[int, str, str]] = {
    "unknown_precedent": (
        404,
        "没有找到这个案例，可能已经撤回或者过了有效期。",
        "No such precedent: it may have been withdrawn, or its time is over.",
    ),
    "others_precedent": (
        409,
        "这个案例是别的节点发布的，只有发布的节点能改、能撤回。",
        "Another node published it: only that node can change or withdraw it.",
    ),
    "not_a_draft": (
        409,
        "这个案例现在没有草稿，请先修改，存成新的一版。",
        "There is no draft of it now: change it first, which begins a new edition.",
    ),
    "not_published": (409, "这个案例现在没有发布。", "It is not published now."),
    "second_reader": (
        409,
        "写过这一版的人不能发布它，请由另一个人核对后发布。",
        "Whoever wrote any of this edition cannot publish it: somebody else must read it.",
    ),
    "not_finished": (
        409,
        "这件还没有办结，办结以后才能写成案例。",
        "The case is not finished yet: it can become a precedent when it is.",
    ),
    "narrower_scope": (
        409,
        "已经发给别的节点的案例，范围只能扩大。要缩小，请先撤回。",
        "Other nodes have it already: withdraw it before you share it with fewer.",
    ),
    "nothing_to_check": (409, "这个案例没有要核对的。", "There is nothing to check."),
    "person_found": (
        422,
        "从第 {detail} 个字起像是个人信息（姓名、电话、证件号、车牌、门牌），请改写。",
        "From character {detail} on it looks like personal data: write it without the person.",
    ),
}
