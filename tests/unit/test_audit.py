"""The audit as a file: what is in it is verified without the node that wrote it."""

import json
import subprocess
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from shared.audit.anchors import Anchor, Earlier, Heads, Signed, contradiction, read_anchors
from shared.audit.chain import canonical, first_head, next_head
from shared.audit.checking import Fault, Link
from shared.audit.export import (
    Span,
    Stretch,
    anchor_line,
    begin_line,
    end_line,
    framed,
    head_line,
    row_line,
    syslog_line,
)
from shared.audit.offline import anchors_in, check, node_of
from shared.errors import BadMessage
from shared.security.letters import Card
from shared.security.sealing import NodeKeys

NODE = "341523"
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
FIRST = first_head(NODE, "intake")


def row(number: int, **more: object) -> dict[str, Any]:
    told = {"id": number, "at": NINE + timedelta(seconds=number), "node": NODE, "purpose": None}
    who = {"actor_kind": "staff", "actor_id": "u1", "actor_name": "李"}
    what = {"action": "case.read", "object_kind": "case", "object_id": "B-1", "outcome": "done"}
    return {**told, **who, **what, **more}


def chain(rows: Sequence[dict[str, Any]]) -> list[Link]:
    head, links = FIRST, []
    for seq, each in enumerate(rows, start=1):
        head = next_head(head, canonical(each))
        links.append(Link(seq, each["id"], head, canonical(each)))
    return links


LINKS = chain([row(number) for number in range(1, 6)])


def export(
    links: Sequence[Link] = LINKS, *, after: int = 0, span: Span = Span(), rows: int | None = None
) -> list[str]:
    begins = LINKS[after - 1].head if after else FIRST
    return [
        head_line(NODE, NINE, span, ["intake"]),
        begin_line(Stretch("intake", after, begins, 5)),
        *(row_line("intake", link) for link in links),
        end_line(len(links) if rows is None else rows),
    ]


def anchor(number: int, seq: int, head: str, *earlier: Earlier) -> Anchor:
    day = date(2026, 3, number)
    heads = {"intake": (seq, head)}
    return Anchor(node=NODE, number=number, day=day, at=NINE, heads=heads, earlier=list(earlier))


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> NodeKeys:
    return NodeKeys.create(tmp_path_factory.mktemp("keys") / "keys.json")


def test_a_row_is_written_in_one_way_whatever_the_zone_and_without_what_is_empty() -> None:
    china = timezone(timedelta(hours=8))
    elsewhere = row(1, at=(NINE + timedelta(seconds=1)).astimezone(china), repeats=None)

    assert canonical(elsewhere) == canonical(row(1))
    assert '"at":"2026-03-02T09:00:01.000000+00:00"' in canonical(elsewhere)
    assert "purpose" not in canonical(elsewhere)


def test_a_head_is_the_sm3_that_any_other_tool_makes() -> None:
    text = (FIRST + str(LINKS[0].row)).encode()
    told = subprocess.run(["openssl", "sm3", "-r"], input=text, capture_output=True, check=True)  # noqa: S607

    assert told.stdout.split()[0].decode() == LINKS[0].head


def test_a_whole_export_verifies() -> None:
    read = check(export(), [anchor(1, 5, LINKS[4].head)])

    assert (read.node, read.rows, read.findings) == (NODE, 5, [])
    assert read.walks["intake"].met == 1
    assert node_of(export()) == NODE


PART = Span(NINE, NINE + timedelta(days=1))


def test_a_part_that_was_asked_for_verifies_from_the_head_before_it() -> None:
    part = export(LINKS[2:4], after=2, span=PART)
    anchors = [anchor(1, 5, "f" * 64), anchor(2, 3, LINKS[2].head), anchor(3, 1, "f" * 64)]

    read = check(part, anchors, PART)

    assert (read.findings, read.uncovered, read.walks["intake"].met) == ([], 2, 1)


def test_a_part_that_nobody_asked_for_is_no_good_one_whatever_it_says_of_itself() -> None:
    begun_late = check(export(LINKS[2:], after=2, span=PART), [])
    ended_early = check(export(LINKS[:3], span=PART), [anchor(1, 5, LINKS[4].head)])

    assert [one.fault for one in begun_late.findings] == [Fault.SEAL_REMOVED]
    assert [one.fault for one in ended_early.findings] == [Fault.SHORTENED]


def test_an_anchor_where_a_part_begins_is_compared_too() -> None:
    (finding,) = check(export(LINKS[2:], after=2), [anchor(1, 2, "f" * 64)], PART).findings

    assert (finding.fault, finding.seq) == (Fault.CONTRADICTED, 2)
    assert check(export(LINKS[2:], after=2), [anchor(1, 2, LINKS[1].head)], PART).findings == []


