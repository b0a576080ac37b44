"""A plan of the land around, on which a person points at a place: degrees to picture and back.

No map of anybody else is needed (S1-26): the plan has north above, a scale, and the seats of the
divisions around. An operator may lay a picture of their own under it and say what it shows.
"""

from dataclasses import dataclass
from math import cos, radians

KM_A_DEGREE = 111.32
BARS_KM = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200)
LONGEST_BAR = 0.3


@dataclass(frozen=True, slots=True)
class Plan:
    """What a picture shows, in degrees, and how large it is drawn, in pixels."""

    south: float
    west: float
    north: float
    east: float
    width: int = 600
    height: int = 600

    def __post_init__(self) -> None:
        """Refuse a plan of nothing."""
        lies = -90 <= self.south < self.north <= 90 and -180 <= self.west < self.east <= 180
        if not lies:
            raise ValueError("a plan goes from south to north and from west to east, in degrees")

    def degrees(self, x: float, y: float) -> tuple[float, float]:
        """Return latitude and longitude of a pixel; one beyond the edge counts as on it."""
        right = min(max(x / self.width, 0.0), 1.0)
        down = min(max(y / self.height, 0.0), 1.0)
        lat = self.north - down * (self.north - self.south)
        lon = self.west + right * (self.east - self.west)
        return round(lat, 5), round(lon, 5)

    def pixel(self, lat: float, lon: float) -> tuple[float, float]:
        """Return where a place lies on the picture, beyond its edges too."""
        x = (lon - self.west) / (self.east - self.west) * self.width
        y = (self.north - lat) / (self.north - self.south) * self.height
        return round(x, 1), round(y, 1)

    def shows(self, lat: float, lon: float) -> bool:
        """Tell whether a place is on the picture."""
        return self.south <= lat <= self.north and self.west <= lon <= self.east

    @property
    def km_across(self) -> float:
        """How many kilometres lie between the left and the right edge, in the middle."""
        middle = radians((self.south + self.north) / 2)
        return (self.east - self.west) * KM_A_DEGREE * cos(middle)

    def bar(self) -> tuple[float, float]:
        """Return a round length in kilometres for the scale, and its pixels."""
        most = self.km_across * LONGEST_BAR
        km = max((each for each in BARS_KM if each <= most), default=BARS_KM[0])
        return km, round(km / self.km_across * self.width, 1)


def plan_around(lat: float, lon: float, km: float) -> Plan:
    """Return a square plan with a place in its middle that reaches so far to each side."""
    high = km / KM_A_DEGREE
    wide = high / cos(radians(lat))
    return Plan(lat - high, lon - wide, lat + high, lon + wide)


def plan_of(bounds: str) -> Plan:
    """Return the plan of a picture from `south,west,north,east`; ValueError for anything else."""
    south, west, north, east = (float(side) for side in bounds.split(","))
    return Plan(south, west, north, east)
