"""What is said where a report of a case that goes on, or the consent to it, is refused."""

from collections.abc import Mapping

OF_TRACKING: Mapping[str, tuple[int, str, str]] = {
    "goes_on": (
        422,
        "“需要长期跟踪”不是办结：请用“一时难办，向诉求人说明并继续跟踪”写明解释和下次告知的日子；"
        "办成了再办结。",
        "Long-term tracking ends nothing: report it with an explanation and the day of the next "
        "word, and finish the order when there is a result.",
    ),
    "next_day_not_ahead": (
        422,
        "下次告知的日子要在今天以后，请改选。",
        "The day of the next word must lie ahead: choose a later one.",
    ),
    "next_day_too_far": (
        422,
        "下次告知的日子太远了，请选近一些的；还办不成，到时再告知一次。",
        "That day lies too far ahead: choose a nearer one, and report again then.",
    ),
    "next_day_off": (
        422,
        "这一天放假，请选一个工作日。",
        "Nobody works on that day: choose a working day.",
    ),
    "tracking_consent_needed": (
        409,
        "跟踪告知的次数到了上限，要督办人员或窗口负责人同意，才能再跟踪。请联系他们，或者办结。",
        "So often a unit goes on by itself: the supervisor or the head of the window must agree "
        "first. Ask them, or finish the order.",
    ),
    "tracking_consent_refused": (
        409,
        "督办人员不同意再跟踪。请在告知的日子以前办结，或请他们重新考虑。",
        "Further tracking was refused: finish the order by the day that you named, or ask them "
        "to reconsider.",
    ),
    "no_consent_needed": (
        409,
        "这件现在不用同意，承办单位还可以自己再告知。",
        "No consent is needed now: the unit may still report by itself.",
    ),
}
