"""api/admin/queues.py: what is said of a queue, and whose it is."""

from typing import Any

import msgspec
import psycopg
import pytest
from integration.api.admin.conftest import Office

from calls.settings import decode_administered


def administered(office: Office) -> Any:
    """What the PBX's reducer is to be told."""
    with psycopg.connect(office.owner) as connection:
        row = connection.execute("SELECT body::text FROM administered_settings(0) WHERE pbx = 'pbx'").fetchone()
    return None if row is None else msgspec.to_builtins(decode_administered(row[0]))


async def test_what_is_said_of_a_queue_is_told_to_the_reducer(office: Office) -> None:
    assert administered(office) is None
    said = {"name": "North Line", "serviceLevelSeconds": 30, "wrapUpSeconds": 15, "target": 0.9}
    answer = await office.north.put("/api/admin/queues/pbx:north", json=said)
    assert (answer.status_code, {name: answer.json()[name] for name in said}) == (200, said)
    assert answer.json()["shortAbandonSeconds"] == 5
    assert (await office.north.get("/api/admin/queues")).json() == {"items": [answer.json()], "total": 1}
    first = administered(office)
    assert first["queues"] == {
        "north": {"name": "North Line", "tenant": "north", "wrapup_s": 15.0, "service_level_s": 30.0,
                  "short_abandon_s": None, "target": 0.9}
    }  # fmt: skip
    await office.north.put("/api/admin/queues/pbx:north", json={"wrapUpSeconds": None, "target": 0.5})
    second = administered(office)
    assert second["version"] > first["version"]
    assert (second["queues"]["north"]["wrapup_s"], second["queues"]["north"]["target"]) == (None, 0.5)
    assert office.audit()[-1] == (
        "north", "north", "queue.change", "pbx:north", {"wrapup_s": [15.0, None], "target": [0.9, 0.5]}
    )  # fmt: skip


async def test_an_operator_gives_a_queue_to_a_tenant(office: Office) -> None:
    path = "/api/admin/queues/pbx:north"
    await office.north.put(path, json={"name": "Line"})
    assert (await office.north.put(path, json={"tenant": "south"})).status_code == 403
    nowhere = await office.operator.put(f"{path}?tenant=north", json={"tenant": "nowhere"})
    assert (nowhere.status_code, nowhere.json()["detail"]) == (400, "tenant: there is no such tenant.")
    moved = await office.operator.put(f"{path}?tenant=north", json={"tenant": "south"})
    assert (moved.status_code, moved.json()["tenant"], moved.json()["name"]) == (200, "south", "Line")
    assert administered(office)["queues"]["north"]["tenant"] == "south"
    # Until the reducer has told of it, the row is the old tenant's, who may not take it back.
    assert (await office.north.put(path, json={"name": "Mine"})).status_code == 404


async def test_the_name_of_a_mapped_agent_is_told_to_the_reducer(office: Office) -> None:
    form = {"userId": office.ids["north-agent"], "pbx": "pbx", "interface": "PJSIP/north"}
    await office.north.post("/api/admin/extensions", json=form)
    first = administered(office)
    assert first["agents"] == {"PJSIP/north": {"agent_id": None, "name": "north-agent", "tenant": "north"}}
    await office.north.put(f"/api/admin/users/{office.ids['north-agent']}", json={"name": "Nora"})
    second = administered(office)
    assert (second["agents"]["PJSIP/north"]["name"], second["version"] > first["version"]) == ("Nora", True)


@pytest.mark.parametrize(
    "change",
    [{"serviceLevelSeconds": -1}, {"wrapUpSeconds": 1e9}, {"target": 1.1}, {"name": "a\u0007"}, {"tenant": "../x"},
     {"shortAbandonSeconds": "x"}],
    ids=str,
)  # fmt: skip
async def test_what_makes_no_sense_is_refused_by_its_field(office: Office, change: dict[str, Any]) -> None:
    answer = await office.north.put("/api/admin/queues/pbx:north", json=change)
    assert (answer.status_code, next(iter(change)) in answer.json()["detail"]) == (400, True)
