"""A crowd of cases as a city has them after two years: most closed, some at every step.

Each kind is lived through once by real nodes and stamped as often as its share says. The same
number of cases is the same crowd each time.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

import psycopg

from services.portal.repository.words import words_of
from tests.whole.node import CITY, COUNTY
from tests.whole.stamping import Mould, Stamp, make_mould, stamp_all
from tests.whole.stories import (
    Told,
    accept,
    decline,
    furnish,
    offer,
    place,
    rate,
    register,
    register_before,
    report_up,
    supervise,
    take,
    work,
)
from tests.whole.tiers import WholeTiers

UNITS = 40
NO_ITEM = "目录里没有的事项"
FIRST = 100_000
"""The sequence of the first number: those of the moulds are lower."""
SEED = 20_261_127

SUBJECTS = (
    "不动产登记", "食品经营许可", "公积金提取", "医保报销", "社保转移", "营业执照变更", "准生证明",
    "居住证办理", "残疾证换发", "低保申请", "户口迁移", "建设工程规划许可", "施工许可", "消防验收",
    "排污许可", "林木采伐许可", "道路运输证", "教师资格认定", "护士执业注册", "宅基地审批",
)  # fmt: skip
TROUBLES = (
    "跑了三趟没有办成", "材料反复补正", "窗口说系统坏了", "二十天没有回音", "要求提供多余证明",
    "电话一直没人接", "工作人员态度生硬", "收费与公示不一致", "预约不上号", "互相推诿无人负责",
    "超过承诺时限", "结果与告知不符", "要求到异地盖章", "网上显示已办结但没有证", "被要求找中介",
)  # fmt: skip
PLACES = (
    "城关镇", "杭埠镇", "千人桥镇", "百神庙镇", "桃溪镇", "舒茶镇", "南港镇", "汤池镇", "五显镇",
    "山七镇", "河棚镇", "高峰乡", "庐镇乡", "晓天镇", "万佛湖镇", "春秋乡", "阙店乡", "柏林乡",
)  # fmt: skip
RARE, RARE_ONE_IN = "水电站移民", 5_000
TEXTS = 2_000
WHOLE_ONE_IN = 10
"""Cases with their history; of the others there is what is searched, listed and swept."""


Life = Generator[None, None, Told]
"""What happens to a case; at each `yield` all that was said is heard, and time passes."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One way a case may have gone: how many of 10,000, and between which ages in days."""

    share: int
    youngest: float
    oldest: float
    live: Callable[[WholeTiers], Life]


def _solved(tiers: WholeTiers) -> Life:
    told = register(tiers.city)
    yield
    work(tiers.city, told, "sign", "contacts", "finish")
    yield
    yield
    return told


def _closed(tiers: WholeTiers) -> Life:
    told = yield from _solved(tiers)
    rate(tiers.city, told, 5, solved=True)
    return told


def _closed_late(tiers: WholeTiers) -> Life:
    told = yield from _at_step(tiers, timedelta(days=12), "sign", "contacts", "finish")
    yield
    rate(tiers.city, told, 3, solved=True)
    return told


def _reopened(tiers: WholeTiers) -> Life:
    told = yield from _solved(tiers)
    rate(tiers.city, told, 1, solved=False)
    yield
    work(tiers.city, told, "sign", "contacts", "finish")
    yield
    rate(tiers.city, told, 4, solved=True)
    return told


def _undecided(tiers: WholeTiers) -> Life:
    yield
    return register(tiers.city, item=NO_ITEM)


def _declined(tiers: WholeTiers) -> Life:
    told = yield from _undecided(tiers)
    decline(tiers.city, told)
    return told


def _pooled(tiers: WholeTiers) -> Life:
    told = yield from _undecided(tiers)
    accept(tiers.city, told)
    return told


def _placed(tiers: WholeTiers) -> Life:
    told = yield from _pooled(tiers)
    yield
    place(tiers.city, told)
    return told


def _at_step(tiers: WholeTiers, age: timedelta, *steps: str) -> Life:
    told = register_before(tiers.city, age)
    yield
    yield
    work(tiers.city, told, *steps)
    return told


def _returned(tiers: WholeTiers) -> Life:
    return _at_step(tiers, timedelta(hours=2), "sign", "return")


def _away(tiers: WholeTiers) -> Life:
    told = register(tiers.city)
    yield
    offered = offer(tiers.city, told, COUNTY)
    yield
    take(tiers.county, offered)
    return told


def _supervised(tiers: WholeTiers) -> Life:
    told = register(tiers.city)
    yield
    supervise(tiers.province, told)
    return told


def _below(tiers: WholeTiers) -> Life:
    told = register(tiers.county)
    yield
    work(tiers.county, told, "sign")
    return told


def _below_red(tiers: WholeTiers) -> Life:
    told = register_before(tiers.county, timedelta(days=12))
    yield
    return told


def _below_closed(tiers: WholeTiers) -> Life:
    told = yield from _below(tiers)
    work(tiers.county, told, "contacts", "finish")
    yield
    rate(tiers.county, told, 5, solved=True)
    return told


def _reported(tiers: WholeTiers) -> Life:
    told = yield from _below(tiers)
    report_up(tiers.county, told)
    return told


def _incoming(tiers: WholeTiers) -> Life:
    told = yield from _below(tiers)
    offer(tiers.county, told, CITY)
    return told


def _green(tiers: WholeTiers) -> Life:
    return _at_step(tiers, timedelta(hours=1))


def _signed(tiers: WholeTiers) -> Life:
    return _at_step(tiers, timedelta(hours=1), "sign")


