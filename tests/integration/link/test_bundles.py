"""Parcels carried by hand: whatever is carried when, nothing is lost, and nothing counts twice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from backstop.bundles import Desk, Exported, Imported, export_bundle, import_bundle
from services.link import tables as link_tables
from services.link.handlers import House
from services.link.policy import Taken
from services.link.repository.links import post as link_post
from services.link.tables import plumbing
from shared.events.review import GuidanceGiven
from shared.events.words import Disclosure
from shared.security.bundles import BadBundle, Fault
from tests.integration.link.conftest import Three
from tests.integration.link.nodes import Node, register
from tests.integration.link.stories import (
    case_at,
    guidance,
    heard,
    holders,
    incoming,
    let,
    offer,
    place,
    post_round,
    take,
    work,
)

pytestmark = pytest.mark.integration

MOST = 10_000_000


def desk_of(node: Node, part_size: int = MOST, most_size: int = MOST) -> Desk:
    return Desk(node.units["link"], node.link_house, part_size, most_size)


def export(node: Node, to: Node, file: Path, part_size: int = MOST) -> Exported:
    node.settle()
    return export_bundle(desk_of(node, part_size), to.code, file)


def import_(node: Node, file: Path) -> Imported:
    done = import_bundle(desk_of(node), file)
    node.settle()
    return done


def by_hand(sender: Node, addressee: Node, file: Path) -> Imported:
    export(sender, addressee, file)
    return import_(addressee, file)


def heard_cases(node: Node) -> list[object]:
    return [one.case_id for one in node.heard if one.fact.type.endswith("registered.v1")]


def forged_house(forger: Node, sender: Node) -> House:
    """What link of a forger would have to know to write as another node."""
    own = sender.link_house()
    return replace(own, keys=forger.keys)


@pytest.fixture
def cut(three: Three) -> Three:
    """Nothing goes over the wire."""
    three[0].post.is_open = False
    return three


def test_a_case_goes_up_and_its_result_comes_down_by_stick_alone(
    cut: Three, tmp_path: Path
) -> None:
    county, city, _ = cut
    case_id = register(county)
    offer(county, case_id, city)
    by_hand(county, city, tmp_path / "1")
    take(city, case_id)
    place(city, case_id)
    work(city, case_id)

    by_hand(city, county, tmp_path / "2")
    by_hand(county, city, tmp_path / "3")

    assert holders(cut, case_id) == [county.code]
    done = case_at(county, case_id)
    assert done is not None
    assert done.result_from == city.code
    by_hand(city, county, tmp_path / "4")
    assert county.count(link_tables.outgoing) == 0


def test_what_went_by_hand_is_receipted_by_hand(cut: Three, tmp_path: Path) -> None:
    county, city, _ = cut
    register(county)

    done = export(county, city, tmp_path / "1")
    taken = import_(city, tmp_path / "1")

    assert done.packed.parcels == taken.counts[Taken.NEW] == county.count(link_tables.outgoing)
    assert done.packed.facts == len(city.heard) == 3
    assert done.size == (tmp_path / "1").stat().st_size
    assert by_hand(city, county, tmp_path / "2").counts == {Taken.RECEIPT: 1}
    assert county.count(link_tables.outgoing) == county.count(link_tables.bundles) == 0


def test_receipts_count_though_more_was_exported_before_they_came(
    cut: Three, tmp_path: Path
) -> None:
    county, city, _ = cut
    for day in range(3):
        register(county)
        export(county, city, tmp_path / f"up-{day}")
    import_(city, tmp_path / "up-0")
    register(county)
    waiting = county.count(link_tables.outgoing)
    by_hand(city, county, tmp_path / "down")

    assert 0 < county.count(link_tables.outgoing) < waiting

    import_(city, tmp_path / "up-1")
    by_hand(county, city, tmp_path / "rest")
    assert import_(city, tmp_path / "up-2").counts[Taken.NEW] == 0
    by_hand(city, county, tmp_path / "end")

    assert len(heard_cases(city)) == len(set(heard_cases(city))) == 4
    assert county.count(link_tables.outgoing) == 0


def test_wire_and_stick_together_double_nothing(three: Three, tmp_path: Path) -> None:
    county, city, _ = three
    known = [register(county)]
    county.send()
    export(county, city, tmp_path / "early")
    known.append(register(county))
    post_round(*three)

    done = import_(city, tmp_path / "early")
    post_round(*three)
    county.clock.pass_(timedelta(hours=2))
    post_round(*three)

    assert done.counts[Taken.NEW] == 0
    assert heard_cases(city) == known
    assert len({one.fact.id for one in city.heard}) == len(city.heard)
    assert county.count(link_tables.outgoing) == city.count(link_tables.held) == 0
    with county.in_link() as db:
        restored = (link_tables.links.c.restored_at, link_tables.links.c.they_restored_at)
        assert set(db.execute(select(*restored))) == {(None, None)}


def test_the_wire_goes_on_after_an_export_that_was_never_imported(
    three: Three, tmp_path: Path
) -> None:
    county, city, _ = three
    known = [register(county)]
    export(county, city, tmp_path / "lost")

    post_round(*three)

    assert heard_cases(city) == known
    assert county.count(link_tables.outgoing) == 0


def test_a_bundle_that_is_imported_again_or_late_changes_nothing(
    three: Three, tmp_path: Path
) -> None:
    county, city, _ = three
    case_id = register(county)
    offer(county, case_id, city)
    export(county, city, tmp_path / "old")
    import_(city, tmp_path / "old")

    again = import_(city, tmp_path / "old")
    take(city, case_id)
    post_round(*three)
    county.start()
    register(county)
    post_round(*three)
    late = import_(city, tmp_path / "old")
    post_round(*three)

    assert {again.counts[Taken.NEW], late.counts[Taken.NEW]} == {0}
    assert again.counts[Taken.KNOWN] > 0
    assert len({one.fact.id for one in city.heard}) == len(city.heard)
    assert holders(three, case_id) == [city.code]


def test_a_restored_node_exports_under_numbers_that_it_never_gave(
    three: Three, tmp_path: Path
) -> None:
    county, city, _ = three
    register(county)
    post_round(*three)
    county.back_up()
    register(county)
    post_round(*three)
    county.post.is_open = False

    county.restore()
    said = [register(county) for _ in range(2)]
    by_hand(county, city, tmp_path / "1")
    by_hand(city, county, tmp_path / "2")

    assert set(said) <= set(heard_cases(city))
    assert county.count(link_tables.outgoing) == 0


def test_parts_may_come_in_any_order(cut: Three, tmp_path: Path) -> None:
    county, city, _ = cut
    with county.in_link() as db:
        for _ in range(15):
            big = '{"facts":[],"boxes":{"x":"' + "y" * 180_000 + '"}}'
            link_post(db, city.code, [big], county.clock.now)

    parts = export(county, city, tmp_path / "all", part_size=10).parts
    taken = [import_(city, part.file) for part in reversed(parts)]

    assert [part.file.name for part in parts] == ["all", "all.2", "all.3"]
    assert [one.examined.foot.is_last for one in taken] == [True, False, False]
    assert set(taken[0].counts) == {Taken.HELD}
    assert city.count(link_tables.held) == 0


def test_an_export_writes_over_nothing(cut: Three, tmp_path: Path) -> None:
    county, city, _ = cut
    (tmp_path / "there").write_text("mine")

    with pytest.raises(FileExistsError):
        export(county, city, tmp_path / "there")

    assert (tmp_path / "there").read_text() == "mine"
    assert [file.name for file in tmp_path.iterdir()] == ["there"]


def cut_off(told: bytes) -> bytes:
    return told[:-200]


def flipped(told: bytes) -> bytes:
    place_ = len(told) // 2
    return told[:place_] + bytes([told[place_] ^ 1]) + told[place_ + 1 :]


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (cut_off, Fault.TRUNCATED),
        (flipped, Fault.DAMAGED),
        (lambda told: told + b"\n", Fault.DAMAGED),
        (lambda told: told.replace(b"BUNDLE 1", b"BUNDLE 2", 1), Fault.FORM),
        (lambda told: told.replace(b"341523", b"341524", 1), Fault.STRANGER),
        (lambda told: b"PK\x03\x04" + told, Fault.NOT_ONE),
        (lambda _: b"", Fault.NOT_ONE),
    ],
    ids=["cut", "changed", "longer", "newer", "stranger", "another", "empty"],
)
def test_a_spoilt_file_is_refused_before_anything_of_it_counts(
    cut: Three, tmp_path: Path, spoil: Callable[[bytes], bytes], fault: Fault
) -> None:
    county, city, _ = cut
    file = tmp_path / "1"
    register(county)
    export(county, city, file)
    whole = file.read_bytes()
    file.write_bytes(spoil(whole))

    with pytest.raises(BadBundle) as refused:
        import_(city, file)

    assert refused.value.fault is fault
    assert city.heard == []
    file.write_bytes(whole)
    assert import_(city, file).counts[Taken.NEW] > 0


def test_a_file_that_is_too_large_is_not_read(cut: Three, tmp_path: Path) -> None:
    county, city, _ = cut
    export(county, city, tmp_path / "1")

    with pytest.raises(BadBundle) as refused:
        import_bundle(desk_of(city, most_size=100), tmp_path / "1")

    assert refused.value.fault is Fault.SIZE


def test_a_bundle_for_another_node_is_refused_and_told_apart(cut: Three, tmp_path: Path) -> None:
    county, city, province = cut
    export(city, province, tmp_path / "1")

    with pytest.raises(BadBundle) as refused:
        import_(county, tmp_path / "1")

    assert (refused.value.fault, refused.value.about) == (Fault.ADDRESSEE, province.code)


def test_a_bundle_that_somebody_else_made_in_a_neighbours_name_is_refused(
    cut: Three, tmp_path: Path
) -> None:
    county, city, province = cut
    desk = desk_of(province)
    forger = Desk(desk.unit, lambda: forged_house(province, county), MOST, MOST)
    export_bundle(forger, city.code, tmp_path / "1")

    with pytest.raises(BadBundle) as refused:
        import_(city, tmp_path / "1")

    assert refused.value.fault is Fault.SIGNATURE
    with city.in_link() as db:
        audit = plumbing.audit.c
        told = db.execute(select(audit.outcome, audit.reason, audit.object_id)).one()
    assert tuple(told) == ("failed", Fault.SIGNATURE, county.code)


def test_nobody_but_the_addressee_reads_a_bundle(cut: Three, tmp_path: Path) -> None:
    county, city, _ = cut
    case_id = register(county)
    offer(county, case_id, city)
    file = tmp_path / "1"
    export(county, city, file)

    told = file.read_bytes()

    assert "公积金".encode() not in told
    assert str(case_id).encode() not in told
    assert file.stat().st_mode & 0o077 == 0
    import_(city, file)
    assert incoming(city, case_id) is not None


@pytest.mark.usefixtures("later")
def test_what_comes_by_hand_goes_on_under_the_rule_of_disclosure(
    three: Three, tmp_path: Path
) -> None:
    county, city, province = three
    let(city, Disclosure.NONE)
    case_id = register(county)

    by_hand(county, city, tmp_path / "1")
    post_round(*three)

    assert heard(city, case_id)[0] == "intake.case_registered.v1"
    assert heard(province, case_id) == []


@pytest.mark.usefixtures("later")
def test_advice_in_a_bundle_is_taken_under_assist(three: Three, tmp_path: Path) -> None:
    county, city, _ = three
    let(county, Disclosure.ASSIST)
    case_id = register(county)
    post_round(*three)

    city.say(guidance(case_id, county), "review")
    by_hand(city, county, tmp_path / "1")

    assert GuidanceGiven.name in heard(county, case_id)
    assert county.count(link_tables.refused) == 0
