"""The marts as files: one SELECT in models/ each, with its title, grain, options, columns and checks in its head.

A head is comment lines: the title first, then `Grain: …`, `Options: …`, `Source: postgresql` where single rows are
looked up there, `Column NAME: …` for each column that is no metric, `Shown: …` for the columns that a terminal has room
for, and `Check: …` for what must hold in every row.
`{queue_metrics}` and the like stand for the metrics of calls/metrics.py, each a column. Reads nothing but these files.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from calls.agent_metrics import AGENT_METRICS
from calls.contact_metrics import CONTACT_METRICS
from calls.metric import Longest, Metric, Percentile
from calls.metrics import LONGEST_WAIT, METRICS, WAIT_METRICS
from calls.tally import COLUMNS
from warehouse.schema import model

# Every mart, in the order in which documentation and help list them.
MARTS = (
    "service_level",
    "queue_summary",
    "contact_summary",
    "agent_performance",
    "agent_dispositions",
    "agent_timeline",
    "abandoned_calls",
    "wait_distribution",
    "wait_percentiles",
    "heat_map",
    "transfers",
    "hold",
    "quality",
    "call_trace",
    "data_quality",
)
_GROUPS: dict[str, Mapping[str, Metric | Percentile | Longest]] = {
    "queue_metrics": METRICS,
    "agent_metrics": AGENT_METRICS,
    "contact_metrics": CONTACT_METRICS,
    "wait_metrics": {LONGEST_WAIT.name: LONGEST_WAIT, **WAIT_METRICS},
}
_HEAD = re.compile(r"-- (Grain|Options|Source|Shown|Check|Column ([\w{}]+)): (.*)")


class MartModel(NamedTuple):
    """One mart. `columns` by name what each holds, in the order of the declarations, metrics last; `shown`: some."""

    name: str
    title: str
    grain: tuple[str, ...]
    options: tuple[str, ...]
    looked_up: bool
    columns: dict[str, str]
    shown: tuple[str, ...]
    checks: tuple[str, ...]
    sql: str

    def select(self, changes: Mapping[str, str] | None = None) -> str:
        """The statement; `changes` are formulas that take the place of a metric's own, by the metric's name."""
        text = self.sql
        for group, metrics in _GROUPS.items():
            formulas = {name: metric.sql() for name, metric in metrics.items()} | dict(changes or {})
            text = text.replace(f"{{{group}}}", ",\n  ".join(f"{formulas[name]} AS {name}" for name in metrics))
        return text


@cache
def mart_model(name: str) -> MartModel:
    """The mart, or the view, of this name. Raises FileNotFoundError, or ValueError for a bad head."""
    lines = model(f"{name}.sql").splitlines()
    head = [line for line in lines if line.startswith("-- ")]
    found: dict[str, list[str]] = {"Grain": [], "Options": [], "Source": [], "Shown": [], "Check": []}
    columns: dict[str, str] = {}
    for line in head[1:]:
        if not (match := _HEAD.fullmatch(line)):
            raise ValueError(f"{name}.sql: {line!r} says nothing that is known.")
        key, column, text = match.groups()
        if column is None:
            found[key].append(text)
        else:
            columns |= dict.fromkeys(COLUMNS, text) if column == "{tally}" else {column: text}
    sql = "\n".join(lines[len(head) :])
    for group, metrics in _GROUPS.items():
        if f"{{{group}}}" in sql:
            columns |= {key: described(metric) for key, metric in metrics.items()}
    return MartModel(
        name=name,
        title=head[0].removeprefix("-- ").removesuffix("."),
        grain=tuple(found["Grain"][0].split(", ")),
        options=tuple(found["Options"][0].split(", ")) if found["Options"] else (),
        looked_up=bool(found["Source"]),
        columns=columns,
        shown=tuple(found["Shown"][0].split(", ")) if found["Shown"] else tuple(columns),
        checks=tuple(found["Check"]),
        sql=sql,
    )


def described(metric: Metric | Percentile | Longest) -> str:
    """What the column of a metric says of itself."""
    return f"{metric.meaning}: {metric.formula()} ({metric.unit}; {metric.source})"
