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
