"""What a dashboard of one node shows: rows of panels, each with what it asks Prometheus.

`NODE` in a query stands for the label that chooses the node. What is counted in the database is
told alike by every bus process of the node, so it is never summed over processes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.events.base import Event
from shared.events.dispatch import CaseFinished
from shared.events.intake import CaseDeclined, CaseRegistered
from shared.events.intake.afterwards import CaseUrged
from shared.events.notify import MessageDelivered, MessageFailed
from shared.events.review import CaseClosed, CaseReopened, ReportAvoided
from shared.events.sla import DeadlineMissed

REQUESTS = "backstop_request_seconds"
HEARD = "backstop_events_heard_total"
SPAN = "[$__rate_interval]"
YES_OR_NO = "bool_yes_no"


@dataclass(frozen=True, slots=True)
class Query:
    """One line of a chart, or several that differ in a label: what is asked, and its name."""

    asked: str
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A chart over time."""

    title: str
    queries: Sequence[Query]
    unit: str = "short"


@dataclass(frozen=True, slots=True)
class Number:
    """One number, red from a limit on."""

    title: str
    asked: str
    bad_from: float
    unit: str = "short"


@dataclass(frozen=True, slots=True)
class Row:
    """Panels that belong together."""

    title: str
    panels: Sequence[Panel]


def each(label: str, asked: str, how: str = "sum") -> Query:
    """Ask for something by a label."""
    return Query(f"{how} by ({label}) ({asked})", f"{{{{{label}}}}}")


def counted(label: str, asked: str) -> Query:
    """Ask for something by a label, and show nought while it has never happened."""
    return Query(f"sum by ({label}) ({asked}) or vector(0)", f"{{{{{label}}}}}")


def rate(metric: str) -> str:
    """Ask for the increase of a counter by the second."""
    return f"rate({metric}{{NODE}}{SPAN})"


def quantile(share: float, metric: str, label: str = "") -> str:
    """Ask how long this share takes at most, for each value of a label if one is named."""
    by = f"{label}, le" if label else "le"
    return f"histogram_quantile({share}, sum by ({by}) ({rate(f'{metric}_bucket')}))"


def hourly(fact: type[Event], legend: str) -> Query:
    """Ask how many facts of a kind the portal, which hears all of them, heard in an hour."""
    heard = f'{HEARD}{{NODE,service="portal",event="{fact.name}"}}'
    return Query(f"sum(increase({heard}[1h])) or vector(0)", legend)


NUMBERS = (
    Number("没有应答的进程 · Processes down", 'sum(1 - up{job="backstop",NODE})', 1),
    Number("没有应答的数据库 · Databases away", "sum(1 - backstop_database_answers{NODE})", 1),
    Number("告警 · Alerts", 'count(ALERTS{alertstate="firing",NODE}) or vector(0)', 1),
    Number(
        "停放的消息 · Messages parked", "sum(max by (service) (backstop_messages_parked{NODE}))", 1
    ),
    Number("最久未发出 · Oldest unsent", "max(backstop_outbox_oldest_seconds{NODE})", 120, "s"),
    Number("红黄灯晚了 · Lamps late by", "max(backstop_sweep_lag_seconds{NODE})", 60, "s"),
)

TAKEN = "backstop_suggestions_taken_total"
TAKEN_SHARE = (
    f'sum by (confidence) (increase({TAKEN}{{NODE,taken="first"}}[7d]))'
    f' / (sum by (confidence) (increase({TAKEN}{{NODE,taken!="none"}}[7d])) > 0) or vector(0)'
)
CASES = Row(
    "办件，每小时 · Cases, per hour",
    (
        Panel(
            "进与出 · In and out",
            (
                hourly(CaseRegistered, "登记 registered"),
                hourly(CaseDeclined, "不予受理 declined"),
                hourly(CaseFinished, "办结 finished"),
                hourly(CaseReopened, "重办 reopened"),
                hourly(CaseClosed, "归档 closed"),
                hourly(ReportAvoided, "看案例就解决 avoided"),
                hourly(CaseUrged, "催办 urged"),
            ),
        ),
        Panel(
            "在走的时限 · Clocks by lamp",
            [each("lamp", "backstop_clocks_running{NODE}", "max")],
        ),
        Panel(
            "待补的红黄灯 · Lamps to catch up",
            [Query("max(backstop_sweep_to_catch_up{NODE})", "待补 to catch up")],
        ),
        Panel(
            "超期与通知 · Missed and told",
            (
                hourly(DeadlineMissed, "超期 missed"),
                hourly(MessageDelivered, "送达 delivered"),
                hourly(MessageFailed, "未送达 failed"),
            ),
        ),
        Panel(
            "等外部单位答复 · Asked outside",
            (
                Query("max(backstop_outside_questions_open{NODE})", "在等 open"),
                Query("max(backstop_outside_questions_overdue{NODE})", "过期 overdue"),
            ),
        ),
        Panel(
            "人工派单怎样用建议，每天 · What became of suggestions, per day",
            [counted("taken", "increase(backstop_suggestions_taken_total{NODE}[1d])")],
        ),
        Panel(
            "第一建议被采用的比例，按把握，7 天 · First suggestion taken, by confidence, 7 days",
            [Query(TAKEN_SHARE, "{{confidence}}")],
            "percentunit",
        ),
    ),
)

