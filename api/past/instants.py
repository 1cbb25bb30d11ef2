"""Instants of the past as requests name them."""

from datetime import datetime, tzinfo

from api.errors import BadRequest


def past_instant(name: str, text: str, zone: tzinfo, now: int) -> int:
    """Ms since the epoch of ISO 8601, of the zone where it has no offset. Raises BadRequest that says `name`."""
    try:
        said = datetime.fromisoformat(text)
        local = said if said.tzinfo is not None else said.replace(tzinfo=zone)
        found = int(local.timestamp() * 1000)
    except (ValueError, OverflowError):
        raise BadRequest(f"{name}: an instant such as 2026-11-22T14:30:00+01:00.") from None
    if not 0 <= found <= now:
        raise BadRequest(f"{name}: it is not in the past.")
    return found
