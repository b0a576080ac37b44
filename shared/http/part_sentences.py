"""What is said where a step with a part of an order – co-handling, a duty – is refused."""

from collections.abc import Mapping

OF_PARTS: Mapping[str, tuple[int, str, str]] = {
    "unknown_part": (404, "没有这项协办。", "There is no such part of an order."),
    "part_of_the_lead": (
        422,
        "主办单位不能同时是协办单位，请选别的单位。",
        "The lead cannot be its own co-handler: choose another unit.",
    ),
    "part_open_already": (
        409,
        "这个单位已经有一项没有办完的协办，请先等答复，或收回后再发起。",
        "This unit has an open part already: wait for its answer, or take that one back first.",
    ),
    "bad_due_at": (
        422,
        "期限要晚于现在，请改选。",
        "The limit must lie in the future: choose a later one.",
    ),
    "two_limits": (
        422,
        "期限只填一种：几个工作日，或者到哪一天。",
        "Give the limit in one way: working days, or the moment.",
    ),
    "declined_once": (
        409,
        "本单位对这件已经说过一次“不属于本单位”。请答复，或写明不同意见。",
        "Your unit has said so of this order before: answer now, or dissent with a reason.",
    ),
    "urged_lately": (
        409,
        "刚催办过，请过几个小时再催，或直接打电话。",
        "They were urged a short while ago: wait some hours, or call them.",
    ),
    "parts_unsettled": (
        422,
        "还有协办单位没有答复或有不同意见。请等答复、收回协办；确需先办结的，选理由并写明。",
        "A co-handler has not answered or does not agree: wait, take the part back, or give"
        " the reason for finishing over it.",
    ),
    "override_words_needed": (
        422,
        "越过协办单位办结，要写明为什么，请补上。",
        "To finish over a co-handler takes words beside the reason: add them.",
    ),
}
