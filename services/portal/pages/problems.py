"""Problems for people with a browser: what happened, in plain words, and a way on."""

from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from services.portal.pages.language import later as _
from services.portal.pages.language import translations
from services.portal.pages.rendering import language_of, page
from shared.http.problems import Problem

HEADINGS = {
    400: _("这一步没有办成"),
    401: _("请先登录"),
    403: _("这里您看不了"),
    404: _("没有找到"),
    409: _("情况已经变了"),
    410: _("已经没有了"),
    413: _("内容太长了"),
    415: _("这样的内容收不了"),
    422: _("有的地方要改一下"),
    429: _("请歇一会儿再试"),
    500: _("我们这边出了差错"),
    503: _("系统正忙"),
}
ANY = 400
FIRST = {
    "password_change_required": "/desk/account/password",
    "second_factor_required": "/desk/account/second-factor",
}
"""Where one is led who has to do something before anything else."""


def problem_page(request: Request, problem: Problem, trace: str = "") -> Response:
    """Return a problem as a page; somebody at the desk who is not signed in is led to do so.

    `trace` is the reference to give when asking for help.
    """
    first = FIRST.get(problem.code)
    if first is not None:
        return RedirectResponse(first, 303)
    at_desk = request.url.path.startswith(("/desk", "/admin"))
    if problem.code == "not_signed_in" and at_desk and request.method == "GET":
        query = f"?{request.url.query}" if request.url.query else ""
        there = quote(f"{request.url.path}{query}", safe="/")
        return RedirectResponse(f"/desk/login?to={there}", 303)
    language = language_of(request)
    heading = translations(language).gettext(HEADINGS.get(problem.status, HEADINGS[ANY]))
    told = problem.detail_en if language == "en" else problem.detail
    values = {"heading": heading, "told": told, "trace": trace}
    return page(request, "problem.html", values, problem.status)
