"""A browser without a window: signs in at the provider and comes back with what it got."""

import re
from urllib.parse import urlsplit

import httpx

ACTION = re.compile(r'<form[^>]*action="([^"]+)"')
XSRF = re.compile(r'name="xsrf" value="(\w+)"')
PROMPT = re.compile(r'name="prompt" value="(\w+)"')


def walk(
    address: str,
    login: str,
    back: str,
    *,
    cancel: bool = False,
    cookies: httpx.Cookies | None = None,
) -> str:
    """Return the address at `back` to which the provider sends somebody.

    Its own session stays in `cookies`, where they are given.
    """
    with httpx.Client(trust_env=False, timeout=10) as browser:
        answer = browser.get(address)
        for _step in range(12):
            if answer.is_redirect:
                target = str(answer.next_request.url) if answer.next_request else ""
                if target.startswith(back):
                    if cookies is not None:
                        cookies.update(browser.cookies)
                    return target
                answer = browser.get(target)
            else:
                answer = _answered(browser, answer, login, cancel=cancel)
    raise AssertionError(f"did not come back: {answer.status_code} {answer.text[:300]}")


def _answered(
    browser: httpx.Client, shown: httpx.Response, login: str, *, cancel: bool
) -> httpx.Response:
    form, prompt = ACTION.search(shown.text), PROMPT.search(shown.text)
    assert form, f"{shown.status_code} {shown.text[:300]}"
    assert prompt, shown.text
    at = httpx.URL(str(shown.url)).join(form.group(1))
    if cancel:
        return browser.get(f"{at}/abort")
    typed = {"login": login, "password": "x"} if prompt.group(1) == "login" else {}
    return browser.post(at, data={"prompt": prompt.group(1)} | typed)


def log_out(issuer: str, cookies: httpx.Cookies) -> None:
    """End the session at the provider, as its own page does."""
    with httpx.Client(trust_env=False, timeout=10, cookies=cookies) as browser:
        shown = browser.get(f"{issuer}/session/end")
        xsrf, form = XSRF.search(shown.text), ACTION.search(shown.text)
        assert xsrf, shown.text[:500]
        assert form, shown.text[:500]
        told = {"xsrf": xsrf.group(1), "logout": "yes"}
        answer = browser.post(httpx.URL(issuer).join(form.group(1)), data=told)
        assert answer.status_code < httpx.codes.BAD_REQUEST, answer.text[:500]


def query_of(address: str) -> dict[str, str]:
    """Return what an address carries."""
    return dict(httpx.QueryParams(urlsplit(address).query))
