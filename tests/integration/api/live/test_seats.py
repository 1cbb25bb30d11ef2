"""api/live/seats.py against PostgreSQL: whose agents are whose, within a tenant."""

from collections.abc import Callable

from api_parts import agent
from api_rows import add_user, change, live_statements, write

from api.database import Database
from api.live.seats import PostgresSeats

GIVE = "UPDATE agent_extensions SET user_id = %s WHERE agent_id = %s"


async def test_a_user_is_the_agents_that_it_was_given(database: str, database_as: Callable[..., str]) -> None:
    mia, ben = add_user(database, "mia", "agent"), add_user(database, "ben", "agent")
    write(database, live_statements([agent(), agent("Bob"), agent("Cat")], []))
    change(database, GIVE, mia, "PJSIP/Alice")
    change(database, GIVE, mia, "PJSIP/Bob")
    pool = Database(database_as("trunkline_api"))
    await pool.open()
    seats = PostgresSeats(pool)
    try:
        assert await seats.seats("default", [mia, ben]) == {mia: {"pbx:PJSIP/Alice", "pbx:PJSIP/Bob"}}
        assert await seats.seats("other", [mia, ben]) == {}
    finally:
        await pool.close()
