import pytest

from services.intake.policy.grounds import GROUNDS
from services.intake.policy.scope import Ground, Hint, Scope, Verdict, normal_title, scope_of
from services.portal.policy import NOT_GOVERNMENT
from shared.events.intake import DeclineReason


def test_a_listed_item_without_a_hint_is_accepted() -> None:
    scope = scope_of("食品经营许可没有回音", "二十天了没有受理也没有退回。", in_catalogue=True)

    assert scope == Scope(Verdict.ACCEPT, Ground.IN_CATALOGUE)


def test_an_unknown_item_goes_to_an_officer() -> None:
    scope = scope_of("树木枯萎无人养护", "长期无人浇灌。", in_catalogue=False)

    assert scope == Scope(Verdict.ASK_OFFICER, Ground.ITEM_UNKNOWN)


@pytest.mark.parametrize(
    ("told", "hint"),
    [
        ("对法院判决结果不服，要求窗口改判。", Hint.LITIGATION),
        ("已经申请劳动仲裁", Hint.ARBITRATION),
        ("正在行政复议", Hint.RECONSIDERATION),
        ("举报他受贿", Hint.DISCIPLINE),
        ("依申请公开没有答复", Hint.DISCLOSURE),
        ("信访件没有结果", Hint.PETITION),
        ("楼下着火了", Hint.EMERGENCY),
        ("要求窗口特事特办", Hint.LAW_BARS),
        ("邻居在楼道堆放杂物", Hint.NON_GOVERNMENT),
    ],
)
def test_a_hint_sends_even_a_listed_item_to_an_officer(told: str, hint: Hint) -> None:
    scope = scope_of("办不成", told, in_catalogue=True)

    assert scope == Scope(Verdict.ASK_OFFICER, Ground.HINT, hint)


def test_no_machine_ever_declines() -> None:
    assert set(Verdict) == {Verdict.ACCEPT, Verdict.ASK_OFFICER}


def test_every_hint_is_a_ground_for_declining() -> None:
    assert {hint.value for hint in Hint} <= {reason.value for reason in DeclineReason}


@pytest.mark.parametrize(
    "told", ["食品经营许可", " 食品 经营许可 ", "“食品经营许可”", "食品·经营许可"]
)
def test_punctuation_and_spaces_in_a_title_do_not_matter(told: str) -> None:
    assert normal_title(told) == "食品经营许可"


def test_width_and_case_of_letters_in_a_title_do_not_matter() -> None:
    assert normal_title("ＥＴＣ 办理") == normal_title("etc办理")


def test_what_is_no_matter_of_the_authorities_is_led_on_and_counted_apart() -> None:
    apart = {code: row.route for code, row in GROUNDS.items() if not row.is_government}

    assert apart.keys() == NOT_GOVERNMENT
    assert all(apart.values())
    assert set(GROUNDS) == set(DeclineReason)
