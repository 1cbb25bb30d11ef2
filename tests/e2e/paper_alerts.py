"""The alerts' API on paper: rules and firings in lists, a trial that is told as a test wants, and what was asked."""

from typing import Any

from e2e.paper_administration import problem
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

PATH = "/api/alerts"
QUEUES = [{"id": name.lower(), "name": name, "pbx": "pbx-1"} for name in ("Billing", "Sales", "Support")]
RULE: dict[str, Any] = {
    "name": "Callers wait too long", "metric": "longest_wait", "side": "at_least", "limit": 120.0, "queues": [],
    "forS": 30, "slack": 0.0, "quietS": 300, "weekdays": [0, 1, 2, 3, 4, 5, 6], "awakeFrom": 0, "awakeUntil": 1440,
}  # fmt: skip


def alert(number: int, firing: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A rule that is kept."""
    own = {name: more.pop(name) for name in ("webhook", "mail", "isActive") if name in more}
    plain = {"id": str(number), "rule": RULE | more, "webhook": "", "mail": [], "isActive": True, "secret": None}
    return plain | {"firing": firing} | own


def delivery(kind: str, status: str, event: str = "raised", detail: str = "") -> dict[str, Any]:
    """What became of telling somebody."""
    target = "ana@lind.example" if kind == "mail" else "https://hooks.example.com"
    return {
        "event": event, "kind": kind, "target": target, "status": status, "tries": 2, "detail": detail,
        "settledAt": None,
    }  # fmt: skip


def fired(raised: str, cleared: str | None, *deliveries: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A firing."""
    return {
        "alertId": "1", "rule": RULE | more, "raisedAt": raised, "value": 150.0, "clearedAt": cleared,
        "deliveries": list(deliveries),
    }  # fmt: skip


class PaperAlerts:
    """Keeps what it is sent; refuses a limit of nothing. `broken`: says so instead of every answer."""

    def __init__(self, *rules: dict[str, Any], fired: tuple[dict[str, Any], ...] = (), trial: Any = None) -> None:
        self.rules, self.fired, self.trial = list(rules), list(fired), trial
        self.asked: list[dict[str, Any]] = []
        self.broken = ""

    def routes(self) -> list[Route]:
        """Its routes."""
        return [
            Route(PATH, self._all),
            Route(PATH, self._add, methods=["POST"]),
            Route(PATH + "/try", self._try, methods=["POST"]),
            Route(PATH + "/fired", self._fired),
            Route(PATH + "/{alert}", self._change, methods=["PUT", "DELETE"]),
            Route("/api/pbx/manager/queues", lambda _: JSONResponse({"queues": QUEUES})),
        ]

    async def _all(self, _: Request) -> Response:
        return problem(503, self.broken) if self.broken else listed(self.rules)

    async def _fired(self, request: Request) -> Response:
        only_open = request.query_params.get("open") == "true"
        return listed([it for it in self.fired if not (only_open and it["clearedAt"])])

    async def _add(self, request: Request) -> Response:
        body = await request.json()
        self.asked.append(body)
        if not body["rule"]["limit"]:
            return problem(400, "rule.limit: every value is at 0 or above, so give more than 0.")
        made = alert(len(self.rules) + 1, **body["rule"], webhook=body["webhook"], mail=body["mail"])
        self.rules.append(made)
        return JSONResponse(made | {"secret": "c2VjcmV0LW9mLXRlc3Rz"}, 201)

    async def _change(self, request: Request) -> Response:
        name = request.path_params["alert"]
        if request.method == "DELETE":
            self.rules = [it for it in self.rules if it["id"] != name]
            return Response(status_code=204)
        body = await request.json()
        self.asked.append(body)
        return JSONResponse(alert(int(name), **body["rule"]))

    async def _try(self, request: Request) -> Response:
        self.asked.append(await request.json())
        return JSONResponse(self.trial) if self.trial else problem(404, "Nothing had been heard yet.")


def listed(items: list[dict[str, Any]]) -> Response:
    """A list as the API answers it."""
    return JSONResponse({"items": items, "total": len(items)})
