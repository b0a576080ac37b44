"""Units from a file, as an administrator meets it: a template, a preview, and then all of them."""

import html
import re

import pytest

from shared.security.actor import Role
from tests.integration.whole.conftest import Lived
from tests.whole.stories import UNIT

pytestmark = pytest.mark.integration

PAGE = "/admin/units"
GOOD = """编码,名称,区划代码,种类,垂管部门
SWJ,税务局,341500,垂管,省税务局
SLGS,水务公司,341500,外部,
"""


def test_a_file_is_previewed_and_kept_as_a_whole(lived: Lived) -> None:
    city = lived.tiers.city
    who = city.signed_in(Role.SYSTEM_ADMINISTRATOR)
    shown = city.done("GET", PAGE, who)
    csrf = re.search(r'name="csrf" value="(\w+)"', shown)
    assert csrf is not None
    sent = {"csrf": csrf[1]}

    def read(text: str) -> tuple[int, str]:
        file = {"file": ("units.csv", text.encode("gb18030"))}
        answer = city.ask("POST", f"{PAGE}/import", who, data=sent, files=file)
        return answer.status_code, answer.text

    wrong = read(f"{GOOD}{UNIT},市场局,341500,普通,\nX,名称,9,普通,\n")
    before, preview = read(GOOD)
    lines = re.search(r'name="lines" value="([^"]*)"', preview)
    assert lines is not None
    kept = city.ask("POST", f"{PAGE}/keep", who, data={**sent, "lines": html.unescape(lines[1])})

    assert (wrong[0], "第 5 行" in wrong[1], "一行也没有导入" in wrong[1]) == (422, True, True)
    assert (before, "要改动 2 行" in preview) == (200, True)
    assert kept.status_code == 303
    listed = {each["code"]: each for each in city.done("GET", "/api/v1/units", {})["items"]}
    assert listed["SWJ"]["supervised_by"] == "省税务局"
    assert listed["SLGS"]["kind"] == "outside"
    assert city.ask("POST", f"{PAGE}/import", who, data={}, files={}).status_code == 422
    assert city.ask("POST", f"{PAGE}/keep", who, data={**sent, "lines": "{"}).status_code == 404
    assert city.ask("GET", PAGE, city.signed_in(Role.DISPATCHER)).status_code == 403
