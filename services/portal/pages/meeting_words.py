"""What is called what of coordination meetings, and what their pages take from the API."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict

from services.portal.pages.language import later as _

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "unit": _("单位"),
        "company": _("企业"),
        "complainant": _("诉求人"),
        "legal_expert": _("法律专家"),
        "petition_office": _("信访部门"),
        "leader": _("领导"),
    }
)
ROLES: Mapping[str, str] = MappingProxyType(
    {
        "member": _("参加"),
        "chair": _("主持"),
        "adviser": _("提供意见"),
        "heard": _("列席陈述"),
    }
)
PRESENCES: Mapping[str, str] = MappingProxyType(
    {
        "invited": _("还没答复"),
        "confirmed": _("会来"),
        "present": _("到会"),
        "absent": _("缺席"),
    }
)
STATES: Mapping[str, str] = MappingProxyType(
    {
        "open": _("协商中"),
        "agreed": _("已商定，等确认纪要"),
        "confirmed": _("纪要已确认"),
        "failed": _("没有商定，转裁定"),
        "cancelled": _("已取消"),
    }
)
RESULTS: Mapping[str, str] = MappingProxyType(
    {
        "agreed": _("形成一致意见"),
        "next": _("继续协商，另定时间"),
        "failed": _("没有形成一致意见，转争议裁定"),
    }
)


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class LineTold(_Told):
    """A meeting in a list."""

    meeting_id: str
    number: str
    title_masked: str
    state: str
    topic_masked: str
    serial: int | None = None
    planned_at: datetime | None = None
    place_masked: str | None = None
    convened_at: datetime
    missing: list[str] = []


class PartyTold(_Told):
    """A party."""

    party_id: str
    kind: str
    role: str
    unit_code: str | None = None
    name_masked: str = ""
    heard_because: str | None = None
    dismissed_at: datetime | None = None


class PresenceTold(_Told):
    """How a party stands to a round."""

    party_id: str
    presence: str
    substitute_masked: str = ""


class RoundTold(_Told):
    """A round."""

    serial: int
    planned_at: datetime
    place_masked: str
    agenda_masked: str
    moves: int = 0
    held_at: datetime | None = None
    said_masked: str | None = None
    result: str | None = None
    presences: list[PresenceTold] = []

    @property
    def by_party(self) -> Mapping[str, PresenceTold]:
        """Return how each party stands to it."""
        return {one.party_id: one for one in self.presences}


class DutyTold(_Told):
    """A duty."""

    unit_code: str
    company_masked: str | None = None
    words_masked: str
    days: int | None = None
    due_on: date | None = None
    part_id: str | None = None


class MinutesTold(_Told):
    """Minutes, drafted or confirmed."""

    serial: int
    conclusion_masked: str
    amends_because: str | None = None
    drafted_at: datetime
    confirmed_at: datetime | None = None
    duties: list[DutyTold] = []


class MeetingTold(LineTold):
    """A whole meeting as the API tells it."""

    convenor_unit: str | None = None
    convenor_name: str | None = None
    is_convenor: bool = False
    bring_masked: str = ""
    ended_because: str | None = None
    parties: list[PartyTold] = []
    rounds: list[RoundTold] = []
    minutes: list[MinutesTold] = []

    @property
    def invited(self) -> list[PartyTold]:
        """The parties that are asked still."""
        return [party for party in self.parties if party.dismissed_at is None]

    @property
    def coming(self) -> RoundTold | None:
        """The round that was not held."""
        return next((one for one in self.rounds if one.held_at is None), None)

    @property
    def draft(self) -> MinutesTold | None:
        """The minutes that were not confirmed."""
        return next((one for one in self.minutes if one.confirmed_at is None), None)

    @property
    def has_confirmed(self) -> bool:
        """Whether some minutes stand already."""
        return any(one.confirmed_at for one in self.minutes)
