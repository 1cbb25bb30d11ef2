"""The administration API on paper: lists in memory, its paths and answers, and the refusals that a test wants."""

import itertools
import threading
from asyncio import to_thread
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Item = dict[str, Any]
# What each list is told apart by.
KEYS = {"users": "id", "extensions": "id", "queues": "id", "dispositions": "code", "tenants": "id", "audit": "id"}


def user(name: str, role: str = "agent", *, is_active: bool = True, username: str = "") -> Item:
    """A user as the API tells of one."""
    made = username or name.lower().replace(" ", ".")
    rights = {"role": role, "isActive": is_active, "isOperator": False}
    return {"id": f"id-{made}", "tenant": "default", "username": made, "name": name, **rights}


def seen(number: str, pbx: str = "lab1") -> Item:
    """A telephone that the PBX has seen and nobody is mapped to."""
    return {"pbx": pbx, "interface": f"PJSIP/{number}", "extension": number, "name": f"PJSIP/{number}"}


def extension(number: str, of: Item) -> Item:
    """An extension of somebody."""
    return seen(number) | {"id": f"id-{number}", "userId": of["id"], "username": of["username"], "name": of["name"]}


def queue(name: str, pbx: str = "lab1") -> Item:
    """A queue with thresholds that are usual."""
    told = {"id": f"{pbx}:{name.lower()}", "pbx": pbx, "queueId": name.lower(), "name": name, "tenant": "northwind"}
    return told | {"serviceLevelSeconds": 20, "shortAbandonSeconds": 5, "wrapUpSeconds": 0, "target": 0.8}


def refusal(number: int, dialled: str) -> Item:
    """A number that somebody was not let dial."""
    row = {"id": number, "at": f"2026-11-22T13:00:0{number}.000Z", "userId": "u2", "username": "ines.moreau"}
    detail = f"{dialled} is outside of DE, where calls may go."
    return row | {"number": dialled, "purpose": "dial", "reason": "destination", "detail": detail}


RULES: Item = {
    "country": "DE", "countries": ["AT"], "kinds": ["fixed_line", "mobile", "pager"], "prefixes": [],
    "blockedPrefixes": ["+4915"], "emergencyNumbers": None, "dialForm": "digits",
    "hours": {"days": [1, 2], "start": "08:00", "end": "18:00"}, "timeZone": None, "agentPerMinute": 10,
    "agentPerHour": 120, "agentAtOnce": 2, "tenantPerMinute": 60, "tenantPerHour": 1200, "tenantAtOnce": 30,
    "defaultPrice": 1, "prices": [{"prefix": "+43", "perMinute": 0.2}], "assumedMinutes": 5, "spendPerHour": 6000,
}  # fmt: skip


def change(number: int, who: str, action: str, subject: str, detail: Mapping[str, Any]) -> Item:
    """A row of the audit log, as it was written."""
    row = {"id": number, "at": f"2026-11-22T13:00:0{number}.000Z", "username": who, "action": action}
    return row | {"subject": subject, "detail": dict(detail), "intact": True}


@dataclass
class Administration:
    """What the API knows. `refuse`: the next answers, by method and list, (status, detail); `held` answers wait."""

    lists: dict[str, list[Item]] = field(default_factory=dict)
    refuse: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    held: threading.Event | None = None
    rules: Item = field(default_factory=lambda: RULES)
    # Whether the access token has ended; it is renewed once.
    ended: bool = False
    renewed: int = 0
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def routes(self) -> list[Route]:
        """For a Starlette application."""
        methods = ["GET", "POST", "PUT", "DELETE"]
        return [
            Route("/api/auth/refresh", self._refresh, methods=["POST"]),
            Route("/api/admin/{list}", self._answer, methods=methods),
            Route("/api/admin/{list}/{key:path}", self._answer, methods=methods),
        ]

    async def _refresh(self, _: Request) -> Response:
        self.renewed += 1
        self.ended = False
        return JSONResponse({"expiresIn": 900})

    async def _answer(self, request: Request) -> Response:
        name, body = request.path_params["list"], await request.body()
        sent = await request.json() if body else None
        self.asked.append(
            (request.method, request.url.path + (f"?{request.url.query}" if request.url.query else ""), sent)
        )
        if request.method != "GET" and self.held:
            await to_thread(self.held.wait)
        if self.ended:
            return problem(401, "This sign-in no longer holds. Sign in again.")
        if refused := self.refuse.get((request.method, name)):
            return problem(*refused)
        return self._change(request.method, name, request.path_params.get("key"), sent)

    def _change(self, method: str, name: str, key: str | None, sent: Any) -> Response:
        if name == "dial-policy":
            self.rules = self.rules | (sent or {})
            return JSONResponse(self.rules)
        items = self.lists.setdefault(name, [])
        if method == "GET" and (key is None or key == "seen"):
            told = self.lists.get("seen", []) if key else items
            more = {"intact": all(item["intact"] for item in told)} if name == "audit" else {}
            return JSONResponse({"items": told, "total": len(told), **more})
        if key is None:
            made = {KEYS[name]: f"made-{next(self.numbers)}", "isActive": True, "name": ""} | sent
            items.append(made)
            return JSONResponse(made, HTTPStatus.CREATED)
        found = next((item for item in items if item[KEYS[name]] == key), None)
        if found is None:
            return Response(status_code=204) if key.endswith(("/password", "/sign-out")) else problem(404, "Not found.")
        if method in ("GET", "PUT"):
            found |= sent or {}
            return JSONResponse(found)
        if name == "users":
            found["isActive"] = False
        else:
            items.remove(found)
        return Response(status_code=204)


def problem(status: int, detail: str) -> Response:
    """A problem document."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JSONResponse(body, status, media_type="application/problem+json")
