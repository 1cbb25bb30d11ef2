"""/livez, /readyz and /metrics.

Live: this process answers. Ready: so does everything it needs, each check by name, with 503 while one fails. The
answers say what fails in plain words and nothing of the inside, because anybody may ask.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal

import msgspec
from litestar import Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import SkipValidation
from msgspec import Struct

from api.access import only, open_because
from api.roles import MANAGERS
from api.telemetry import Telemetry

MEDIA_TYPE = "application/health+json"
# Anybody may ask, so the parts are asked at most this often.
ANSWER_HOLDS_S = 1.0
# A part that has not answered by then is not ready, whatever it says later.
ANSWER_WITHIN_S = 2.0

Check = Callable[[], Awaitable[Mapping[str, str]]]
"""Looks at one part, or several of a kind: what is wrong by name of the check, an empty text where nothing is."""


class CheckResult(Struct, frozen=True, omit_defaults=True):
    """One part: whether it answers, and what is wrong if not."""

    status: Literal["pass", "fail"]
    output: str = ""


class Readiness(Struct, frozen=True):
    """The whole, and each part by name."""

    status: Literal["pass", "fail"]
    checks: dict[str, CheckResult]


class Checks:
    """Asks all parts at once; the answer holds for a moment."""

    def __init__(
        self,
        checks: Mapping[str, Check],
        clock: Callable[[], float] = time.monotonic,
        answer_within_s: float = ANSWER_WITHIN_S,
    ) -> None:
        self._checks = checks
        self._answer_within_s = answer_within_s
        self._clock = clock
        self._turn = asyncio.Lock()
        self._asked = float("-inf")
        self._known = Readiness("fail", {})

    async def readiness(self) -> Readiness:
        """How everything is now, or was a moment ago."""
        async with self._turn:
            if self._clock() - self._asked >= ANSWER_HOLDS_S:
                found = await asyncio.gather(*(self._look(name, check) for name, check in self._checks.items()))
                results = {name: _result(output) for part in found for name, output in part.items()}
                passed = all(result.status == "pass" for result in results.values())
                self._known = Readiness("pass" if passed else "fail", results)
                self._asked = self._clock()
            return self._known

    async def _look(self, name: str, check: Check) -> Mapping[str, str]:
        try:
            async with asyncio.timeout(self._answer_within_s):
                return await check()
        # Any failure of a check is the answer to it; what it was is not for strangers.
        except Exception:
            return {name: "does not answer"}


def _result(output: str) -> CheckResult:
    return CheckResult("fail", output) if output else CheckResult("pass")


@get("/livez", opt=open_because("it only says that the process answers"))
async def livez() -> Response[bytes]:
    """Whether the process answers."""
    return Response(b'{"status":"pass"}', media_type=MEDIA_TYPE)


@get("/readyz", opt=open_because("it says what answers, in words that tell nothing of the inside"))
async def readyz(checks: NamedDependency[SkipValidation[Checks]]) -> Response[bytes]:
    """Whether everything that is needed answers; 503 while something does not."""
    found = await checks.readiness()
    body = msgspec.json.encode(found)
    return Response(body, status_code=200 if found.status == "pass" else 503, media_type=MEDIA_TYPE)


@get("/metrics", opt=only(MANAGERS, from_here=True))
async def metrics(telemetry: NamedDependency[SkipValidation[Telemetry]]) -> Response[bytes]:
    """Figures of this process for Prometheus, for managers and for this machine's own processes."""
    return Response(telemetry.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


def health_router(checks: Checks, telemetry: Telemetry) -> Router:
    """The routes at the root that look at this process."""
    provided: dict[str, Any] = {
        "checks": Provide(lambda: checks, sync_to_thread=False),
        "telemetry": Provide(lambda: telemetry, sync_to_thread=False),
    }
    return Router("/", route_handlers=[livez, readyz, metrics], dependencies=provided, tags=["Health"])
