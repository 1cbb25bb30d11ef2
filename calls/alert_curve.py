"""A rule's metric drawn over a span: at its worst in each of many equal pieces. Pure."""

from collections.abc import Iterator

from msgspec import Struct

from calls.alerts import AlertRule, Reading, Side


class Pieces(Struct, frozen=True):
    """A span from `start` on (ms since the epoch), cut into pieces of `step_ms`, numbered from 0."""

    start: int
    step_ms: int

    def of(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """What of each piece lies within [start, end): its number, from when, until when."""
        at = start
        while at < end:
            number = (at - self.start) // self.step_ms
            until = min(end, self.start + (number + 1) * self.step_ms)
            yield number, at, until
            at = until


def draw(curve: dict[int, float], rule: AlertRule, reading: Reading, until: int, pieces: Pieces) -> None:
    """Put a reading that holds until then into the curve: by piece the worst value that the rule would have met."""
    if reading.value is None:
        return
    for number, at, end in pieces.of(reading.at, until):
        # What grows is worst at the end for who looks at it from below, at the beginning for the other.
        value = reading.value_at(end if rule.side is Side.AT_LEAST else at)
        assert value is not None
        if number not in curve or rule.worse(value, curve[number]):
            curve[number] = value
