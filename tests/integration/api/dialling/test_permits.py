"""api/dialling/permits.py on a real PostgreSQL: limits, what is given back, what a call costs, and who was refused."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
from api_parts import NOWHERE, principal
from api_parts import UTC as ZONE
from api_rows import add_user, call_statements, change, write
from msgspec import json
from msgspec.structs import replace
from psycopg_pool import PoolTimeout
from stories import told

from api.database import Database
from api.dialling.permits import KEPT_A_MINUTE, DialDesk
from api.dialling.rules import Hours, Price, Rules
from api.errors import BadRequest, NotAllowed, TooManyTries
from api.roles import Role
from api.tokens import Principal

BERLIN, HAMBURG = "030123456", "0401234567"
# Wide enough for whatever a test is not about.
WIDE = Rules(agent_at_once=1_000, tenant_at_once=1_000, agent_per_minute=1_000, tenant_per_minute=1_000)
NIGHT = datetime(2026, 11, 22, 2, tzinfo=UTC)


class Place(NamedTuple):
    """Two agents of the tenant, one of another, and the owner's URL."""

    desk: DialDesk
    database: Database
    alice: Principal
    bob: Principal
    theirs: Principal
    owner: str

    def rule(self, rules: Rules, tenant: str = "default") -> None:
        """Let these be a tenant's rules."""
        statement = (
            "INSERT INTO dial_policies (tenant_id, rules) VALUES (%s, %s)"
            " ON CONFLICT (tenant_id) DO UPDATE SET rules = excluded.rules"
        )
        change(self.owner, statement, tenant, json.encode(rules).decode())

    def later(self, seconds: float) -> None:
        """Let this time pass: what was permitted is so much older."""
        change(self.owner, "UPDATE dial_permits SET taken_at = taken_at - make_interval(secs => %s)", seconds)

    async def rows(self, statement: Any, tenant: str = "default") -> list[dict[str, Any]]:
        """What a statement of the tenant's shows."""
        async with self.database.seeing(tenant) as connection:
            return await (await connection.execute(statement)).fetchall()


@pytest.fixture
async def place(database_as: Callable[..., str]) -> AsyncIterator[Place]:
    """An installation in Germany."""
    owner, database = database_as(), Database(database_as("trunkline_api"))
    await database.open()
    people = [
        replace(principal(Role.AGENT, tenant), user_id=add_user(owner, name, "agent", tenant))
        for name, tenant in (("alice", "default"), ("bob", "default"), ("theirs", "other"))
    ]
    it = Place(DialDesk(database, "DE", ZONE), database, *people, owner)
    it.rule(WIDE)
    yield it
    await database.close()


async def refusal(place: Place, who: Principal, number: str = BERLIN) -> TooManyTries:
    """The limit that is in the way."""
    with pytest.raises(TooManyTries) as caught:
        await place.desk.permit(who, number, "dial")
    return caught.value


async def test_a_number_is_permitted_as_the_trunk_wants_it(place: Place) -> None:
    permit = await place.desk.permit(place.alice, BERLIN, "dial")
    assert (permit.dial, permit.e164, permit.cost) == ("4930123456", "+4930123456", 5.0)
    assert permit.id is not None


async def test_an_agent_dials_so_often_a_minute_and_an_hour(place: Place) -> None:
    place.rule(replace(WIDE, agent_per_minute=2, agent_per_hour=3))
    await place.desk.permit(place.alice, BERLIN, "dial")
    place.later(30)
    await place.desk.permit(place.alice, BERLIN, "transfer")
    limit = await refusal(place, place.alice)
    assert "minute" in limit.detail and 25 <= limit.wait <= 31
    await place.desk.permit(place.bob, BERLIN, "dial")
    place.later(30)
    await place.desk.permit(place.alice, BERLIN, "dial")
    limit = await refusal(place, place.alice)
    assert "hour" in limit.detail and 3_400 < limit.wait <= 3_600


async def test_a_tenant_dials_so_often_and_no_other_tenant_is_held_by_it(place: Place) -> None:
    place.rule(replace(WIDE, tenant_per_minute=1))
    await place.desk.permit(place.alice, BERLIN, "dial")
    assert "minute" in (await refusal(place, place.bob)).detail
    await place.desk.permit(place.theirs, BERLIN, "dial")
    place.rule(replace(WIDE, tenant_per_hour=1))
    place.later(120)
    assert "hour" in (await refusal(place, place.bob)).detail


async def test_what_was_not_dialled_is_given_back(place: Place) -> None:
    place.rule(replace(WIDE, agent_per_minute=1))
    permit = await place.desk.permit(place.alice, BERLIN, "dial")
    await refusal(place, place.alice)
    # Another tenant's permit is nothing that one could give back.
    await place.desk.give_back(place.theirs, permit)
    await refusal(place, place.alice)
    await place.desk.give_back(place.alice, permit)
    await place.desk.permit(place.alice, BERLIN, "dial")


async def test_a_call_counts_until_it_has_ended(place: Place) -> None:
    place.rule(replace(WIDE, agent_at_once=1))
    permit = await place.desk.permit(place.alice, BERLIN, "dial")
    await place.desk.bind(place.alice, permit, "pbx:1")
    assert "at once" in (await refusal(place, place.alice)).detail
    write(place.owner, call_statements([replace(told("0 arrives").call, linkedid="1")]))
    place.later(3_600)
    assert "at once" in (await refusal(place, place.alice)).detail
    change(place.owner, "UPDATE call_sessions SET status = 'ENDED'")
    other = await place.desk.permit(place.alice, BERLIN, "dial")
    await place.desk.bind(place.alice, other, "pbx:nothing came of it")
    await refusal(place, place.alice)
    place.later(121)
    await place.desk.permit(place.alice, BERLIN, "dial")


