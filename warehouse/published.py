"""Where the published files of DATA/marts lie, and the note beside them that says how fresh they are.

The publisher writes, `warehouse/marts.py` reads; both know the places from here. Knows nothing of what is in the files.
"""

from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import msgspec
from msgspec import Struct, field

# Raised when the files get other tables or columns: those that an older program published are then made anew.
LAYOUT = 4


class Made(Struct, frozen=True):
    """When a file was last made whole: after which load, and its size then in bytes."""

    load_id: int
    size: int


class Published(Struct, frozen=True):
    """`loads`: the load that each tenant's file shows. `watermark`: all that PostgreSQL held then is in them, UTC.

    `made`: of each file, when it was last made whole; since then it was brought up to date.
    `settled`: every row that PostgreSQL wrote before (`changed_at`) is in them, also of transactions that took long.
    """

    layout: int = LAYOUT
    loads: dict[str, int] = field(default_factory=dict)
    watermark: datetime | None = None
    made: dict[str, Made] = field(default_factory=dict)
    settled: datetime | None = None


NOTHING = Published()
_decode = msgspec.json.Decoder(Published).decode


def marts_path(data: Path, tenant: str) -> Path:
    """The tenant's file. Any tenant's name gives a file of its own right inside DATA/marts."""
    return data / "marts" / f"{quote(tenant, safe='')}.duckdb"


def read_published(data: Path) -> Published:
    """What is published; nothing if there is no note, or one of another layout."""
    try:
        published = _decode(_note(data).read_bytes())
    except (FileNotFoundError, msgspec.MsgspecError):
        return NOTHING
    return published if published.layout == LAYOUT else NOTHING


def write_published(data: Path, published: Published) -> None:
    """Replace the note in one step."""
    part = _note(data).with_suffix(".part")
    part.write_bytes(msgspec.json.encode(published))
    part.replace(_note(data))


def _note(data: Path) -> Path:
    return data / "marts" / "published.json"
