"""When calls come: named shapes of the day, as a factor on the mean rate.

Job: for each shape, how many times the mean rate there is at an hour of the local day. Contract: pure; the mean over a
day of 24 hours is 1, so a rate stays what it was asked to be, whatever the shape. It must not draw or wait.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final

MINUTE_S: Final = 60
DAY_S: Final = 86_400


@dataclass(frozen=True)
class Shape:
    """How arrivals spread over the day: 24 weights, each for the middle of its hour, with straight lines between."""

    name: str
    hourly: tuple[float, ...]

    def factor(self, us: int, zone: tzinfo = UTC) -> float:
        """How many times the mean rate there is at an instant, in epoch microseconds."""
        local = datetime.fromtimestamp(us // 1_000_000, zone)
        # The hour whose middle was last, and how far the next middle is.
        hour, past = divmod(local.hour + local.minute / 60 + local.second / 3600 - 0.5, 1)
        before, after = self.hourly[int(hour) % 24], self.hourly[(int(hour) + 1) % 24]
        return (before + (after - before) * past) * self._scale

    @property
    def peak(self) -> float:
        """The greatest factor of the day."""
        return max(self.hourly) * self._scale

    @property
    def _scale(self) -> float:
        return 24 / sum(self.hourly)

    def begin_us(self, end_us: int, mean_s: float, zone: tzinfo = UTC) -> int:
        """When to begin, so that until `end_us` as many calls come as in `mean_s` seconds at the mean rate."""
        days, rest_s = divmod(mean_s, DAY_S)
        begin_us = end_us - round(days) * DAY_S * 1_000_000
        while rest_s > 0:
            begin_us -= MINUTE_S * 1_000_000
            rest_s -= MINUTE_S * self.factor(begin_us, zone)
        return begin_us


FLAT: Final = Shape("flat", (1.0,) * 24)
OFFICE: Final = Shape(
    "office",
    (
        # Assumed, not measured: the form that an open service line's day commonly has. The night belongs to a few, the
        # peak is at half past ten, lunch is a dip, the afternoon has a smaller peak, the evening runs out.
        *(0.12, 0.08, 0.06, 0.06, 0.08, 0.15),
        *(0.4, 0.9, 1.7, 2.3, 2.6, 2.4),
        *(1.8, 1.9, 2.2, 2.1, 1.9, 1.5),
        *(1.0, 0.7, 0.5, 0.35, 0.25, 0.18),
    ),
)
SHAPES: Final[Mapping[str, Shape]] = {shape.name: shape for shape in (FLAT, OFFICE)}
