"""Alerts in a dictionary, and a past in which a rule fired once."""

from collections.abc import Callable
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from api.alerts.outbound import Outbound
from api.alerts.routes import AlertDesk
from api.alerts.trying import Trier
from api.alerts.words import AlertForm, AlertItem, FiredItem
from api.errors import NotFound
from api.tokens import Principal
from calls.alert_trial import Trial, Tried
from calls.alerts import Firing, Reading, Watch, advance

# 2026-11-22T12:00:00Z.
NOW = 1_795_348_800_000
STEP_MS = 3_600_000
RULE = {"name": "Many wait", "metric": "waiting", "side": "at_least", "limit": 3}


class FakeAlerts:
    """Keeps rules by tenant; nothing ever fires."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, UUID], AlertItem] = {}

    async def rules(self, tenant: str) -> list[AlertItem]:
        return [item for (whose, _), item in self.kept.items() if whose == tenant]

    async def rule(self, tenant: str, rule_id: UUID) -> AlertItem | None:
        return self.kept.get((tenant, rule_id))

    async def add(self, principal: Principal, form: AlertForm) -> AlertItem:
        rule_id = UUID(int=len(self.kept) + 1)
        item = AlertItem(str(rule_id), form.rule, form.webhook, form.mail, form.is_active)
        self.kept[principal.tenant, rule_id] = item
        return replace(item, secret="told once") if form.webhook else item

    async def change(self, principal: Principal, rule_id: UUID, form: AlertForm) -> AlertItem | None:
        if (principal.tenant, rule_id) not in self.kept:
            return None
        item = AlertItem(str(rule_id), form.rule, form.webhook, form.mail, form.is_active)
        self.kept[principal.tenant, rule_id] = item
        return item

    async def remove(self, principal: Principal, rule_id: UUID) -> bool:
        return self.kept.pop((principal.tenant, rule_id), None) is not None

    async def fired(self, tenant: str, only_open: bool, limit: int, offset: int) -> tuple[list[FiredItem], int]:
        return [], 0


class FakeTrials:
    """A past that is told in steps of an hour; in each the rule fired at its beginning, until its end."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Trial, int, int]] = []

    async def tried(self, tenant: str, trial: Trial, start: int, end: int) -> Tried:
        self.asked.append((tenant, trial, start, end))
        until = min(end, start + STEP_MS)
        number = (start - trial.pieces.start) // trial.pieces.step_ms
        return Tried([Firing(start, 3.0, until)], Watch(last=start), [(number, 3.0), (number + 1, 1.0)], until)


class ScriptedPast:
    """A past in which so many callers wait from these instants on; it is told in steps of an hour."""

    def __init__(self, *waiting: tuple[int, int], knows: bool = True) -> None:
        self.waiting = [(0, 0), *waiting]
        self.knows = knows

    async def tried(self, tenant: str, trial: Trial, start: int, end: int) -> Tried:
        if not self.knows:
            raise NotFound("There is no log here to look back into.")
        until = min(end, start + STEP_MS)
        changed = [at for at, _ in self.waiting if start < at < until]
        watch, told = trial.watch, dict[int, Firing]()
        for at, following in pairwise([start, *changed, until]):
            count = max(it for it in self.waiting if it[0] <= at)[1]
            firings, watch = advance(trial.rule, watch, Reading(at, count), following, ZoneInfo(trial.zone))
            told |= {it.raised_at: it for it in firings}
        return Tried(list(told.values()), watch, [], until, changed[-1] if changed else None)


def alert_desk(
    alerts: FakeAlerts | None = None, past: FakeTrials | None = None, clock: Callable[[], int] = lambda: NOW
) -> AlertDesk:
    """All of it, with one host that webhooks may go to."""
    trier = Trier(past or FakeTrials(), ZoneInfo("Europe/Berlin"), clock)
    return AlertDesk(alerts or FakeAlerts(), trier, Outbound(frozenset({"hooks.example.com"})).refusal)
