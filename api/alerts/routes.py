"""/api/alerts: rules on live metrics. Who watches reads them and tries rules on the past, managers change them."""

from collections.abc import Callable
from typing import Annotated, Any, Protocol
from uuid import UUID

from litestar import Request, Router, delete, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody, QueryParameter, SkipValidation
from msgspec import Struct

from api.access import only
from api.admin.acting import Items, Limit, Offset, id_of, missing
from api.alerts.trying import Trier, TryForm, Trying
from api.alerts.words import AlertForm, AlertItem, FiredItem
from api.errors import BadRequest
from api.roles import MANAGERS, WATCHERS
from api.tokens import Principal
from calls.alerts import contradiction


class Alerts(Protocol):
    """Where rules and firings are kept: `api.alerts.store.AlertStore`."""

    async def rules(self, tenant: str) -> list[AlertItem]: ...

    async def rule(self, tenant: str, rule_id: UUID) -> AlertItem | None: ...

    async def add(self, principal: Principal, form: AlertForm) -> AlertItem: ...

    async def change(self, principal: Principal, rule_id: UUID, form: AlertForm) -> AlertItem | None: ...

    async def remove(self, principal: Principal, rule_id: UUID) -> bool: ...

    async def fired(self, tenant: str, only_open: bool, limit: int, offset: int) -> tuple[list[FiredItem], int]: ...


class AlertDesk(Struct, frozen=True):
    """What the routes need. `refuse_webhook` says why an address may not be sent to, empty where it may."""

    alerts: Alerts
    trier: Trier
    refuse_webhook: Callable[[str], str]


OurAlertDesk = NamedDependency[SkipValidation[AlertDesk]]
Asked = Request[Principal, Any, Any]
OnlyOpen = Annotated[bool, QueryParameter(name="open", description="only what is not over")]


@get("/")
async def alerts(request: Asked, alert_desk: OurAlertDesk) -> Items[AlertItem]:
    """All rules of the tenant by name, each with the firing that is not over."""
    found = await alert_desk.alerts.rules(request.user.tenant)
    return Items(found, len(found))


@post("/", status_code=201, opt=only(MANAGERS))
async def add_alert(request: Asked, alert_desk: OurAlertDesk, data: JSONBody[AlertForm]) -> AlertItem:
    """Make a rule, which is watched from now on. With a webhook `secret` is told, here and never again."""
    _check(data, alert_desk)
    return await alert_desk.alerts.add(request.user, data)


@post("/try", status_code=200)
async def try_alert(request: Asked, alert_desk: OurAlertDesk, data: JSONBody[TryForm]) -> Trying:
    """What a rule would have done between two instants, as if it had been made at the first; a week at most.

    It is folded from the log of then, with the same lines as live. Nobody is told of anything.
    """
    return await alert_desk.trier.attempt(request.user.tenant, data)


@get("/fired")
async def fired_alerts(
    request: Asked, alert_desk: OurAlertDesk, only_open: OnlyOpen = False, limit: Limit = 100, offset: Offset = 0
) -> Items[FiredItem]:
    """What fired, the newest first, with the rule as it was and what became of telling whoever was to know."""
    return Items(*await alert_desk.alerts.fired(request.user.tenant, only_open, limit, offset))


@get("/{alert_id:str}")
async def alert(request: Asked, alert_desk: OurAlertDesk, alert_id: FromPath[str]) -> AlertItem:
    """One rule."""
    found = await alert_desk.alerts.rule(request.user.tenant, id_of(alert_id, "alert"))
    if found is None:
        raise missing("alert")
    return found


@put("/{alert_id:str}", opt=only(MANAGERS))
async def change_alert(
    request: Asked, alert_desk: OurAlertDesk, alert_id: FromPath[str], data: JSONBody[AlertForm]
) -> AlertItem:
    """Set all of a rule. It begins anew: what it had raised is over. A new `secret` is told here and never again."""
    _check(data, alert_desk)
    found = await alert_desk.alerts.change(request.user, id_of(alert_id, "alert"), data)
    if found is None:
        raise missing("alert")
    return found


@delete("/{alert_id:str}", status_code=204, opt=only(MANAGERS))
async def remove_alert(request: Asked, alert_desk: OurAlertDesk, alert_id: FromPath[str]) -> None:
    """Remove a rule. What it did stays to be read."""
    if not await alert_desk.alerts.remove(request.user, id_of(alert_id, "alert")):
        raise missing("alert")


def alert_router(desk: AlertDesk) -> Router:
    """The routes under /api/alerts."""
    return Router(
        "/api/alerts",
        route_handlers=[alerts, add_alert, try_alert, fired_alerts, alert, change_alert, remove_alert],
        dependencies={"alert_desk": Provide(lambda: desk, sync_to_thread=False)},
        opt=only(WATCHERS),
        tags=["Alerts"],
    )


def _check(form: AlertForm, desk: AlertDesk) -> None:
    if wrong := contradiction(form.rule):
        raise BadRequest(f"rule.{wrong}")
    if form.webhook and (wrong := desk.refuse_webhook(form.webhook)):
        raise BadRequest(f"webhook: {wrong}")