@pytest.mark.parametrize("span", [Span(), PART])
def test_a_chain_that_an_anchor_names_must_be_there(span: Span) -> None:
    both = anchor(1, 5, LINKS[4].head).model_copy(
        update={"heads": {"intake": (5, LINKS[4].head), "portal": (3, "f" * 64)}}
    )

    (finding,) = check(export(), [both], span).findings

    assert (finding.fault, finding.schema, finding.seq) == (Fault.SHORTENED, "portal", 3)


def changed(number: int, **more: object) -> Link:
    link = LINKS[number - 1]
    return Link(link.seq, link.audit_id, link.head, canonical(row(number, **more)))


def swapped() -> list[Link]:
    second, third = LINKS[1], LINKS[2]
    rows = [Link(2, 3, second.head, third.row), Link(3, 2, third.head, second.row)]
    return [LINKS[0], *rows, *LINKS[3:]]


@pytest.mark.parametrize(
    ("links", "fault", "seq"),
    [
        ([*LINKS[:2], changed(3, outcome="denied"), *LINKS[3:]], Fault.CHANGED, 3),
        ([*LINKS[:2], Link(3, 3, LINKS[2].head, None), *LINKS[3:]], Fault.REMOVED, 3),
        ([*LINKS[:2], *LINKS[3:]], Fault.SEAL_REMOVED, 3),
        (swapped(), Fault.REORDERED, 2),
        (chain([row(1), row(3), row(4), row(5)]), Fault.CONTRADICTED, 4),
        (LINKS[:3], Fault.SHORTENED, 4),
    ],
    ids=["changed", "removed", "seal removed", "reordered", "made anew", "shortened"],
)
def test_the_first_bad_row_of_an_export_is_named(
    links: list[Link], fault: Fault, seq: int
) -> None:
    (finding,) = check(export(links), [anchor(1, 4, LINKS[3].head)]).findings

    assert (finding.fault, finding.schema, finding.seq) == (fault, "intake", seq)
    assert f"intake: {fault} seal {seq}" in str(finding)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["no json"],
        ["[]"],
        ['{"backstop_audit":2,"node":"1"}'],
        export()[:-1],
        export(rows=6),
        [export()[0], export()[2]],
        [*export()[:-1], export()[1], export()[-1]],
        [export()[0], export()[1].replace(":0", ":-1"), end_line(0)],
        [export()[0], export()[1], '{"row":{}}', end_line(1)],
    ],
)
def test_what_is_no_export_or_was_cut_off_is_no_good_one(lines: list[str]) -> None:
    with pytest.raises(BadMessage):
        check(lines, [])


def test_a_row_as_syslog_has_its_parts_in_place_and_escapes_what_would_end_them() -> None:
    told = canonical(row(1, outcome="denied", purpose='核实 "号码" ] \\'))
    line = syslog_line(NODE, "intake", Link(7, 1, "ab", told))

    assert line is not None
    assert line.startswith(
        f"<108>1 2026-03-02T09:00:01.000000+00:00 {NODE} backstop intake case.read [audit@32473 "
    )
    assert r'purpose="核实 \"号码\" \] \\"' in line
    assert line.endswith("] \ufeffu1 case.read denied")
    assert framed("é") == b"2 \xc3\xa9"
    assert syslog_line(NODE, "intake", Link(7, 1, "ab", None)) is None


def heads(seq: int, head: str) -> Heads:
    return {"intake": (seq, head)}


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (anchor(2, 9, "b", Earlier(number=1, heads=heads(5, "a"))), None),
        (anchor(3, 9, "b"), None),
        (anchor(2, 5, "a", Earlier(number=1, heads=heads(5, "a"))), None),
        (anchor(2, 9, "b", Earlier(number=1, heads=heads(5, "x"))), "intake 5"),
        (anchor(2, 9, "b", Earlier(number=1, heads={})), "intake 5"),
        (anchor(2, 5, "b"), "intake 5"),
        (anchor(2, 4, "a"), "intake 5"),
        (anchor(1, 9, "b"), "number 1"),
    ],
)
def test_an_anchor_extends_those_before_it_or_says_where_it_does_not(
    new: Anchor, told: str | None
) -> None:
    assert contradiction(new, [anchor(1, 5, "a")]) == told


def test_a_file_of_anchors_counts_only_as_its_node_signed_it(
    keys: NodeKeys, tmp_path: Path
) -> None:
    mine, others = Card.of(keys, NODE, "舒城", "county"), Card.of(keys, "341500", "六安", "city")
    signed = Signed.by(keys, anchor(1, 5, "a"))
    file, bad = tmp_path / "anchors", tmp_path / "bad"
    file.write_text(signed.model_dump_json() + "\n", encoding="utf-8")
    bad.write_text(json.dumps({"body": signed.body + " ", "signature": signed.signature}))

    assert read_anchors(file, mine) == [anchor(1, 5, "a")]
    assert list(anchors_in([anchor_line(signed)])) == [signed]
    for path, card in ((bad, mine), (file, others)):
        with pytest.raises(BadMessage, match=":1"):
            read_anchors(path, card)
