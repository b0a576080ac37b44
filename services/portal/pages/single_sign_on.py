"""Staff who come by the single sign-on of their office: sent there, and received again."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.portal.pages.calling import Ask, call
from services.portal.pages.forms import read_form
from services.portal.pages.keepsake import is_secure
from services.portal.pages.language import later as _
from services.portal.pages.sign_in import handed_on, sign_in_form, work
from shared.http.demands import Audience, open_to

router = APIRouter()

COOKIE = "backstop_sso"
_OF_THE_TOKEN = {400, 422}
PATH = "/desk/sso"
KEPT_SECONDS = 600
NOT_DONE = _("没有登录成功：在统一身份认证那边取消了，或没有通过。可以再试一次。")


@router.get(PATH)
@open_to(Audience.EVERYBODY, "to show who one is")
async def leave(request: Request, to: str = "/desk") -> Response:
    """Send the browser to the provider; what must come back waits in a cookie."""
    answer = await call(request, "POST", "/api/v1/sso", Ask({"to": work(to)}))
    if not answer.ok:
        return sign_in_form(request, work(to), answer.says())
    response = RedirectResponse(answer.body["address"], 303)
    response.set_cookie(
        COOKIE,
        answer.body["flow"],
        max_age=KEPT_SECONDS,
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )
    return response


@router.get(f"{PATH}/back")
@open_to(Audience.EVERYBODY, "to show who one is")
async def back(
    request: Request, code: str = "", state: str = "", iss: str | None = None
) -> Response:
    """Receive the browser from the provider, and begin the session."""
    if not code:
        return _over(sign_in_form(request, "/desk", NOT_DONE))
    told = {"flow": request.cookies.get(COOKIE, "-"), "code": code, "state": state or "-"}
    answer = await call(request, "POST", "/api/v1/sso/sessions", Ask(told | {"iss": iss}))
    if not answer.ok:
        return _over(sign_in_form(request, "/desk", answer.says()))
    return _over(handed_on(RedirectResponse(work(answer.body["to"]), 303), answer))


@router.post(f"{PATH}/logout")
@open_to(Audience.EVERYBODY, "the provider shows by its signature who it is")
async def logout(request: Request) -> Response:
    """Hear from the provider whom it has logged out; it sends a form, as its standard says."""
    form = await read_form(request)
    answer = await call(request, "POST", "/api/v1/sso/logout", Ask(dict(form.values)))
    headers = {"Cache-Control": "no-store"}
    if answer.ok:
        return Response(status_code=200, headers=headers)
    # 2.8: whatever is wrong with the token is a 400.
    status = 400 if answer.status in _OF_THE_TOKEN else answer.status
    return Response(answer.says(), status, headers, "text/plain; charset=utf-8")


def _over(response: Response) -> Response:
    response.delete_cookie(COOKIE)
    return response
