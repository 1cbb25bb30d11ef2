"""The page Privacy as Python gives it: places that the scripts fill, for administrators alone."""

import re

from dashboard_parts import parts_of

from dashboard.guard import ADMINISTRATORS
from dashboard.pages import privacy
from dashboard.tokens import ASSETS

FOLDER = ASSETS / "privacy"
SCRIPTS = "".join(path.read_text() for path in (ASSETS / "privacy.js", *FOLDER.glob("*.js")))
ROOT = privacy.layout("Europe/Berlin")


def test_every_place_that_the_scripts_fill_is_there() -> None:
    ids = {getattr(each, "id", None) for each in parts_of(ROOT)}
    wanted = set(re.findall(r'querySelector\("#([a-z-]+)"\)', SCRIPTS))
    assert len(wanted) > 6 and wanted <= ids and "erasures-rows" in ids


def test_every_heading_has_its_column_in_the_script() -> None:
    (said,) = re.findall(r"COLUMNS = \{ (.*) \};", (FOLDER / "erasures.js").read_text())
    css = [each.partition(": ")[2].strip('"') for each in said.split(", ")]
    assert ["hide-small" in each for each in css] == ["hide-small" in each for _, each in privacy.ERASURES]


def test_it_is_for_administrators_and_waits_for_its_first_answer() -> None:
    told = ROOT.to_plotly_json()["props"]
    assert (told["className"], told["data-timezone"]) == ("waiting", "Europe/Berlin")
    assert privacy.PLACE.roles == ADMINISTRATORS
