"""/api/admin/dial-policy: what a tenant may dial to the outside, and /api/admin/dial-refusals: who tried what else."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import get, put
from litestar.params import JSONBody
from msgspec import UNSET, Struct, UnsetType

from api.admin.acting import Acting, Asked, Items, Limit, Offset, OurDesk, Tenant, changed, given
from api.dialling.numbers import is_country
from api.dialling.permits import decode_rules
from api.dialling.rules import (
    Countries,
    Country,
    DialForm,
    Hours,
    Kinds,
    Minutes,
    Most,
    Prefixes,
    Prices,
    Rules,
    ShortNumbers,
    Units,
    Zone,
    zone_of,
)
from api.errors import BadRequest


class RulesChange(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What is to be different; what is left out stays."""

    country: Country | UnsetType | None = UNSET
    countries: Countries | UnsetType = UNSET
    kinds: Kinds | UnsetType = UNSET
    prefixes: Prefixes | UnsetType = UNSET
    blocked_prefixes: Prefixes | UnsetType = UNSET
    emergency_numbers: ShortNumbers | UnsetType | None = UNSET
    dial_form: DialForm | UnsetType = UNSET
    hours: Hours | UnsetType | None = UNSET
    time_zone: Zone | UnsetType | None = UNSET
    agent_per_minute: Most | UnsetType = UNSET
    agent_per_hour: Most | UnsetType = UNSET
    agent_at_once: Most | UnsetType = UNSET
    tenant_per_minute: Most | UnsetType = UNSET
    tenant_per_hour: Most | UnsetType = UNSET
    tenant_at_once: Most | UnsetType = UNSET
    default_price: Units | UnsetType = UNSET
    prices: Prices | UnsetType = UNSET
    assumed_minutes: Minutes | UnsetType = UNSET
    spend_per_hour: Units | UnsetType = UNSET


class RefusalForm(Struct, frozen=True, rename="camel"):
    """A number that was refused. `reason` is number, destination, hours or limit; odd characters are escaped."""

    id: int
    at: datetime
    user_id: str
    username: str
    number: str
    purpose: str
    reason: str
    detail: str


@get("/dial-policy")
async def dial_policy(request: Asked, desk: OurDesk, tenant: Tenant = None) -> Rules:
    """The rules of dialling to the outside; where an administrator said nothing, their defaults."""
    async with desk.acting(request.user, tenant) as act:
        return await _rules(act)


@put("/dial-policy")
async def change_dial_policy(
    request: Asked, desk: OurDesk, data: JSONBody[RulesChange], tenant: Tenant = None
) -> Rules:
    """Change the rules of dialling to the outside. They hold from the next number on."""
    async with desk.acting(request.user, tenant) as act:
        # Whoever else changes them at this moment comes before or after.
        await act.row("SELECT pg_advisory_xact_lock(hashtext('trunkline.dial_policies'), hashtext(%s))", act.tenant)
        before = await _rules(act)
        after = msgspec.structs.replace(before, **given(data, RulesChange.__struct_fields__))
        zone_of(after, desk.zone)
        _refuse_unknown_countries(after)
        await act.run(
            "INSERT INTO dial_policies (tenant_id, rules) VALUES (%s, %s) ON CONFLICT (tenant_id) DO UPDATE"
            " SET rules = excluded.rules, changed_at = now()",
            *(act.tenant, msgspec.json.encode(after).decode()),
        )
        difference = changed(msgspec.to_builtins(before), msgspec.to_builtins(after))
        await act.audit("dial_policy.change", act.tenant, difference)
    return after


@get("/dial-refusals")
async def dial_refusals(
    request: Asked, desk: OurDesk, tenant: Tenant = None, limit: Limit = 100, offset: Offset = 0
) -> Items[RefusalForm]:
    """The numbers that were refused in the last 90 days, newest first."""
    async with desk.acting(request.user, tenant) as act:
        rows = await act.rows(
            "SELECT r.*, coalesce(u.username, '') AS username"
            " FROM dial_refusals r LEFT JOIN users u ON u.id = r.user_id"
            " WHERE r.tenant_id = %s ORDER BY r.id DESC LIMIT %s OFFSET %s",
            *(act.tenant, limit, offset),
        )
        count = await act.row("SELECT count(*) AS total FROM dial_refusals WHERE tenant_id = %s", act.tenant)
    return Items([_form(row) for row in rows], count["total"] if count else 0)


async def _rules(act: Acting) -> Rules:
    row = await act.row("SELECT rules::text AS rules FROM dial_policies WHERE tenant_id = %s", act.tenant)
    return Rules() if row is None else decode_rules(row["rules"])


def _refuse_unknown_countries(rules: Rules) -> None:
    if rules.country is not None and not is_country(rules.country):
        raise BadRequest(f"country: there is no country {rules.country}; write its two letters, such as DE.")
    if unknown := [each for each in rules.countries if not is_country(each)]:
        raise BadRequest(f"countries: there is no country {unknown[0]}; write two letters each, such as DE.")


def _form(row: dict[str, Any]) -> RefusalForm:
    return RefusalForm(
        id=row["id"],
        at=row["refused_at"],
        user_id=str(row["user_id"]),
        username=row["username"],
        number=row["number"],
        purpose=row["purpose"],
        reason=row["reason"],
        detail=row["detail"],
    )
