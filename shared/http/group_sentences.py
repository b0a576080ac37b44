"""What people read when two cases cannot be grouped."""

from collections.abc import Mapping

OF_GROUPS: Mapping[str, tuple[int, str, str]] = {
    "group_same_case": (
        422,
        "不能和自己并案，请填另一件的编号。",
        "A case cannot lead itself: name another one.",
    ),
    "group_elsewhere": (
        409,
        "只有本级登记、现在由本级办理的两件才能并案。",
        "Only cases that this node registered and has now can be grouped.",
    ),
    "group_not_accepted": (
        409,
        "还没有受理，先决定是否受理再并案。",
        "It is not accepted yet: decide about its scope first.",
    ),
    "group_at_rest": (
        409,
        "已经有结果的不能再并案。",
        "A case that has its result can no longer be grouped.",
    ),
    "group_led_already": (
        409,
        "这件已经并到别的件下面，先撤销再并。",
        "This case is under another one already: take it out first.",
    ),
    "group_lead_is_led": (
        409,
        "那一件自己已经并到别的件下面，请并到牵头的那一件。",
        "That case is itself under another one: choose its lead.",
    ),
    "group_leads_others": (
        409,
        "这件下面已经并了别的件，请反过来并，或者先撤销。",
        "Other cases are under this one: group the other way round, or take them out first.",
    ),
    "group_conflict": (
        409,
        "两件的反映对象不同，按回避规定不能并案，请分开办理。",
        "The two complain of different units or persons: they must be kept apart.",
    ),
    "group_other_person": (
        409,
        "不是同一个人反映的，不能合并答复；可以只归为一组，分别办理、分别答复。",
        "Not told by one person: group them without joining, and answer each.",
    ),
    "not_grouped": (
        409,
        "这件没有并案，不用撤销。",
        "This case is in no group.",
    ),
    "case_has_joined": (
        409,
        "有别的件并在这件里等它的结果，请先撤销并案，再转办。",
        "Other cases wait for this one's answer: take them out before it is handed over.",
    ),
}
