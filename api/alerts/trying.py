"""A rule tried on the past: when it would have fired, and its metric at its worst in each piece of the time.

It is folded from the log with the lines that watch live, in steps, so that others who look back have their turns.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from api.alerts.words import FiringForm, firing_form
from api.errors import BadRequest, Unavailable
from api.past.instants import past_instant
from calls.alert_curve import Pieces
from calls.alert_trial import Trial, Tried
from calls.alerts import AlertRule, Firing, Watch, contradiction
from calls.form import iso

# A day of a large centre takes longer to fold than anybody waits for; a week of a small one does not.
LONGEST_MS = 7 * 86_400_000
PATIENCE_S = 30.0
# Of what is drawn: as fine as a screen can show, and no finer than a minute.
MOST_PIECES, FINEST_MS = 480, 60_000


class TryForm(Struct, frozen=True, forbid_unknown_fields=True):
    """A rule, and the span to try it on: instants in ISO 8601, without an offset in local time; a week at most."""

    rule: AlertRule
    to: str
    since: str = field(name="from")


class Curve(Struct, frozen=True, rename="camel"):
    """The metric from `start` on, in pieces of so many seconds: the worst of each, null where nothing was counted."""

    start: str
    step_seconds: float
    values: list[float | None]


class Trying(Struct, frozen=True):
    """What a rule would have done."""

    firings: list[FiringForm]
    curve: Curve


class PastOfRules(Protocol):
    """Who knows the past: `api.past.process.PastProcess`."""

    async def tried(self, tenant: str, trial: Trial, start: int, end: int) -> Tried: ...


class Trier(Struct, frozen=True):
    """Tries rules. `clock` is in ms since the epoch, `zone` that of local days."""

    past: PastOfRules
    zone: ZoneInfo
    clock: Callable[[], int]
    patience_s: float = PATIENCE_S

    async def attempt(self, tenant: str, form: TryForm) -> Trying:
        """Raises BadRequest that names the field, Unavailable where it takes too long, and what the past raises."""
        if wrong := contradiction(form.rule):
            raise BadRequest(f"rule.{wrong}")
        instant = partial(past_instant, zone=self.zone, now=self.clock())
        start, end = instant("from", form.since), instant("to", form.to)
        if not start < end <= start + LONGEST_MS:
            raise BadRequest("to: it lies after `from`, seven days at most.")
        pieces = Pieces(start, max(FINEST_MS, -(-(end - start) // MOST_PIECES)))
        try:
            async with asyncio.timeout(self.patience_s):
                firings, curve = await self._fold(tenant, form.rule, pieces, end)
        except TimeoutError:
            raise Unavailable("So much happened then that trying takes too long. Try a shorter span.") from None
        values = [curve.get(number) for number in range(-(-(end - start) // pieces.step_ms))]
        return Trying([firing_form(it) for it in firings.values()], Curve(iso(start), pieces.step_ms / 1000, values))

    async def _fold(
        self, tenant: str, rule: AlertRule, pieces: Pieces, end: int
    ) -> tuple[dict[int, Firing], dict[int, float]]:
        at, watch, firings, curve = pieces.start, Watch(), dict[int, Firing](), dict[int, float]()
        while at < end:
            told = await self.past.tried(tenant, Trial(rule, self.zone.key, watch, pieces), at, end)
            firings |= {it.raised_at: it for it in told.firings}
            for number, value in told.curve:
                known = curve.get(number, value)
                curve[number] = value if rule.worse(value, known) else known
            at, watch = told.until, told.watch
        return firings, curve
