"""The metrics of contacts: ratios of sums of `ContactTally` columns, per call and not per stay in a queue. Pure."""

from calls.contacts import FCR_DAYS
from calls.metric import Metric

_CONTACTS_OVER = ("contacts_answered", "contacts_abandoned", "contacts_other")


def _contacts(
    name: str, title: str, unit: str, meaning: str, source: str, above: tuple[str, ...], below: tuple[str, ...] = ()
) -> Metric:
    return Metric(name, title, unit, meaning, source, above, below, "contacts")


CONTACT_METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        _contacts("contacts", "Contacts", "calls", "Calls let into a queue", "QueueMetrics", ("contacts",)),
        _contacts(
            "contacts_answered", "Answered", "calls", "Of contacts: any of its queues answered", "QueueMetrics",
            ("contacts_answered",),
        ),
        _contacts(
            "contacts_abandoned", "Abandoned", "calls", "Of contacts: its last queue was abandoned", "QueueMetrics",
            ("contacts_abandoned",),
        ),
        _contacts(
            "contacts_other", "Other", "calls", "Of contacts: left its last queue otherwise", "QueueMetrics",
            ("contacts_other",),
        ),
        _contacts(
            "contacts_refused", "Refused", "calls", "Calls that no queue let in; no contacts", "Trunkline",
            ("contacts_refused",),
        ),
        _contacts(
            "queues_per_contact", "Queues", "stints", "Mean number of queues per contact", "Trunkline",
            ("contact_stints",), ("contacts",),
        ),
        _contacts(
            "contact_abandon_rate", "Abandoned", "ratio", "Abandoned contacts, of contacts", "Trunkline",
            ("contacts_abandoned",), ("contacts",),
        ),
        _contacts(
            "contact_wait", "Wait", "s", "Mean wait in all queues together, time between them left out",
            "QueueMetrics' manual", ("contact_wait_s",), _CONTACTS_OVER,
        ),
        _contacts(
            "contact_wall_wait", "Wait by the clock", "s", "Mean time from the first queue to the answer or the end",
            "QueueMetrics FAQ-052", ("contact_wall_wait_s",), _CONTACTS_OVER,
        ),
        _contacts(
            "contact_duration", "Duration", "s", "Talk and hold of all agents per answered contact", "Trunkline",
            ("contact_talk_s", "contact_hold_s"), ("contacts_answered",),
        ),
        _contacts(
            "fcr", "First contact resolution", "ratio",
            f"Contacts whose number had not called in the window before ({FCR_DAYS} days unless another is named), of"
            " those with a number",
            "1 − repeat calls / calls, same number", ("numbered", "-repeats"), ("numbered",),
        ),
    )
}  # fmt: skip
