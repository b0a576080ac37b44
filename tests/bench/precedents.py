"""How fast the case library answers what somebody types, at 100,000 precedents.

Run with `./dev bench precedents [--entries 100000] [--seed 7]`. The texts are put together from a
seed: one of 60 items, of 40 obstacles, of 30 ways out, of 25 offices, and two of 400 place names,
so that words are as common as in a real library (an item's name in 1.7 % of the texts, a word as
“证明” in a quarter) and every question has thousands of distant relatives. Questions are cut from
others of the same make, as somebody types them: 6, 20 and 120 signs.

Raw limit: the same rows fetched by the same index in one bare statement, without weighing or
reading the answers. `ts_rank` over all that have any word is what PostgreSQL offers by itself.
"""

import argparse
import random
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from backstop.servers.postgres import PostgresServer
from services.review.policy.precedents import MOST_CANDIDATES, ask_for, brevity_of
from services.review.repository.lexicon import ALL, counts_of, first_words_of, words_of, written
from services.review.repository.suggestions import Wish, suggest
from services.review.tables import metadata
from shared.db import transaction
from tests.integration.schemas import build_schemas

DAY = date(2030, 1, 2)
NINE = datetime(2030, 1, 2, 1, tzinfo=UTC)
QUESTIONS, MOST, AT_ONCE = 300, 5, 2_000
LENGTHS = (6, 20, 120)


def listed(*lines: str) -> list[str]:
    """Return the words of some lines."""
    return [word for line in lines for word in line.split()]


ITEMS = listed(
    "社保卡补办 医保异地备案 不动产转移登记 营业执照变更 食品经营许可 户口迁移 居住证办理",
    "残疾证换证 低保申请 公租房申请 学籍转接 准生证明 婚姻登记 收养登记 老年优待证",
    "退休审批 失业登记 工伤认定 职称评审 档案转递 公积金提取 契税申报 发票领用 车辆过户",
    "驾驶证换证 营运证年审 客运线路许可 建设用地规划 施工许可 竣工验收 消防验收",
    "房屋租赁备案 物业维修基金 水表过户 用电报装 燃气开户 宽带移机 有线电视 林木采伐许可",
    "取水许可 排污登记 环评备案 养殖备案 农机补贴 种子经营 土地承包经营权 宅基地审批",
    "危房改造 高龄津贴 孤儿补助 军人优待证 退役安置 律师执业 公证预约 法律援助 出版物经营",
    "网吧许可 演出审批 民办学校设立 幼儿园招生",
)
OBSTACLES = listed(
    "窗口说系统里查不到信息 要求提供已经取消的证明 原单位注销无法盖章 档案材料丢失",
    "姓名与身份证不一致 两个部门互相推诿 网上申报一直提示错误 材料交了三次都被退回",
    "办理时限早就超过 要求本人到场但人在外地 前置许可互为条件 历史遗留没有依据",
    "收费标准和公示不同 预约号一直约不上 承办人休假无人接手 数据没有共享",
    "地址名称变更对不上 继承人意见不一致 房产没有首次登记 规划红线调整 证件照片不合格",
    "政策文件已经更新 系统切换数据没有迁移 开发商跑路 村委会不肯出具证明 银行流水不被认可",
    "翻译件不被认可 电子证照不被认可 年龄差一个月 户籍不在本地 缴费记录断档 公章样式不同",
    "委托书要公证 出生医学证明遗失 结婚证编号错误 土地性质不清 面积测绘有出入 邻居不签字",
    "抵押没有注销 法院查封未解除",
)
WAYS = listed(
    "由窗口核验后容缺受理 部门会商出具书面意见 通过数据共享查询代替证明",
    "告知承诺后先行办理 由主管部门出具情况说明 帮办人员上门核实 协调档案馆调取存根",
    "更正信息后当场办结 纳入历史遗留专项处理 按新文件执行不再收取 开通绿色通道当日办结",
    "由上级部门授权办理 两部门并联审批 视频核验代替到场 邮寄材料办结后寄回",
    "延期办理并书面告知 退还多收费用 补录数据后重新受理 用电子证照办理 由社区出具居住说明",
    "以公告代替签字 分割登记后办理 指定专人全程代办 召开协调会明确责任",
    "修订办事指南统一口径 免除公证改为承诺 以法院文书为准 补缴后恢复资格 启用备用通道",
    "由乡镇统一收件",
)
OFFICES = listed(
    "人社局 医保局 自然资源局 市场监管局 公安局 住建局 教育局 民政局 残联 税务局 交通局",
    "农业农村局 林业局 水利局 生态环境局 退役军人局 司法局 文旅局 卫健委 供电公司",
    "供水公司 燃气公司 公积金中心 政务服务中心 乡镇便民服务中心",
)
SIGNS = "安平和兴永泰宁德福昌新长石青白龙金桥河湖山林竹梅松柏杨柳东南西北中上下大小双三"


