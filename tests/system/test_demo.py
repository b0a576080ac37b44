"""The demonstration on a running node, and the operator's commands against that node."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from backstop.demo import DemoReport, load_demo
from backstop.demo.loading import memory_file
from backstop.demo.memory import Memory
from backstop.demo.story import Assigned, read_stories
from backstop.nodes import node_file
from backstop.servers.postgres import PostgresServer
from backstop.settings import NodeSettings
from backstop.suite import MEMBERS
from services.portal.tables import live
from shared.clock import utcnow
from shared.security.actor import Role
from tests.system.command_line import backstop
from tests.system.harness import CODE, RunningNode, eventually

pytestmark = pytest.mark.system

REPORT = {
    "region": CODE,
    "channel": "web",
    "reporter": {"kind": "person", "name": "张三丰", "phone": "13812345678"},
    "title": "食品经营许可证提交二十天没有回音",
    "text": "材料网上提交，系统显示已接收，二十天了没有受理。",
    "item": "食品经营许可",
    "attempts": 2,
}


@dataclass(frozen=True, slots=True)
class Stage:
    """A node with its demonstration, and the command line of its operator."""

    node: RunningNode
    report: DemoReport

    def stories(self) -> dict[str, Assigned]:
        """The county's stories, as far as they go without a city."""
        return dict(read_stories().within([CODE]).of_node(CODE))

    def command(self, *words: str | Path) -> tuple[int, str]:
        return backstop(self.node, *words)

    def seen(self, number: str) -> dict[str, Any]:
        dispatcher = self.node.as_role(Role.DISPATCHER)
        case: dict[str, Any] = self.node.ask("GET", f"/api/v1/cases/{number}", dispatcher)
        return case

    def count(self, table: str) -> int:
        [(number,)] = self.node.rows(f"SELECT count(*) FROM {table}")  # noqa: S608  # ours
        return int(number)

    def change(self, statement: str, **values: Any) -> int:
        """Write as the owner of the tables; return the number that the statement returns."""
        engine = create_engine(self.node.settings.database_url, poolclass=NullPool)
        with engine.begin() as db:
            return int(db.scalar(text(statement), values) or 0)


@pytest.fixture(scope="module")
def stage(own_postgres: PostgresServer, migrated: str, scratch: Path) -> Iterator[Stage]:
    """A node of its own, embedded, with the demonstration loaded."""
    database = own_postgres.create_database("demonstration", migrated)
    node = RunningNode.build(scratch / "demonstration", database, f"bus://localhost/{CODE}")
    promise_as_the_demonstration(node)
    node.start()
    try:
        [report] = load_demo([(node.settings, node.base_url)], lambda _told: None)
        yield Stage(node, report)
    finally:
        node.stop()


def promise_as_the_demonstration(node: RunningNode) -> None:
    """Give the node the limits of the node file that `backstop run` uses."""
    _, table, limits = node_file(CODE).read_text(encoding="utf-8").partition("[sla")
    with node.file.open("a", encoding="utf-8") as file:
        file.write(table + limits)
    node.settings = NodeSettings.load(node.file, {})


def digests(stage: Stage) -> dict[str, str]:
    """Return a digest of every table of the projection; counted down to 0 is as good as absent."""
    # As jsonb: the columns of a table that a replay has built stand in another order.
    query = (
        "SELECT md5(string_agg(told, '|' ORDER BY told)) "
        "FROM (SELECT to_jsonb(t)::text AS told FROM {} t) AS rows"
    )
    counted = {"counts": f"(SELECT * FROM {live.counts.fullname} WHERE n <> 0)"}  # noqa: S608  # ours
    return {
        table.name: stage.node.rows(query.format(counted.get(table.name, table.fullname)))[0][0]
        for table in live.all
    }


def is_settled(stage: Stage) -> bool:
    """Tell whether the portal has journalled everything that was said."""
    unheard = " UNION ALL ".join(
        f"SELECT id FROM {service}.outbox WHERE id NOT IN (SELECT id FROM portal.journal)"  # noqa: S608
        for service in MEMBERS
    )
    return not stage.node.rows(unheard)


def test_every_case_stands_where_its_story_ends(stage: Stage) -> None:
    known = Memory.read(memory_file(stage.node.settings), utcnow()).told.lines
    stories = stage.stories()

    ends = {line: (story.ends, story.lamp) for line, story in stories.items()}

    def standing() -> dict[str, tuple[str, str | None]]:
        seen = {line: stage.seen(known[line].number) for line in stories}
        return {
            line: (case["status"], case["lamp"] if ends[line][1] else None)
            for line, case in seen.items()
        }

    assert len(ends) == stage.report.cases == 22
    assert {line: status for line, (status, _) in standing().items()} == {
        line: status for line, (status, _) in ends.items()
    }
    eventually("the lamps", lambda: standing() == ends)


