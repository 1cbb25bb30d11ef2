"""The page Reports by mail as Python gives it: places that the scripts fill, and what it tells them."""

import json
import re

from dashboard_parts import parts_of, text_of

from calls.ranges import Preset
from dashboard.export_pages import SOURCES
from dashboard.guard import MANAGERS
from dashboard.pages import schedules
from dashboard.shell import exports
from dashboard.tokens import ASSETS

FOLDER = ASSETS / "schedules"
SCRIPTS = "".join(path.read_text() for path in (ASSETS / "schedules.js", *FOLDER.glob("*.js")))
ROOT = schedules.layout()
PAGE = list(parts_of(ROOT))


def test_every_place_that_the_scripts_fill_is_there() -> None:
    ids = {getattr(each, "id", None) for each in PAGE}
    wanted = set(re.findall(r'querySelector\("#([a-z-]+)"\)', SCRIPTS))
    assert len(wanted) > 3 and wanted <= ids
    assert {"schedules-rows", "sendings-rows"} <= ids


def test_every_heading_has_its_column_in_the_script() -> None:
    for name, columns in (("list", schedules._SCHEDULES), ("history", schedules._SENDINGS)):
        (said,) = re.findall(r"columns: \{ (.*) \},", (FOLDER / f"{name}.js").read_text())
        css = [each.partition(": ")[2].strip('"') for each in said.split(", ")]
        assert ["hide-small" in each for each in css] == ["hide-small" in each for _, each in columns]


def test_it_tells_the_scripts_which_reports_and_ranges_there_are() -> None:
    told = ROOT.to_plotly_json()["props"]
    assert [name for name, _ in json.loads(told["data-pages"])] == [*SOURCES, "calls"]
    assert {name for name, _ in json.loads(told["data-ranges"])} == set(Preset)
    assert schedules.PLACE.roles == MANAGERS


def test_a_page_leads_here_with_its_report() -> None:
    (link,) = [each for each in parts_of(exports("queues", "?range=7d&queue=a%26b")) if text_of(each) == "By mail…"][:1]
    assert link.href == "/reports/schedules?page=queues&query=range%3D7d%26queue%3Da%2526b"
    assert link.className == "for-managers"
