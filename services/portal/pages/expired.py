"""A form that arrives when its session is over: what was typed stays until one is back."""

from fastapi import Request, Response

from services.portal.pages.forms import Form, fits_session
from services.portal.pages.language import later as _
from services.portal.pages.rendering import page
from shared.security.actor import Actor, ActorKind

NOT_SIGNED_IN = 401
ONCE_MORE = _("您重新登录过了。请核对下面的内容，再提交一次。")
"""What a form of an earlier session is answered with, beside what was typed."""


def is_over(request: Request) -> bool:
    """Tell whether nobody is signed in any more."""
    actor: Actor = request.scope["actor"]
    return actor.kind is not ActorKind.STAFF


def keep(request: Request, form: Form) -> Response:
    """Return the fields of a form in a page that sends them again after the sign-in."""
    fields = [(name, value) for name, values in form.many.items() for value in values]
    return page(request, "desk/expired.html", {"fields": fields}, NOT_SIGNED_IN)


def is_of_before(request: Request, form: Form) -> bool:
    """Tell whether a form was made in another session than the one that sends it."""
    return not fits_session(request, form)
