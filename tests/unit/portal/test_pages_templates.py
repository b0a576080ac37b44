"""Every page renders with what it is given, and is one that everybody can use."""

from functools import cache
from html.parser import HTMLParser

import pytest

from tests.browser.record_samples import ASKED
from tests.browser.samples import SAMPLES, shown

VOID = frozenset(["meta", "link", "input", "br", "img", "hr"])


class Outline(HTMLParser):
    """The elements of a page, and whether every one was closed where it was opened."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def ids(self) -> list[str]:
        return [str(found["id"]) for _tag, found in self.elements if "id" in found]


@cache
def outline_of(name: str) -> Outline:
    return Outline(shown(name))


@pytest.fixture(params=SAMPLES)
def outline(request: pytest.FixtureRequest) -> Outline:
    return outline_of(request.param)


def test_everything_opened_is_closed_in_its_place(outline: Outline) -> None:
    assert outline.open == []


def test_a_page_has_its_landmarks_and_one_heading(outline: Outline) -> None:
    assert [found.get("id") for found in outline.all("main")] == ["main"]
    assert outline.all("header")
    assert outline.all("html")[0]["lang"] == "zh-CN"
    assert any(found.get("href") == "#main" for found in outline.all("a"))
    assert len(outline.all("h1")) == 1


def test_no_id_stands_twice(outline: Outline) -> None:
    assert len(outline.ids()) == len(set(outline.ids()))


def test_whatever_points_at_an_element_finds_it(outline: Outline) -> None:
    ids = set(outline.ids())
    for tag, found in outline.elements:
        for attribute in ("aria-describedby", "aria-labelledby", "for", "form"):
            pointed = set((found.get(attribute) or "").split())
            assert pointed <= ids, (tag, attribute, pointed)
        if (found.get("href") or "").startswith("#"):
            assert str(found["href"])[1:] in ids, found["href"]


def test_every_field_has_a_label(outline: Outline) -> None:
    labelled = {str(found.get("for")) for found in outline.all("label")}
    for tag in ("input", "select", "textarea"):
        for found in outline.all(tag):
            if found.get("type") not in {"hidden", "radio", "checkbox"}:
                assert found["id"] in labelled, found


def test_drawings_are_hidden_from_those_who_listen(outline: Outline) -> None:
    assert all(found.get("aria-hidden") == "true" for found in outline.all("svg"))


def test_large_print_is_kept_in_a_cookie() -> None:
    assert 'class="large"' in shown("home", {"backstop_print": "large"})
    assert 'class="large"' not in shown("home")


def test_a_lamp_is_told_by_shape_and_word() -> None:
    html = shown("follow_late")

    assert "红灯" in html
    assert "已超时" in html
    assert 'class="shape"' in html


def test_what_was_typed_is_still_there_beside_its_error() -> None:
    html = shown("report_wrong")

    assert 'value="1380564"' in html
    assert 'aria-invalid="true"' in html
    assert 'href="#phone"' in html


def test_a_no_without_a_reason_is_told_beside_the_order_it_is_about() -> None:
    html = shown("admin_retention_refusing")
    field = f"refuse-{ASKED.order_id}-reason"

    assert f'<li><a href="#{field}">请写明理由。</a></li>' in html
    assert f'id="{field}-wrong"' in html
    assert html.count("<details open>") == 1


def test_staff_forms_carry_the_token_of_the_session() -> None:
    outline = Outline(shown("desk_case"))
    posts = [form for form in outline.all("form") if form.get("method") == "post"]
    tokens = [found for found in outline.all("input") if found.get("name") == "csrf"]

    assert len(tokens) == len(posts) - 1  # only the switch of the print size changes nothing
    assert all(found["value"] == "csrf" for found in tokens)


def test_nothing_can_be_done_before_the_last_step_is_saved() -> None:
    assert 'action="/desk/act/' in shown("desk_case")
    assert 'action="/desk/act/' not in shown("desk_saving")


def test_a_node_with_one_neighbour_need_not_choose_it() -> None:
    assert '<input type="hidden" name="to_node" value="341500">' in shown("tier_hand_over")
    assert "提级办理</summary>" in shown("tier_hand_over")
    assert "提级或交下级办理</summary>" in shown("tier_leg")


def test_who_has_to_answer_an_offer_is_told_from_where_one_reads_it() -> None:
    assert "等本级答复" in shown("tier_incoming")
    assert "等六安市政务服务中心答复" in shown("tier_offered")


def test_a_person_reads_of_no_pool_and_no_signature() -> None:
    assert "已转办，正在安排单位" in shown("follow_away")


def test_the_head_of_the_desk_shows_where_one_is() -> None:
    assert '<a class="switch" href="/desk/links" aria-current="page">' in shown("tier_links")
