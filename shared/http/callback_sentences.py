"""What is said where a callback is refused, or another complexity."""

from collections.abc import Mapping

OF_CALLBACKS: Mapping[str, tuple[int, str, str]] = {
    "no_callback_due": (
        409,
        "这件现在没有要做的回访：还没有办结结果，或者不归您回访。请刷新后再看。",
        "Nobody owes a callback there now: there is no result, or it is not yours. Look again.",
    ),
    "callback_over": (
        409,
        "这一轮回访已经结束：已联系上、次数已满，或者诉求人已自己评价。请刷新后再看。",
        "This callback has ended: reached, given up, or the person has rated. Look again.",
    ),
    "callback_too_soon": (
        409,
        "离上一次没联系上的时间太近，不另算一次。请过几个小时再打；联系上了随时可以登记。",
        "That is too soon after the last try in vain: call again in some hours. "
        "A person who was reached can be written down at any time.",
    ),
    "not_reached": (
        422,
        "没有联系上诉求人，就不能登记解决没有、满意度和是否属实。",
        "Where nobody was reached there is no answer to write down: leave those fields out.",
    ),
    "not_the_centre": (
        422,
        "反映情况是否属实由中心回访时判断，承办单位不填。",
        "Whether the result is true is for the centre to judge: leave it out.",
    ),
}
OF_COMPLEXITY: Mapping[str, tuple[int, str, str]] = {
    "already_reclassified": (
        409,
        "这件的难易已经调整过一次，不能再调。时间不够的，请承办单位申请延期；"
        "一时办不成的，请说明后继续跟踪。",
        "The complexity of this case was changed once already. Where time is short the unit asks "
        "for an extension, or explains and goes on.",
    ),
    "same_complexity": (
        422,
        "和现在的难易一样，不用调整。请选另一种。",
        "That is what it is already: choose another complexity.",
    ),
    "on_spot_is_over": (
        422,
        "已经派出去的件不能改成当场办。请选简单、一般或复杂。",
        "A case that was sent to a unit is not settled on the spot: choose another complexity.",
    ),
}
