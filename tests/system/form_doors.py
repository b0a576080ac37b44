"""Bad forms at the doors of citizens."""

from tests.system.doors import FORM
from tests.system.takers import MARK


def forms() -> list[tuple[str, str, dict[str, str], bytes, frozenset[int]]]:
    """Return them: name, path, headers, body, what may come back."""
    told = "go=send&text=abc&region=341523&kind=person&name=a&phone=13812345678"
    refused, again = frozenset({400}), frozenset({422})
    part = b'--x\r\nContent-Disposition: form-data; name="number"\r\n\r\n%s\r\n--x--\r\n'
    many = "&".join(f"a{n}=1" for n in range(99)).encode()
    found = [
        ("NUL", "/report", FORM, told.replace("abc", "a%00c").encode(), again),
        ("control characters", "/report", FORM, told.replace("abc", "a%07c").encode(), again),
        ("a text of 300 kB", "/report", FORM, (told + "x&text=" + "a" * 300_000).encode(), again),
        (
            "attempts of 5,000 digits",
            "/report",
            FORM,
            f"{told}&attempts={'9' * 5000}&phone=1".encode(),
            again,
        ),
        (
            "a level of 5,000 digits",
            "/follow/rate",
            FORM,
            b"level=" + b"9" * 5000,
            frozenset({303}),
        ),
        ("a key of two lines", "/report", FORM, f"{told}&key=abc%0d%0aX-Evil:1".encode(), again),
        ("an unknown region", "/report", FORM, told.replace("341523", "x").encode(), again),
        ("too many fields", "/report", FORM, many, refused),
        (
            "a file",
            "/report",
            {"content-type": "multipart/form-data; boundary=x"},
            b'--x\r\nContent-Disposition: form-data; name="t"; filename="a"\r\n\r\nx\r\n--x--\r\n',
            refused,
        ),
        (
            "a body of parts that is none",
            "/report",
            {"content-type": "multipart/form-data; boundary=x"},
            b"garbage",
            refused,
        ),
        (
            "parts without boundary",
            "/report",
            {"content-type": "multipart/form-data"},
            b"garbage",
            refused,
        ),
        ("no telephone", "/follow/lost", FORM, b"", again),
        ("NUL in a telephone", "/follow/lost", FORM, b"phone=138%0012345678", again),
        ("a landline", "/follow/lost", FORM, b"phone=0564-8621234", again),
        ("half a number", "/follow/lost", FORM, b"phone=13812345678&number=BCS", again),
        ("a code of nobody's", "/follow/lost/code", FORM, b"code=%00", frozenset({303})),
        ("another's case", "/follow/mine", FORM, b"number=%00", frozenset({303})),
        ("no sibling", "/follow/sibling", FORM, b"number=%00", frozenset({303})),
        ("no number", "/follow", FORM, f"number={MARK}&code=%00".encode(), again),
        ("nothing", "/follow", FORM, b"", again),
        ("too large", "/report", FORM, b"text=" + b"a" * 1_100_000, frozenset({413})),
        ("an unsigned desk", "/desk/act/sign", FORM, b"order_id=x", frozenset({401})),
        ("no account", "/desk/login", FORM, b"login=%00&password=x", again),
        (
            "nobody's account",
            "/desk/login",
            FORM,
            b"login=nobody&password=x&to=//evil.example",
            again,
        ),
    ]
    for charset, value in (
        ("unicode_escape", b"\\ud800"),
        ("utf-7", b"+2AA-"),
        ("undefined", b"x"),
        ("punycode", b"\xff9"),
    ):
        shown = {"content-type": f"multipart/form-data; boundary=x; charset={charset}"}
        found.append((charset, "/follow", shown, part % value, frozenset({400, 422})))
    return found
