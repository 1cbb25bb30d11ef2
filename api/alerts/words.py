"""Alerts as requests and answers have them. Pure.

Instants are ISO 8601 UTC with milliseconds, spans seconds, shares 0-1; a rule is `calls.alerts.AlertRule`.
"""

from typing import Annotated

from msgspec import Meta, Struct

from calls.alerts import AlertRule, Firing
from calls.form import iso

_END = r"(?![\s\S])"
Address = Annotated[
    str,
    Meta(max_length=500, pattern=rf"^(https?://[!-~]+)?{_END}", description="https://host/path; empty: none"),
]
MailAddress = Annotated[
    str, Meta(max_length=254, pattern=rf"^[^\s@<>,;\x00-\x1f\x7f-\x9f]+@[^\s@<>,;\x00-\x1f\x7f-\x9f]+{_END}")
]


class AlertForm(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A rule, and who is told of it beside the wallboard. `newSecret`: sign by another secret from now on."""

    rule: AlertRule
    webhook: Address = ""
    mail: Annotated[list[MailAddress], Meta(max_length=20)] = []
    is_active: bool = True
    new_secret: bool = False


class FiringForm(Struct, frozen=True, rename="camel"):
    """A rule fired at this value. `clearedAt` is null as long as it is not over."""

    raised_at: str
    value: float
    cleared_at: str | None


class AlertItem(Struct, frozen=True, rename="camel"):
    """A rule that is kept. `firing` is the one that is not over. `secret` is told once: when it was made."""

    id: str
    rule: AlertRule
    webhook: str
    mail: list[str]
    is_active: bool
    firing: FiringForm | None = None
    secret: str | None = None


class DeliveryForm(Struct, frozen=True, rename="camel"):
    """What became of telling that it was `raised` or `cleared`, by `webhook` or `mail`: waiting, sent, failed."""

    event: str
    kind: str
    target: str
    status: str
    tries: int
    detail: str
    settled_at: str | None


class FiredItem(Struct, frozen=True, rename="camel"):
    """A firing with the rule as it was then. `foundAt`: when it was found, of a time in which nobody watched."""

    alert_id: str
    rule: AlertRule
    raised_at: str
    value: float
    cleared_at: str | None
    deliveries: list[DeliveryForm]
    found_at: str | None = None


def firing_form(firing: Firing) -> FiringForm:
    """A firing as it is answered."""
    return FiringForm(
        iso(firing.raised_at), firing.value, None if firing.cleared_at is None else iso(firing.cleared_at)
    )
