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
    "benchmark_withdrawn": (
        409,
        "这一条已经撤下；要再用，请重新登记。",
        "It was withdrawn already: note it anew to use it again.",
    ),
}
