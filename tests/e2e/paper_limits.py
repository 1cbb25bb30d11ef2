"""Limits of queues on paper: what the API answers about them, kept in a dictionary."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

PATH = "/api/pbx/manager/limits"


class PaperLimits:
    """Keeps what it is sent, and refuses red before amber."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}

    def routes(self) -> list[Route]:
        """Its routes."""
        return [Route(PATH, self._all), Route(PATH + "/{queue}", self._change, methods=["PUT"])]

    async def _all(self, _: Request) -> JSONResponse:
        items = [{"id": queue, "limits": limits} for queue, limits in self.kept.items()]
        return JSONResponse({"items": items, "total": len(items)})

    async def _change(self, request: Request) -> JSONResponse:
        queue, limits = request.path_params["queue"], await request.json()
        if (limits["waitRedSeconds"] or 86_400) < (limits["waitAmberSeconds"] or 0):
            return JSONResponse({"detail": "waitRedSeconds: red comes after amber."}, 400)
        self.kept[queue] = limits
        return JSONResponse({"id": queue, "limits": limits})
