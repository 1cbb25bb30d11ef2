"""api/admin/acting.py: another tenant's things are as missing as what never was, on every route that takes an id."""

import uuid
from typing import Any

import pytest
from api_parts import make_parts
from integration.api.admin.conftest import Office
from litestar.routes import HTTPRoute

from api.access import handlers_of
from api.app import create_api

# A body that each route would take.
BODY = {
    ("PUT", "users/{}"): {"name": "x"},
    ("POST", "users/{}/password"): {"password": "a long password"},
    ("POST", "users/{}/sign-out"): None,
    ("GET", "users/{}"): None,
    ("DELETE", "users/{}"): None,
    ("GET", "tenants/{}"): None,
    ("PUT", "tenants/{}"): {"name": "x"},
    ("PUT", "extensions/{}"): {"extension": "1"},
    ("DELETE", "extensions/{}"): None,
    ("PUT", "queues/{}"): {"name": "x"},
    ("PUT", "dispositions/{}"): {"title": "x"},
    ("DELETE", "dispositions/{}"): None,
}
# Of what a tenant has one of.
ONE_EACH: dict[tuple[str, str], Any] = {
    ("PUT", "dial-policy"): {"country": "DE"},
    ("PUT", "recordings"): {"keepDays": 90},
    ("PUT", "pause-reasons"): {"reasons": ["Lunch"]},
}


def routes() -> set[tuple[str, str]]:
    """Every method and path of the administration, its id left out."""
    return {
        (method, "{}".join(part.rpartition("}")[2] for part in route.path.removeprefix("/api/admin/").split("{")))
        for route in create_api(make_parts()).routes
        if isinstance(route, HTTPRoute) and route.path.startswith("/api/admin")
        for handler in handlers_of(route)
        for method in handler.http_methods  # type: ignore[attr-defined]
    }


def acting_routes() -> set[tuple[str, str]]:
    """Those that an operator may ask in another tenant. People's data are for the administrators of their own."""
    return {(method, path) for method, path in routes() if not path.startswith("privacy/")}


def test_every_route_with_an_id_is_in_the_table() -> None:
    assert {(method, path) for method, path in acting_routes() if "{}" in path} == set(BODY)


async def ids_of(office: Office) -> dict[str, tuple[str, str]]:
    """By what is asked for: an id of tenant south, and one that nobody has."""
    made = await office.south.post(
        "/api/admin/extensions", json={"userId": office.ids["south"], "pbx": "pbx", "interface": "PJSIP/south"}
    )
    await office.south.post("/api/admin/dispositions", json={"code": "THEIRS", "title": "Theirs"})
    nobody = str(uuid.UUID(int=7))
    return {
        "users": (office.ids["south-agent"], nobody),
        "tenants": ("south", "nowhere"),
        "extensions": (made.json()["id"], nobody),
        "queues": ("pbx:south", "pbx:nothing"),
        "dispositions": ("THEIRS", "NOTHING"),
    }


async def test_anothers_is_as_missing_as_what_never_was(office: Office) -> None:
    ids, before = await ids_of(office), len(office.audit())
    for (method, path), body in BODY.items():
        theirs, nothing = ids[path.partition("/")[0]]
        tried = (theirs, nothing, "%00", "x" * 300, "a'b%22;--", "🦉")
        answers = [await office.north.request(method, f"/api/admin/{path.format(each)}", json=body) for each in tried]
        assert {answer.status_code for answer in answers} == {403 if "PUT tenants" in f"{method} {path}" else 404}, path
        assert {answer.text for answer in answers} == {answers[0].text}, (method, path)
        # What the browser is told beside the body must not tell either.
        assert answers[0].headers.keys() == answers[1].headers.keys()
    assert len(office.audit()) == before


@pytest.mark.parametrize("tenant", ["south", "nowhere", "x" * 63, "%00"])
async def test_who_is_no_operator_acts_in_the_own_tenant_alone(office: Office, tenant: str) -> None:
    for method, path in acting_routes():
        if path.startswith("tenants"):
            continue
        body = (BODY | ONE_EACH).get((method, path))
        address = f"/api/admin/{path.format(uuid.UUID(int=7))}?tenant={tenant}"
        answer = await office.north.request(method, address, json=body)
        listing = method == "POST" and "{}" not in path
        assert answer.status_code == (400 if listing else 404), (method, path)
        if not listing:
            assert answer.json()["detail"] == "There is no such tenant."


async def test_an_operator_acts_in_a_tenant_by_its_name(office: Office) -> None:
    listed = (await office.operator.get("/api/admin/users?tenant=south")).json()
    assert {each["username"] for each in listed["items"]} == {"south", "south-agent"}
    assert (await office.operator.get("/api/admin/users?tenant=nowhere")).status_code == 404
    own = (await office.operator.get("/api/admin/users")).json()
    assert {each["username"] for each in own["items"]} == {"operator"}


async def test_an_operator_who_is_one_no_more_is_none_at_once(office: Office) -> None:
    office.change("UPDATE users SET is_operator = false WHERE username = 'operator'")
    assert (await office.operator.get("/api/admin/users?tenant=south")).status_code == 404


async def test_only_administrators_come_in(office: Office) -> None:
    for role in ("agent", "supervisor", "manager", "analyst"):
        office.change("UPDATE users SET role = %s WHERE username = 'north-agent'", role)
        form = {"username": "north-agent", "password": "correct horse"}
        token = (await office.nobody.post("/api/auth/login", json=form)).json()["accessToken"]
        for method, path in routes():
            headers = {"authorization": f"Bearer {token}"}
            url = f"/api/admin/{path.format(uuid.UUID(int=7))}"
            assert (await office.nobody.request(method, url, headers=headers)).status_code == 403, (role, path)
