"""How what is told of a case is masked: wholly where its person wants not to be known."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from shared.security.masking import mask_text, mask_wholly
from shared.security.parties import Party

Mask = Callable[[str], str]


def mask_of(parties: Iterable[Party], names: Sequence[str] = ()) -> Mask:
    """Return what masks a text of the case of these parties, in which other names stand, too."""
    told = tuple(parties)
    if any(party.withheld for party in told):
        return partial(mask_wholly, names=(*(party.name for party in told), *names))
    personal = (name for party in told for name in party.personal_names)
    return partial(mask_text, known=(*personal, *names))