def test_the_portal_shows_the_same_statuses_and_every_lamp(stage: Stage) -> None:
    def shown() -> set[str]:
        return set(stage.node.ask("GET", "/api/v1/board")["by_lamp"])

    eventually("every lamp", lambda: shown() >= {"green", "yellow", "red"})

    told = dict(stage.node.rows("SELECT status, count(*) FROM portal.cases GROUP BY status"))
    assert all(told[status] >= number for status, number in stage.report.by_status.items())


def test_callbacks_are_owed_made_in_vain_and_overdue_from_the_first_minute(stage: Stage) -> None:
    told = stage.node.rows("SELECT by, state, tries > 0 FROM review.callbacks")
    late = (
        "SELECT count(*) FROM portal.clocks WHERE kind = 'callback' AND missed_at IS NOT NULL "
        "AND stopped_at IS NULL"
    )

    for by in ("unit", "centre"):
        assert {(by, "reached", True), (by, "due", True)} <= set(told)
    eventually("one is overdue", lambda: stage.node.rows(late) == [(1,)])


def test_the_first_thing_to_try_waits_for_its_rating(stage: Stage) -> None:
    path = f"/api/v1/cases/{stage.report.try_number}"
    seen = stage.node.ask("GET", path, params={"code": stage.report.try_code})

    assert seen["status"] == "finished"
    assert seen["can_rate"]


def test_each_account_signs_in(stage: Stage) -> None:
    for account in stage.report.accounts:
        body = {"login": account.login, "password": stage.report.password}
        answer = stage.node.client.post("/api/v1/sessions", json=body)
        assert answer.status_code == 201, account.login
        stage.node.client.cookies.clear()


def test_loading_again_does_nothing_twice(stage: Stage) -> None:
    eventually("the portal has heard all", lambda: is_settled(stage))
    tables = ("intake.cases", "dispatch.orders", "notify.messages", "intake.outbox")
    before = {table: stage.count(table) for table in tables}

    [again] = load_demo([(stage.node.settings, stage.node.base_url)], lambda _told: None)

    assert (again.cases, again.try_number) == (stage.report.cases, stage.report.try_number)
    assert {table: stage.count(table) for table in tables} == before


def test_a_file_is_loaded_once_and_its_wrong_lines_are_named(stage: Stage, tmp_path: Path) -> None:
    file = tmp_path / "reports.jsonl"
    wrong = {**REPORT, "channel": "pigeon"}
    told = [json.dumps(one, ensure_ascii=False) for one in (REPORT, wrong)]
    file.write_text("\n".join([*told, "{not json"]), encoding="utf-8")
    before = stage.count("intake.cases")

    status, said = stage.command("load", file)
    again = stage.command("load", file)

    assert status == 1
    assert "第 1 行 → BCS-" in said
    assert "channel" in said
    assert "JSON" in said
    assert "1 registered, 2 not" in said
    assert again == (status, said)
    assert stage.count("intake.cases") == before + 1


def test_a_parked_message_is_listed_shown_tried_again_and_dropped(stage: Stage) -> None:
    position = stage.change(
        "INSERT INTO review.parked (name, body, reason, traceback) "
        "VALUES ('?', :body, 'not JSON', 'no trace') RETURNING position",
        body=b"{not json",
    )
    which = f"review:{position}"

    assert which in stage.command("parked", "list")[1]
    assert "not json" in stage.command("parked", "show", which)[1]
    assert stage.command("parked", "replay", which)[0] == 0
    tried = "SELECT 1 FROM review.parked WHERE position = :position AND attempts = 2"
    eventually("a second try", lambda: stage.node.rows(tried, position=position))
    assert stage.command("parked", "drop", which)[0] == 0
    assert which not in stage.command("parked", "list")[1]
    assert stage.command("parked", "drop", which)[0] != 0


def test_a_node_that_is_up_to_date_is_migrated_in_no_time(stage: Stage) -> None:
    status, said = stage.command("migrate")

    assert status == 0
    assert f"{CODE}: 0 migrations run" in said


def test_a_replay_builds_the_same_projection(stage: Stage) -> None:
    eventually("the portal has heard all", lambda: is_settled(stage))

    def replayed_undisturbed() -> bool:
        events, before = stage.count("portal.journal"), digests(stage)
        status, said = stage.command("replay")
        after = digests(stage)
        if stage.count("portal.journal") != events:
            return False  # a lamp changed meanwhile
        assert status == 0
        assert f"{events} events replayed" in said
        assert after == before
        return True

    eventually("a replay that nothing disturbs", replayed_undisturbed)
