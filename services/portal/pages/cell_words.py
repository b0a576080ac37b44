"""What the number of the board was that a list stands behind, in words."""

from datetime import datetime

from services.portal.pages import dates, item_words
from services.portal.pages.language import language_now, say
from services.portal.pages.language import later as _
from services.portal.pages.words import CLOCKS, LAMP_COLOURS
from services.portal.policy import Cell

NO_UNIT = _("还没有单位")
NO_ITEM = _("没有对应事项")
NO_CLOCK = _("未计时")


def cell_words(cell: Cell, unit_name: str | None = None) -> str:
    """Return a cell in words; an empty text for the one that narrows nothing."""
    told = [
        *(_of(cell.unit, unit_name, NO_UNIT)),
        *([] if cell.kind is None else [kind_words(cell.kind)]),
        *([] if cell.clock is None else [CLOCKS.get(cell.clock, cell.clock)]),
        *(_of(cell.of, unit_name, NO_UNIT)),
        *([] if cell.lamp is None else [LAMP_COLOURS.get(cell.lamp, NO_CLOCK)]),
        *_when(cell),
    ]
    return " · ".join(map(say, told))


TURNS = {"yellow": _("变黄"), "red": _("变红")}


def kind_words(kind: str) -> str:
    """Return what kind of service an item is; a kind of the node's own shows itself."""
    return say(item_words.KINDS.get(kind, kind) or NO_ITEM)


def _of(code: str | None, name: str | None, none: str) -> list[str]:
    return [] if code is None else [(name or code) if code else none]


def _when(cell: Cell) -> list[str]:
    time = "—".join(_moment(at) for at in (cell.since, cell.until) if at is not None)
    if cell.turns:
        return [f"{time} {say(TURNS[cell.turns])}"]
    if cell.due:
        return [say(_("{at} 到期")).format(at=time)]
    if cell.late and cell.since is None:
        return [say(_("{at} 以前就到期")).format(at=time)]
    return [say(_("{at} 已到期")).format(at=time)] if cell.late else []


def _moment(at: datetime) -> str:
    return dates.moment(at, language_now())
