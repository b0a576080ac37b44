"""Read a JSON body as strictly as what comes from outside deserves, and say what is wrong with it.

The standard reader takes other encodings than UTF-8, NaN, and a field twice (the last one wins, so
two readers of the same bytes may see different reports). Here each of these is refused.
"""

import json
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

from fastapi import Request, Response
from fastapi.routing import APIRoute

from shared.errors import Refused
from shared.http.demands import TurnedAway, demand_of, turn_away

LONGEST_NAME = 60


class StrictRequest(Request):
    """A request whose JSON is read once and without leniency."""

    async def json(self) -> Any:
        """Return the body; Refused, or JSONDecodeError where it is no JSON at all."""
        if not hasattr(self, "_json"):
            self._json = _parsed(_text(await self.body()))
        return self._json


class ApiRoute(APIRoute):
    """A route of the API: `APIRouter(route_class=ApiRoute)`; its document says what it demands."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
        demand = demand_of(endpoint)
        if demand is not None and demand.actions:
            told = {"x-demands": [action.value for action in demand.actions]}
            more["openapi_extra"] = {**(more.get("openapi_extra") or {}), **told}
        super().__init__(path, endpoint, **more)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, which gets a strict request."""
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            try:
                turn_away(self.endpoint, request.scope["actor"], request.path_params)
            except TurnedAway as refused:
                _note(request, self.endpoint, refused)
                raise
            return await handle(StrictRequest(request.scope, request.receive))

        return strictly


def _note(request: Request, endpoint: Any, refused: TurnedAway) -> None:
    # Where the door is of whoever turns away: services/<name>/api.
    service = str(endpoint.__module__).split(".")[1]
    if door := request.app.state.doors.get(service):
        door.turned_away(request.scope["actor"], refused.action)


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("not_utf8", field="body") from error


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_each_once, parse_constant=_no_number)
    except json.JSONDecodeError:
        raise
    except RecursionError as error:
        raise Refused("nested_too_deep", field="body") from error
    except ValueError as error:  # an integer of more digits than Python converts
        raise Refused("number_too_long", field="body") from error


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for name, value in pairs:
        if name in read:
            raise Refused("field_twice", field=name if _is_plain(name) else "body")
        read[name] = value
    return read


def _is_plain(name: str) -> bool:
    return name.isidentifier() and len(name) <= LONGEST_NAME


def _no_number(_constant: str) -> NoReturn:
    raise Refused("not_a_number", field="body")
