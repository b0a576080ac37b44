import pytest

from backstop.gate import may_keep


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        pytest.param("/static/vendor/htmx.min.js", b"public, max-age=86400", id="a library"),
        pytest.param("/static/backstop.css", b"no-cache", id="our own style"),
        pytest.param("/follow/case", b"no-store", id="a case"),
        pytest.param("/api/v1/cases", b"no-store", id="the API"),
        pytest.param("*", b"no-store", id="no path"),
    ],
)
def test_a_browser_keeps_libraries_and_nothing_about_a_case(path: str, rule: bytes) -> None:
    assert may_keep(path) == rule
