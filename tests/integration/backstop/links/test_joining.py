"""From an invitation to a running link over a real broker, as both operators see it."""

from backstop.links.authority import account_in
from backstop.links.renewing import own_pair
from backstop.neighbours import cards_of
from shared.bus.topology import INBOUND, OUT, UP, down_queue
from tests.integration.backstop.links.conftest import Story
from tests.integration.backstop.links.family import CITY, COUNTY, Family
from tests.integration.backstop.links.watching import comes


def test_the_invitation_is_for_its_owner_and_tells_no_code(family: Family, story: Story) -> None:
    file = family.city.settings.links.parent / "invitation.json"

    assert file.stat().st_mode & 0o777 == 0o600
    assert story["invite"].status == 0
    code = story["invite"].text.split("code: ")[1].split()[0]
    assert code.replace("-", "") not in file.read_text()
    assert "PRIVATE KEY" not in file.read_text()


def test_nobody_is_admitted_before_somebody_asked(story: Story) -> None:
    assert story["admit too early"].status == 1
    assert "Nobody asked yet" in story["admit too early"].text


def test_a_wrong_code_opens_nothing_and_says_how_to_go_on(story: Story) -> None:
    assert story["wrong code"].status == 1
    assert "listen once more" in story["wrong code"].text


def test_a_child_that_was_not_answered_may_come_back(family: Family, story: Story) -> None:
    said = story["join"]

    assert said.status == 3
    assert family.county.card.fingerprint in said.text
    assert family.city.card.fingerprint in said.text
    assert "No answer yet" in said.text


def test_a_wrong_fingerprint_lets_nobody_in(story: Story) -> None:
    assert story["wrong fingerprint"].status == 1
    assert "fits no request" in story["wrong fingerprint"].text


def test_the_right_fingerprint_lets_the_child_in(family: Family, story: Story) -> None:
    assert story["admit"].status == 0
    assert family.county.card.fingerprint in story["admit"].text
    assert "has not fetched the answer" in story["admit"].text
    assert cards_of(family.city.settings)[COUNTY] == family.county.card
    assert cards_of(family.county.settings)[CITY] == family.city.card


def test_the_key_of_the_child_never_left_it(family: Family, linked: Family) -> None:
    pair = own_pair(family.county)

    assert account_in(pair.certificate) == f"node-{COUNTY}"
    secret = family.county.places.own.read_text().split("-----")[2].strip()
    for file in family.city.places.folder.rglob("*"):
        assert not file.is_file() or secret not in file.read_text()


def test_an_answer_that_was_fetched_ends_the_invitation(family: Family, story: Story) -> None:
    assert story["join again"].status == 0
    assert "invitation is used up" in story["admit again"].text
    assert COUNTY not in family.city.books.invitations


def test_an_invitation_works_once(story: Story) -> None:
    assert story["second join"].status == 1
    assert "the invitation was used or withdrawn" in story["second join"].text


def test_what_a_child_says_comes_in_above(linked: Family) -> None:
    with linked.at_home(CITY) as above, linked.at_home(COUNTY) as below:
        before = above.waiting(INBOUND) or 0
        below.give(OUT, b"up", f"{UP}.{COUNTY}.test")
        assert comes(lambda: above.waiting(INBOUND) == before + 1)


def test_what_is_for_a_child_comes_in_below(linked: Family) -> None:
    with linked.at_home(CITY) as above, linked.at_home(COUNTY) as below:
        before = below.waiting(INBOUND) or 0
        above.give(OUT, b"down", f"{down_queue(COUNTY)}.test")
        assert comes(lambda: below.waiting(INBOUND) == before + 1)
