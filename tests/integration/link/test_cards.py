"""A node's card follows another while cases are on their way."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from services.dispatch.tables import cases as dispatched
from services.link import handlers as link
from services.link.carriers import Letter
from services.link.handlers import OwnCards
from services.link.handlers.letters import Head
from services.link.handlers.node_facts import post_node_facts_first
from services.link.policy.cards import SETTLES, TOLD_AGAIN
from services.link.tables import cards, node_facts, plumbing, refused
from shared.audit.anchors import Anchor, Signed
from shared.clock import new_id
from shared.events.dispatch import ItemShared
from shared.security.card_words import SignedWord
from shared.security.key_file import KeyFile, LiveKeys
from shared.security.letters import Card, HeldCards, open_sealed, seal_for, sign
from shared.security.sealing import NodeKeys, SealBroken
from shared.security.vault import sealer_of_case
from tests.integration.link.conftest import Three
from tests.integration.link.nodes import Node, acquaint, register
from tests.integration.link.stories import holders, offer, post_round, take

pytestmark = pytest.mark.integration


@dataclass(frozen=True)
class Renewing:
    """City, whose card is renewed, its key file, and its two neighbours."""

    county: Node
    city: Node
    province: Node
    file: KeyFile
    old: NodeKeys
    """What a thief of the earlier secret has."""

    @property
    def all(self) -> Three:
        return self.county, self.city, self.province

    def rotate(self) -> None:
        self.file.rotate_card(self.city.clock.now)

    def settle(self) -> None:
        """Let every node look at cards, and the carrier bring what that makes them say."""
        for node in self.all:
            link.settle_cards(node.units["link"].transaction, node.link_house())
        post_round(*self.all)

    def spread(self) -> None:
        """Let the new card be known everywhere."""
        self.settle()  # told
        self.settle()  # in place
        self.city.clock.pass_(SETTLES)
        self.settle()  # answered

    def finish(self) -> None:
        self.file.finish_card(self.city.clock.now)
        self.settle()
        self.settle()

    def missing(self) -> list[str]:
        with self.city.in_link() as db:
            told = link.acknowledged(db, self.own, self.city.neighbours)
        return [peer for peer, at in told.items() if at is None]

    @property
    def own(self) -> OwnCards:
        return OwnCards.of(self.city.keys, self.city.code)


@pytest.fixture
def renewing(three: Three, later: None, tmp_path: Path) -> Iterator[Renewing]:
    county, city, province = three
    before, path = city.keys, tmp_path / "341500.json"
    before.write(path)
    city.keys = LiveKeys(path)
    yield Renewing(county, city, province, KeyFile(path), before)
    city.keys = before
    for node in three:
        node.cards = HeldCards()
    acquaint(three)


def refusals(node: Node) -> list[str]:
    with node.in_link() as db:
        return list(db.scalars(select(refused.c.reason).order_by(refused.c.position)))


def forged(renewing: Renewing, keys: NodeKeys, to: Node, content: str) -> Letter:
    """A letter of the city as somebody with these keys writes it."""
    head = Head(
        version=1,
        sender=renewing.city.code,
        addressee=to.code,
        incarnation=new_id(),
        sequence=1,
    )
    body = f'{{"head":{head.model_dump_json(exclude_none=True)},"content":{content}}}'
    return Letter(1, body, sign(keys, body.encode()))


def test_cases_go_on_through_a_renewal_and_nothing_is_refused(renewing: Renewing) -> None:
    county, city, province = renewing.all
    early = register(county, "王小明")
    offer(county, early, city)
    county.send()  # sealed for the card of before, and under way

    renewing.rotate()
    renewing.spread()
    assert renewing.missing() == []
    take(city, early)
    later_on = register(county, "李大海")
    offer(county, later_on, city)
    post_round(*renewing.all)
    renewing.finish()
    take(city, later_on)
    offer(city, later_on, province)
    post_round(*renewing.all)
    take(province, later_on)
    post_round(*renewing.all)

    assert holders(renewing.all, early) == [city.code]
    assert holders(renewing.all, later_on) == [province.code]
    with city.in_link() as db:
        assert sealer_of_case(db, city.keys, early).case_id == early
    for node in renewing.all:
        assert refusals(node) == []
        assert node.count(dispatched) >= 1


def test_a_neighbour_seals_for_the_new_card_before_it_says_that_it_knows_it(
    renewing: Renewing,
) -> None:
    renewing.rotate()
    renewing.settle()
    renewing.settle()

    new = renewing.own.newest
    assert renewing.county.cards["341500"].keys == new.keys
    assert renewing.missing() == ["340000", "341523"]

    renewing.city.clock.pass_(SETTLES)
    renewing.settle()
    assert renewing.missing() == []


def test_a_person_on_offer_holds_the_old_card_until_somebody_decides(renewing: Renewing) -> None:
    county, city, _ = renewing.all
    case_id = register(county)
    offer(county, case_id, city)
    post_round(*renewing.all)
    renewing.rotate()
    renewing.spread()

    with city.in_link() as db:
        assert link.persons_for_before(db, renewing.own) == 1
    take(city, case_id)
    with city.in_link() as db:
        assert link.persons_for_before(db, renewing.own) == 0


def test_whoever_is_deaf_is_told_again_and_holds_the_old_card(renewing: Renewing) -> None:
    renewing.rotate()
    link.settle_cards(renewing.city.units["link"].transaction, renewing.city.link_house())
    renewing.city.send()
    renewing.city.post.lying = [
        (to, letter) for to, letter in renewing.city.post.lying if to != renewing.province.code
    ]
    with renewing.city.in_link() as db:  # as after a restore: the parcel is gone for good
        db.execute(cards.update().where(cards.c.peer == "340000").values(told="another"))
    renewing.city.clock.pass_(SETTLES)
    renewing.settle()
    renewing.settle()
    renewing.city.clock.pass_(SETTLES)
    renewing.settle()
    assert renewing.missing() == []


def test_a_neighbour_restored_after_its_answer_is_told_again_and_answers_again(
    renewing: Renewing,
) -> None:
    city, province = renewing.city, renewing.province
    case_id = register(city)
    post_round(*renewing.all)
    province.back_up()
    renewing.rotate()
    renewing.spread()
    assert renewing.missing() == []

    province.restore()
    offer(city, case_id, province)
    post_round(*renewing.all)
    city.clock.pass_(TOLD_AGAIN)
    post_round(*renewing.all)
    assert renewing.missing() == ["340000"]

    renewing.spread()
    assert renewing.missing() == []
    assert refusals(province) == []


def test_who_knows_the_newest_card_alone_believes_what_was_told_before_it(
    renewing: Renewing,
) -> None:
    county, city, _ = renewing.all
    about = {"node": city.code, "code": "licence", "title": "食品经营许可", "kind": "许可"}
    city.say(ItemShared(occurred_at=city.clock.now, **about), "dispatch")
    post_round(*renewing.all)
    renewing.rotate()
    renewing.spread()
    renewing.finish()
    with county.in_link() as db:
        db.execute(node_facts.delete())
    county.cards["341500"] = replace(county.cards["341500"], before=())

    with city.in_link() as db:
        post_node_facts_first(db, county.code, city.link_house())
    post_round(*renewing.all)

    assert county.count(node_facts) == 1
    assert refusals(county) == []


def test_an_answer_that_was_lost_is_given_again_after_a_day(renewing: Renewing) -> None:
    renewing.rotate()
    renewing.spread()
    with renewing.city.in_link() as db:
        db.execute(cards.update().values(acknowledged=None, acknowledged_at=None))

    renewing.city.clock.pass_(TOLD_AGAIN)
    renewing.spread()

    assert renewing.missing() == []
    assert refusals(renewing.county) == []


def test_a_stolen_old_card_opens_and_signs_nothing_after_the_end(renewing: Renewing) -> None:
    county, city, province = renewing.all
    renewing.rotate()
    renewing.spread()
    announced = SignedWord.renewed(renewing.city.keys, renewing.own.newest, city.clock.now)
    renewing.finish()
    sealed = seal_for(county.cards[city.code], b"x", "case 1")

    with pytest.raises(SealBroken):
        open_sealed(renewing.old, sealed, "case 1")
    county.deliver(forged(renewing, renewing.old, county, '{"facts":[],"boxes":{}}'))
    assert refusals(county) == ["signature"]

    known = county.cards[city.code]
    for word in (announced, its_own(renewing.old, known)):
        content = f'{{"cards":[{word.model_dump_json()}]}}'
        county.deliver(forged(renewing, renewing.old, county, content))
        # Even where it came in a parcel of the node itself.
        county.deliver(forged(renewing, renewing.city.keys, county, content))
    renewing.settle()
    assert county.cards[city.code] == known
    assert province.cards[city.code] == known
    assert refusals(county).count("signature") == 4


def its_own(keys: NodeKeys, known: Card) -> SignedWord:
    """An announcement of whoever has the earlier secret, of keys that he made."""
    his = replace(keys, signing_before=keys.signing, signing=bytes(32))
    following = Card.of(his, known.code, "", "").next_of(his)
    assert following is not None
    return SignedWord.renewed(his, following, known.before[-1].until or pytest.fail("no end"))


def test_anchors_and_facts_that_the_old_card_signed_stay_verifiable(renewing: Renewing) -> None:
    city, province = renewing.city, renewing.province
    at = city.clock.now
    anchor = Anchor(node=city.code, number=1, day=at.date(), at=at, heads={})
    early = Signed.by(renewing.city.keys, anchor)
    renewing.rotate()
    renewing.spread()
    renewing.finish()
    late = anchor.model_copy(update={"at": city.clock.now + timedelta(seconds=1)})

    for card in (province.cards[city.code], renewing.own.present):
        assert early.is_by(card)
        assert Signed.by(renewing.city.keys, late).is_by(card)
        assert not Signed.by(renewing.old, late).is_by(card)


def test_a_neighbour_that_cannot_write_its_folder_does_not_say_that_it_knows(
    renewing: Renewing,
) -> None:
    county = renewing.county
    writable, county.cards = county.cards, Locked(county.cards)
    renewing.rotate()
    renewing.spread()
    assert renewing.missing() == ["341523"]

    county.cards = writable
    renewing.spread()
    assert renewing.missing() == []


class Locked(HeldCards):
    """A folder of cards that is read-only."""

    def keep(self, card: Card) -> None:
        raise PermissionError(card.code)


def test_what_became_of_cards_stands_in_the_audit(renewing: Renewing) -> None:
    renewing.rotate()
    renewing.spread()
    renewing.finish()

    with renewing.county.engine.begin() as db:
        rows = db.execute(select(plumbing.audit.c.action, plumbing.audit.c.object_id)).all()
    assert [tuple(row) for row in rows if row.action.startswith("card.")] == [
        ("card.followed", "341500"),
        ("card.ended", "341500"),
    ]
