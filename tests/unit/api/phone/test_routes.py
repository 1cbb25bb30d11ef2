"""Who may call the routes of phones."""

from api_parts import make_parts

from api.access import KEY, handlers_of
from api.app import create_api
from api.roles import ACTORS, EVERYBODY, LEADERS


def test_a_phone_is_everybodys_and_listening_is_for_those_who_lead() -> None:
    found = {}
    for route in create_api(make_parts()).routes:
        for handler in handlers_of(route):
            found[route.path, handler.handler_name] = handler.opt[KEY].roles
    phone = {key: roles for key, roles in found.items() if key[0].startswith("/api/pbx/phone/")}
    assert len(phone) == 6 and set(phone.values()) == {EVERYBODY}
    call = "/api/pbx/calls/{call_id:str}"
    assert found[f"{call}/supervise", "supervise"] == found[f"{call}/supervise", "end_supervising"] == LEADERS
    assert found[f"{call}/conference", "conference"] == ACTORS
    assert found["/sip", "sip_socket"] == EVERYBODY
