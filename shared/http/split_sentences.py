"""What people read when a report cannot be taken apart, or a part not be taken back."""

from collections.abc import Mapping

OF_SPLITS: Mapping[str, tuple[int, str, str]] = {
    "split_elsewhere": (
        409,
        "只有本级登记、现在由本级办理的件才能拆分；别的层级登记的，请退回登记的那一级拆分。",
        "Only a report that this node registered and has now can be taken apart: "
        "give another node's report back to it.",
    ),
    "split_at_rest": (
        409,
        "已经有结果的不能再拆分；还有别的事没办的，请另外登记。",
        "It has its result and can no longer be taken apart: register what is still open.",
    ),
    "split_is_part": (
        409,
        "这件自己就是拆出来的，请到原件再拆一件。",
        "This case was itself split off: split the further matter off its report.",
    ),
    "split_is_joined": (
        409,
        "这件已经并到别的件下面等一起答复，请先撤销并案再拆分。",
        "This case waits for the answer of another one: take it out of its group first.",
    ),
    "split_by_dispatcher": (
        409,
        "已经派给单位，请由派单员拆分。",
        "A unit has it already: a dispatcher may take it apart.",
    ),
    "split_too_many": (
        422,
        "一件反映连原件最多 9 件，请合并几件或分开登记。",
        "A report and its parts are 9 at most: put some together, or register them apart.",
    ),
    "split_is_no_part": (
        409,
        "这件不是拆出来的，不能并回；要合在一起办的请用并案。",
        "This case was not split off: to handle it with another one, group them.",
    ),
    "split_in_hand": (
        409,
        "已有单位签收在办，不能并回，请各办各的。",
        "A unit has begun to work on it: it is answered for itself.",
    ),
    "split_open": (
        409,
        "同一反映拆出的件还没有全部结束，等都结束了再一起清除。",
        "Cases of the same report are still open: erase them together once all are closed.",
    ),
}
