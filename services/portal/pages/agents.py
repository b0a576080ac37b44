"""What a form tells of an agent: who, by which right, and which of both hears how it goes on."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from services.portal.pages.forms import Form

AGENCY: Mapping[str, str] = MappingProxyType(
    {
        "agent.relation": "relation",
        "agent.told": "told",
        "agent.authority.kind": "authority",
        "agent.authority.valid_until": "authority_until",
        "agent.authority.scopes.0": "scopes",
    }
)
"""Our names of fields of the API."""


def agent_of(form: Form) -> dict[str, Any]:
    """Return the agent as the API takes one."""
    agent: dict[str, Any] = {
        "kind": "person",
        "name": form.get("agent_name"),
        "phone": form.get("agent_phone"),
    }
    agent |= {name: value for name in ("relation", "told") if (value := form.get(name))}
    if language := form.get("agent_language"):
        agent["language"] = language
    paper = authority_of(form)
    return agent | ({"authority": paper} if paper["kind"] else {})


def authority_of(form: Form) -> dict[str, Any]:
    """Return the paper that was shown."""
    return {
        "kind": form.optional("authority"),
        "valid_until": form.optional("authority_until"),
        "scopes": form.all("scopes"),
        "note": form.optional("note"),
    }


def agency_of(form: Form) -> dict[str, Any]:
    """Return another authority of the agent of a case as the API takes it."""
    return {"relation": form.get("relation"), **authority_of(form)}
