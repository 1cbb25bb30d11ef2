"""Timelines folded: what the steps of a call say together, and the call's form in the same words."""

from collections.abc import Iterable
from typing import Any

import msgspec

from calls.timeline import PART_FIELDS, Step


def folded(steps: Iterable[Step]) -> dict[str, Any]:
    """The newest value of each field, by its path; a part that is gone takes its fields with it."""
    told: dict[str, Any] = {}
    for step in steps:
        for path, value in msgspec.to_builtins(step.proved).items():
            told = {known: it for known, it in told.items() if known != path and not known.startswith(f"{path}.")}
            if value is not None:
                told[path] = value
    return told


def fields_of(form: dict[str, Any]) -> dict[str, Any]:
    """What a call's form says, by path, without what it leaves open and without its name."""
    paths = {name: value for name, value in form.items() if name not in ("call_id", "pbx")}
    for name in PART_FIELDS:
        for index, part in enumerate(paths.pop(name)):
            paths |= {f"{name}[{index}].{field}": value for field, value in part.items()}
    return {path: value for path, value in paths.items() if value is not None}