WEB = Row(
    "网页与接口 · Web",
    (
        Panel(
            "每秒请求 · Requests a second", [each("status", rate(f"{REQUESTS}_count"))], "reqps"
        ),
        Panel(
            "应答时间 · Time to answer",
            (Query(quantile(0.5, REQUESTS), "50 %"), Query(quantile(0.99, REQUESTS), "99 %")),
            "s",
        ),
        Panel(
            "最慢的五个接口（99%）· The five slowest routes (99 %)",
            [Query(f"topk(5, {quantile(0.99, REQUESTS, 'route')})", "{{route}}")],
            "s",
        ),
        Panel(
            "15 分钟内错误的查询码 · Wrong query codes in 15 minutes",
            [Query("sum(increase(backstop_query_codes_refused_total{NODE}[15m])) or vector(0)")],
        ),
        Panel(
            "15 分钟内打不开的外部链接 · Links of outside parties refused in 15 minutes",
            [counted("outcome", "increase(backstop_outside_links_refused_total{NODE}[15m])")],
        ),
        Panel(
            "短信网关送来的，每小时 · Messages handed on by the gateway, per hour",
            [counted("outcome", "increase(backstop_sms_handed_total{NODE}[1h])")],
        ),
        Panel(
            "打开的看板 · Boards open",
            [Query("sum(backstop_board_streams{NODE}) or vector(0)", "打开 open")],
        ),
        Panel(
            "因太频繁被拒的请求 · Requests refused as too many",
            [each("budget", "increase(backstop_requests_limited_total{NODE}[15m])")],
        ),
    ),
)

SERVICES = Row(
    "服务之间 · Between services",
    (
        Panel("每秒听到的事件 · Events heard a second", [each("service", rate(HEARD))]),
        Panel(
            "一批所用时间（99%）· Time of a batch (99 %)",
            [Query(quantile(0.99, "backstop_hearing_seconds", "service"), "{{service}}")],
            "s",
        ),
        Panel("未发出 · Unsent", [each("service", "backstop_outbox_unsent{NODE}", "max")]),
        Panel(
            "等待前因 · Kept for a prerequisite",
            [each("service", "backstop_events_waiting{NODE}", "max")],
        ),
        Panel(
            "在听 · Connected to the bus",
            [each("service", "backstop_bus_connected{NODE}", "max")],
            YES_OR_NO,
        ),
        Panel("发送者 · Leaders of the relay", [each("service", "backstop_relay_leads{NODE}")]),
    ),
)

LINKS = Row(
    "上下级 · Links",
    (
        Panel(
            "多久没有消息 · Silent for",
            [each("peer", "backstop_link_silent_seconds{NODE}", "max")],
            "s",
        ),
        Panel(
            "最久未回执 · Oldest without receipt",
            [each("peer", "backstop_link_oldest_seconds{NODE}", "max")],
            "s",
        ),
        Panel(
            "未回执与待补 · Without receipt, and held",
            (
                Query("max by (peer) (backstop_link_unsent{NODE})", "未送出 → {{peer}}"),
                Query("max by (peer) (backstop_link_unreceipted{NODE})", "未回执 → {{peer}}"),
                Query("max by (peer) (backstop_link_held{NODE})", "待补 ← {{peer}}"),
            ),
        ),
        Panel(
            "缺号多久 · Gap open for",
            [each("peer", "backstop_link_gap_seconds{NODE}", "max")],
            "s",
        ),
        Panel("拒收 · Refused", [each("reason", "backstop_parcels_refused_total{NODE}")]),
        Panel(
            "shovel：待取与无处可去 · To be taken, and unrouted",
            (
                Query("max by (peer) (backstop_link_queued{NODE})", "待取 → {{peer}}"),
                Query("max by (peer) (backstop_link_takers{NODE})", "shovel → {{peer}}"),
                Query("max(backstop_link_unrouted{NODE})", "无处可去"),
            ),
        ),
        Panel(
            "等附件多久 · Files awaited for",
            [each("peer", "backstop_files_awaited_oldest_seconds{NODE}", "max")],
            "s",
        ),
        Panel(
            "附件库 · Store of files",
            [each("way", "backstop_store_bytes_total{NODE}")],
            "Bps",
        ),
        Panel(
            "附件库做不到的 · What the store could not do",
            [each("doing", "backstop_store_failures_total{NODE}")],
        ),
        Panel(
            "证书还剩多少 · Left of the certificates",
            [each("certificate", "backstop_link_certificate_left{NODE}", "min")],
            "percentunit",
        ),
    ),
)

RABBITMQ = Row(
    "RabbitMQ",
    (
        Panel(
            "队列中的消息 · Messages in queues",
            (
                Query("sum(rabbitmq_queue_messages_ready{NODE})", "待取 ready"),
                Query("sum(rabbitmq_queue_messages_unacked{NODE})", "未确认 unacknowledged"),
            ),
        ),
        Panel(
            "内存与磁盘 · Memory and disk",
            (
                Query("sum(rabbitmq_process_resident_memory_bytes{NODE})", "内存 memory"),
                Query("sum(rabbitmq_disk_space_available_bytes{NODE})", "可用磁盘 free disk"),
            ),
            "bytes",
        ),
    ),
)

ROWS = (CASES, WEB, SERVICES, LINKS, RABBITMQ)
