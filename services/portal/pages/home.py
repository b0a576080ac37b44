"""The first page, and the switches of print size and language that every page carries."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.portal.pages import kiosk
from services.portal.pages.forms import Form, read_form
from services.portal.pages.keepsake import keep_a_year
from services.portal.pages.language import LANGUAGES
from services.portal.pages.rendering import (
    LANGUAGE_COOKIE,
    PRINT_COOKIE,
    TYPING_COOKIE,
    kiosk_of,
    page,
)
from shared.http.demands import Audience, open_to

router = APIRouter()

SIZES = ("normal", "large")


@router.get("/")
@open_to(Audience.EVERYBODY, "the first page")
def home(request: Request) -> Response:
    """Ask what the person wants to do."""
    if kiosk_of(request):
        return kiosk.start(request)
    return page(request, "citizen/home.html", {})


@router.post("/look")
@open_to(Audience.EVERYBODY, "print size and language of this browser")
async def look(request: Request) -> RedirectResponse:
    """Change print size or language, and go back to where it was asked."""
    form = await read_form(request)
    answer = RedirectResponse(local(form.get("back")), 303)
    keep_look(request, answer, form)
    return answer


def keep_look(request: Request, answer: Response, form: Form) -> None:
    """Keep the chosen print size or language, or whole lists, in a cookie for a year."""
    for cookie, chosen, known in (
        (PRINT_COOKIE, form.get("print"), SIZES),
        (LANGUAGE_COOKIE, form.get("lang"), LANGUAGES),
        (TYPING_COOKIE, form.get("typing"), ("no",)),
    ):
        if chosen in known:
            keep_a_year(request, answer, cookie, chosen)


def local(address: str) -> str:
    """Return a path of this site as it is, the first page for anything else."""
    here = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if here and address.isprintable() else "/"
