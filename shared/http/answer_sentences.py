"""What people read when a report cannot be answered while it is registered."""

from collections.abc import Mapping

OF_ANSWERS: Mapping[str, tuple[int, str, str]] = {
    "answer_needs_unit": (
        409,
        "您的账号没有本级的单位，不能当场办结。请去掉当场答复，只登记；要当场办，请管理员给账号设单位。",
        "Your account has no unit of this node: register only, or have a unit given to it.",
    ),
    "answer_absent": (
        422,
        "这个来源的反映人不在跟前，听不到答复。请去掉当场答复，只登记。",
        "Nobody who comes by this channel hears the answer now: register only.",
    ),
    "answer_of_own": (
        409,
        "这件反映的是您本人、您的单位或它的上级，不能由您答复。请去掉当场答复，只登记，由别的单位办理。",
        "It complains of you, your unit or one above it: register only, another unit answers.",
    ),
    "answer_out_of_scope": (
        409,
        "说的像是不属于受理范围的事。请去掉当场答复，只登记，再打开这件选受理或者不予受理。",
        "It seems to be out of scope: register only, then open it and accept or decline it.",
    ),
}
