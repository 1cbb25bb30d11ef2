"""api/analysts/routes.py: who may ask, what is written down first, and what a question may look like."""

from typing import Any

import pytest
from analyst_parts import FakeAnalyst, FakeBook
from api_parts import UTC, bearer, client_of, make_parts

from api.analysts.routes import AnalystDesk, analyst_router, is_text
from api.app import create_origin
from api.errors import TooManyTries
from api.roles import Role

PATH = "/api/analyst/sql"


class Asked:
    """An origin with an analyst who repeats what it was asked."""

    def __init__(self, error: Exception | None = None) -> None:
        self.book, self.analyst = FakeBook(), FakeAnalyst(error)
        desk = AnalystDesk(self.analyst, self.book, UTC)
        self.app = create_origin(make_parts(analysts=desk), [analyst_router(desk)])

    async def post(self, role: Role = Role.ANALYST, **body: Any) -> Any:
        async with client_of(self.app, headers=bearer(role)) as client:
            return await client.post(PATH, json=body)


async def test_a_question_is_of_ones_own_tenant_and_written_down() -> None:
    asked = Asked()
    answer = await asked.post(statement="SHOW TABLES", maxRows=1)
    assert answer.status_code == 200
    assert answer.json() == {
        "columns": ["tenant", "statement"], "types": ["VARCHAR", "VARCHAR"], "rows": [["default", "SHOW TABLES"]],
        "cut": True,
    }  # fmt: skip
    noted = {"statement": "SHOW TABLES", "timezone": "UTC", "maxRows": 1}
    assert asked.book.noted == [("analyst-default", noted)]
    assert asked.analyst.seated == 0


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR])
async def test_it_is_for_those_who_may_see_every_call(role: Role) -> None:
    asked = Asked()
    assert (await asked.post(role, statement="SHOW TABLES")).status_code == 403
    assert not asked.book.noted


@pytest.mark.parametrize(
    "body",
    [
        {}, {"statement": ""}, {"statement": "x" * 10_001}, {"statement": "SELECT '\0'"}, {"statement": 1},
        {"statement": "x", "maxRows": 0}, {"statement": "x", "maxRows": 10_001}, {"statement": "x", "tenant": "theirs"},
        {"statement": "x", "timezone": ""}, {"statement": "x", "timezone": "a\0"},
    ],
)  # fmt: skip
async def test_nonsense_is_refused_before_anything_is_written(body: dict[str, Any]) -> None:
    asked = Asked()
    assert (await asked.post(**body)).status_code == 400
    assert not asked.book.noted


async def test_too_many_at_once_may_come_again() -> None:
    answer = await Asked(TooManyTries(2, "So many.")).post(statement="SHOW TABLES")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")


def test_half_a_character_is_no_text() -> None:
    assert is_text("Zoë 😀")
    assert not is_text("\ud83d")
