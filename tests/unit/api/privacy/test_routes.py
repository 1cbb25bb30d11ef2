"""api/privacy/routes.py: for administrators alone, and what is refused by name. In PostgreSQL: tests/integration."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from api_parts import bearer, client_of, make_parts

from api.app import create_api
from api.errors import BadRequest, NotFound
from api.privacy.forms import Erasure, Preview, Retention
from api.privacy.reading import Reading, read_person
from api.privacy.routes import PrivacyDesk, privacy_router
from api.roles import Role
from api.tokens import Principal

PATH = "/api/admin/privacy"
NUMBER = "+49 30 55512345"
KEPT: dict[str, Any] = {"figures": {"unchanged": True}, "hash": "abc"}


class Store:
    """Knows one erasure, whose certificate is there."""

    def __init__(self) -> None:
        self.one_id, self.days = uuid4(), None

    async def reading(self, _: Principal, text: str, field: str = "number") -> Reading:
        return read_person(text, "DE", field)

    async def preview(self, _: Principal, person: Reading) -> Preview:
        raise BadRequest(f"number: {person.national}")

    async def start(self, _: Principal, person: Reading) -> Erasure:
        raise BadRequest(f"started {person.national}")

    async def all(self, tenant: str, limit: int, offset: int) -> tuple[list[Erasure], int]:
        return [], 0

    async def one(self, tenant: str, request_id: UUID) -> Erasure | None:
        return None

    async def certificate(self, _: Principal, request_id: UUID) -> dict[str, Any] | None:
        return KEPT if request_id == self.one_id else None

    async def retention(self, tenant: str) -> Retention:
        return Retention(self.days, None)

    async def change_retention(self, _: Principal, days: int | None) -> Retention:
        return Retention(days, None)


class Exports:
    """One file."""

    async def file(self, _: Principal, person: Reading) -> tuple[str, AsyncIterator[bytes]]:
        async def chunks() -> AsyncIterator[bytes]:
            yield person.number.encode()

        return "person.zip", chunks()


class AgentExports:
    """One agent."""

    async def file(self, _: Principal, agent_id: str) -> tuple[str, AsyncIterator[bytes]]:
        if agent_id != "PJSIP/1001":
            raise NotFound("There is no such agent.")
        return await Exports().file(_, read_person(NUMBER, "DE"))


async def test_what_is_asked_is_passed_on_and_what_is_not_there_is_missing() -> None:
    store = Store()
    app = create_api(make_parts(), [privacy_router(PrivacyDesk(store, Exports(), AgentExports()))])
    async with client_of(app, headers=bearer(Role.ADMINISTRATOR)) as browser:
        said = (await browser.post(f"{PATH}/preview", json={"number": NUMBER})).json()
        assert said["detail"] == "number: 3055512345"
        for confirm, words in ((NUMBER, "started 3055512345"), ("+49 30 55512346", "confirm: that is another number")):
            answer = await browser.post(f"{PATH}/erasures", json={"number": NUMBER, "confirm": confirm})
            assert answer.status_code == 400 and answer.json()["detail"].startswith(words)
        file = await browser.get(f"{PATH}/export", params={"number": NUMBER})
        assert file.content == b"+493055512345" and 'filename="person.zip"' in file.headers["content-disposition"]
        for agent, status in (("PJSIP/1001", 200), ("PJSIP/1", 404)):
            assert (await browser.get(f"{PATH}/agent-export", params={"agentId": agent})).status_code == status
        kept = await browser.get(f"{PATH}/erasures/{store.one_id}/certificate")
        assert kept.content == b'{"figures":{"unchanged":true}}' and kept.headers["x-certificate-sha256"] == "abc"
        for missing in ("erasures/1", f"erasures/{uuid4()}", f"erasures/{uuid4()}/certificate"):
            assert (await browser.get(f"{PATH}/{missing}")).status_code == 404
        assert (await browser.put(f"{PATH}/retention", json={"forgetCallersDays": 30})).json() == {
            "forgetCallersDays": 30, "recordingsKeepDays": None,
        }  # fmt: skip


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
async def test_nobody_else_is_let_in(role: Role) -> None:
    app = create_api(make_parts(), [privacy_router(PrivacyDesk(Store(), Exports(), AgentExports()))])
    async with client_of(app, headers=bearer(role)) as browser:
        for path in ("erasures", "retention", f"export?number={NUMBER}", "agent-export?agentId=a"):
            assert (await browser.get(f"{PATH}/{path}")).status_code == 403
