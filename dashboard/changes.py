"""How a figure differs from that of an earlier period, in a few words beside it. Pure.

A change is neutral: whether more calls are good news, a page cannot know. It is coloured only where a limit is passed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import formats


@dataclass(frozen=True)
class Change:
    """`words`: direction and size. `before`: the earlier figure as text."""

    words: str
    before: str
    css: str = "dim"

    def component(self) -> Component:
        """As it stands beside the figure."""
        return html.Span(self.words, className=f"change {self.css}", title=f"before: {self.before}")

    def cell(self) -> list[str]:
        """As a table drawn by a script takes it: words, class, what was before."""
        return [self.words, self.css, self.before]


def of_count(now: float | None, before: float | None) -> Change | None:
    """Of a number of things: by how many per cent. None where there is nothing to compare."""
    if now is None or before is None:
        return None
    if not before:
        return None if not now else Change("▲ from 0", formats.count(before))
    share = (now - before) / before
    return Change(_arrow(share, f"{abs(share) * 100:.1f}", f"{formats.THIN_SPACE}%"), formats.count(before))


def of_rate(now: float | None, before: float | None, at_least: float | None = None) -> Change | None:
    """Of a ratio: by how many points. `at_least`: the limit; to have fallen below it is marked, to be back is too."""
    if now is None or before is None:
        return None
    words = _arrow(now - before, f"{abs(now - before) * 100:.1f}", " points")
    return Change(words, formats.percent(before), _passed(now, before, at_least))


def of_duration(now: float | None, before: float | None) -> Change | None:
    """Of seconds: by how many."""
    if now is None or before is None:
        return None
    # As both are shown, so that nobody's sum differs.
    seconds = int(now) - int(before)
    return Change(_arrow(seconds, formats.hours(abs(seconds)), ""), formats.hours(before))


def of_row(row: Mapping[str, Any], before: Mapping[str, Any] | None, name: str) -> tuple[Any, Any]:
    """A figure now and before, for the functions above; no earlier row, no earlier figure."""
    return row.get(name), None if before is None else before.get(name)


def _arrow(difference: float, size: str, unit: str) -> str:
    if not size.strip("0.:"):
        return "unchanged"
    return f"{'▲' if difference > 0 else '▼'} {size}{unit}"


def _passed(now: float, before: float, at_least: float | None) -> str:
    if at_least is None or (now >= at_least) == (before >= at_least):
        return "dim"
    return "ok-text" if now >= at_least else "warn-text"
