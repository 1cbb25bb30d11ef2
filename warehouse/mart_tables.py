"""The tables of a published file: for each the SELECT on the lake that makes it, whole or only of what changed.

Reads models/marts.sql. Text in, text out.
"""

import re

from calls.settings import Settings
from warehouse.duck import quoted
from warehouse.load import Loaded
from warehouse.schema import model

WHOLE, EVER = "true", "'-infinity'::TIMESTAMPTZ"
_TABLE = re.compile(r"CREATE TABLE mart\.(\w+) AS\s(.*?);\n", re.DOTALL)
_DEFAULTS = ("service_level_s", "short_abandon_s", "wrapup_s", "target")


def selects(tenant: str, loaded: Loaded) -> dict[str, str]:
    """By table, in the order in which they are made, its SELECT; `{these}` and `{since}` are left to `only`."""
    settings = Settings()
    values = {
        "{tenant}": quoted(tenant),
        "{load_id}": str(loaded.load_id),
        "{watermark}": quoted(loaded.watermark.isoformat()),
        **{f"{{{name}}}": str(getattr(settings, name)) for name in _DEFAULTS},
    }
    text = model("marts.sql")
    for mark, value in values.items():
        text = text.replace(mark, value)
    return dict(_TABLE.findall(text))


def only(select: str, these: str = WHOLE, since: str = EVER) -> str:
    """The SELECT for rows for which `these` holds, a condition on the lake's columns; none begins before `since`."""
    return select.replace("{these}", these).replace("{since}", since)
