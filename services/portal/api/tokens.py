"""Tokens: which other systems may do what, until when and from where."""

from datetime import datetime, timedelta
from typing import Annotated, Self

from fastapi import APIRouter, Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from services.portal import handlers, repository
from services.portal.api.doors import PortalDoor
from services.portal.handlers import MadeToken, TokenOrder
from services.portal.policy import TokenState, normal_network, token_state
from services.portal.repository import Token
from shared.http import ApiRoute, Door, ShortText, Who
from shared.http.demands import demands
from shared.security.caller import Caller
from shared.security.policy import Action, Resource
from shared.security.system_token import SCOPES

router = APIRouter(route_class=ApiRoute)

MOST_DAYS = 3_650
MOST_NETWORKS = 50
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{8}$"), Path(description="`id`")]


def _scope(text: str) -> str:
    if text not in SCOPES:
        raise PydanticCustomError("scope", "not one of the scopes")
    return text


def _network(text: str) -> str:
    network = normal_network(text)
    if network is None:
        raise PydanticCustomError("network", "neither an address nor a network")
    return network


Scope = Annotated[
    str,
    Field(json_schema_extra={"enum": list(SCOPES)}, max_length=60),
    AfterValidator(_scope),
]
Network = Annotated[str, Field(max_length=50), AfterValidator(_network)]


class TokenBody(BaseModel):
    """What a token shall be; without networks it may come from everywhere."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[ShortText, StringConstraints(max_length=60)]
    about: ShortText
    """What it is for, and who answers for it."""
    scopes: Annotated[frozenset[Scope], Field(min_length=1)]
    days: int = Field(ge=1, le=MOST_DAYS, strict=True)
    networks: Annotated[list[Network], Field(max_length=MOST_NETWORKS)] = []

    def order(self) -> TokenOrder:
        """Return it as the handlers take it."""
        return TokenOrder(
            name=self.name,
            about=self.about,
            scopes=self.scopes,
            lifetime=timedelta(days=self.days),
            networks=tuple(dict.fromkeys(self.networks)),
        )


class TokenView(BaseModel):
    """A token as administrators see it: never the token itself."""

    id: str
    name: str
    about: str
    scopes: list[str]
    networks: list[str]
    state: TokenState
    created_at: datetime
    created_by: str
    expires_at: datetime
    rotated_at: datetime | None
    earlier_until: datetime | None
    """Until when the token before the last rotation opens, too."""
    revoked_at: datetime | None
    used_at: datetime | None
    used_from: str | None

    @classmethod
    def of(cls, token: Token, door: Door) -> Self:
        """Return a token as it is answered."""
        state = token_state(
            token.expires_at, token.revoked_at, door.now(), door.settings.token_rules
        )
        told = {name: getattr(token, name) for name in cls.model_fields if name != "state"}
        return cls(**told | {"state": state})


class MadeTokenView(TokenView):
    """A token that was just made: `token` is shown this once and kept nowhere."""

    token: str = Field(repr=False)

    @classmethod
    def of_made(cls, made: MadeToken, door: Door) -> Self:
        """Return a new token with its text."""
        view = TokenView.of(made.token, door)
        return cls(**view.model_dump(), token=made.text)


@router.get("/tokens")
@demands(Action.TOKEN_READ)
def tokens(door: PortalDoor, actor: Who) -> list[TokenView]:
    """List the tokens of other systems, what ends soonest first (administrators, inspector)."""
    door.demand(actor, Action.TOKEN_READ, Resource(door.node.code))
    with door.unit.transaction() as db:
        return [TokenView.of(token, door) for token in repository.tokens_by_end(db)]


@router.post("/tokens", status_code=201)
@demands(Action.TOKEN_WRITE)
def make_token(body: TokenBody, door: PortalDoor, actor: Who) -> MadeTokenView:
    """Make a token for another system (security administrator); it is shown this once."""
    caller, rules = _caller(door, actor), door.settings.token_rules
    with door.unit.transaction() as db:
        made = handlers.make_token(db, door.keys, body.order(), caller, rules)
        return MadeTokenView.of_made(made, door)


@router.post("/tokens/{token_id}/rotate")
@demands(Action.TOKEN_WRITE)
def rotate_token(token_id: Id, door: PortalDoor, actor: Who) -> MadeTokenView:
    """Renew a token (security administrator); the one before it opens for the overlap."""
    caller, rules = _caller(door, actor), door.settings.token_rules
    with door.unit.transaction() as db:
        made = handlers.rotate_token(db, door.keys, token_id, caller, rules)
        return MadeTokenView.of_made(made, door)


@router.post("/tokens/{token_id}/revoke")
@demands(Action.TOKEN_WRITE)
def revoke_token(token_id: Id, door: PortalDoor, actor: Who) -> TokenView:
    """End a token (security administrator); the next request under it is refused."""
    caller = _caller(door, actor)
    with door.unit.transaction() as db:
        return TokenView.of(handlers.revoke_token(db, token_id, caller), door)


def _caller(door: Door, actor: Who) -> Caller:
    door.demand(actor, Action.TOKEN_WRITE, Resource(door.node.code))
    return Caller(actor, door.now())
