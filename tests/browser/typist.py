"""An officer at the keyboard: what is typed on the register page, and how long that takes."""

from playwright.sync_api import Page, expect

MINUTE = 60


class Typist:
    """Types as an officer does, and counts: signs of Chinese a second each, other keys 0.3."""

    SIGN_SECONDS, KEY_SECONDS = 1.0, 0.3
    """60 signs a minute by pinyin; 40 words of five keys a minute."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.signs = 0
        self.keys = 0

    def type(self, text: str) -> None:
        """Type a text."""
        self.page.keyboard.type(text)
        signs = sum(ord(sign) > 127 for sign in text)
        self.signs += signs
        self.keys += len(text) - signs

    def press(self, key: str, times: int = 1) -> None:
        """Press a key."""
        for _time in range(times):
            self.page.keyboard.press(key)
        self.keys += times

    @property
    def seconds(self) -> float:
        """How long the typing takes."""
        return self.signs * self.SIGN_SECONDS + self.keys * self.KEY_SECONDS


def focused(page: Page) -> str:
    name: str = page.evaluate("document.activeElement.name || document.activeElement.id")
    return name


def keep_snippet(desk: Page) -> None:
    desk.goto("/desk/snippets")
    desk.get_by_label("缩写").fill("BQ")
    desk.get_by_label("常用语", exact=True).fill("{事项}的材料补齐了，{日期}凭回执到{单位}取证。")
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_role("status").first).to_contain_text("存好了")


def type_what_happened(hands: Typist) -> None:
    """The matter, its item by initials, and the answer by an abbreviation."""
    assert focused(hands.page) == "text"
    hands.type("跑了两趟都说系统登不上，证没有领到。")
    hands.press("Tab", 2)
    hands.type("spjyxk")
    offered = hands.page.get_by_role("option", name="食品经营许可")
    expect(offered).to_have_attribute("aria-selected", "true")
    hands.press("Enter", 5)
    expect(hands.page.get_by_label("事项")).to_have_value("食品经营许可")
    assert focused(hands.page) == "answer"
    hands.type("/bq")
    expect(hands.page.get_by_role("option", name="/bq")).to_be_visible()
    hands.press("Tab")


def a_chosen_field_settles(desk: Page) -> None:
    """Choose a name, give one up, leave what fits nothing, and choose none."""
    desk.goto("/desk/new")
    item, chosen = desk.get_by_label("事项"), desk.locator("#item-chosen")
    option = desk.get_by_role("option", name="食品经营许可")
    item.focus()
    desk.keyboard.type("食品")
    expect(option).to_be_visible()
    desk.keyboard.press("Escape")
    expect(option).to_be_hidden()
    expect(item).to_have_value("")

    desk.keyboard.type("shipin")
    expect(option).to_have_attribute("aria-selected", "true")
    desk.keyboard.press("Tab")
    expect(chosen).to_have_value("SPJYXK")
    item.fill("没有这样的事项")
    expect(desk.get_by_role("listbox")).to_contain_text("没有找到")
    desk.keyboard.press("Tab")
    expect(item).to_have_value("食品经营许可")
    item.fill("")
    desk.keyboard.press("Tab")
    expect(chosen).to_have_value("")
    desk.reload()
    expect(chosen.locator("option")).to_have_count(1)  # who types is brought no list


def a_free_field_keeps_what_is_typed(desk: Page) -> None:
    """Leave what was typed as it is, unless what is offered is chosen."""
    desk.goto("/desk/leads")
    desk.locator("details:has(#item_name)").evaluate("(each) => (each.open = true)")
    free, option = desk.get_by_label("哪个事项"), desk.get_by_role("option", name="食品经营许可")
    free.fill("食品")
    expect(option).to_be_visible()
    desk.keyboard.press("Tab")
    expect(free).to_have_value("食品")
    free.press("ArrowDown")
    expect(option).to_be_visible()
    free.press("ArrowDown")
    free.press("Enter")
    expect(free).to_have_value("食品经营许可")


def type_name(desk: Page, label: str, typed: str) -> None:
    """Choose by typing and Enter what is offered first."""
    desk.get_by_label(label).focus()
    desk.keyboard.type(typed)
    expect(desk.locator(".suggestions [aria-selected=true]")).to_be_visible()
    desk.keyboard.press("Enter")
