"""What people read when something of the ledger is refused: its filters, its views."""

from collections.abc import Mapping

OF_LEDGERS: Mapping[str, tuple[int, str, str]] = {
    "bad_ledger": (
        422,
        "台账里没有这种筛选、排序或列，请从台账页面重新选择。",
        "The ledger has no such filter, order or column: choose anew on its page.",
    ),
    "unknown_view": (
        404,
        "没有这个视图，或者它不是您的。请刷新台账页面再选。",
        "There is no such view, or it is not yours: reload the ledger and choose again.",
    ),
    "too_many_views": (
        409,
        "您保存的视图已经够多了，请先删掉不用的。",
        "You have kept as many views as there may be: delete some that you do not use.",
    ),
    "view_names_person": (
        422,
        "查找的词像是姓名或号码，不能保存在视图里；请去掉这个词再保存。",
        "What is sought may be a person's name or number and cannot be kept in a view: remove it.",
    ),
    "no_unit_to_share": (
        409,
        "您的账号没有单位，不能共享给单位；请选只给自己用，或者给全节点用。",
        "Your account belongs to no unit: keep the view for yourself, or share it with the node.",
    ),
}
