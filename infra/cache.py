"""Where what was fetched is kept: once per user, not per checkout."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """$XDG_CACHE_HOME/trunkline, or ~/.cache/trunkline; not made here."""
    configured = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG specification: a relative path is to be ignored.
    base = Path(configured) if configured.startswith("/") else Path.home() / ".cache"
    return base / "trunkline"
