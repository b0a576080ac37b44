"""The places a person can choose for a matter: here first, then ever further away."""

from collections.abc import Sequence
from functools import cache

from services.portal.pages.language import later as _
from shared.regions import children_of, full_name_of

Group = tuple[str, Sequence[tuple[str, str]]]


@cache
def places(home: str) -> tuple[Group, ...]:
    """Return groups of region codes with their names for a node of this code."""
    city, province = home[:4] + "00", home[:2] + "0000"
    near = [code for code in children_of(city) if code != home]
    around = [code for code in children_of(province) if code not in (city, home)]
    far = [code for code in children_of(None) if code not in (province, home)]
    groups = (
        (_("本地"), _named([home])),
        (_("本市其他区县"), _named(near)),
        (_("本省其他地方"), _named(around)),
        (_("外省"), _named(far)),
    )
    return tuple((title, options) for title, options in groups if options)


def _named(codes: Sequence[str]) -> list[tuple[str, str]]:
    return [(code, full_name_of(code) or code) for code in codes]
