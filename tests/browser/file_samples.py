"""The pages of photographs and documents with sample data."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from services.portal.pages.files import ComingFile, Shelf, ShownFile, ShownRelease
from services.portal.pages.words import REVEAL_PURPOSES
from tests.browser.facts import FRONT, NOW, NUMBER, TOOLS
from tests.browser.sample import Sample

MOST, MOST_BYTES = 9, 20_000_000
PLACE = {"lat": 31.46, "lon": 116.94}


def file(n: int, name: str | None, kind: str, size: int, **more: Any) -> ShownFile:
    """Return a file as the API tells it."""
    told = {
        "attachment_id": UUID(int=n),
        "kind": kind,
        "bytes": size,
        "has_thumbnail": kind == "jpg",
        "added_at": NOW,
        "added_by_staff": False,
        "name": name,
        "place": None,
    }
    return ShownFile.model_validate({**told, **more})


FILES = (
    file(1, "现场的通知.jpg", "jpg", 1_840_233, place=PLACE),
    file(2, "不动产登记受理通知书（第三次补正，含全部附件材料清单）.pdf", "pdf", 412_000),
    file(3, "材料清单.docx", "docx", 700, added_by_staff=True),
)
NAMELESS = tuple(each.model_copy(update={"name": None, "place": None}) for each in FILES)


def coming(**more: Any) -> ComingFile:
    """Return a file of the county on its way, as the API tells it."""
    told = {"kind": "pdf", "bytes": 1_530_000, "origin": "341523", "offered_at": NOW}
    told |= {"pieces": 12, "arrived": 3, "fault": None}
    return ComingFile.model_validate({**told, **more})


COMING = (coming(), coming(kind="jpg", arrived=0, bytes=912_000, fault="picture"))
FROM_BELOW = (*FILES, file(4, "现场勘查记录.pdf", "pdf", 2_200_000, origin="341523"))


def own(shelf: Shelf) -> dict[str, Any]:
    """Return what the page of a person is given."""
    return shelf.values() | {"number": NUMBER}


def at_desk(shelf: Shelf, purpose: str = "") -> dict[str, Any]:
    """Return what the page of the desk is given."""
    return {
        **shelf.values(),
        "tools": TOOLS,
        "number": NUMBER,
        "purpose": purpose,
        "purposes": [("", [(each, each) for each in REVEAL_PURPOSES])],
        "asked": urlencode({"case": NUMBER, "purpose": purpose}),
        "withheld": False,
        "unit_name": None,
        "released": {},
    }


UNIT = "市自然资源和规划局不动产登记中心"
RELEASE = ShownRelease(
    release_id=UUID(int=7),
    file_id=UUID(int=2),
    shown_id=UUID(int=5),
    unit_node="341500",
    unit_name=UNIT,
    released_at=NOW,
    because_masked="要核对受理通知书的编号和日期",
    ended_at=None,
)
COPIED = (*FILES, file(5, "通知书（遮盖）.pdf", "pdf", 399_000, replaces=UUID(int=2)))
TOO_LARGE = {"file": "文件太大了。请把照片缩小一些，或者分成几个文件再传。"}
FILE_SAMPLES: Mapping[str, Sample] = {
    "files_empty": Sample("citizen/files.html", own(Shelf((), MOST, MOST_BYTES))),
    "files": Sample("citizen/files.html", own(Shelf(FILES, MOST, MOST_BYTES))),
    "files_wrong": Sample(
        "citizen/files.html", own(Shelf(FILES[:1], MOST, MOST_BYTES, TOO_LARGE))
    ),
    "files_full": Sample("citizen/files.html", own(Shelf(FILES, 3, MOST_BYTES))),
    "desk_files": Sample(
        "desk/files.html", at_desk(Shelf(NAMELESS, MOST, MOST_BYTES)), FRONT, "/desk/files"
    ),
    "desk_files_shown": Sample(
        "desk/files.html",
        at_desk(Shelf(FILES, MOST, MOST_BYTES), REVEAL_PURPOSES[0]),
        FRONT,
        "/desk/files",
    ),
    "desk_files_withheld": Sample(
        "desk/files.html",
        at_desk(Shelf(COPIED, MOST, MOST_BYTES), REVEAL_PURPOSES[0])
        | {"withheld": True, "unit_name": UNIT, "released": {RELEASE.file_id: [RELEASE]}},
        FRONT,
        "/desk/files",
    ),
    "files_coming": Sample(
        "citizen/files.html", own(Shelf(FROM_BELOW, MOST, MOST_BYTES, coming=COMING[:1]))
    ),
    "desk_files_coming": Sample(
        "desk/files.html",
        at_desk(Shelf(FROM_BELOW, MOST, MOST_BYTES, coming=COMING), REVEAL_PURPOSES[0]),
        FRONT,
        "/desk/files",
    ),
    "desk_files_empty": Sample(
        "desk/files.html", at_desk(Shelf((), MOST, MOST_BYTES)), FRONT, "/desk/files"
    ),
}
