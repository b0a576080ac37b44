"""One card vouches for the next, and for none that was before."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.security.card_words import Fault, NotBelieved, SignedWord, Word, heard
from shared.security.letters import (
    Card,
    is_signed_by,
    open_sealed,
    opens_newest,
    seal_for,
    sign,
    was_signed_by,
)
from shared.security.sealing import NodeKeys, SealBroken

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)
CODE = "341500"
FIRST = NodeKeys(current="1", wrapping={"1": b"w" * 16}, index=b"i" * 32, signing=b"1" * 32)


@dataclass(frozen=True)
class Times:
    """A node before, during and after a renewal."""

    before: NodeKeys
    during: NodeKeys

    @property
    def after(self) -> NodeKeys:
        ended = replace(Card.of(self.before, CODE, "", "").newest, until=TEN)
        formers = (*self.before.formers, ended)
        return replace(self.during, signing_before=None, formers=formers)

    @property
    def following(self) -> Card:
        following = Card.of(self.during, CODE, "", "").next_of(self.during)
        assert following is not None
        return following

    @property
    def renewed(self) -> SignedWord:
        return SignedWord.renewed(self.during, self.following, NINE)

    @property
    def ended(self) -> SignedWord:
        return SignedWord.ended(self.after, Card.of(self.after, CODE, "", ""), TEN)


def renewal(keys: NodeKeys, secret: bytes) -> Times:
    return Times(keys, replace(keys, signing=secret * 32, signing_before=keys.signing))


ONE = renewal(FIRST, b"2")
TWO = renewal(ONE.after, b"3")
KNOWN = Card.of(FIRST, CODE, "六安", "city")


def fault_of(known: Card, signed: SignedWord) -> Fault:
    with pytest.raises(NotBelieved) as refused:
        heard(known, signed, TEN)
    return refused.value.fault


def test_both_cards_are_believed_until_the_node_says_that_the_first_has_ended() -> None:
    early, late = sign(ONE.before, b"x"), sign(ONE.after, b"x")
    overlap = heard(KNOWN, ONE.renewed, NINE)
    alone = heard(overlap, ONE.ended, TEN)

    assert [is_signed_by(KNOWN, b"x", each) for each in (early, late)] == [True, False]
    assert [is_signed_by(overlap, b"x", each) for each in (early, late)] == [True, True]
    assert [is_signed_by(alone, b"x", each) for each in (early, late)] == [False, True]
    assert (overlap.name, alone.name) == ("六安", "六安")


def test_what_is_sealed_for_either_opens_until_the_first_has_ended() -> None:
    early, late = (seal_for(card, b"x", "case 1") for card in (KNOWN, ONE.following))

    assert open_sealed(ONE.during, early, "case 1") == b"x"
    assert open_sealed(ONE.during, late, "case 1") == b"x"
    assert [opens_newest(ONE.during, each, "case 1") for each in (early, late)] == [False, True]
    assert open_sealed(ONE.after, late, "case 1") == b"x"
    for keys, sealed in ((ONE.after, early), (ONE.before, late)):
        with pytest.raises(SealBroken):
            open_sealed(keys, sealed, "case 1")


def test_a_signature_of_then_is_verified_for_the_time_of_then() -> None:
    alone = heard(heard(KNOWN, ONE.renewed, NINE), ONE.ended, TEN)
    early = sign(ONE.before, b"x")

    assert was_signed_by(alone, b"x", early, NINE)
    assert not was_signed_by(alone, b"x", early, TEN + timedelta(seconds=1))
    assert not was_signed_by(alone, b"y", early, NINE)


def test_what_is_said_again_changes_nothing() -> None:
    overlap = heard(KNOWN, ONE.renewed, NINE)
    alone = heard(overlap, ONE.ended, TEN)

    assert heard(overlap, ONE.renewed, TEN) == overlap
    assert heard(alone, ONE.renewed, TEN) == alone
    assert heard(alone, ONE.ended, TEN) == alone


def test_an_old_announcement_sets_no_card_back() -> None:
    second = heard(heard(KNOWN, ONE.renewed, NINE), ONE.ended, TEN)
    third = heard(second, TWO.renewed, TEN)

    assert fault_of(third, ONE.renewed) is Fault.SET_BACK
    assert fault_of(heard(third, TWO.ended, TEN), ONE.ended) is Fault.SET_BACK
    back = SignedWord.renewed(replace(TWO.after, signing_before=TWO.after.signing), KNOWN, TEN)
    assert fault_of(third, back) is Fault.SET_BACK


def test_only_the_newest_card_vouches_for_the_next() -> None:
    second = heard(KNOWN, ONE.renewed, NINE)
    thief = renewal(FIRST, b"t")
    stranger = renewal(replace(FIRST, signing=b"s" * 32), b"t")

    assert fault_of(second, thief.renewed) is Fault.SIGNATURE
    assert fault_of(KNOWN, stranger.renewed) is Fault.SIGNATURE
    assert fault_of(KNOWN, TWO.renewed) is Fault.SIGNATURE
    assert fault_of(second, SignedWord.ended(FIRST, second, TEN)) is Fault.SIGNATURE


def test_nobody_announces_keys_that_they_do_not_have() -> None:
    unproven = ONE.renewed.model_copy(update={"proof": sign(FIRST, ONE.renewed.body.encode())})

    assert fault_of(KNOWN, unproven) is Fault.SIGNATURE
    assert fault_of(KNOWN, ONE.renewed.model_copy(update={"proof": ""})) is Fault.SIGNATURE


def test_a_changed_word_or_one_of_another_node_is_not_believed() -> None:
    word = ONE.renewed
    changed = word.model_copy(update={"body": word.body.replace(":00Z", ":01Z")})
    assert changed.body != word.body

    assert fault_of(KNOWN, changed) is Fault.SIGNATURE
    assert fault_of(replace(KNOWN, code="341600"), word) is Fault.NOT_THEIRS
    assert fault_of(KNOWN, word.model_copy(update={"body": "{}"})) is Fault.MALFORMED


@pytest.mark.parametrize("key", ["", "AAAA", "?", "钥"])
def test_keys_that_are_none_are_refused(key: str) -> None:
    body = Word.of(ONE.following, NINE).model_copy(update={"signing": key}).model_dump_json()
    told = SignedWord(body=body, signature=sign(FIRST, body.encode()))

    assert fault_of(KNOWN, told) is Fault.MALFORMED


def test_an_end_in_the_future_holds_from_now() -> None:
    overlap = heard(KNOWN, ONE.renewed, NINE)

    alone = heard(overlap, ONE.ended, NINE)

    assert alone.before[-1].until == NINE