def _contacted(tiers: WholeTiers) -> Life:
    return _at_step(tiers, timedelta(hours=1), "sign", "contacts")


def _red(tiers: WholeTiers) -> Life:
    return _at_step(tiers, timedelta(days=12), "sign")


KINDS: Mapping[str, Kind] = {
    "closed": Kind(4_600, 5, 730, _closed),
    "closed late": Kind(600, 15, 730, _closed_late),
    "reopened and closed": Kind(300, 10, 730, _reopened),
    "declined": Kind(300, 1, 730, _declined),
    "below, closed": Kind(3_400, 5, 730, _below_closed),
    "awaits rating": Kind(160, 0, 20, _solved),
    "undecided": Kind(20, 0, 2, _undecided),
    "pooled": Kind(30, 0, 5, _pooled),
    "returned": Kind(15, 0, 5, _returned),
    "placed by hand": Kind(35, 0, 3, _placed),
    "dispatched": Kind(90, 0, 0.2, _green),
    "signed": Kind(80, 0, 1, _signed),
    "contacted": Kind(90, 0, 3, _contacted),
    "red": Kind(70, 0, 60, _red),
    "away": Kind(30, 0, 10, _away),
    "supervised": Kind(5, 0, 1, _supervised),
    "below": Kind(120, 0, 5, _below),
    "below, red": Kind(25, 0, 60, _below_red),
    "reported": Kind(20, 0, 20, _reported),
    "incoming": Kind(10, 0, 2, _incoming),
}
"""Shares of 10,000; what is open is younger than what is closed."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """The stamped cases of one city, and where one may look for some of them."""

    cases: int
    numbers: Mapping[str, Sequence[str]]
    """Of each kind, a few numbers from all over its age."""


def live_through(tiers: WholeTiers) -> tuple[Crowd, Mapping[str, Mould]]:
    """Let real nodes live through one case of each kind; return these and the moulds of them."""
    for each in tiers.nodes.values():
        furnish(each, UNITS if each is tiers.city else 1)
    lived = dict[str, Told]()
    going = {name: kind.live(tiers) for name, kind in KINDS.items()}
    while going:
        going = {name: life for name, life in going.items() if not _has_ended(name, life, lived)}
        _pass(tiers)
    with tiers.city.owner() as db:
        moulds = {name: make_mould(db, CITY, told) for name, told in lived.items()}
    return Crowd(len(lived), {name: [told.number] for name, told in lived.items()}), moulds


def _has_ended(name: str, life: Life, lived: dict[str, Told]) -> bool:
    try:
        next(life)
    except StopIteration as end:
        lived[name] = end.value
    return name in lived


def _pass(tiers: WholeTiers) -> None:
    tiers.settle()
    for each in (tiers.city, tiers.county):
        each.sweep()
        each.deliver()
    tiers.settle()


def fill(tiers: WholeTiers, moulds: Mapping[str, Mould], cases: int) -> Crowd:
    """Add as many cases to the city's database, in the order of their age, and analyse it."""
    random = Random(SEED)  # noqa: S311  # the same crowd each time
    chosen = [
        _aged(random, name)
        for name in random.choices(list(KINDS), [kind.share for kind in KINDS.values()], k=cases)
    ]
    chosen.sort(reverse=True)
    numbers: dict[str, list[str]] = {name: [] for name in KINDS}
    stamps = _stamps(random, moulds, chosen, numbers)
    url = tiers.city.settings.database_url.replace("+psycopg", "")
    stamp_all(url, stamps)
    with psycopg.connect(url, autocommit=True) as raw:
        raw.execute("ANALYZE")
    return Crowd(cases, {name: _some(found) for name, found in numbers.items()})


def _aged(random: Random, name: str) -> tuple[float, str]:
    return random.uniform(KINDS[name].youngest, KINDS[name].oldest), name


def _some(found: Sequence[str]) -> Sequence[str]:
    return found[:: max(1, len(found) // 20)]


def _stamps(
    random: Random,
    moulds: Mapping[str, Mould],
    chosen: Sequence[tuple[float, str]],
    numbers: Mapping[str, list[str]],
) -> Iterator[tuple[Mould, Stamp]]:
    told = [_text(random) for _ in range(TEXTS)]
    rare = _worded(f"{RARE}补偿款未到账", f"{RARE}后期扶持资金一直没有到账，材料交了三次。")
    units = [
        ("SCJGJ", "市场监督管理局"),
        *((f"U{n:03d}", f"第{n}办事处") for n in range(1, UNITS)),
    ]
    for nth, (age, name) in enumerate(chosen, FIRST):
        title, text, words = rare if nth % RARE_ONE_IN == 0 else random.choice(told)
        # Some units have far more to do than others.
        unit = units[min(int(random.expovariate(0.12)), UNITS - 1)]
        whole = nth % WHOLE_ONE_IN == 0
        stamp = Stamp(nth, timedelta(days=age), whole, title, text, words, unit)
        if whole:
            numbers[name].append(moulds[name].number(stamp))
        yield moulds[name], stamp


def _text(random: Random) -> tuple[str, str, Sequence[str]]:
    subject, trouble = random.choice(SUBJECTS), random.choice(TROUBLES)
    where, again = random.choice(PLACES), random.choice(TROUBLES)
    text = f"我在{where}办理{subject}，{trouble}，{again}。材料已经提交，请帮助协调解决。"
    return _worded(f"{subject}{trouble}", text)


def _worded(title: str, text: str) -> tuple[str, str, Sequence[str]]:
    return title, text, words_of(title, text)
