"""Lists of calls for reports by mail: the query of the calls page's address as a search, and the files of it.

The dashboard knows figures; calls are known here alone. What the page passes over in an address is passed over here.
"""

import re
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import msgspec

from api.errors import BadRequest
from api.history.call_files import CallFiles
from api.history.search import Search, read_names, read_number, read_zone
from api.history.shows import SHOWS
from api.managers.period import read_period
from api.post.report_letter import Figure, Summary
from api.post.rounds import LARGEST
from api.report_files import ReportFile, ReportFiles
from api.tokens import Principal

PAGE = "calls"
_HOUR = re.compile(r"([01]?\d|2[0-3])(?::(00|15|30|45))?")
_SECONDS = re.compile(r"\d{1,6}")
_WEEKDAY = re.compile(r"[1-7]")


class MailedFiles:
    """The files of all pages, calls among them, up to so many bytes. `zone`: the clock where the query names none."""

    def __init__(self, pages: ReportFiles, calls: CallFiles, zone: ZoneInfo, largest: int = LARGEST) -> None:
        self._pages = pages
        self._calls = calls
        self._zone = zone
        self._largest = largest

    async def fetch(self, principal: Principal, page: str, kind: str, query: str) -> ReportFile:
        """The file of a page for a choice, or with kind `json` what it says of itself.

        Raises as `ReportFiles.fetch` does, and BadRequest for a list that is too long.
        """
        if page != PAGE:
            return await self._pages.fetch(principal, page, kind, query)
        search = search_of(query, self._zone)
        if kind == "json":
            top = await self._calls.about(principal, search)
            told = Summary(top.title, top.about, [Figure(*each) for each in top.figures])
            return ReportFile(f"{top.name}.json", "application/json", msgspec.json.encode(told))
        made = await self._calls.file(principal, search, kind, query)
        content = bytearray()
        async for chunk in made.chunks:
            content += chunk
            # It is not to be in memory as a whole where it is too much for a letter.
            if len(content) > self._largest:
                raise BadRequest("It is too much for e-mail: choose fewer days.")
        return ReportFile(made.name, made.media, bytes(content))


def search_of(query: str, zone: ZoneInfo) -> Search:
    """What the page's address asks for, its days already fixed. Raises BadRequest."""
    asked = parse_qs(query)
    one = {name: values[0] for name, values in asked.items()}
    clock = read_zone(one.get("clock"), zone)
    agents = read_names("agent", asked.get("agent"))
    hour = _HOUR.fullmatch(one.get("hour", ""))
    weekday = _WEEKDAY.fullmatch(one.get("weekday", ""))
    return Search(
        period=read_period(one.get("from", ""), one.get("to", ""), clock, ("from", "to")),
        zone=clock,
        show=one["show"] if one.get("show") in SHOWS else "calls",
        queues=read_names("queue", asked.get("queue")),
        agents=agents,
        of_agents=bool(agents) or one.get("of") == "agents",
        number=read_number(one.get("number")),
        dispositions=read_names("disposition", asked.get("disposition", [])[:1]),
        pbx=one.get("pbx"),
        hour=int(hour[1]) if hour else None,
        minute=int(hour[2]) if hour and hour[2] else None,
        weekday=int(weekday[0]) if weekday else None,
        min_seconds=_seconds(one.get("min", "")),
        max_seconds=_seconds(one.get("max", "")),
    )


def _seconds(text: str) -> float | None:
    return float(text) if _SECONDS.fullmatch(text) else None
