from pathlib import Path

import pytest

from shared.security.letters import Card, is_signed_by, open_sealed, seal_for, sign
from shared.security.sealing import NodeKeys, SealBroken, VaultUnavailable

BODY = "这件请市里办".encode()


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> NodeKeys:
    return NodeKeys.create(tmp_path_factory.mktemp("county") / "keys.json")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> NodeKeys:
    return NodeKeys.create(tmp_path_factory.mktemp("city") / "keys.json")


def card(keys: NodeKeys) -> Card:
    return Card.of(keys, "341500", "六安市政务服务中心", "city")


def test_a_signature_is_believed_for_exactly_what_was_signed(county: NodeKeys) -> None:
    signature = sign(county, BODY)

    assert is_signed_by(card(county), BODY, signature)
    assert not is_signed_by(card(county), BODY + b" ", signature)


def test_nobody_signs_for_another_node(county: NodeKeys, city: NodeKeys) -> None:
    assert not is_signed_by(card(county), BODY, sign(city, BODY))


@pytest.mark.parametrize("signature", ["", "AAAA", "not base64!", "字"])
def test_what_is_no_signature_is_not_believed(county: NodeKeys, signature: str) -> None:
    assert not is_signed_by(card(county), BODY, signature)


def test_only_the_addressee_opens_what_was_sealed_for_it(county: NodeKeys, city: NodeKeys) -> None:
    sealed = seal_for(card(city), BODY, "case 1")

    assert open_sealed(city, sealed, "case 1") == BODY
    with pytest.raises(SealBroken):
        open_sealed(county, sealed, "case 1")


def test_it_opens_for_its_own_case_only(city: NodeKeys) -> None:
    with pytest.raises(SealBroken):
        open_sealed(city, seal_for(card(city), BODY, "case 1"), "case 2")


@pytest.mark.parametrize("sealed", ["", "AAAA", "字", "A" * 88])
def test_what_was_never_sealed_does_not_open(city: NodeKeys, sealed: str) -> None:
    with pytest.raises(SealBroken):
        open_sealed(city, sealed, "case 1")


def test_the_same_text_sealed_twice_looks_different(city: NodeKeys) -> None:
    assert seal_for(card(city), BODY, "case 1") != seal_for(card(city), BODY, "case 1")


def test_a_card_is_read_as_it_was_written_and_holds_no_secret(
    tmp_path: Path, city: NodeKeys
) -> None:
    file = tmp_path / "341500.json"
    file.write_text(card(city).as_json(), encoding="utf-8")

    assert Card.read(file) == card(city)
    assert city.signing.hex() not in file.read_text(encoding="utf-8")
    assert len(card(city).fingerprint.split()) == 4


@pytest.mark.parametrize(
    "told", ["", "{}", "[]", '{"code": "1", "signing": "AA", "sealing": "AA"}']
)
def test_a_file_that_is_no_card_is_named(tmp_path: Path, told: str) -> None:
    file = tmp_path / "card.json"
    file.write_text(told, encoding="utf-8")

    with pytest.raises(VaultUnavailable, match=r"card\.json"):
        Card.read(file)


def test_the_keys_of_a_node_give_the_same_card_for_ever(city: NodeKeys) -> None:
    assert card(city) == card(city)
