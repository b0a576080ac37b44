"""How long to wait before the next try at something that is away."""

from dataclasses import dataclass

FIRST_SECONDS = 0.2
LAST_SECONDS = 5.0


@dataclass(slots=True)
class Backoff:
    """Waits that double from 0.2 to 5 seconds and start anew after a success."""

    seconds: float = FIRST_SECONDS

    def next(self) -> float:
        """Return the seconds to wait now, and wait longer the next time."""
        now = self.seconds
        self.seconds = min(self.seconds * 2, LAST_SECONDS)
        return now

    def reset(self) -> None:
        """Start anew: it worked."""
        self.seconds = FIRST_SECONDS
