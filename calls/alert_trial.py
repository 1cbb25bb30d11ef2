"""What is asked, and answered, about an alert's rule on a span of the past. Pure.

A long span is tried in pieces: each answer says how far it reached and what the rule remembers, for the next question.
"""

from msgspec import Struct

from calls.alert_curve import Pieces
from calls.alerts import AlertRule, Firing, Watch


class Trial(Struct, frozen=True, forbid_unknown_fields=True):
    """Which rule, what it remembers, the zone of its days by name, and the pieces in which its metric is drawn."""

    rule: AlertRule
    zone: str
    watch: Watch
    pieces: Pieces


class Tried(Struct, frozen=True):
    """What fired or was over until then (ms since the epoch), what the rule remembers, its metric by piece at worst.

    `changed_at`: when the board changed last within that time, None where it stood still.
    """

    firings: list[Firing]
    watch: Watch
    curve: list[tuple[int, float]]
    until: int
    changed_at: int | None = None
