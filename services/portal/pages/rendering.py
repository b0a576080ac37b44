"""Make the page that one person gets: their language, their print size, their place.

Templates are compiled once per language and process; a value a template lacks is an error.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from services.portal.pages import (
    care_words,
    channel_words,
    dates,
    item_words,
    part_words,
    reasons,
    split_words,
    withdraw_words,
    words,
)
from services.portal.pages.language import LANGUAGES, SOURCE, translations
from services.portal.pages.nodes import node_name
from shared.http import Door
from shared.regions import full_name_of
from shared.security.actor import Actor, ActorKind

TEMPLATES = Path(__file__).parent.parent / "templates"
STATIC = Path(__file__).parent.parent / "static"
PRINT_COOKIE = "backstop_print"
LANGUAGE_COOKIE = "backstop_lang"
KIOSK_COOKIE = "backstop_kiosk"
TYPING_COOKIE = "backstop_typing"
"""Set when a script has looked for a name: then no page need bring a whole list."""
MOBILE_DIGITS = 11
GOING_BACK = "private, no-cache"
"""Not `no-store`: with it a browser that goes back to a posted page shows an error instead."""
UNFINISHED = 422


@cache
def environment(language: str) -> Environment:
    """Return the templates in one language."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=None if language == SOURCE else _saying(language),
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    catalogue = translations(language)
    made.install_gettext_callables(  # type: ignore[attr-defined]
        catalogue.gettext, catalogue.ngettext, newstyle=True
    )
    made.filters.update(_filters())
    made.globals.update(words=words, part_words=part_words, reasons=reasons)
    made.globals.update(item_words=item_words, split_words=split_words)
    made.globals.update(channel_words=channel_words, withdraw_words=withdraw_words)
    made.globals.update(care_words=care_words)
    return made


def _saying(language: str) -> Callable[[Any], Any]:
    catalogue = translations(language)

    def said(value: Any) -> Any:
        # What is marked as safe was typed by somebody, or is said in the language already.
        return catalogue.gettext(value) if type(value) is str and value else value

    return said


def page(
    request: Request, template: str, values: dict[str, Any], status: int = 200
) -> HTMLResponse:
    """Return a page with what every page knows of its reader; one can go back to a form."""
    language = language_of(request)
    html = (
        environment(language).get_template(template).render(**about(request, language), **values)
    )
    headers = {"cache-control": going_back(request)} if status == UNFINISHED else None
    return HTMLResponse(html, status, headers)


def going_back(request: Request) -> str:
    """Return how a form is kept for its back button; at a kiosk the next one would find it."""
    return "no-store" if kiosk_of(request) else GOING_BACK


def kiosk_of(request: Request) -> str:
    """Return which machine of a hall this browser is; empty for anybody's own browser."""
    return request.cookies.get(KIOSK_COOKIE, "")


def about(request: Request, language: str) -> dict[str, Any]:
    """Return what every template may use: reader, node, where help is, when it is now."""
    door = door_here(request)
    actor: Actor = request.scope["actor"]
    return {
        "language": language,
        "large": request.cookies.get(PRINT_COOKIE) == "large",
        "kiosk": kiosk_of(request),
        "finds_by_typing": request.cookies.get(TYPING_COOKIE) == "yes",
        "path": request.url.path,
        "me": actor,
        "staff": actor.kind is ActorKind.STAFF,
        "csrf": request.scope.get("session") or "",
        "duty": request.scope.get("duty"),
        "unread": request.scope.get("unread") or 0,
        "node": door.node,
        "help": door.settings,
        "now": door.now(),
    }


def door_here(request: Request) -> Door:
    """Return the portal's own door of the node that answers."""
    door: Door = request.app.state.doors["portal"]
    return door


def language_of(request: Request) -> str:
    """Return the language that a reader has chosen."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, SOURCE)
    return chosen if chosen in LANGUAGES else SOURCE


def _filters() -> dict[str, Any]:
    return {
        "day": _day,
        "moment": _moment,
        "full": _full,
        "iso": dates.iso,
        "clock": dates.clock,
        "short_day": dates.short_day,
        "left": _left,
        "word": _word,
        "phone": spoken_phone,
        "node_name": _node_name,
        "region_name": _region_name,
        "listed": _listed,
    }


def spoken_phone(number: str) -> str:
    """Return a number as people dial it: a Chinese one without the country, in groups."""
    national = number.removeprefix("+86").replace(";ext=", " 转 ")
    if number.startswith("+86") and len(national) == MOBILE_DIGITS:
        return f"{national[:3]} {national[3:7]} {national[7:]}"
    return f"0{national}" if number.startswith("+86") else national


@pass_context
def _day(context: Context, at: datetime) -> str:
    return dates.day(at, context["language"])


@pass_context
def _moment(context: Context, at: datetime) -> str:
    return dates.moment(at, context["language"])


@pass_context
def _full(context: Context, at: datetime) -> str:
    return dates.full(at, context["language"])


@pass_context
def _left(context: Context, due: datetime) -> str:
    return dates.left(due, context["now"], translations(context["language"]).gettext)


@pass_context
def _word(context: Context, code: Any, table: Any) -> str:
    """Return the word for a code in the reader's language; a code without one shows itself."""
    text = table.get(code)
    return str(code) if text is None else translations(context["language"]).gettext(text)


@pass_context
def _listed(context: Context, texts: Iterable[str]) -> str:
    say = translations(context["language"]).gettext
    return (", " if context["language"] == "en" else "、").join(map(say, texts))


def _region_name(code: str) -> str:
    return full_name_of(code) or code


@pass_context
def _node_name(context: Context, code: str | None) -> str:
    return node_name(context["node"], code)
