"""`backstop audit` on a node that has lived: whole, and after somebody has been at it."""

from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from backstop.cli import app
from backstop.suite import MEMBERS
from services.link.handlers import drop_anchor
from shared.audit import AUDITOR, ledger_of
from shared.audit.books import AuditBooks
from shared.audit.sealer import AT_ONCE, seal
from shared.db import transaction
from tests.integration.whole.conftest import Lived
from tests.whole.node import COUNTY, WholeNode
from tests.whole.tiers import house_of

pytestmark = pytest.mark.integration


def run(whole: WholeNode, *words: str) -> tuple[int, str]:
    """Run a command for a node; return its status and all that it printed."""
    file = str(whole.node.settings.key_file.parent / "node.toml")
    done = CliRunner().invoke(app, ["audit", *words, "--node", file])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def seal_all(whole: WholeNode) -> None:
    for name in MEMBERS:
        while seal(whole.node.engine, whole.node.code, ledger_of(name)) == AT_ONCE:
            pass


def drop(whole: WholeNode) -> None:
    books = AuditBooks(whole.node.engine, whole.node.code, tuple(MEMBERS))
    drop_anchor(whole.units["link"].transaction, books, house_of(whole), at_once=True)


def test_a_node_verifies_its_export_verifies_and_a_changed_row_is_named(
    lived: Lived, tmp_path: Path
) -> None:
    county, city = lived.tiers.county, lived.tiers.city
    for whole in (county, city):
        seal_all(whole)
    drop(county)
    lived.tiers.below.settle()

    status, told = run(county, "verify")
    assert status == 0, told
    assert all(name in told for name in MEMBERS)

    file = tmp_path / "audit.jsonl"
    assert run(county, "export", str(file)) == (
        0,
        f"{len(file.read_text().splitlines())} 行 · lines → {file}\n",
    )
    assert file.stat().st_mode & 0o077 == 0
    status, told = run(city, "verify", "--export", str(file))
    assert status == 0, told
    assert f"{COUNTY}: " in told
    assert "0 个锚点" not in told

    wrong = file.read_text().replace('"outcome":"done"', '"outcome":"denied"', 1)
    (tmp_path / "wrong.jsonl").write_text(wrong)
    status, told = run(city, "verify", "--export", str(tmp_path / "wrong.jsonl"))
    assert status == 1
    assert "changed seal 1 row 1" in told


def test_looks_at_the_audit_stand_in_it(lived: Lived) -> None:
    city = lived.tiers.city
    seal_all(city)

    run(city, "verify", "--service", "sla")
    run(city, "export", "--syslog", "-")

    audit = ledger_of("portal").audit
    with transaction(city.node.engine, AUDITOR) as db:
        last = db.execute(audit.select().order_by(audit.c.id.desc()).limit(2)).all()
    assert [(row.action, row.object_id, row.actor_id) for row in reversed(last)] == [
        ("audit.verify", "sla", "command-line"),
        ("audit.export", ",".join(MEMBERS), "command-line"),
    ]


def test_a_parent_prints_the_anchors_it_holds_for_the_child_to_verify_against(
    lived: Lived, tmp_path: Path
) -> None:
    county, city = lived.tiers.county, lived.tiers.city
    seal_all(county)
    drop(county)
    lived.tiers.below.settle()
    status, told = run(city, "anchors", "--of", COUNTY)
    assert status == 0
    (tmp_path / "anchors").write_text(told)

    assert run(county, "verify", "--anchors", str(tmp_path / "anchors"))[0] == 0

    change = text("UPDATE dispatch.audit SET actor_id = actor_id || :more WHERE id = 1")
    mend = text("UPDATE dispatch.audit SET actor_id = rtrim(actor_id, :more) WHERE id = 1")
    with county.owner() as db:
        db.execute(change, {"more": "!"})
    status, told = run(county, "verify", "--anchors", str(tmp_path / "anchors"))
    with county.owner() as db:
        db.execute(mend, {"more": "!"})
    assert status == 1
    assert "dispatch: changed" in told