async def test_what_telephones_dial_by_themselves_counts_for_the_tenant(place: Place) -> None:
    write(place.owner, call_statements([replace(told("0 arrives").call, linkedid="1")]))
    change(place.owner, "UPDATE call_sessions SET direction = 'outbound', started_at = now()")
    place.rule(replace(WIDE, tenant_at_once=1))
    assert "at once" in (await refusal(place, place.alice)).detail
    place.rule(replace(WIDE, agent_at_once=1))
    await place.desk.permit(place.alice, BERLIN, "dial")


async def test_an_hour_costs_so_much_and_no_more(place: Place) -> None:
    rules = replace(WIDE, prices=[Price("+4940", 3.0)], default_price=0.0, assumed_minutes=2.0, spend_per_hour=12.0)
    place.rule(rules)
    first = await place.desk.permit(place.alice, HAMBURG, "dial")
    await place.desk.permit(place.bob, HAMBURG, "dial")
    assert first.cost == 6.0
    assert "cost" in (await refusal(place, place.alice, HAMBURG)).detail
    # What costs nothing goes on.
    await place.desk.permit(place.alice, BERLIN, "dial")
    # A call that was over within a minute cost one.
    await place.desk.bind(place.alice, first, "pbx:1")
    write(place.owner, call_statements([replace(told("0 arrives").call, linkedid="1")]))
    change(place.owner, "UPDATE call_sessions SET status = 'ENDED', duration = 30")
    await refusal(place, place.alice, HAMBURG)
    change(place.owner, "UPDATE call_sessions SET duration = NULL")
    await place.desk.permit(place.alice, HAMBURG, "dial")
    # One that lasts costs more the longer it does.
    place.later(3_000)
    assert "cost" in (await refusal(place, place.alice, HAMBURG)).detail


async def test_a_call_for_help_is_held_by_no_limit(place: Place) -> None:
    shut = Hours([1], "08:00", "08:01")
    place.rule(replace(WIDE, agent_per_minute=1, tenant_at_once=1, spend_per_hour=0.0, hours=shut))
    for _ in range(3):
        permit = await place.desk.permit(place.alice, "112", "dial")
        assert (permit.dial, permit.cost) == ("112", 0.0)


async def test_without_a_database_nothing_is_dialled(place: Place) -> None:
    nowhere = Database(NOWHERE, wait_s=0.1)
    await nowhere.open()
    for number in (BERLIN, "\r\n"):
        with pytest.raises(PoolTimeout):
            await DialDesk(nowhere, "DE", ZONE).permit(place.alice, number, "dial")
    await nowhere.close()


async def test_who_tries_a_thousand_times_fills_no_table(place: Place) -> None:
    for _ in range(KEPT_A_MINUTE + 5):
        with pytest.raises(BadRequest):
            await place.desk.permit(place.alice, "1", "dial")
    with pytest.raises(BadRequest):
        await place.desk.permit(place.bob, "1", "dial")
    assert await place.rows("SELECT count(*) AS kept FROM dial_refusals") == [{"kept": KEPT_A_MINUTE + 1}]
    assert place.desk.figures()["trunkline_api_dials_refused_number_total"][1] == KEPT_A_MINUTE + 6


async def test_who_was_refused_is_kept_and_counted(place: Place) -> None:
    place.rule(replace(WIDE, agent_per_minute=1, hours=Hours([7], "08:00", "18:00")))
    desk = DialDesk(place.database, "DE", ZONE, lambda: NIGHT.replace(hour=12))
    await desk.permit(place.alice, BERLIN, "dial")
    with pytest.raises(TooManyTries):
        await desk.permit(place.alice, BERLIN, "dial")
    with pytest.raises(BadRequest):
        await desk.permit(place.alice, "1\r\nAction: Originate\x00\u2028" + "9" * 90, "transfer")
    with pytest.raises(NotAllowed):
        await desk.permit(place.alice, "+881612345678", "dial")
    with pytest.raises(NotAllowed):
        await DialDesk(place.database, "DE", ZONE, lambda: NIGHT).permit(place.bob, BERLIN, "dial")
    rows = await place.rows("SELECT * FROM dial_refusals ORDER BY id")
    assert [row["reason"] for row in rows] == ["limit", "number", "destination", "hours"]
    assert rows[1]["number"].startswith(r"1\r\nAction: Originate\x00\u20289") and len(rows[1]["number"]) == 64
    assert (rows[1]["purpose"], str(rows[1]["user_id"])) == ("transfer", place.alice.user_id)
    assert await place.rows("SELECT * FROM dial_refusals", "other") == []
    figures = {name: value for name, (_, value) in desk.figures().items()}
    assert figures == {
        "trunkline_api_dials_permitted_total": 1,
        **{f"trunkline_api_dials_refused_{reason}_total": 1 for reason in ("limit", "number", "destination")},
        "trunkline_api_dials_refused_hours_total": 0,
    }


async def test_what_is_of_no_use_any_more_is_forgotten(place: Place) -> None:
    await place.desk.permit(place.alice, BERLIN, "dial")
    await place.desk.forget()
    assert len(await place.rows("SELECT * FROM dial_permits")) == 1
    place.later(8 * 86_400)
    await place.desk.forget()
    assert await place.rows("SELECT * FROM dial_permits") == []


async def test_s02_a_hundred_at_once_pass_no_limit(place: Place) -> None:
    place.rule(replace(WIDE, agent_per_minute=7))
    asked = await asyncio.gather(
        *(place.desk.permit(place.alice, BERLIN, "dial") for _ in range(100)), return_exceptions=True
    )
    assert sum(not isinstance(each, BaseException) for each in asked) == 7
    assert {type(each) for each in asked if isinstance(each, BaseException)} == {TooManyTries}
