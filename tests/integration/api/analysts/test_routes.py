"""POST /api/analyst/sql on the origin as it runs: the tenant's own marts, the audit log, and tenants beside it."""

from collections.abc import Callable
from pathlib import Path

import psycopg
from integration.api.conftest import Start
from made_calls import START, queue_call
from made_lake import publish_calls

PATH = "/api/analyst/sql"


async def test_a_signed_in_analyst_asks_and_it_is_in_the_audit_log(
    start: Start, database: str, database_as: Callable[..., str], tmp_path: Path
) -> None:
    publish_calls(tmp_path, [queue_call(n, at=START + n * 1000) for n in range(3)])
    async with start(TRUNKLINE_DATA=str(tmp_path), TRUNKLINE_TIMEZONE="Europe/Berlin") as site:
        headers = await site.sign_in()
        question = {"statement": "SELECT count(*) AS n, min(started_at) AS first FROM calls"}
        answer = await site.client.post(PATH, json=question, headers=headers)
        refused = await site.client.post(PATH, json={"statement": "FROM glob('/*')"}, headers=headers)
    assert (answer.status_code, answer.json()["rows"]) == (200, [[3, "2026-10-24T02:00:00+02:00"]])
    assert (refused.status_code, refused.headers["content-type"]) == (400, "application/problem+json")
    with psycopg.connect(database) as connection:
        rows = connection.execute(
            "SELECT tenant_id, user_name, detail ->> 'statement' FROM audit_log WHERE action = 'analyst.sql'"
        ).fetchall()
    assert sorted(rows) == [("default", "admin", "FROM glob('/*')"), ("default", "admin", question["statement"])]
