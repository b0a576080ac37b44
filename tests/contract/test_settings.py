"""`.env.example` shows every variable there is, with the default that the code has."""

import re

import pytest

from backstop import contracts
from backstop.settings import NodeSettings
from tests.contract.tree import ROOT, modules, strings

VARIABLE = re.compile(r"BACKSTOP_[A-Z][A-Z_]*[A-Z]")
NOT_VARIABLES = {"BACKSTOP_RUNTIME"}
"""Keys of other mappings that follow the same spelling."""


def test_the_example_of_the_environment_is_that_of_the_settings() -> None:
    assert contracts.ENVIRONMENT_PAGE.read_text() == contracts.environment_page(), (
        "run `./dev events` and commit .env.example"
    )


@pytest.mark.parametrize("setting", contracts.settings(), ids=lambda setting: setting.variable)
def test_a_setting_says_in_one_sentence_what_it_is(setting: contracts.Setting) -> None:
    assert setting.description.endswith((".", "。"))
    assert "\n" not in setting.description


def test_every_variable_that_the_code_names_is_in_the_example() -> None:
    shown = set(VARIABLE.findall(contracts.environment_page()))
    named = {
        text
        for _path, module in modules("backstop", "services", "shared", "tests")
        for text in strings(module)
        if VARIABLE.fullmatch(text)
    }

    assert named - shown - NOT_VARIABLES == set()


def test_every_service_has_its_own_settings() -> None:
    sections = {setting.section for setting in contracts.settings()} - {"node"}
    nested = {name for name, field in NodeSettings.model_fields.items() if contracts.nested(field)}

    assert sections == nested
    assert (ROOT / ".env.example").is_file()
