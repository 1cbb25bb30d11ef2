"""The past on paper: what the API answers about it, of simulated days in a log, without users or a database."""

from datetime import datetime
from pathlib import Path

import msgspec
from dashboard_parts import BERLIN
from made_year import PBX, make
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.past.routes import PastReel
from api.past.showing import past_frames, past_snapshot
from calls.past import PastBoard, Reel
from warehouse.past.answering import answer
from warehouse.past.board import Past
from warehouse.past.keeping import Keeper

TENANT = "default"


def made_morning(folder: Path) -> Path:
    """A data folder with the log of a busy morning, until 10:48 UTC, and its snapshots."""
    make(folder, 0.45, calls_a_day=5_000)
    keeper = Keeper(folder, PBX)
    keeper.stretch(600)
    keeper.close()
    return folder


class PaperPast:
    """Answers as /api/pbx/past does."""

    def __init__(self, data: Path | None = None) -> None:
        self._past = Past(data or Path("/nowhere"))

    def routes(self) -> list[Route]:
        """Its routes."""
        return [Route("/api/pbx/past", self._board), Route("/api/pbx/past/reel", self._reel)]

    async def _board(self, request: Request) -> Response:
        at = _instant(request, "at")
        said = answer(self._past, msgspec.json.encode({"tenant": TENANT, "at": at}))
        if b'"error"' in said[:10]:
            detail = "Nothing had been heard yet: the past begins with the first day of the log."
            return Response(msgspec.json.encode({"detail": detail}), 404)
        return _said(past_snapshot(TENANT, msgspec.json.decode(said, type=PastBoard), at, BERLIN))

    async def _reel(self, request: Request) -> Response:
        since, until = _instant(request, "since"), _instant(request, "until")
        said = answer(self._past, msgspec.json.encode({"tenant": TENANT, "at": since, "end": until}))
        reel = msgspec.json.decode(said, type=Reel)
        frames = past_frames(TENANT, reel.moments, int(request.query_params["step"]), BERLIN)
        return _said(PastReel(since, reel.until, frames))


def _said(answer: object) -> Response:
    return Response(msgspec.json.encode(answer), media_type="application/json")


def _instant(request: Request, name: str) -> int:
    said = datetime.fromisoformat(request.query_params[name])
    return int((said if said.tzinfo else said.replace(tzinfo=BERLIN)).timestamp() * 1000)
