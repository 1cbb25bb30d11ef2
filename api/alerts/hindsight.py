"""What a rule would have told while nobody watched it, found in the log by whoever watches next.

Looked at is the time until the board changed last: what stands still since then the live watch sees as well. What was
raised while the PBX itself was not heard is not told: the board of then says what was before.
"""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from api.alerts.lookout import Outcome, Watched
from api.alerts.trying import PastOfRules
from calls.alert_curve import Pieces
from calls.alert_trial import Trial, Tried
from calls.alerts import Firing, Watch

# So often it is written down until when was watched; what is shorter the live watch makes good.
SHORTEST_MS = 5_000
# Told later than this it is of no use to anybody, as with reports by mail.
LONGEST_MS = 86_400_000


class Silence(Struct, frozen=True):
    """A span in which a PBX was not heard, ms since the epoch; `end` is None while it lasts."""

    pbx: str
    start: int
    end: int | None


class Hindsight(Struct, frozen=True):
    """Looks back over rules. `zone` is that of local days."""

    past: PastOfRules
    zone: ZoneInfo

    async def look(self, watched: Watched, silences: Sequence[Silence], now: int) -> Outcome | None:
        """What came of it until it was changed last before `now` (ms since the epoch); None where nothing is to find.

        Raises what the past raises.
        """
        at, watch = _beginning(watched, now)
        found, begun = dict[int, Firing](), at
        while at < now:
            told = await self._tried(watched, watch, at, now)
            if told.until >= now:
                # What nothing was heard after is not over, or nobody knows.
                if told.changed_at is None:
                    break
                now = told.changed_at + 1
                told = await self._tried(watched, watch, at, now)
            found |= {it.raised_at: it for it in told.firings}
            at, watch = told.until, told.watch
        if at == begun:
            return None
        unknown = {it for it in found if it != _raised(watched.watch) and _is_silent(watched, it, silences)}
        if watch.firing is not None and watch.firing.raised_at in unknown:
            watch = replace(watch, firing=None, last=watched.watch.last)
        known = [it for raised_at, it in found.items() if raised_at not in unknown]
        return Outcome(replace(watched, watch=watch, until=at), list(_in_steps(known, watched.watch)))

    async def _tried(self, watched: Watched, watch: Watch, start: int, end: int) -> Tried:
        trial = Trial(watched.rule, self.zone.key, watch, Pieces(start, LONGEST_MS))
        return await self.past.tried(watched.tenant, trial, start, end)


def _beginning(watched: Watched, now: int) -> tuple[int, Watch]:
    """From when on, and what is remembered of before."""
    if watched.until is None or now - watched.until < SHORTEST_MS:
        return now, watched.watch
    if now - watched.until <= LONGEST_MS:
        return watched.until, watched.watch
    return now - LONGEST_MS, replace(watched.watch, since=None)


def _is_silent(watched: Watched, at: int, silences: Sequence[Silence]) -> bool:
    """Whether a PBX of the rule's queues was not heard at an instant."""
    pbxs = {queue.partition(":")[0] for queue in watched.rule.queues}
    return any((not pbxs or it.pbx in pbxs) and it.start <= at and (it.end is None or at <= it.end) for it in silences)


def _in_steps(firings: Sequence[Firing], before: Watch) -> Iterator[Firing]:
    """Each as it was raised, unless it was before, and as it was over."""
    for firing in firings:
        if firing.raised_at != _raised(before):
            yield replace(firing, cleared_at=None)
        if firing.cleared_at is not None:
            yield firing


def _raised(watch: Watch) -> int | None:
    return None if watch.firing is None else watch.firing.raised_at