def main() -> None:
    """Fill a library, ask it, and print p50 and p95 of each way beside the raw limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    with TemporaryDirectory(prefix="backstop-bench-") as folder:
        Path(folder).chmod(0o711)
        with PostgresServer(Path(folder) / "postgres") as postgres:
            url = postgres.create_database(f"precedents_{secrets.token_hex(4)}")
            engine = build_schemas(url, metadata)
            started = time.perf_counter()
            fill(engine, given.entries, random.Random(given.seed))  # noqa: S311  # no secret
            say(f"{given.entries:,} precedents in {time.perf_counter() - started:.0f} s")
            measure(engine, random.Random(given.seed + 1))  # noqa: S311
            engine.dispose()


def fill(engine: Engine, entries: int, dice: random.Random) -> None:
    """Publish so many generated precedents, and count their words, as the library would have."""
    places = [a + b for a in SIGNS for b in SIGNS][:400]
    having: Counter[str] = Counter()
    for begin in range(0, entries, AT_ONCE):
        rows = [row(dice, places, having) for _ in range(min(AT_ONCE, entries - begin))]
        with engine.begin() as db:
            db.execute(INSERT, rows)
    having[ALL] = entries
    with engine.begin() as db:
        counted = [{"word": word, "n": n} for word, n in having.items()]
        db.execute(text("INSERT INTO review.lexicon VALUES (:word, :n)"), counted)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.execute(text("VACUUM ANALYZE review.precedents, review.lexicon"))
        size = db.scalar(text("SELECT pg_total_relation_size('review.precedents') / 1048576"))
    say(f"{size} MB with its indexes, {len(having):,} words")


INSERT = text(
    "INSERT INTO review.precedents (precedent_id, edition, node, state, scope, title, question,"
    " answer, item_code, regions, keywords, writers, drafted_at, words, brevity) VALUES (:id, 1,"
    " '341523', 'published', 'both', :title, :question, :answer, :item, '{}', '{}', '{}', :at,"
    " array_to_tsvector(CAST(:words AS text[])), :brevity)"
)


def row(dice: random.Random, places: Sequence[str], having: Counter[str]) -> dict[str, object]:
    """Return one generated precedent as a row."""
    item, obstacle = dice.choice(ITEMS), dice.choice(OBSTACLES)
    title = f"{item}：{obstacle}"
    question = told(dice, places, item, obstacle)
    answer = f"{dice.choice(OFFICES)}{dice.choice(WAYS)}，{dice.choice(WAYS)}。"
    words = words_of(title, question)
    having.update(words)
    return {
        "id": UUID(int=dice.getrandbits(128)),
        "title": title,
        "question": question,
        "answer": answer,
        "item": f"I{ITEMS.index(item)}",
        "at": NINE,
        "words": words,
        "brevity": brevity_of(len(words)),
    }


def told(dice: random.Random, places: Sequence[str], item: str, obstacle: str) -> str:
    """Return what somebody tells of an item and what stood in its way."""
    office, other = dice.choice(OFFICES), dice.choice(OFFICES)
    place, street = dice.choice(places), dice.choice(places)
    return (
        f"我到{place}镇{street}路的{office}办{item}，{obstacle}，让我去{other}，{other}又说"
        f"{dice.choice(OBSTACLES)}，跑了{dice.randint(2, 9)}趟还是没有办成。"
    )


def measure(engine: Engine, dice: random.Random) -> None:
    """Ask each way the same questions and print what it took."""
    places = [a + b for a in SIGNS for b in SIGNS][:400]
    say(f"\n{'signs':>6} {'way':<16} {'p50 ms':>8} {'p95 ms':>8} {'p95 / raw':>10}")
    for length in LENGTHS:
        asked = list(questions(dice, places, length))
        raw = taken(engine, asked, bare)
        for name, way in (("raw limit", bare), ("suggest", ours), ("ts_rank of any", by_rank)):
            some = asked if way is not by_rank else asked[:30]
            p50, p95 = raw if way is bare else taken(engine, some, way)
            say(f"{length:>6} {name:<16} {p50:>8.1f} {p95:>8.1f} {p95 / raw[1]:>10.1f}")


def questions(dice: random.Random, places: Sequence[str], length: int) -> Iterator[str]:
    """Yield what people type, cut at a length; the shortest is an item's name and what hinders."""
    for _ in range(QUESTIONS):
        item, obstacle = dice.choice(ITEMS), dice.choice(OBSTACLES)
        short = item + obstacle
        whole = short + "，" + told(dice, places, dice.choice(ITEMS), dice.choice(OBSTACLES)) * 2
        yield whole[:length]


def ours(db: Connection, question: str) -> None:
    """Ask as the door does."""
    suggest(db, Wish(question, DAY), MOST)


def bare(db: Connection, question: str) -> None:
    """Fetch the same rows by the same index, and no more."""
    words = first_words_of(question)
    counts = counts_of(db, words)
    total = counts.pop(ALL)
    asked = ask_for(counts, total)
    parts = [written([word], "&") for word in asked.rare]
    parts += [f"({written(asked.together, '&')})"] if asked.together else []
    db.execute(RAW, {"found": " | ".join(parts), "most": MOST_CANDIDATES}).all()


RAW = text(
    "SELECT count(brevity) FROM (SELECT brevity FROM review.precedents"
    " WHERE words @@ CAST(:found AS tsquery) LIMIT :most) found"
)


def by_rank(db: Connection, question: str) -> None:
    """Let PostgreSQL rank everything that has any of the words."""
    found = written(first_words_of(question), "|")
    db.execute(RANKED, {"found": found, "most": MOST}).all()


RANKED = text(
    "SELECT precedent_id FROM review.precedents, CAST(:found AS tsquery) q WHERE words @@ q"
    " ORDER BY ts_rank(words, q) DESC LIMIT :most"
)


def taken(
    engine: Engine, asked: Sequence[str], way: Callable[[Connection, str], None]
) -> tuple[float, float]:
    """Return p50 and p95 in milliseconds, each question in a transaction of its own."""
    seconds = []
    for question in [*asked[:20], *asked]:
        started = time.perf_counter()
        with transaction(engine, "review") as db:
            way(db, question)
        seconds.append(time.perf_counter() - started)
    cuts = quantiles(seconds[20:], n=20)
    return cuts[9] * 1000, cuts[18] * 1000


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
