"""What each way in adds to a report: rows that say which fields are taken, and which are needed.

Sources: domain facts S0-06..09, S0-22, S1-24..26, S3-04..06, S3-14; N25. Who may come by which
channel stands in `shared/security/channels.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from types import MappingProxyType


@unique
class Form(StrEnum):
    """What may stand in a field."""

    TEXT = "text"
    """One line in words."""
    ID = "id"
    """An id of the system that the report comes from: letters, digits and `.:/#_-`."""
    YES_NO = "yes_no"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    """Degrees of WGS 84."""


@dataclass(frozen=True, slots=True)
class ChannelField:
    """One field that a channel takes; titles and hints are Chinese and English."""

    name: str
    form: Form
    title: tuple[str, str]
    hint: tuple[str, str] = ("", "")
    required: bool = False
    private: bool = False
    """It tells where somebody was: shown to those who look at the person, and nowhere else."""


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One way in."""

    fields: tuple[ChannelField, ...] = ()
    known_by: str | None = None
    """The field that names the report where it comes from: the same one twice is one case."""
    for_bodies: bool = False
    """Only a body reports so, and gives its unified social credit code."""
    wants_photo: bool = False
    """A photograph is added to the case at once."""

    @property
    def names(self) -> frozenset[str]:
        """The names of the fields."""
        return frozenset(field.name for field in self.fields)


_HALL = ChannelField(
    "hall",
    Form.TEXT,
    ("大厅", "Hall"),
    ("例如：县政务服务中心", "The service hall it happened in."),
)
_WINDOW = ChannelField("window_no", Form.TEXT, ("窗口号", "Window"), ("例如：B12", "Its number."))
_COMPLETE = ChannelField(
    "materials_complete",
    Form.YES_NO,
    ("材料齐全、符合形式", "Materials complete"),
    ("看过材料再选，没看过就不选。", "Only if you have seen them."),
)
_CALL = ChannelField("call_id", Form.ID, ("通话编号", "Call"))
_RECORDING = ChannelField("recording_id", Form.ID, ("录音编号", "Recording"))
_POINT = ChannelField("point", Form.TEXT, ("服务点", "Service point"), required=True)

CHANNEL_ROWS: Mapping[str, ChannelRow] = MappingProxyType(
    {
        "window": ChannelRow((_HALL, _WINDOW, _COMPLETE)),
        "hotline": ChannelRow((_CALL, _RECORDING)),
        "web": ChannelRow((_HALL, _WINDOW)),
        "enterprise_portal": ChannelRow((_HALL, _WINDOW), for_bodies=True),
        "app": ChannelRow((_HALL, _WINDOW)),
        "kiosk": ChannelRow((ChannelField("kiosk_id", Form.ID, ("自助机编号", "Kiosk")),)),
        "snap": ChannelRow(
            (
                ChannelField(
                    "lat", Form.LATITUDE, ("纬度", "Latitude"), required=True, private=True
                ),
                ChannelField(
                    "lon", Form.LONGITUDE, ("经度", "Longitude"), required=True, private=True
                ),
            ),
            wants_photo=True,
        ),
        "sms": ChannelRow(
            (ChannelField("message_id", Form.ID, ("短信编号", "Message")),),
            known_by="message_id",
        ),
        "midway_exit": ChannelRow(
            (
                ChannelField(
                    "application_id",
                    Form.ID,
                    ("申报编号", "Application"),
                    (
                        "网上申报时的办件编号。",
                        "As the person's abandoned application is numbered.",
                    ),
                    required=True,
                ),
                ChannelField("stuck_at", Form.TEXT, ("卡在哪一步", "Step where it was left")),
            ),
            known_by="application_id",
        ),
        "evaluation": ChannelRow(
            (
                ChannelField(
                    "review_id",
                    Form.ID,
                    ("评价编号", "Review"),
                    ("好差评系统里的编号。", "Its number in the system of reviews."),
                    required=True,
                ),
            ),
            known_by="review_id",
        ),
        "upper_tier": ChannelRow(
            (
                ChannelField(
                    "document_no",
                    Form.TEXT,
                    ("交办文号", "Document"),
                    ("电话交办、没有文号的不填。", "Leave it out if there is none."),
                ),
            )
        ),
        "outbound_call": ChannelRow(
            (
                ChannelField("campaign", Form.TEXT, ("外呼批次", "Campaign"), required=True),
                _CALL,
                _RECORDING,
            )
        ),
        "grid": ChannelRow(
            (
                ChannelField(
                    "grid",
                    Form.TEXT,
                    ("网格", "Grid"),
                    ("网格的名称或编号。", "Its name or number."),
                    required=True,
                ),
            )
        ),
        "video": ChannelRow(
            (ChannelField("point", Form.TEXT, ("连线点", "Video point")), _RECORDING)
        ),
        "third_party": ChannelRow((_POINT,)),
    }
)
