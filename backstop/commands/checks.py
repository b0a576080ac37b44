"""What `backstop doctor` looks at, each check with the way out of the problem it may find."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import httpx
import kombu
from amqp.exceptions import AMQPError, NotFound
from kombu.exceptions import KombuError
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from backstop.links.ends import LATE, endings
from backstop.links.places import Places
from backstop.migrate import ROLES, is_current
from backstop.neighbours import cards_of, neighbours_of
from backstop.progress import Trouble
from backstop.settings import OPERATIONS_PORT_OFFSET, BadSettings, NodeSettings
from backstop.stocktaking import take_stock
from backstop.stores import stores_of
from backstop.suite import MEMBERS
from backstop.ways import ways_of
from services.sla.handlers import under_notices
from services.sla.policy import WorkingCalendar, local_time
from shared.bus.topology import HEARS_FROM, queue_for
from shared.db import role_of, transaction
from shared.security.sealing import NodeKeys, VaultUnavailable
from shared.store import Lost, Store, StoreAway

PATIENCE_SECONDS = 5
TRIAL = b"backstop doctor"
MOST_NAMED = 10

HAS_ROLE = """
    SELECT rolname FROM pg_roles
    WHERE rolname = :role AND pg_has_role(CURRENT_USER, oid, 'MEMBER')
      AND has_schema_privilege(oid, :schema, 'USAGE')
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found; `way_out` says how a problem is mended."""

    what: str
    told: str
    is_ok: bool = True
    way_out: str = ""


def examine(settings: NodeSettings, now: datetime) -> Iterator[Finding]:
    """Yield a finding of every check that can be made, in the order in which one mends."""
    yield check_keys(settings)
    yield from check_database(settings)
    yield check_store(settings)
    yield check_bus(settings)
    yield from check_ways(settings)
    yield from check_links(settings, now)
    yield check_calendar(calendar_of(settings), local_time(now).date())
    yield check_process(settings, "网页进程 web process", settings.web_port)
    yield check_process(
        settings, "总线进程 bus process", settings.web_port + OPERATIONS_PORT_OFFSET
    )


def check_keys(settings: NodeSettings) -> Finding:
    """Can the key file be used, and by its owner alone?"""
    what, file = "密钥 keys", settings.key_file
    try:
        NodeKeys.load(file)
    except VaultUnavailable as error:
        mend = f"从备份恢复，或 · restore it, or: chmod 600 {file}"
        make = f"backstop keys create --node {settings.code}"
        return Finding(what, str(error), False, mend if file.exists() else make)
    return Finding(what, str(file))


def check_database(settings: NodeSettings) -> Iterator[Finding]:
    """Does the database answer, are its schemas at their heads, are the roles ours?"""
    what = "数据库 database"
    engine = create_engine(
        settings.database_url,
        poolclass=NullPool,
        connect_args={"connect_timeout": PATIENCE_SECONDS},
    )
    try:
        with engine.connect() as db:
            yield Finding(what, f"PostgreSQL {db.scalar(text('SHOW server_version'))}")
            yield from _inside(db, settings.code)
    except SQLAlchemyError as error:
        told = str(getattr(error, "orig", error)).strip().splitlines()[0]
        yield Finding(
            what, told, False, "启动 PostgreSQL，核对 · start it, check: BACKSTOP_DATABASE_URL"
        )


def _inside(db: Connection, node: str) -> Iterator[Finding]:
    migrate = f"backstop migrate --node {node}"
    if not is_current(db):
        yield Finding("数据表 schemas", "不是最新 · not at their heads", False, migrate)
        return
    yield Finding("数据表 schemas", "最新 · at their heads")
    lacking = [
        role_of(name)
        for name in ROLES
        if not db.scalar(text(HAS_ROLE), {"role": role_of(name), "schema": _home_of(name)})
    ]
    told = f"缺少 · missing: {', '.join(lacking)}" if lacking else "齐全 · all there"
    way_out = "先恢复角色和授权再启动 · restore roles and grants: pg_dumpall --roles-only"
    yield Finding("角色 roles", told, not lacking, way_out if lacking else "")


def _home_of(role: str) -> str:
    # Those who keep the audits work in every schema, so any of them tells.
    return role if role in MEMBERS else next(iter(MEMBERS))


def check_store(settings: NodeSettings) -> Finding:
    """Can bytes be put into the store of files, read there and dropped again?"""
    what = "附件库 store of files"
    told = settings.store.s3_url or str(settings.store.folder)
    try:
        whole = all(map(_keeps, stores_of(settings).values()))
    except (StoreAway, Lost, BadSettings) as error:
        way_out = "核对挂载、权限、磁盘 · check mount, rights, disk: BACKSTOP_STORE_FOLDER"
        return Finding(what, f"{told}: {error}", False, way_out)
    return Finding(what, told, whole, "" if whole else "读回的不一样 · what came back differs")


def check_files(settings: NodeSettings) -> Finding:
    """Does every row of a file have its bytes, and are they what they were? It reads them all."""
    what = "附件清点 stock of files"
    engine = create_engine(settings.database_url)
    try:
        stock = take_stock(engine, stores_of(settings))
    except (SQLAlchemyError, StoreAway, BadSettings) as error:
        return Finding(what, f"{type(error).__name__}: {error}", False, "见上面各行 · see above")
    finally:
        engine.dispose()
    told = (
        f"{stock.told} 份，缺 {len(stock.missing)}，内容变了 {len(stock.wrong)}，"
        f"没有记录的 {stock.extra} · {stock.told} told of, {len(stock.missing)} missing, "
        f"{len(stock.wrong)} changed, {stock.extra} of which no row tells"
    )
    lost = " ".join((*stock.missing, *stock.wrong)[:MOST_NAMED])
    mend = f"从备份放回 · put back from a copy: {lost}"
    return Finding(what, told, stock.is_whole, "" if stock.is_whole else mend)


def _keeps(store: Store) -> bool:
    address = store.put([TRIAL])
    is_whole = b"".join(store.read(address, len(TRIAL))) == TRIAL
    store.drop(address)
    return is_whole


def check_bus(settings: NodeSettings) -> Finding:
    """Does the broker answer, and does it hold every queue?"""
    what = "总线 bus"
    if settings.bus_url.startswith("bus:"):
        return Finding(what, "内置于总线进程 · inside the bus process")
    try:
        with kombu.Connection(settings.bus_url, connect_timeout=PATIENCE_SECONDS) as connection:
            connection.connect()
            return _queues(connection, settings)
    except (KombuError, AMQPError, OSError) as error:
        way_out = "启动 RabbitMQ，核对虚拟主机和密码 · start it, check: BACKSTOP_BUS_URL"
        return Finding(what, f"{type(error).__name__}: {error}", False, way_out)


def _queues(connection: kombu.Connection, settings: NodeSettings) -> Finding:
    names = [
        queue_for(service, shard).name
        for service in HEARS_FROM
        for shard in range(settings.shards)
    ]
    waiting = {name: _messages_in(connection, name) for name in names}
    missing = [name for name, number in waiting.items() if number is None]
    if missing:
        way_out = (
            f"总线进程启动时会建立 · the bus process makes them: backstop node bus {settings.code}"
        )
        return Finding("总线 bus", f"缺少队列 · no queue: {', '.join(missing)}", False, way_out)
    total = sum(number or 0 for number in waiting.values())
    return Finding("总线 bus", f"{len(names)} 个队列，{total} 条待处理 · {total} messages wait")


def _messages_in(connection: kombu.Connection, queue: str) -> int | None:
    seen = _look_into(connection, queue)
    return None if seen is None else int(seen.message_count)


def _look_into(connection: kombu.Connection, queue: str) -> Any:
    try:
        with connection.channel() as channel:
            return channel.queue_declare(queue=queue, passive=True)
    except NotFound:
        return None


def check_ways(settings: NodeSettings) -> Iterator[Finding]:
    """Is there a way to each neighbour, and does a shovel take what goes by one?"""
    what, told = "级间连接 links", "BACKSTOP_CARRIER, BACKSTOP_BUS_URL, BACKSTOP_CARDS"
    try:
        neighbours = neighbours_of(settings, cards_of(settings))
        ways = ways_of(settings, neighbours)
    except BadSettings as error:
        yield Finding(what, str(error), False, told)
        return
    if lost := sorted(set(neighbours) - set(ways)):
        way_out = "BACKSTOP_CARRIER=shovel，或 · or BACKSTOP_NEIGHBOUR_BUS_URL"
        yield Finding(what, f"没有去往 · no way to: {', '.join(lost)}", False, way_out)
    elif queues := [way.queue for way in ways.values() if way.queue is not None]:
        yield _shovels(settings, what, queues)


def _shovels(settings: NodeSettings, what: str, queues: Sequence[str]) -> Finding:
    try:
        with kombu.Connection(settings.bus_url, connect_timeout=PATIENCE_SECONDS) as connection:
            connection.connect()
            found = {queue: _look_into(connection, queue) for queue in queues}
    except (KombuError, AMQPError, OSError) as error:
        return Finding(what, f"{type(error).__name__}: {error}", False, "BACKSTOP_BUS_URL")
    if missing := [queue for queue, seen in found.items() if seen is None]:
        way_out = f"装载定义 · load the definitions: backstop link load --node {settings.code}"
        return Finding(what, f"缺少队列 · no queue: {', '.join(missing)}", False, way_out)
    if idle := [queue for queue, seen in found.items() if seen and not seen.consumer_count]:
        told = f"没有 shovel 来取 · no shovel takes: {', '.join(idle)}"
        way_out = "看下级的 · look at the lower tier's: rabbitmqctl shovel_status"
        return Finding(what, told, False, way_out)
    return Finding(what, f"{len(found)} 个 shovel 在取 · shovels take")


def check_links(settings: NodeSettings, now: datetime) -> Iterator[Finding]:
    """Do the certificates of the links hold, and do they renew?"""
    what = "连接证书 link certificates"
    try:
        for ending in endings(Places(settings.links)):
            told = f"{ending.what}: 至 · until {ending.ends_at:%Y-%m-%d}"
            way_out = f"backstop link rotate --node {settings.code}"
            is_ok = ending.left(now) > LATE
            yield Finding(what, told, is_ok, "" if is_ok else way_out)
    except Trouble as error:
        way_out = "从备份恢复 · put it back from a copy: BACKSTOP_LINKS"
        yield Finding(what, str(error).splitlines()[-1], False, way_out)


def calendar_of(settings: NodeSettings) -> WorkingCalendar:
    """Return the calendar by which the node counts; without its database the published one."""
    engine = create_engine(
        settings.database_url,
        poolclass=NullPool,
        connect_args={"connect_timeout": PATIENCE_SECONDS},
    )
    try:
        with transaction(engine, "sla") as db:
            return under_notices(db, settings.sla.promise).calendar
    except SQLAlchemyError:
        return settings.sla.promise.calendar
    finally:
        engine.dispose()


def check_calendar(calendar: WorkingCalendar, today: date) -> Finding:
    """Is this year's notice of working days known, and up to when are they?"""
    what = "工作日历 calendar"
    if today.year not in calendar.published:
        return Finding(
            what,
            f"没有 {today.year} 年的放假通知，期限均为暂定 · due dates are provisional",
            False,
            "录入并签发通知 · backstop calendar import, sign; or upgrade chinesecalendar",
        )
    last = max(calendar.published)
    return Finding(what, f"通知公布到 {last} 年底 · published to the end of {last}")


def check_process(settings: NodeSettings, what: str, port: int) -> Finding:
    """Does a process answer on its port that it is ready?"""
    url = f"http://{settings.near_host}:{port}/readyz"
    try:
        answer = httpx.get(url, timeout=PATIENCE_SECONDS, trust_env=False)
    except httpx.TransportError:
        start = f"backstop node run {settings.code}"
        return Finding(what, f"没有应答 · no answer: {url}", False, start)
    ready = answer.status_code == httpx.codes.OK
    way_out = "" if ready else "先解决上面的问题，再看日志 · mend the above, then read its log"
    return Finding(what, f"{url} {answer.text.strip()}", ready, way_out)
