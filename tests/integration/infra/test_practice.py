"""infra/schema.py: on a PBX to try things on, numbers that nobody has may be dialled."""

import psycopg

from infra.schema import open_practice_numbers


def test_practice_numbers_are_open_unless_somebody_said_otherwise(database: str) -> None:
    open_practice_numbers(database)
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT tenant_id, rules FROM dial_policies").fetchall() == [
            ("default", {"prefixes": ["+1555"]})
        ]
        connection.execute("UPDATE dial_policies SET rules = '{}'")
    open_practice_numbers(database)
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT rules FROM dial_policies").fetchall() == [({},)]
