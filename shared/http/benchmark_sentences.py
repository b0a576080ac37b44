"""What people read when what another region can do is not noted, or not withdrawn."""

from collections.abc import Mapping

OF_BENCHMARKS: Mapping[str, tuple[int, str, str]] = {
    "unknown_region": (
        422,
        "没有这个地区，请选现行的行政区划。",
        "No such region: choose a division that is in force.",
    ),
    "own_region": (
        422,
        "这里登记别的地区能办的事；本地能办的请登记到事项目录。",
        "This is for what other regions do: enter what is done here as an item.",
    ),
    "benchmark_ends_before_it_begins": (
        422,
        "最后一天不能早于第一天。",
        "It cannot end before it begins.",
    ),
    "unknown_benchmark": (
        404,
        "没有这一条，请从清单中选择。",
        "No such entry: choose from the list.",
    ),
    "benchmark_not_ours": (
        409,
        "这一条是别的节点登记的，由它更正和撤下。",
        "Another node noted it, and alone puts it right or withdraws it.",
    ),
    "benchmark_of_above": (
        409,
        "这一条上级已经确认下发，不用再确认。",
        "A tier above has confirmed it already: there is nothing left to confirm.",
    ),
    "benchmark_confirmed": (
        409,
        "这一条已经确认过。",
        "It has been confirmed already.",
    ),
    "benchmark_vouched_for": (
        403,
        "这一条已经确认下发，更正和撤下要由督办人员来做。",
        "It was confirmed to the tiers below: a supervisor corrects or withdraws it.",
    ),
    "benchmark_changed": (
        409,
        "这一条刚被别人更正过，请看过新的内容再改。",
        "Somebody else has just put it right: read the new wording first.",
    ),
    "benchmark_contradicts": (
        409,
        "登记着别的地区能办这件事（{detail} 条），和所选的理由矛盾。请看过再决定。",
        "Another region is known to do this ({detail} entries), which does not go with the ground:"
        " read that first.",
    ),
    "benchmark_withdrawn": (
        409,
        "这一条已经撤下；要再用，请重新登记。",
        "It was withdrawn already: note it anew to use it again.",
    ),
}
