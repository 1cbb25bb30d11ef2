"""api/control/routes.py: who may act. What is done is tested with a PBX."""

from api_parts import bearer, client_of, make_parts

from api.access import KEY, handlers_of
from api.app import create_api, create_origin
from api.roles import ACTORS, LEADERS, Role


def test_agents_act_on_their_own_and_supervisors_on_all() -> None:
    handlers = [handler for route in create_api(make_parts()).routes for handler in handlers_of(route)]
    acting = {it.handler_name: it.opt[KEY].roles for it in handlers if it.fn.__module__ == "api.control.routes"}
    assert {name for name, roles in acting.items() if roles == LEADERS} == {"redirect", "bridge", "route", "queue"}
    assert set(acting.values()) == {ACTORS, LEADERS}
    assert Role.ANALYST not in ACTORS and Role.AGENT not in LEADERS


async def test_a_body_names_the_call_of_the_address() -> None:
    async with client_of(create_origin(make_parts())) as client:
        body = {"callId": "pbx:2"}
        answer = await client.post("/api/pbx/calls/pbx:1/answer", json=body, headers=bearer(Role.AGENT))
        assert (answer.status_code, answer.json()["detail"]) == (400, "callId: it is not the call of the address.")
        answer = await client.post("/api/pbx/calls/bridge", json={}, headers=bearer(Role.AGENT))
        assert answer.status_code == 403
