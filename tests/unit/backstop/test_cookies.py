import pytest

from backstop.cookies import inbound, outbound


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        pytest.param(
            b"__Host-backstop_session=a; other=b", b"backstop_session=a; other=b", id="ours"
        ),
        pytest.param(
            b"backstop_session=evil; __Host-backstop_session=a",
            b"backstop_session=a",
            id="planted",
        ),
        pytest.param(b"backstop_session=evil", b"", id="only planted"),
        pytest.param(b"__Host-other=1", b"__Host-other=1", id="another application's"),
        pytest.param(b"\xff=;;; =", b"\xff=; ; ; =", id="garbage"),
    ],
)
def test_only_a_cookie_that_nobody_else_can_set_is_ours(sent: bytes, seen: bytes) -> None:
    accept = (b"accept", b"text/html")

    assert inbound([accept, (b"cookie", sent)]) == [accept, (b"cookie", seen)]


def test_our_cookies_leave_with_what_their_prefix_demands() -> None:
    told = outbound(
        [
            (b"Set-Cookie", b"backstop_session=a; HttpOnly; Path=/; SameSite=lax; Secure"),
            (b"set-cookie", b'backstop_case=""; Max-Age=0; Path=/; SameSite=lax'),
            (b"set-cookie", b"other=1"),
            (b"location", b"/desk"),
        ]
    )

    assert told == [
        (b"Set-Cookie", b"__Host-backstop_session=a; HttpOnly; Path=/; SameSite=lax; Secure"),
        (b"set-cookie", b'__Host-backstop_case=""; Max-Age=0; Path=/; SameSite=lax; Secure'),
        (b"set-cookie", b"other=1"),
        (b"location", b"/desk"),
    ]
