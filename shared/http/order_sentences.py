"""What is said where a step of an order, or of its arbitration, is refused."""

from collections.abc import Mapping

OF_ORDERS: Mapping[str, tuple[int, str, str]] = {
    "sign_limit_over": (
        409,
        "签收时限已过，不能再退回。确有困难的，请申请延期或协办。",
        "The limit to sign is over: the order cannot be given back. Ask for more time instead.",
    ),
    "legal_basis_needed": (
        422,
        "这种办理结果要写法律或政策依据，请补上。",
        "This outcome takes the law or policy it stands on: add it.",
    ),
    "evidence_needed": (
        422,
        "这种办理结果要写凭据（转到哪里、谁确认、并入哪一件等），请补上。",
        "This outcome takes what shows it (where it went, who said so): add it.",
    ),
    "tries_needed": (
        409,
        "至少登记两次联系，才能按“联系不上”办结。",
        "Log at least two tries to reach the person before this outcome.",
    ),
    "in_the_future": (
        422,
        "时间不能晚于现在，请核对。",
        "The time lies in the future: correct it.",
    ),
    "before_the_order": (
        422,
        "时间早于派单时间，请核对。",
        "The time lies before the order was given: correct it.",
    ),
    "place_needed": (422, "上门核查要写地点，请补上。", "A visit takes a place: add it."),
    "materials_open": (
        409,
        "已经请诉求人补材料，还在等。收到或不再等了，请先登记，再请补别的。",
        "The person was asked already: settle that first, then ask for more.",
    ),
    "bad_answer_by": (
        422,
        "请选今天以后、60 天以内的日期。",
        "Choose a day after today and within 60 days.",
    ),
    "no_materials_open": (
        409,
        "现在没有等着补的材料，请刷新后再看。",
        "Nothing is awaited of the person: refresh and look again.",
    ),
    "not_by_hand": (
        422,
        "请选“已经收到”或“不再等了”。",
        "Choose whether the materials came, or nobody waits any more.",
    ),
    "extension_open": (
        409,
        "上一次延期申请还没有审批，请等审批。",
        "An extension is asked for already: wait for the decision.",
    ),
    "extensions_used_up": (
        409,
        "延期次数已经用完，不能再申请。请抓紧办理，或向诉求人说明。",
        "No further extension is possible: go on, or explain it to the person.",
    ),
    "never_extended": (
        409,
        "这件的时限规定不能延期。请抓紧办理；难易定错的，请派单员或督办人员调整。",
        "The limit of this order is never extended: go on, or have the complexity put right.",
    ),
    "too_many_days": (
        422,
        "申请的天数超过这件的时限一次最多能延的天数，请减少。",
        "That is more than the limit of this order allows at once: ask for fewer days.",
    ),
    "arbitrated": (
        409,
        "这件是裁定给本单位的，不能再退回。确有困难的，请申请延期。",
        "An arbitration gave you this order: it cannot be given back. Ask for more time instead.",
    ),
    "first_receiver": (
        409,
        "本单位已请其他单位协办，首接负责，不能再退回。还没有答复的协办收回以后才能退回。",
        "Your unit asked others to help and stays responsible. Take open parts back first.",
    ),
    "arbitration_open": (
        409,
        "这件正在争议裁定，裁定以前不能派单、提级或交下级。",
        "It is being decided whose this case is: until then it goes nowhere.",
    ),
    "opinions_missing": (
        422,
        "还有一方没有写意见。不等了的，请写明为什么。",
        "A party has not given its opinion: say why nobody waits for it.",
    ),
    "unknown_arbitration": (404, "没有这次裁定。", "There is no such arbitration."),
    "unknown_extension": (404, "没有这次延期申请。", "There is no such extension."),
}
