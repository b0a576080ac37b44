"""What people read when something about the limits is refused."""

from collections.abc import Mapping

OF_LIMITS: Mapping[str, tuple[int, str, str]] = {
    "unknown_limit_set": (404, "没有这一版时限。", "No such version of the limits."),
    "unknown_shipped_set": (
        422,
        "没有这一套现成的时限。请从列出的里面选。",
        "No such set comes with the program: choose one of those listed.",
    ),
    "unknown_row": (404, "草稿里没有这一条时限。", "The draft has no such row."),
    "limit_without_time": (
        422,
        "这一条没有留出时间：算当天的 1 天，不能到同一时刻为止。请加一天，或改到下班为止。",
        "That leaves no time: one day that counts its start cannot end at the same time of day."
        " Give a day more, or let it end with the work.",
    ),
    "signed_before_dispatch": (
        422,
        "签收时间早于派单（开始）时间。请改签收时间，或改开始时间。",
        "It was signed for before it was dispatched: change one of the two moments.",
    ),
    "limits_not_clean": (
        409,
        "检查没有通过。请先改好检查列出的时限，再签署。",
        "The check found faults: mend the rows it lists, then sign.",
    ),
    "limit_rows_full": (
        409,
        "时限太多了。请先删掉不用的。",
        "There are too many rows: remove what is not needed.",
    ),
    "live_before_last": (
        409,
        "生效时间要晚于上一次签署的那一版。请填以后的时间。",
        "It must come into force after the version that was signed last: give a later moment.",
    ),
}
