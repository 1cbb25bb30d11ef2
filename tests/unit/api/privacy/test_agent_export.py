"""api/privacy/agent_export.py: a file of an agent page by page, written down before its first byte."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from api_parts import principal

from api.errors import NotFound
from api.privacy.agent_export import TABLES, Agent, AgentExports, Place, Row
from api.roles import Role
from api.tokens import Principal

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
ALICE = Agent("Alice", None, None, None, None, None, [Place("pbx", "PJSIP/1001", "PJSIP/1001", "1001")])


class Source:
    """Two pages of states, nothing else."""

    def __init__(self) -> None:
        self.noted: list[tuple[str, dict[str, Any]]] = []

    async def agent(self, _: Principal, agent_id: str) -> Agent | None:
        return ALICE if agent_id == "PJSIP/1001" else None

    async def rows(self, _: Principal, agent: Agent, table: str, after: Row | None) -> list[Row]:
        if table != "states.csv" or (after and after[1] == "b"):
            return []
        key = "b" if after else "a"
        return [(NOW, key, [NOW + timedelta(seconds=5), "paused", "=1+1", {"pbx": 1}])]

    async def note(self, _: Principal, action: str, subject: str, detail: dict[str, Any]) -> None:
        self.noted.append((action, detail))


async def test_every_table_is_in_it_page_by_page() -> None:
    source = Source()
    name, chunks = await AgentExports(source, UTC, lambda: NOW).file(principal(Role.ADMINISTRATOR), "PJSIP/1001")
    assert source.noted == [("privacy.export_agent", {"agent": "Alice", "user": None})]
    content = b"".join([chunk async for chunk in chunks])
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        read = {each: file.read(each).decode("utf-8-sig") for each in file.namelist()}
    assert set(read) == {"README.txt", "agent.json", *TABLES} and name.startswith("agent-2026-11-27-")
    assert all(each in read["README.txt"] for each in TABLES)
    assert json.loads(read["agent.json"])["places"][0]["extension"] == "1001"
    heading, *rows = csv.reader(io.StringIO(read["states.csv"]))
    assert heading == list(TABLES["states.csv"])
    assert rows == [["2026-11-27 09:00:00", "2026-11-27 09:00:05", "paused", "'=1+1", '{"pbx":1}']] * 2


async def test_who_is_not_there_is_missing_and_nothing_is_written_down() -> None:
    source = Source()
    with pytest.raises(NotFound):
        await AgentExports(source, UTC).file(principal(Role.ADMINISTRATOR), "PJSIP/1")
    assert source.noted == []
