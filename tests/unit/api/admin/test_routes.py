"""api/admin/routes.py: everything under it is for administrators. What it does is tested on a real database."""

from api_parts import make_parts

from api.access import KEY, handlers_of
from api.app import create_api
from api.roles import ADMINISTRATORS


def test_every_route_of_it_is_for_administrators_alone() -> None:
    routes = [route for route in create_api(make_parts()).routes if route.path.startswith("/api/admin/")]
    decisions = {handler.opt[KEY].roles for route in routes for handler in handlers_of(route)}
    assert (len(routes), decisions) == (25, {ADMINISTRATORS})
