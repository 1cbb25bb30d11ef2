"""api/privacy/agents.py: all about an agent of one's own tenant, page by page, and no caller."""

import io
from zipfile import ZipFile

from api_parts import agent
from api_rows import live_statements, write
from integration.api.privacy.conftest import NATIONAL, PATH, Desk

from api.privacy.agents import AT_ONCE

STATE = (
    "INSERT INTO presence_intervals VALUES ('pbx', 'PJSIP/1001', 'north', %s, '', now() - %s * interval '1 h', now())"
)
# Of long ago, so many that they are read in more than one piece.
MANY = """
INSERT INTO presence_intervals
SELECT 'pbx', 'PJSIP/1001', 'north', 'available', '', now() - (500 + n) * interval '1 h', now()
FROM generate_series(1, %s) n
"""
SEAT = "UPDATE agent_extensions SET agent_id = interface, user_id = %s WHERE tenant_id = 'north'"


async def test_all_about_an_agent_is_taken_away(desk: Desk) -> None:
    there = [agent("Alice", tenant="north", interface="PJSIP/1001"), agent("Zoe", tenant="south", interface="PJSIP/9")]
    write(desk.owner, live_statements(there, []))
    desk.change("UPDATE legs SET interface = 'PJSIP/1001', mos = 4.2")
    desk.change(SEAT, desk.ids["north"])
    for hours, state in enumerate(("available", "paused", "on_call", "wrap_up", "paused")):
        desk.change(STATE, state, hours + 1)
    desk.change(MANY, AT_ONCE)
    for wrong in ("PJSIP/9", "nobody", "\x00"):
        assert (await desk.north.get(f"{PATH}/agent-export", params={"agentId": wrong})).status_code == 404
    answer = await desk.north.get(f"{PATH}/agent-export", params={"agentId": "PJSIP/1001"})
    assert answer.status_code == 200, answer.text
    with ZipFile(io.BytesIO(answer.content)) as file:
        read = {name: file.read(name).decode("utf-8-sig").splitlines() for name in file.namelist()}
    states = [line.split(",")[2] for line in read["states.csv"][1:]]
    assert states[AT_ONCE:] == ["paused", "wrap_up", "on_call", "paused", "available"]
    assert len(read["calls.csv"]) == 6 and all("4.2" in line for line in read["calls.csv"][1:])
    assert len(read["commands.csv"]) == 2 and "dial" in read["commands.csv"][1]
    assert len(read["sign-ins.csv"]) == 2 and "privacy.export_agent" in str(read["acts.csv"])
    assert NATIONAL not in str(read)
